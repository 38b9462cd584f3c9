"""Conditioning on moves: exact answers on a grid, rational stakes by hand, forecasts, the timeline, and bad input."""

from __future__ import annotations

import datetime as dt
import pickle

import numpy as np
import pytest

import negotiation as ng

WIDE = ng.Distribution.uniform(-1, 1)
DAY = dt.date(2025, 4, 4)


@pytest.fixture
def talks() -> ng.Negotiation:
    return ng.Negotiation(
        ["A", "B"],
        [ng.Issue("x", owner="A"), ng.Issue("y", ("none", "some", "all"), owner="B")],
        [
            ng.Stake("A", "x", "lifted", WIDE),
            ng.Stake("B", "x", "lifted", 1),
            ng.Stake("B", "y", "some", ng.Distribution.uniform(-2, 2)),
            ng.Stake("B", "y", "all", ng.Distribution.uniform(-4, 4)),
            ng.Stake("A", "y", "all", 1),
        ],
    )


@pytest.fixture
def seen() -> list[ng.Move]:
    return [
        ng.Move(DAY, "A", {"x": "lifted"}, instead=[{}]),
        ng.Move(dt.date(2025, 5, 1), "B", {"y": "some"}, instead=[{}, {"y": "all"}]),
    ]


def exact(precision: float) -> tuple[float, float, float]:
    """P(A's stake > 0), the evidence, and the mean of B's stake in "some", by quadrature for one precision."""
    s = (np.arange(400) + 0.5) / 400
    a = 2 * s - 1
    like_a = 1 / (1 + np.exp(-precision * a / 1.0))  # A's centre is 0: no difference at the centre, so its scale is 1
    some, every = 4 * s - 2, 8 * s - 4
    u = np.exp(precision * some)[:, None] / (1 + np.exp(precision * some)[:, None] + np.exp(precision * every)[None, :])
    return (
        float(like_a[a > 0].sum() / like_a.sum()),
        float(np.log(like_a.mean()) + np.log(u.mean())),
        float((u.mean(axis=1) * some).sum() / u.mean(axis=1).sum()),
    )


@pytest.mark.parametrize("method", ["importance", "tempered"])
def test_both_methods_find_the_exact_posterior(talks, seen, method):
    """By quadrature: independent uniform stakes, logit choice, one precision."""
    found = ng.condition(talks, seen, precision=3.0, draws=20_000, method=method, rng=np.random.default_rng(4))
    positive, evidence, mean = exact(3.0)
    share = found.probability(talks.package("x"), party="A")
    assert share.prior == pytest.approx(0.5, abs=5 * share.prior_error)
    assert share.posterior == pytest.approx(positive, abs=0.015)
    assert found.log_evidence == pytest.approx(evidence, abs=0.03)
    frame = found.to_frame().set_index("number")
    assert frame.loc["B: y some (commercial)", "posterior mean"] == pytest.approx(mean, abs=0.03)
    assert found.method == method


def test_the_error_covers_the_truth(talks, seen):
    """Of 60 posteriors nearly all lie within three stated errors of the exact share."""
    positive, _, _ = exact(3.0)
    shares = [
        ng.condition(
            talks, seen, precision=3.0, draws=800, method="importance", rng=np.random.default_rng(k)
        ).probability(talks.package("x"), party="A")
        for k in range(60)
    ]
    off = np.array([(s.posterior - positive) / s.posterior_error for s in shares])
    assert (np.abs(off) < 3).mean() > 0.95
    assert off.std() == pytest.approx(1, abs=0.35)


def test_weights_that_collapse_are_said_or_tempered(talks):
    many = [
        ng.Move(DAY, "A", {"x": "lifted"} if k % 2 == 0 else {}, instead=[{"x": "in force"} if k % 2 else {}])
        for k in range(2)
    ]
    sharp = ng.condition(talks, many, precision=2_000.0, draws=300, method="importance")
    assert "only" in sharp.notes[-1]
    tempered = ng.condition(talks, many, precision=2_000.0, draws=300)
    assert tempered.method == "tempered"
    assert "tempered in" in tempered.notes[-1]
    assert tempered.probability(talks.package("x"), party="A").posterior > 0.95


