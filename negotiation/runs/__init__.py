"""Work in chunks: seeded, on any executor, stopped and taken up again, with the same answer to the bit.

How another layer uses it::

    @dataclass(frozen=True)
    class Tosses:                                    # picklable; its fields are the arguments of the job
        each: int

        def __call__(self, chunk: int, rng: np.random.Generator) -> dict[str, Array]:
            return {"heads": (rng.random(self.each) < 0.5).sum()}

    def merge(state, result):                        # called in the order of the chunks; the first state is None
        return int(result["heads"]) + (state or 0)

    run = run_chunks(Tosses(1000), 100, seed=as_seed(rng)[0], merge=merge, executor=executor, directory=directory,
                     deadline=deadline, progress=progress)
    run.value, run.is_complete, run.notes            # 100 chunks merged, or as many as there was time for

`run_chunks` is in ``engine``, `as_seed` and `generator` (a further stream of the same seed) in ``seeds``. Chunk ``k`` gets a
generator that depends on the seed and on ``k`` alone, and results are merged in the order of the chunks, so neither the
executor nor the order of completion can be seen in the answer. With a `directory`, results are mappings of names to
arrays, one sealed file a chunk, and a killed run goes on from the chunks it finished. Choose the size of a chunk from the
arguments alone, never from the number of workers: 0.1 to 10 seconds of work is a good size.
"""
