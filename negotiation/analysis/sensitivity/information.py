"""What finding something out would be worth to a party that has to choose."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from negotiation.analysis.knobs import Knob, knobs, together
from negotiation.analysis.wording import amount
from negotiation.arrays import Array, read_only
from negotiation.door import checked
from negotiation.errors import DuplicateNameError, EmptyPackageError, ParameterError, WrongTypeError
from negotiation.model.distribution import Distribution
from negotiation.model.draws import Draws, draw_stakes
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs

if TYPE_CHECKING:
    import pandas as pd

# Quantiles at which one number is found out: the middles of so many equal shares of its probability.
SHARES = 2048
BLOCK = 8192
SHOWN = 12
NO_DEAL = "no deal"


@dataclass(frozen=True, slots=True, eq=False)
class InformationValue:
    """What knowing more before choosing would be worth. Axes: ``J`` unknowns, ``D`` choices.

    Parameters
    ----------
    choices : tuple of str, length D
        The packages, and ``"no deal"``.
    expected : ndarray, shape (D,)
        What each is worth on average.
    chosen : str
        The choice with the highest average.
    all : float
        The expected value of perfect information (EVPI): of knowing everything before choosing.
    standard_error : float
        Of `all`, which is estimated from draws.
    labels : tuple of str, length J
        The unknowns, the most valuable first.
    each : ndarray, shape (J,)
        The expected value of perfect partial information (EVPPI): of knowing this one alone.
    draws : int
    party : str
    unit : str
        Of all values: the negotiation's payoff unit.
    notes : tuple of str
    """

    choices: tuple[str, ...]
    expected: Array
    chosen: str
    all: float
    standard_error: float
    labels: tuple[str, ...]
    each: Array
    draws: int
    party: str
    unit: str
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row an unknown."""
        import pandas as pd

        frame = pd.DataFrame({"unknown": self.labels, "worth finding out": self.each})
        frame.attrs["unit"] = self.unit
        return frame

    def _headline(self) -> str:
        average, error = amount(float(self.expected.max()), signed=True), amount(self.standard_error)
        return (
            f"{self.party} would choose {self.chosen} (worth {average} on average); knowing everything first would be worth "
            f"{amount(self.all)} (standard error {error}) {self.unit}"
        )

    def __str__(self) -> str:
        worthwhile = int((self.each > 0).sum())
        lines = [self._headline()]
        if worthwhile:
            table = self.to_frame().head(min(SHOWN, worthwhile))
            lines.append(table.to_string(index=False, float_format="{:,.4g}".format))
        lines.append(
            f"  {len(self.labels) - worthwhile} of {len(self.labels)} unknowns would not change the choice by themselves"
        )
        return "\n".join([*lines, *(f"  note: {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>note: {html.escape(note)}</p>" for note in self.notes)
        table = self.to_frame().to_html(index=False, float_format="{:,.4g}".format)
        return f"<p>{html.escape(self._headline())}</p>{table}{notes}"


@checked
def value_of_information(
    talks: Negotiation,
    offers: Mapping[str, str] | Iterable[Mapping[str, str]],
    *,
    party: str,
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
) -> InformationValue:
    """Find what each unknown would be worth finding out to a party that signs the best of some packages, or none.

    Parameters
    ----------
    talks : Negotiation
    offers : Package, or sequence of packages
        What the party can choose from, besides no deal, which pays its disagreement payoff.
    party : str
        Who chooses.
    draws : int
        For the value of knowing everything; what one unknown is worth needs no draws.
    rng : numpy.random.Generator, optional
        ``numpy.random.default_rng(0)`` unless given.

    Returns
    -------
    InformationValue

    Raises
    ------
    EmptyPackageError, DuplicateNameError
        No package, or one twice.
    ParameterError, UnknownNameError, WrongTypeError

    Notes
    -----
    A choice that is made now gets ``max_d E u_d``; one made knowing ``X`` gets ``E max_d E[u_d | X]``; the difference is what
    ``X`` is worth. The party counts what others concede times their credibility where that is given. Payoffs are sums of
    products of independent numbers, so ``E[u_d | X = x]`` is the payoff at ``x`` with all else at its mean, exactly; the outer
    mean is taken at the middles of 2,048 equal shares of the unknown's probability. Cost: ``O(J · 2048 · D + S T)``.

    References
    ----------
    Raiffa, H. and Schlaifer, R. (1961). Applied Statistical Decision Theory. Harvard.

    Examples
    --------
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["A", "B"], [ng.Issue("x", owner="A")],
    ...                        [ng.Stake("B", "x", "lifted", ng.Distribution.uniform(-1, 3))])
    >>> value = ng.value_of_information(talks, talks.package("x"), party="B")
    >>> value.chosen, round(float(value.each[0]), 3)  # ∫ of what is lost below 0: 1/8
    ('x: lifted', 0.125)
    """
    packages = _packages(talks, offers)
    who = talks.party_index(party)
    choices = (*(str(p) for p in packages), NO_DEAL)
    codes = talks.codes(packages)
    unknowns = [k for k in knobs(talks) if isinstance(k.value, Distribution)]
    grid = (np.arange(SHARES) + 0.5) / SHARES
    at = {k.label: k.value.ppf(grid) for k in unknowns if isinstance(k.value, Distribution)}
    means = np.array([[at[k.label].mean() for k in unknowns]])
    expected = _worth(talks, codes, who, together(talks, unknowns, means))[0]
    each = np.array(
        [_worth_knowing(talks, codes, who, unknowns, means, j, at[k.label]) for j, k in enumerate(unknowns)]
    )
    notes = [] if rng is not None else ["drawn with numpy.random.default_rng(0), since no rng was given."]
    source = np.random.default_rng(0) if rng is None else rng
    everything, error = _knowing_all(talks, codes, who, draws, source)
    order = np.argsort(-each, kind="stable")
    return InformationValue(
        choices, read_only(expected), choices[int(expected.argmax())], everything, error,
        tuple(unknowns[int(j)].label for j in order), read_only(each[order]), int(draws), party, talks.unit, tuple(notes),
    )  # fmt: skip


def _packages(talks: Negotiation, offers: Mapping[str, str] | Iterable[Mapping[str, str]]) -> list[Package]:
    """One or several, each once."""
    if isinstance(offers, str):
        raise WrongTypeError(f"{offers!r} is not a package; make one with talks.package(...).")
    packages = [talks.as_package(o) for o in ([offers] if isinstance(offers, Mapping) else offers)]
    if not packages:
        raise EmptyPackageError("no package to choose; give at least one.")
    for k, package in enumerate(packages):
        if package in packages[:k]:
            raise DuplicateNameError("package", str(package), "the choices")
    return packages


def _worth(talks: Negotiation, codes: np.ndarray, who: int, draws: Draws) -> Array:
    """What every choice pays the party, (S, D + 1), no deal last."""
    # A party without a credibility is believed: what it concedes counts in full.
    believed = np.where(np.isnan(draws.credibility), 1.0, draws.credibility)
    worth = payoffs(talks, codes, draws=draws, credibility=believed)[:, :, who]
    return np.column_stack([worth, draws.disagreement[:, who]])


def _worth_knowing(
    talks: Negotiation, codes: np.ndarray, who: int, unknowns: list[Knob], means: Array, j: int, values: Array
) -> float:
    """EVPPI of one unknown: payoffs are linear in it, so two of its values give them at all."""
    ends = np.repeat(means, 2, axis=0)
    ends[:, j] = values[[0, -1]]
    low, high = _worth(talks, codes, who, together(talks, unknowns, ends))
    if (low == high).all() or values[-1] == values[0]:
        return 0.0
    share = ((values - values[0]) / (values[-1] - values[0]))[:, None]
    known = low + share * (high - low)
    gain = float(known.max(axis=1).mean() - known.mean(axis=0).max())
    return gain if gain > 1e-12 * float(np.abs(known).max()) else 0.0


def _knowing_all(
    talks: Negotiation, codes: np.ndarray, who: int, draws: int, rng: np.random.Generator
) -> tuple[float, float]:
    """EVPI and its standard error, block by block.

    The error counts the choice made without knowing as settled, as it is when one choice is clearly best on average.
    """
    if isinstance(draws, bool) or not isinstance(draws, int | np.integer) or draws < 2:
        raise ParameterError(f"draws must be a whole number from 2, not {draws!r}.")
    sums = np.zeros(codes.shape[0] + 1)
    blocks = []
    for start in range(0, int(draws), BLOCK):
        worth = _worth(talks, codes, who, draw_stakes(talks, min(BLOCK, int(draws) - start), rng=rng))
        sums += worth.sum(axis=0)
        blocks.append(worth.max(axis=1)[:, None] - worth)
    best = int(sums.argmax())
    regret = np.concatenate([b[:, best] for b in blocks])
    return float(regret.mean()), float(regret.std(ddof=1) / np.sqrt(regret.size))