def test_moves_of_no_precision_say_nothing(talks, seen):
    found = ng.condition(talks, seen, precision=0.0, draws=500)
    assert found.effective == pytest.approx(500)
    assert np.allclose(found.weights, 1 / 500)
    assert "effective sample size 500 of 500" in str(found)
    assert "<table" in found._repr_html_()


def test_units_do_not_matter(talks, seen):
    """The same moves say the same of dollars and of millions of dollars."""
    bigger = talks.replaced(
        stakes=tuple(
            ng.Stake(s.party, s.issue, s.option, s.value * 1e6 if isinstance(s.value, float) else
                     ng.Distribution(s.value.name, {k: v * 1e6 for k, v in s.value.parameters}))
            for s in talks.stakes
        )
    )  # fmt: skip
    certain = [ng.Move(DAY, "B", {"y": "all"}, instead=[{}])]
    centred = [t.with_stakes(ng.Stake("B", "y", "all", ng.Distribution.triangular(-4 * k, k, 4 * k))) for t, k in
               ((talks, 1.0), (bigger, 1e6))]  # fmt: skip
    a, b = (ng.condition(t, certain, draws=400, rng=np.random.default_rng(1)) for t in centred)
    assert np.allclose(a.weights, b.weights)


def test_rational_stakes_by_hand(talks, seen):
    found = ng.rational_set(talks, seen)
    assert not found.is_empty
    frame = found.to_frame().set_index("stake")
    assert frame.loc["A: x lifted (commercial)", ["low after", "high after"]].tolist() == [0, 1]
    assert frame.loc["B: y some (commercial)", ["low after", "high after"]].tolist() == [0, 2]
    assert frame.loc["B: y all (commercial)", ["low after", "high after"]].tolist() == [-4, 2]
    assert found.margin_bounds(talks.package("x"), party="A") == (0, 1)
    low, high = found.margin_bounds(talks.package("x", y="some"))
    assert (low, high) == (0, 1)
    assert "narrow 3 of 3" in str(found)


def test_moves_that_contradict_each_other_are_named(talks):
    moves = [ng.Move(DAY, "A", {"x": "lifted"}, instead=[{}]), ng.Move(DAY, "A", {"x": "in force"}, instead=[{}])]
    assert not ng.rational_set(talks, moves).is_empty  # indifferent: a stake of exactly 0
    poor = talks.with_stakes(ng.Stake("A", "x", "lifted", ng.Distribution.uniform(-3, -2)))
    found = ng.rational_set(poor, moves[:1])
    assert found.is_empty
    assert found.slack == pytest.approx(2)
    assert found.mistakes[0][0] == moves[0]
    assert "short by 2" in str(found)
    with pytest.raises(ng.ParameterError, match="nothing to bound"):
        found.margin_bounds(poor.package("x"))


def test_draws_that_are_rational_lie_within_the_bounds(talks, seen):
    found = ng.rational_set(talks, seen)
    draws = ng.draw_stakes(talks, 4000, rng=np.random.default_rng(2))
    rational = (draws.values @ found.rows.T >= 0).all(axis=1)
    kept = draws.values[rational]
    assert 0 < len(kept) < 4000
    assert (kept >= found.bounds[:, 0] - 1e-9).all()
    assert (kept <= found.bounds[:, 1] + 1e-9).all()


def test_the_next_move_is_forecast_from_the_posterior(talks, seen):
    posterior = ng.condition(talks, seen, draws=4000)
    forecast = ng.predict_move(posterior, "A", [{}, {"x": "in force"}])
    assert forecast.probability.sum() == pytest.approx(1)
    assert forecast.probability[0] > forecast.prior[0] == pytest.approx(0.5, abs=0.03)
    assert "what A does next" in str(forecast)
    with pytest.raises(ng.OwnershipError):
        ng.predict_move(posterior, "A", [{}, {"y": "all"}])
    with pytest.raises(ng.ParameterError, match="at least two"):
        ng.predict_move(posterior, "A", [{}])


