"""Compile the kernels ahead of their first use: ``python -m negotiation.solvers.warm_up``.

The first call of each kind compiles for some seconds and keeps the result beside the code, or in the user's cache. Run
this when an image is built, or before several processes start that would all compile the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from negotiation.errors import UnknownNameError
from negotiation.games.normal_form import NormalFormGame


def _batch() -> None:
    from negotiation.solvers.batch import solve_batch

    solve_batch([[[[1, 0], [0, 1]], [[1, 0], [0, 1]]]])


def _walk() -> None:
    from negotiation.solvers.vertex_enumeration import VertexEnumeration

    VertexEnumeration().run(_random(2, 9, 9))


def _large() -> None:
    from negotiation.solvers.dominance import iterated_elimination
    from negotiation.solvers.lemke_howson import LemkeHowson
    from negotiation.solvers.one_equilibrium import OneEquilibrium

    iterated_elimination(_random(2, 9, 9))
    LemkeHowson().run(_random(2, 9, 9))
    OneEquilibrium().run(_random(2, 9, 9))


def _polynomial() -> None:
    from negotiation.solvers.polynomial import PolynomialEnumeration

    PolynomialEnumeration(limit=1).run(_random(3, 2, 2, 2))


def _rays() -> None:
    from negotiation.solvers.kernels.adjacency import adjacent

    masks = np.array([1, 2, 3], dtype=np.int64)
    adjacent(masks, masks, masks, len(masks) - 2)


def _trees() -> None:
    from negotiation.games.tree import GameTree
    from negotiation.solvers.trees.backward_induction import BackwardInduction

    parent = (np.arange(2**15 - 1) - 1) // 2
    parent[0] = -1
    player, payoffs = np.zeros(len(parent), dtype=np.int64), np.arange(len(parent), dtype=np.float64)
    BackwardInduction().run(GameTree.from_arrays(parent, player, payoffs[:, None], ("1",)))


def _learning() -> None:
    from negotiation.games.tree import GameTree
    from negotiation.solvers.learning.counterfactual import CounterfactualRegret

    CounterfactualRegret(1).run(GameTree.from_normal_form(_random(2, 2, 2)))


def _random(*shape: int) -> NormalFormGame:
    return NormalFormGame(np.random.default_rng(0).random(shape))


KERNELS: dict[str, Callable[[], None]] = {
    "walk": _walk,
    "batch": _batch,
    "large": _large,
    "polynomial": _polynomial,
    "rays": _rays,
    "trees": _trees,
    "learning": _learning,
}


def warm_up(*kernels: str) -> None:
    """Compile the kernels named, all by default.

    They are ``"walk"``, ``"batch"``, ``"large"``, ``"polynomial"``, ``"rays"``, ``"trees"`` and ``"learning"``.

    Raises
    ------
    UnknownNameError
        There is no kernel of that name.

    Examples
    --------
    >>> warm_up("walk")
    """
    for name in kernels or KERNELS:
        if name not in KERNELS:
            raise UnknownNameError("kernel", name, KERNELS)
        KERNELS[name]()


if __name__ == "__main__":
    warm_up(*sys.argv[1:])
