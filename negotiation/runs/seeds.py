"""Streams of random numbers that depend on a seed and a position only."""

from __future__ import annotations

import numpy as np

from negotiation.errors import ParameterError, WrongTypeError

Seed = np.random.SeedSequence


def as_seed(rng: np.random.Generator | np.random.SeedSequence | int | None) -> tuple[Seed, tuple[str, ...]]:
    """The seed of a run, and notes about it.

    Parameters
    ----------
    rng : numpy.random.Generator, SeedSequence, int, or None
        A generator gives 128 of its bits, so it moves on and a second run differs; a number is taken as it is; None is 0,
        so that a cell run twice says the same.

    Returns
    -------
    SeedSequence, tuple of str

    Examples
    --------
    >>> as_seed(7)[0].entropy
    7
    """
    if rng is None:
        return Seed(0), ("drawn with the seed 0, since no rng was given.",)
    if isinstance(rng, Seed):
        return rng, ()
    if isinstance(rng, np.random.Generator):
        return Seed([int(word) for word in rng.integers(2**32, size=4, dtype=np.uint32)]), ()
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer):
        raise WrongTypeError(f"rng must be a numpy Generator or a whole number as a seed, not {rng!r}.")
    if rng < 0:
        raise ParameterError(f"a seed is a whole number from 0, not {rng!r}.")
    return Seed(int(rng)), ()


def generator(seed: Seed, *path: int) -> np.random.Generator:
    """The stream at a position under a seed; the same as by spawning, but nothing has to be spawned before it."""
    return np.random.default_rng(Seed(seed.entropy, spawn_key=(*seed.spawn_key, *path)))
