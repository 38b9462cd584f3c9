"""The doors to the London scenario and to the moves before it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from negotiation.model.move import MoveRecord
from negotiation.model.move_file import parse_moves
from negotiation.model.negotiation import Negotiation
from negotiation.model.scenario_file import parse


@cache
def london_2025() -> Negotiation:
    """What the US and China knew and wanted in London, on 10 June 2025.

    Returns
    -------
    Negotiation
        In USD million per month, with 7 US measures, 8 Chinese controls, named offers and asks, and a source or a line of
        reasoning for every number. A frozen value, read once.

    Notes
    -----
    The rules by which the numbers were made are at the head of ``negotiation/scenarios/london_2025.toml``; nothing later than
    10 June 2025 went into them.

    Examples
    --------
    >>> talks = london_2025()
    >>> talks.combine("the three lifts promised", "samarium alone, military buyers included")
    Package(eda_software: lifted, jet_engine_parts: lifted, ethane: lifted, samarium: lifted; 11 more at the status quo)
    """
    text = files("negotiation.scenarios").joinpath("london_2025.toml").read_text(encoding="utf-8")
    return parse(text, "london_2025.toml")


@cache
def london_moves() -> MoveRecord:
    """What the US and China were seen to do from 4 April to 10 June 2025.

    Returns
    -------
    MoveRecord
        Dated moves with their sources, for `condition`, `rational_set` and `timeline` on `london_2025`.

    Notes
    -----
    The moves are found in sources; what else could have been done is a judgement, by one rule for both sides, stated at the
    head of ``negotiation/scenarios/london_moves_2025.toml``.

    Examples
    --------
    >>> london_moves().moves[1]
    2025-04-09 US: ai_chips in force, rather than no change
    """
    text = files("negotiation.scenarios").joinpath("london_moves_2025.toml").read_text(encoding="utf-8")
    return parse_moves(text, "london_moves_2025.toml")
