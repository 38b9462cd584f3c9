"""Domains to negotiate over, and line-ups of strategies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from negotiation.simulation.domain import Domain
from negotiation.simulation.strategies.equilibrium import EquilibriumPlayer
from negotiation.simulation.strategies.micro import MiCRO
from negotiation.simulation.strategies.opponent_models import BayesianModel
from negotiation.simulation.strategies.reading import HardHeaded, NiceTitForTat, OpponentLearner, TradeOff
from negotiation.simulation.strategies.simple import Annealer, FixedLevel, RandomWalker
from negotiation.simulation.strategies.time_based import Boulware, Conceder, LinearConcession, TimeBased
from negotiation.simulation.strategies.tit_for_tat import (
    AveragedTitForTat,
    RandomAbsoluteTitForTat,
    RelativeTitForTat,
)

STRATEGIES: tuple[Any, ...] = (
    Boulware(), LinearConcession(), Conceder(), TimeBased(beta=0), TimeBased(0.5, k=0.1, shape="exponential", floor=0.2),
    TimeBased(choose="random"), FixedLevel(0.5), FixedLevel(0.0), RandomWalker(), Annealer(), MiCRO(), MiCRO(repeat="last"),
    RelativeTitForTat(), RandomAbsoluteTitForTat(), AveragedTitForTat(window=2), TradeOff(), OpponentLearner(),
    OpponentLearner(BayesianModel()), HardHeaded(), NiceTitForTat(), EquilibriumPlayer(),
)  # fmt: skip


@st.composite
def domains(
    draw: st.DrawFn,
    *,
    min_parties: int = 2,
    max_parties: int = 3,
    max_outcomes: int = 8,
    is_discounted: bool = False,
    utilities: st.SearchStrategy[Any] | None = None,
) -> Domain:
    """Draw domains to negotiate over: a few outcomes with small whole payoffs, so that ties happen.

    Parameters
    ----------
    min_parties, max_parties, max_outcomes : int
    is_discounted : bool
        Whether time costs something.
    utilities : hypothesis strategy, optional
        Of one payoff; whole numbers from -3 to 6 unless given.

    Returns
    -------
    hypothesis strategy of Domain
        Some have issues, some reservation values above disagreement, some nothing that is acceptable to everybody.

    Examples
    --------
    >>> import negotiation as ng
    >>> from hypothesis import given
    >>> @given(domains())
    ... def test_nobody_signs_what_hurts(domain):
    ...     trace = ng.play(domain, [ng.Boulware()] * domain.n_parties)
    ...     assert (trace.payoffs >= domain.disagreement).all()
    >>> test_nobody_signs_what_hurts()
    """
    numbers = st.integers(-3, 6) if utilities is None else utilities
    n = draw(st.integers(min_parties, max_parties))
    row = st.lists(numbers, min_size=n, max_size=n)
    options = None
    if draw(st.booleans()):
        sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
        options = [[a, b] for a in range(sizes[0]) for b in range(sizes[-1])][:max_outcomes]
    count = draw(st.integers(1, max_outcomes)) if options is None else len(options)
    table = draw(st.lists(row, min_size=count, max_size=count))
    disagreement = draw(st.lists(st.integers(-2, 1), min_size=n, max_size=n))
    above = draw(st.lists(st.sampled_from([0, 0, 1, 4]), min_size=n, max_size=n))
    patience = st.sampled_from([0.5, 0.75, 0.9])
    return Domain(
        table,
        disagreement,
        reservation=[d + a for d, a in zip(disagreement, above, strict=True)],
        discount_factors=draw(st.lists(patience, min_size=n, max_size=n)) if is_discounted else None,
        options=options,
    )


def line_ups(n_parties: int) -> st.SearchStrategy[list[Any]]:
    """Strategies of this library, one for each party."""
    return st.lists(st.sampled_from(STRATEGIES), min_size=n_parties, max_size=n_parties)