def test_scores_by_hand():
    assert ng.score_forecast([0.5, 0.5], 1).log == pytest.approx(np.log(2))
    sure = ng.score_forecast([1, 0, 0], 0)
    assert (sure.log, sure.brier, sure.brier_uniform) == (0, 0, pytest.approx(2 / 3))
    assert ng.score_forecast([1, 0], 1).log == np.inf


@pytest.mark.parametrize(
    ("forecast", "happened", "error"),
    [
        ([0.5, 0.6], 0, ng.ProbabilityError),
        ([-0.5, 1.5], 0, ng.ProbabilityError),
        ([float("nan"), 1], 0, ng.NotFiniteError),
        ([1.0], 0, ng.GameShapeError),
        ([0.5, 0.5], 2, ng.ParameterError),
        ([0.5, 0.5], True, ng.ParameterError),
    ],
)
def test_bad_forecasts_are_refused(forecast, happened, error):
    with pytest.raises(error):
        ng.score_forecast(forecast, happened)


def test_each_move_is_scored_from_those_before(talks, seen):
    frame = ng.score_record(
        talks, [*seen, ng.Move(dt.date(2025, 6, 1), "A", {}, instead=[{"x": "in force"}])], draws=4000
    )
    assert frame["probability"].tolist()[0] == pytest.approx(0.5, abs=0.02)
    assert frame["probability"].tolist()[2] > 0.52  # A did it before
    assert frame["log, equal odds"].tolist() == pytest.approx([np.log(2), np.log(3), np.log(2)])


def test_the_timeline_starts_at_the_prior_and_ends_at_the_posterior(talks, seen):
    found = ng.timeline(talks, seen, talks.package("x"), party="A", draws=2000, precision=5.0)
    assert found.dates[0] == DAY - dt.timedelta(days=1)
    last = ng.condition(talks, seen, draws=2000, precision=5.0, rng=np.random.default_rng(0))
    assert found.probability[-1] == last.probability(talks.package("x"), party="A").posterior
    assert found.probability[1] > found.probability[0]
    assert found.monthly()["month"].tolist() == ["2025-04", "2025-05"]
    assert "before the moves" in str(found)


def test_london_is_conditioned_on_what_was_seen():
    talks, record = ng.london_2025(), ng.london_moves()
    assert record.state(talks)["samarium"] == "in force"
    assert record.state(talks)["magnets"] == "six-month licences"
    assert all(m.date <= talks.as_of for m in record)
    assert {m.source for m in record} <= {s.id for s in talks.sources}
    found = ng.condition(talks, record, draws=3000)
    offer = talks.combine("the three lifts promised", "samarium alone, military buyers included")
    share = found.probability(offer)
    assert 0 <= share.posterior <= 1
    assert share.posterior_error < 0.1
    assert not ng.rational_set(talks, record).is_empty


