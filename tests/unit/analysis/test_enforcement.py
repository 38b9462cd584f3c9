"""Promises that hold: options of criterion 8, the best packages, curves of patience, and how long to punish."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

import negotiation as ng
from negotiation.model.payoffs import all_codes

mpl.use("Agg")


def exchange(patience: float = 0.9, **of_b: Any) -> ng.Negotiation:
    """A gives x at 1 for y worth 4, B likewise; b may also tighten, which hurts A by 3 and costs it 1."""
    return ng.Negotiation(
        [ng.Party("A", discount_factor=patience), ng.Party("B", discount_factor=patience, **of_b)],
        [
            ng.Issue("x", owner="A"),
            ng.Issue("y", owner="B"),
            ng.Issue("z", ("as it is", "tightened"), owner="B"),
        ],
        [
            ng.Stake("A", "x", "lifted", -1),
            ng.Stake("A", "y", "lifted", 4),
            ng.Stake("B", "y", "lifted", -1),
            ng.Stake("B", "x", "lifted", 4),
            ng.Stake("A", "z", "tightened", -3),
            ng.Stake("B", "z", "tightened", -1),
        ],
        unit="points per week",
    )


OPTIONS = [
    ng.SelfEnforcing(),
    ng.SelfEnforcing(length=2),
    ng.SelfEnforcing(length=3, false_alarm=0.1, detection=0.8),
    ng.SelfEnforcing(strategy="tit for tat"),
    ng.SelfEnforcing("escalation"),
    ng.SelfEnforcing("escalation", length=1),
    ng.SelfEnforcing("disagreement", lag=3),
    ng.SelfEnforcing(licence=6),
    ng.SelfEnforcing(licence={"A": 4}, lag=2),
]


@pytest.mark.parametrize("criterion", OPTIONS, ids=range(len(OPTIONS)))
@pytest.mark.parametrize("patience", [0.2, 0.6, 0.95])
def test_certificates_prove_every_kind_of_verdict(criterion: ng.SelfEnforcing, patience: float) -> None:
    """The facts alone do, for the criterion by its name too; a claim that is off is found out."""
    talks = exchange(patience)
    verdict = ng.is_enough(talks, talks.package("x", "y"), criterion=criterion)
    assert ng.verify(talks, verdict)
    facts = dict(verdict.certificate.facts)
    for party in ("A", "B"):
        wrong = facts | {"critical": dict(facts["critical"]) | {party: facts["critical"][party] + 0.02}}
        forged = replace(verdict, certificate=ng.Certificate("forged", wrong), margin=verdict.margin - 0.02)
        assert not ng.verify(talks, forged)
    assert pickle.loads(pickle.dumps(criterion)) == criterion


def test_worked_thresholds() -> None:
    """T - u = 1, u = 3: by hand for each way to answer a breach."""
    talks = exchange()
    codes = talks.codes([talks.package("x", "y")])

    def needs(**options: Any) -> list[float]:
        return ng.SelfEnforcing(**options).critical(talks, codes)[0].tolist()

    assert needs() == pytest.approx([1 / 4, 1 / 4])
    assert needs(length=1) == pytest.approx([1 / 3, 1 / 3])  # δ u ≥ T - u
    assert needs(punishment="escalation") == pytest.approx([1 / 7, 1 / 4])  # A falls to -3, B cannot be hurt
    assert needs(lag=2) == pytest.approx([1 / 2, 1 / 2])
    assert needs(licence=2) == pytest.approx([1 / 2, 1 / 2])
    assert needs(licence={"B": 3}) == pytest.approx([(1 / 4) ** (1 / 3), 1 / 4])  # B's concessions last: A is tempted
    assert needs(strategy="tit for tat") == pytest.approx([1 / 4, 1 / 4])  # S = -1: 1/4 both ways
    assert needs(false_alarm=0.1) == pytest.approx([1 / (0.9 + 2.7)] * 2)
    assert needs(detection=0.5) == pytest.approx([1 / 2.5] * 2)


def test_escalation_is_never_milder_than_the_status_quo() -> None:
    """And takes the disagreement where that is worse."""
    talks = exchange(disagreement=-10)
    facts = ng.is_enough(talks, talks.package("x", "y"), criterion=ng.SelfEnforcing("escalation")).certificate.facts
    assert facts["punished"] == {"A": -3.0, "B": -10.0}
    assert facts["punished_by"]["A"]["z"] == "tightened"


def test_escalation_with_measures_that_work_together() -> None:
    """Two measures of B hurt A only together; found by trying combinations."""
    talks = exchange().with_interactions(ng.Interaction("A", {"y": "lifted", "z": "tightened"}, -5))
    facts = ng.is_enough(talks, talks.package("x", "y"), criterion=ng.SelfEnforcing("escalation")).certificate.facts
    assert facts["punished"]["A"] == -4.0  # 4 - 3 - 5
    assert dict(facts["punished_by"]["A"]) == {"x": "in force", "y": "lifted", "z": "tightened"}


def test_a_punishment_that_ends_can_be_credible_where_one_for_ever_is_not() -> None:
    """B would rather lift y by itself than stay at the status quo for good; for two weeks it waits."""
    talks = exchange(0.9).with_stakes(ng.Stake("B", "y", "lifted", 1.5, "domestic"))
    deal = talks.package("x", "y")
    for_ever = ng.is_enough(talks, deal, criterion=ng.SelfEnforcing())
    short = ng.is_enough(talks, deal, criterion=ng.SelfEnforcing(length=2))
    assert "The punishment itself is no equilibrium: B would rather have y: lifted." in for_ever.reason
    assert for_ever.certificate.facts["carries_out"]["B"] == -0.5
    assert "no equilibrium" not in short.reason
    assert "for 2 weeks" in short.reason


def test_reasons_say_what_noise_leaves() -> None:
    talks = exchange()
    verdict = ng.is_enough(talks, talks.package("x", "y"), criterion=ng.SelfEnforcing(length=2, false_alarm=0.1))
    assert "with false alarms in 10% of periods" in verdict.reason
    hopeless = ng.is_enough(talks, talks.package("x", "y"), criterion=ng.SelfEnforcing(length=1, false_alarm=0.7))
    assert "no patience would hold it" in hopeless.reason
    assert "longer, or surer" in hopeless.flips_when
    assert ng.verify(talks, hopeless)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"punishment": "tanks"}, ng.ParameterError, "'status quo', 'disagreement' or 'escalation'"),
        ({"strategy": "grudge"}, ng.ParameterError, "'trigger' or 'tit for tat'"),
        ({"length": 0}, ng.ParameterError, "length=0"),
        ({"lag": 1.5}, ng.ParameterError, "lag=1.5"),
        ({"licence": 0}, ng.ParameterError, "licence=0"),
        ({"licence": {"A": True}}, ng.ParameterError, "licence=True"),
        ({"false_alarm": 2}, ng.ProbabilityError, "false_alarm"),
        ({"false_alarm": 0.5, "detection": 0.4}, ng.ParameterError, "deters nobody"),
        ({"strategy": "tit for tat", "length": 3}, ng.ParameterError, "pays back in kind"),
        ({"strategy": "tit for tat", "false_alarm": 0.1}, ng.ParameterError, "without noise"),
    ],
)
def test_options_that_cannot_be(options: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        ng.SelfEnforcing(**options)


def test_a_licence_names_parties() -> None:
    talks = exchange()
    with pytest.raises(ng.UnknownNameError, match="no party called 'C'"):
        ng.is_enough(talks, talks.package("x"), criterion=ng.SelfEnforcing(licence={"C": 3}))


# --- the best packages -----------------------------------------------------------------------------


@pytest.mark.parametrize("criterion", OPTIONS, ids=range(len(OPTIONS)))
@pytest.mark.parametrize("patience", [0.24, 0.6])
def test_the_best_packages_are_those_of_a_list(criterion: ng.SelfEnforcing, patience: float) -> None:
    """Every package judged one by one by the criterion itself."""
    talks = exchange(patience)
    found = ng.best_self_enforcing(talks, criterion=criterion)
    codes = all_codes(talks)
    held = codes[criterion.margins(talks, codes) >= 0]
    worth = ng.payoffs(talks, held)
    assert found.n_sustained == len(held)
    for i, party in enumerate(talks.party_names):
        assert ng.payoffs(talks, found[party])[i] == worth[:, i].max()
    dominated = [(worth >= w).all(axis=1) & (worth > w).any(axis=1) for w in worth]
    efficient = {tuple(c) for c, d in zip(held.tolist(), dominated, strict=True) if not d.any()}
    assert {tuple(talks.codes([p])[0].tolist()) for p in found.frontier} == efficient


def test_the_best_packages_can_be_read_and_have_limits() -> None:
    talks = exchange()
    found = ng.best_self_enforcing(talks, party="A")
    assert list(found.best) == ["A"]
    assert "best for A: A +3, B +3 points per week" in str(found)
    assert found.to_frame()["A needs"].tolist() == [pytest.approx(0.25)]
    assert 0 < found.share < 1
    assert "<table" in found._repr_html_()
    with pytest.raises(ng.SizeLimitError, match="8 packages are more than the limit of 4"):
        ng.best_self_enforcing(talks, limit=4)
    with pytest.raises(ng.ParameterError, match="no discount factor is given for A"):
        ng.best_self_enforcing(talks.with_party("A", discount_factor=None))
    with pytest.raises(ng.UnknownNameError):
        ng.best_self_enforcing(talks, party="C")
    with pytest.raises(ng.WrongTypeError, match="SelfEnforcing"):
        ng.best_self_enforcing(talks, criterion="self_enforcing")  # type: ignore[arg-type]


def test_nothing_but_the_status_quo_holds_among_the_impatient() -> None:
    found = ng.best_self_enforcing(exchange(0.1))
    assert found["A"].moved == ()
    assert "the status quo" in str(found)


# --- curves, and the length of punishment -------------------------------------------------------------


@pytest.mark.parametrize("vary", ["lag", "length", "licence", "false_alarm", "detection"])
def test_curves_agree_with_verdicts(vary: Any) -> None:
    talks = exchange(0.8)
    deal = talks.package("x", "y")
    curve = ng.critical_patience(talks, deal, vary=vary)
    for k in (0, len(curve.values) // 2, len(curve.values) - 1):
        value = float(curve.values[k])
        option = value if vary in ("false_alarm", "detection") else int(value)
        verdict = ng.is_enough(talks, deal, criterion=ng.SelfEnforcing(**{vary: option}))
        assert curve.holds[k] == verdict.holds
        assert dict(zip("AB", curve.critical[k], strict=True)) == pytest.approx(
            dict(verdict.certificate.facts["critical"])
        )
    falls = vary in ("length", "detection")
    steps = np.diff(curve.critical, axis=0)
    assert (steps <= 1e-12).all() if falls else (steps >= -1e-12).all()
    assert len(curve.to_frame()) == len(curve.values)
    assert "A has 0.8" in str(curve)
    ax = ng.plot_patience(curve)
    assert ax.get_xlabel() == curve.what
    assert ax.get_ylabel() == "discount factor per week"
    mpl.pyplot.close("all")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"vary": "mood"}, ng.ParameterError),
        ({"values": []}, ng.ParameterError),
        ({"vary": "lag", "values": [1.5]}, ng.ParameterError),
        ({"vary": "false_alarm", "values": [2.0]}, ng.ProbabilityError),
        ({"criterion": "grim"}, ng.WrongTypeError),
    ],
)
def test_what_curves_refuse(options: Any, error: Any) -> None:
    talks = exchange()
    with pytest.raises(error):
        ng.critical_patience(talks, talks.package("x", "y"), **options)


@pytest.mark.parametrize("noise", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("patience", [0.4, 0.7, 0.95])
def test_the_optimal_punishment_is_the_best_of_a_list(noise: float, patience: float) -> None:
    """All lengths up to 60 tried: the first that deters is best for both."""
    talks = exchange(patience)
    deal = talks.package("x", "y")
    found = ng.optimal_punishment(talks, deal, criterion=ng.SelfEnforcing(false_alarm=noise))
    values = {}
    for length in range(1, 60):
        tried = ng.SelfEnforcing(length=length, false_alarm=noise)
        if ng.is_enough(talks, deal, criterion=tried).holds:
            values[length] = tried.values(talks, deal)
    assert found.deters == bool(values)
    if values:
        assert found.length == max(values, key=lambda k: values[k][0]) == min(values)
        assert found.value == pytest.approx(values[found.length])
        assert (found.for_ever <= found.value + 1e-12).all()
        assert found.destroyed == pytest.approx((3 - found.value) / 3)
        assert len(found.to_frame()) == 2
        assert "the shortest that deters" in str(found)


def test_where_no_punishment_deters() -> None:
    talks = exchange(0.2)
    found = ng.optimal_punishment(talks, talks.package("x", "y"), criterion=ng.SelfEnforcing(false_alarm=0.2))
    assert not found.deters
    assert found.destroyed.tolist() == [1.0, 1.0]
    assert "no punishment deters" in str(found)
    with pytest.raises(ng.ParameterError, match="tit for tat"):
        ng.optimal_punishment(talks, talks.package("x"), criterion=ng.SelfEnforcing(strategy="tit for tat"))


def test_grim_where_only_for_ever_deters() -> None:
    """At the threshold of grim reversion, nothing shorter will do."""
    talks = exchange(0.25)
    found = ng.optimal_punishment(talks, talks.package("x", "y"))
    assert found.deters
    assert found.length is None or found.length > 15
    assert found.destroyed.tolist() == [0.0, 0.0]
