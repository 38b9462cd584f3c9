"""What is negotiated over, as tables: every outcome's payoff to everybody, and what each party has without agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from negotiation.arrays import Array, IntArray, as_floats, read_only
from negotiation.bargain.frontier import additive_frontier
from negotiation.bargain.problem import (
    BargainingProblem,
    SupportsAdditiveTerms,
    SupportsBargainingProblem,
    as_problem,
)
from negotiation.errors import (
    DiscountFactorError,
    GameShapeError,
    ParameterError,
    SizeLimitError,
    WrongTypeError,
)
from negotiation.model.grid import flat_positions, payoff_grid
from negotiation.model.negotiation import Negotiation
from negotiation.model.payoffs import all_codes
from negotiation.simulation.domain_parts import (
    as_discounts,
    as_options,
    codes_of_rows,
    issue_names,
    number_a_party,
    options_of,
)
from negotiation.simulation.seat import Seat, make_seat

Which = Literal["all", "efficient"]


@dataclass(frozen=True, slots=True, eq=False, init=False, repr=False)
class Domain:
    """Outcomes that parties can agree on; what GENIUS calls a scenario.

    Parameters
    ----------
    utilities : array_like, shape (D, P)
        One row an outcome, one column a party.
    disagreement : array_like, shape (P,), optional
        Payoffs if talks fail; 0 unless given.
    reservation : array_like, shape (P,), optional
        The least each party signs for; its disagreement payoff unless given.
    discount_factors : array_like, shape (P,), optional
        What an agreement one turn later is worth now, in (0, 1]; 1 unless given: time costs nothing.
    options : array_like of int, shape (D, K), optional
        Which option of which issue each outcome takes. Strategies that learn issue by issue need it.
    names : sequence of str, optional
    issues : sequence of str, optional
    unit : str

    Raises
    ------
    GameShapeError, NotFiniteError, WrongTypeError, DuplicateNameError, DiscountFactorError

    Notes
    -----
    An agreement on outcome ``x`` that is reached on the offer of turn ``k`` is worth ``(1 - δ^k) d + δ^k u(x)``: what
    disagreement pays until then, and the outcome from then on, as a constant amount per period. A domain that comes from a
    negotiation knows it (``.talks``), and which of all packages its outcomes are (``.rows``; all of them if None).

    Examples
    --------
    >>> domain = Domain([[4, 0], [3, 3], [0, 4]], names=("buyer", "seller"))
    >>> domain
    <Domain 3 outcomes, parties buyer, seller>
    >>> domain.payoff(1)
    array([3., 3.])
    """

    utilities: Array
    disagreement: Array
    reservation: Array
    discount_factors: Array
    names: tuple[str, ...]
    unit: str
    issues: tuple[str, ...]
    talks: Negotiation | None
    rows: IntArray | None
    _options: IntArray | None
    _memo: dict[Any, Any] = field(repr=False, compare=False)

    def __init__(
        self,
        utilities: npt.ArrayLike,
        disagreement: npt.ArrayLike | None = None,
        *,
        reservation: npt.ArrayLike | None = None,
        discount_factors: npt.ArrayLike | None = None,
        options: npt.ArrayLike | None = None,
        names: Sequence[str] | None = None,
        issues: Sequence[str] | None = None,
        unit: str = "",
    ) -> None:
        table = as_floats(utilities, "utilities")
        n = table.shape[1] if table.ndim == 2 else 0
        problem = BargainingProblem(
            table, np.zeros(n) if disagreement is None else disagreement, names=names, unit=unit
        )
        codes = None if options is None else as_options(options, problem.n_outcomes)
        _put(
            self,
            problem,
            reservation=problem.disagreement
            if reservation is None
            else number_a_party(reservation, n, "reservation values"),
            discount_factors=as_discounts(discount_factors, n),
            options=codes,
            issues=issue_names(issues, codes),
        )

    # --- where it comes from ---------------------------------------------------------------------

    @classmethod
    def from_talks(
        cls, talks: Negotiation, *, which: Which = "all", values: Array | None = None, limit: int = 2_000_000
    ) -> Domain:
        """List the packages of a negotiation, with each party's disagreement payoff and reservation value.

        Parameters
        ----------
        talks : Negotiation
        which : {"all", "efficient"}
            Every package, or one for each efficient payoff, which needs no list of all.
        values : ndarray, shape (T,), optional
            One draw of the stakes, in the order of ``talks.terms``; central ones otherwise.
        limit : int
            The most packages that are listed.

        Raises
        ------
        SizeLimitError, ParameterError
        """
        if which not in ("all", "efficient"):
            raise ParameterError(f"which={which!r}; expected 'all' or 'efficient'.")
        rows = None
        if which == "all" and talks.n_packages > limit:
            raise SizeLimitError(
                f"{talks.n_packages:,} packages are more than the limit of {limit:,}; negotiate over the efficient ones, "
                'Domain.from_talks(talks, which="efficient"), or take issues off the table with without_issues.'
            )
        if which == "all":
            grid = payoff_grid(talks, None if values is None else values[None, :], limit=limit * len(talks.parties))
            table = (grid if values is None else grid[0]).T
        else:
            stakes, interactions, _ = talks.as_additive_terms(values)
            front = additive_frontier(stakes, interactions, ties="one")
            codes = np.zeros((0, len(talks.issues)), dtype=np.int64) if front.choices is None else front.choices
            rows, table = flat_positions(talks, codes), front.payoffs
        problem = BargainingProblem(
            table, [p.disagreement.central for p in talks.parties], names=talks.party_names, unit=talks.unit
        )
        domain = object.__new__(cls)
        _put(
            domain,
            problem,
            reservation=np.array([p.reservation_value for p in talks.parties]),
            discount_factors=np.ones(problem.n_players),
            options=None,
            issues=talks.issue_names,
            talks=talks,
            rows=rows,
        )
        return domain

    @classmethod
    def additive(
        cls,
        evaluations: Sequence[Sequence[npt.ArrayLike]],
        weights: npt.ArrayLike | None = None,
        *,
        disagreement: npt.ArrayLike | None = None,
        reservation: npt.ArrayLike | None = None,
        names: Sequence[str] | None = None,
        issues: Sequence[str] | None = None,
        unit: str = "",
    ) -> Domain:
        """Build a domain as GENIUS files give it: for each party, the value of each option of each issue, and issue weights.

        Parameters
        ----------
        evaluations : P sequences of K array_like, shapes (m_k,)
        weights : array_like, shape (P, K), optional
            One each unless given. Nothing is normalised: see `normalised`.

        Returns
        -------
        Domain
            Outcomes in the order in which the last issue moves fastest.

        Examples
        --------
        >>> Domain.additive([[[0, 1], [1, 0]], [[1, 0], [0, 1]]], [[2, 1], [1, 2]]).utilities
        array([[1., 1.],
               [0., 3.],
               [3., 0.],
               [2., 2.]])
        """
        tables = [[as_floats(v, "evaluations") for v in party] for party in evaluations]
        sizes = [v.size for v in tables[0]] if tables else []
        if any([v.size for v in party] != sizes for party in tables) or not sizes:
            raise GameShapeError("evaluations: give every party the same issues, with one number an option.")
        w = np.ones((len(tables), len(sizes))) if weights is None else as_floats(weights, "weights")
        if w.shape != (len(tables), len(sizes)):
            raise GameShapeError(
                f"weights of shape {w.shape}; expected (parties, issues) = {(len(tables), len(sizes))}."
            )
        codes = np.stack(np.unravel_index(np.arange(int(np.prod(sizes))), sizes), axis=1)
        columns = [
            sum((w[p, k] * tables[p][k][codes[:, k]] for k in range(len(sizes))), np.zeros(len(codes)))
            for p in range(len(tables))
        ]
        return cls(
            np.stack(columns, axis=1),
            disagreement,
            reservation=reservation,
            options=codes,
            names=names,
            issues=issues,
            unit=unit,
        )

    # --- what-ifs --------------------------------------------------------------------------------

    def normalised(self) -> Domain:
        """Return the domain with each party's utilities scaled so that its worst outcome is 0 and its best 1."""
        low, span = self.utilities.min(axis=0), np.ptp(self.utilities, axis=0)
        scale = np.where(span > 0, span, 1.0)
        return self._changed(
            utilities=(self.utilities - low) / scale,
            disagreement=(self.disagreement - low) / scale,
            reservation=(self.reservation - low) / scale,
            unit="share of each party's range",
        )

    def with_discounting(self, discount_factors: npt.ArrayLike | None = None) -> Domain:
        """Return the domain with a cost of time, per turn; that of the negotiation's parties per period unless given."""
        if discount_factors is None:
            if self.talks is None or any(p.discount_factor is None for p in self.talks.parties):
                raise DiscountFactorError("no discount factors are known here; give one a party.")
            discount_factors = [p.discount_factor.central for p in self.talks.parties if p.discount_factor is not None]
        return self._changed(discount_factors=as_discounts(discount_factors, self.n_parties))

    def _changed(self, **changes: Any) -> Domain:
        fresh = object.__new__(type(self))
        for name in self.__slots__:
            object.__setattr__(fresh, name, getattr(self, name))
        for name, value in changes.items():
            object.__setattr__(fresh, name, read_only(value) if isinstance(value, np.ndarray) else value)
        object.__setattr__(fresh, "_memo", {})
        return fresh

    # --- what it says ----------------------------------------------------------------------------

    @property
    def n_outcomes(self) -> int:
        """The number of outcomes, ``D``."""
        return int(self.utilities.shape[0])

    @property
    def n_parties(self) -> int:
        """The number of parties, ``P``."""
        return int(self.utilities.shape[1])

    @property
    def options(self) -> IntArray | None:
        """Which option of which issue each outcome takes, shape (D, K); None if outcomes have no issues."""
        if self._options is None and self.talks is not None and "options" not in self._memo:
            codes = all_codes(self.talks) if self.rows is None else codes_of_rows(self.talks, self.rows)
            self._memo["options"] = read_only(codes, np.int16)
        found: IntArray | None = self._memo.get("options", self._options)
        return found

    def seat(self, party: int) -> Seat:
        """What one party knows: its own side of the table."""
        key = ("seat", party)
        if key not in self._memo:
            self._memo[key] = make_seat(self.utilities[:, party], self.reservation[party], self.disagreement[party])
        seat: Seat = self._memo[key]
        return seat

    def payoff(self, outcome: int | None, *, delay: int = 0) -> Array:
        """What an agreement on an outcome after so many turns is worth, shape (P,); of disagreement for None."""
        if outcome is None:
            return np.array(self.disagreement)
        weight = self.discount_factors**delay
        return np.asarray((1 - weight) * self.disagreement + weight * self.utilities[outcome])

    def outcome(self, which: Any) -> int:
        """The row of an outcome, given by row or as a package of the negotiation.

        Raises
        ------
        WrongTypeError, ParameterError
        """
        if isinstance(which, Mapping) and self.talks is not None:
            row = int(flat_positions(self.talks, self.talks.codes([which]))[0])
            if self.rows is None:
                return row
            at = np.flatnonzero(self.rows == row)
            if at.size == 0:
                raise ParameterError("that package is not among the efficient ones of this domain.")
            return int(at[0])
        if isinstance(which, bool) or not isinstance(which, int | np.integer):
            raise WrongTypeError(
                f"{which!r} is not an outcome; give a row from 0 to {self.n_outcomes - 1:,} or a package."
            )
        if not 0 <= which < self.n_outcomes:
            raise ParameterError(f"outcome {int(which):,} does not exist; rows run from 0 to {self.n_outcomes - 1:,}.")
        return int(which)

    def row_of(self, options: IntArray) -> int | None:
        """The row that takes these options, shape (K,); None if there is none."""
        if self.options is None:
            return None
        sizes = self.options.max(axis=0).astype(np.int64) + 1
        if "keys" not in self._memo:
            keys = np.ravel_multi_index(tuple(self.options.T.astype(np.int64)), tuple(sizes))
            self._memo["keys"] = keys, np.argsort(keys, kind="stable")
        keys, order = self._memo["keys"]
        key = np.ravel_multi_index(tuple(options), tuple(sizes))
        at = int(np.searchsorted(keys, key, sorter=order))
        return int(order[at]) if at < order.size and keys[order[at]] == key else None

    def describe(self, outcome: int | None) -> str:
        """An outcome in words."""
        if outcome is None:
            return "no agreement"
        if self.talks is not None:
            codes = codes_of_rows(self.talks, np.array([outcome if self.rows is None else self.rows[outcome]]))
            return str(self.talks.package_from_choices(codes[0]))
        if self._options is not None:
            return f"options {'-'.join(str(int(o)) for o in self._options[outcome])}"
        return f"outcome {outcome}"

    def as_bargaining_problem(self) -> BargainingProblem:
        """Set out the same outcomes for solutions and frontiers."""
        return BargainingProblem(self.utilities, self.disagreement, names=self.names, unit=self.unit)

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: getattr(self, name) for name in self.__slots__ if name != "_memo"}
        return _rebuild, (state,)

    def __repr__(self) -> str:
        unit = f", in {self.unit}" if self.unit else ""
        return f"<Domain {self.n_outcomes:,} outcomes, parties {', '.join(self.names)}{unit}>"