def test_results_travel(talks, seen):
    posterior = ng.condition(talks, seen, draws=200)
    for result in (
        posterior,
        ng.rational_set(talks, seen),
        ng.timeline(talks, seen, talks.package("x"), draws=200),
        seen[0],
    ):
        assert str(pickle.loads(pickle.dumps(result))) == str(result)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: ng.Move(None, "A", {}, instead=[{"x": "lifted"}]), ng.WrongTypeError, "has a date"),
        (lambda: ng.Move("2025-04-04", "A", {}, instead=[{"x": "lifted"}]), ng.WrongTypeError, "datetime.date"),
        (lambda: ng.Move(DAY, "A", {}, instead=[]), ng.ParameterError, "no alternative"),
        (lambda: ng.Move(DAY, "A", {}, instead=[{}]), ng.DuplicateNameError, "no change"),
        (lambda: ng.Move(DAY, "A", "x", instead=[{}]), ng.WrongTypeError, "the text 'x'"),
        (lambda: ng.Move(DAY, "A", {}, instead={"x": "lifted"}), ng.WrongTypeError, "a list"),
        (lambda: ng.MoveRecord([]), ng.ParameterError, "at least one"),
        (lambda: ng.MoveRecord(["x"]), ng.WrongTypeError, "not a Move"),
    ],
)
def test_bad_moves_are_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_moves_that_do_not_fit_the_talks_are_refused(talks, seen):
    late = talks.replaced(as_of=dt.date(2025, 4, 30))
    cases = [
        (talks, [ng.Move(DAY, "C", {"x": "lifted"}, instead=[{}])], ng.UnknownNameError),
        (talks, [ng.Move(DAY, "A", {"z": "lifted"}, instead=[{}])], ng.UnknownNameError),
        (talks, [ng.Move(DAY, "A", {"y": "all"}, instead=[{}])], ng.OwnershipError),
        (talks, [ng.Move(DAY, "A", {"x": "in force"}, instead=[{}])], ng.ParameterError),
        (late, seen, ng.ParameterError),
        (talks, seen[0], ng.WrongTypeError),
    ]
    for given, moves, error in cases:
        with pytest.raises(error):
            ng.condition(given, moves, draws=10)
    with pytest.raises(ng.ParameterError, match="out of order"):
        ng.MoveRecord([seen[1], seen[0]])


@pytest.mark.parametrize(
    "options",
    [{"draws": 0}, {"precision": -1.0}, {"precision": float("nan")}, {"precision": "x"}, {"method": "mcmc"}, {"rng": 3},
     {"precision": ng.Distribution.uniform(-1, 1)}],
)  # fmt: skip
def test_bad_options_are_refused(talks, seen, options):
    with pytest.raises(ng.NegotiationError):
        ng.condition(talks, seen, **options)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("moves = 3", "'moves' is a list"),
        ("x = 1", "unknown key 'x'"),
        ("[[moves]]\nparty = 'A'", r"moves\[0\]: 'chose' is missing"),
        ("[[moves]]\ndate = 2025-04-04\nparty = 'A'\nchose = {}\ninstead = [{}]", r"moves\[0\]: duplicate alternative"),
        ("[[moves]]\ndate = 2025-04-04\nparty = 1\nchose = {}\ninstead = [{}]", "'party' is a text"),
        ("[[moves]]\ndate = 2025-04-04\nparty = 'A'\nchose = {x = 1}\ninstead = [{}]", "issue to option"),
        ("[[moves]]\ndate = '2025'\nparty = 'A'\nchose = {x = 'a'}\ninstead = [{}]", "datetime.date"),
        ("[[moves]]\ndate = 2025-04-04\nparty = 'A'\nchose = {}\ninstead = {}", "'instead' is a list"),
        ("[[moves]]\ndate = 2025-04-04\nparty = 'A'\nchose = {}\ninstead = [{}]\nwho = 1", "unknown key 'who'"),
        ("[[", "not valid TOML"),
        ("", "at least one Move"),
    ],
)
def test_bad_files_are_refused_with_the_place(tmp_path, text, words):
    path = tmp_path / "moves.toml"
    path.write_text(text)
    with pytest.raises(ng.ScenarioFileError, match=words):
        ng.load_moves(path)


def test_a_file_is_read(tmp_path):
    path = tmp_path / "moves.toml"
    path.write_text(
        'start = { x = "lifted" }\n[[moves]]\ndate = 2025-04-04\nparty = "A"\nchose = { x = "in force" }\ninstead = [{}]\n'
    )
    record = ng.load_moves(path)
    assert record.start == (("x", "lifted"),)
    assert str(record.moves[0]) == "2025-04-04 A: x in force, rather than no change"
    with pytest.raises(ng.ScenarioFileError, match="cannot be read"):
        ng.load_moves(tmp_path / "none.toml")
