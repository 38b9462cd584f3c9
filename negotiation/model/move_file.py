"""Records of moves in TOML, as analysts keep them: read with the place of every mistake."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from negotiation.errors import NegotiationError, ScenarioFileError, WrongTypeError
from negotiation.model.move import Move, MoveRecord

MAX_BYTES = 10_000_000
_KEYS = {"date", "party", "chose", "instead", "description", "source"}


def load_moves(path: str | os.PathLike[str]) -> MoveRecord:
    """Read a record of moves.

    Parameters
    ----------
    path : str or path
        A TOML file: a table ``start`` (issue to option, optional), and a list ``moves`` of tables with ``date``, ``party``,
        ``chose`` (issue to option), ``instead`` (list of such tables, ``{}`` for no change), ``description`` and ``source``.

    Returns
    -------
    MoveRecord

    Raises
    ------
    ScenarioFileError
        The file cannot be read, or something in it is wrong; the message says where.
    """
    if not isinstance(path, str | os.PathLike):
        raise WrongTypeError(f"load_moves takes the path of a file, not {path!r}.")
    place = Path(path)
    try:
        if place.stat().st_size > MAX_BYTES:
            raise ScenarioFileError(f"{path}: {place.stat().st_size:,} bytes; a record may have {MAX_BYTES:,}.")
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioFileError(f"{path}: cannot be read: {error}.") from error
    return parse_moves(text, str(path))


def parse_moves(text: str, name: str) -> MoveRecord:
    """A record from the text of a file; `name` stands in messages."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ScenarioFileError(f"{name}: not valid TOML: {error}.") from error
    if unknown := sorted(data.keys() - {"start", "moves", "description"}):
        raise ScenarioFileError(f"{name}: unknown key {unknown[0]!r}; known are start, moves, description.")
    listed = data.get("moves", [])
    if not isinstance(listed, list) or not all(isinstance(m, dict) for m in listed):
        raise ScenarioFileError(f"{name}: 'moves' is a list of tables, each headed [[moves]].")
    moves = [_move(table, f"{name}: moves[{k}]") for k, table in enumerate(listed)]
    try:
        return MoveRecord(moves, _table(data.get("start", {}), f"{name}: start"))
    except NegotiationError as error:
        raise error if isinstance(error, ScenarioFileError) else ScenarioFileError(f"{name}: {error}") from error


def _move(table: dict[str, Any], place: str) -> Move:
    """One move, with the place of what is wrong in it."""
    if missing := sorted({"date", "party", "chose", "instead"} - table.keys()):
        raise ScenarioFileError(f"{place}: {missing[0]!r} is missing.")
    if unknown := sorted(table.keys() - _KEYS):
        raise ScenarioFileError(f"{place}: unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}.")
    if not isinstance(table["instead"], list):
        raise ScenarioFileError(f"{place}: 'instead' is a list of tables, e.g. [{{}}].")
    for key in ("party", "description", "source"):
        if not isinstance(table.get(key, ""), str):
            raise ScenarioFileError(f"{place}: {key!r} is a text, not {table[key]!r}.")
    instead = [_table(a, f"{place}.instead[{k}]") for k, a in enumerate(table["instead"])]
    rest = {key: table[key] for key in ("description", "source") if key in table}
    try:
        return Move(table["date"], table["party"], _table(table["chose"], f"{place}.chose"), instead=instead, **rest)
    except NegotiationError as error:
        raise ScenarioFileError(f"{place}: {error}") from error


def _table(value: Any, place: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(o, str) for o in value.values()):
        raise ScenarioFileError(f"{place}: expected a table of issue to option, not {value!r}.")
    return value