Source = Domain | Negotiation | BargainingProblem | SupportsBargainingProblem


def as_domain(source: Source) -> Domain:
    """Take a domain, or list the outcomes of a negotiation, a bargaining problem, or what can be seen as one (`read_genius`)."""
    if isinstance(source, Domain):
        return source
    if isinstance(source, Negotiation):
        return Domain.from_talks(source)
    if isinstance(source, BargainingProblem | SupportsBargainingProblem):
        problem = as_problem(source)
        options = options_of(source) if isinstance(source, SupportsAdditiveTerms) else None
        return Domain(problem.utilities, problem.disagreement, options=options, names=problem.names, unit=problem.unit)
    raise WrongTypeError(
        f"cannot negotiate over a {type(source).__name__}; give a Negotiation, a BargainingProblem or a Domain."
    )


def _put(
    domain: Domain,
    problem: BargainingProblem,
    *,
    reservation: Array,
    discount_factors: Array,
    options: IntArray | None,
    issues: tuple[str, ...],
    talks: Negotiation | None = None,
    rows: IntArray | None = None,
) -> None:
    put = object.__setattr__
    put(domain, "utilities", problem.utilities)
    put(domain, "disagreement", problem.disagreement)
    put(domain, "reservation", read_only(reservation))
    put(domain, "discount_factors", read_only(discount_factors))
    put(domain, "names", problem.names)
    put(domain, "unit", problem.unit)
    put(domain, "issues", issues)
    put(domain, "talks", talks)
    put(domain, "rows", rows)
    put(domain, "_options", options)
    put(domain, "_memo", {})


def _rebuild(state: dict[str, Any]) -> Domain:
    domain = object.__new__(Domain)
    for name, value in state.items():
        object.__setattr__(domain, name, read_only(value, value.dtype) if isinstance(value, np.ndarray) else value)
    object.__setattr__(domain, "_memo", {})
    return domain
