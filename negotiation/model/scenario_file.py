"""Scenario files: a negotiation as TOML that analysts edit, comment and check in."""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from negotiation.door import checked
from negotiation.errors import NegotiationError, ScenarioFileError, SizeLimitError, WrongTypeError
from negotiation.model.negotiation import Negotiation
from negotiation.model.scenario_problems import Location, at, built, name_problems, place_of, shape_problems
from negotiation.model.scenario_schema import ScenarioTable
from negotiation.model.scenario_text import to_toml

MAX_BYTES = 10_000_000
_MOST_SHOWN = 20


def load(path: str | os.PathLike[str]) -> Negotiation:
    """Read a negotiation from a scenario file.

    Parameters
    ----------
    path : str or path
        A TOML file of at most 10 MB, in UTF-8; `Scenario files <scenario-file>` in the reference has its keys.

    Returns
    -------
    Negotiation

    Raises
    ------
    ScenarioFileError
        The file is missing, a folder, too large, not TOML, or says something that cannot be: the message names the
        file, every key at fault and the mend.

    Examples
    --------
    >>> import tempfile
    >>> import negotiation as ng
    >>> talks = ng.Negotiation(["US", "China"], [ng.Issue("ethane", owner="US")])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ng.save(talks, f"{folder}/talks.toml")
    ...     ng.load(f"{folder}/talks.toml") == talks
    True
    """
    if not isinstance(path, str | os.PathLike):
        raise WrongTypeError(f"load takes the path of a scenario file, not {path!r}.")
    place = Path(path)
    text = _read(place)
    return parse(text, str(path))


@checked
def save(talks: Negotiation, path: str | os.PathLike[str]) -> None:
    """Write a negotiation to a scenario file, from which `load` gets back an equal one.

    Parameters
    ----------
    talks : Negotiation
    path : str or path
        Replaced in one step if it exists, so a reader never sees half a file.

    Raises
    ------
    ScenarioFileError
        The folder does not exist or may not be written to, or a text cannot be encoded.
    SizeLimitError
        The file would be larger than `load` reads, 10 MB.

    Notes
    -----
    Comments of a file that is loaded and saved again are lost; put what matters into ``reasoning`` and ``description``.
    """
    try:
        content = to_toml(talks).encode()
    except UnicodeEncodeError as error:
        raise ScenarioFileError(f"{path}: a text cannot be written as UTF-8: {error}.") from error
    if len(content) > MAX_BYTES:
        raise SizeLimitError(
            f"{path}: the file would have {len(content):,} bytes; at most {MAX_BYTES:,} are read back."
        )
    place = Path(os.path.realpath(path))  # a link stays a link
    try:
        _replace(place, content)
    except OSError as error:
        raise ScenarioFileError(f"{path}: cannot be written: {error.strerror or error}.") from error


def parse(text: str, name: str) -> Negotiation:
    """Read a negotiation from the text of a scenario file; `name` is for messages."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib says line and column
        raise ScenarioFileError(
            f"{name}: not valid TOML: {error}; texts need quotes, tables a [header], and lists brackets."
        ) from error
    return _build(data, name, text)


def _build(data: dict[str, Any], name: str, text: str) -> Negotiation:
    """Check shapes, then names, then values, then the whole; report all problems of a stage at once."""
    try:
        scenario = ScenarioTable.model_validate(data)
    except ValidationError as error:
        raise _complaint(name, text, list(shape_problems(error))) from error
    problems: list[tuple[Location, str]] = list(name_problems(scenario))
    parts = {
        key: built(key, getattr(scenario, key), problems)
        for key in ("parties", "issues", "stakes", "interactions", "concessions", "sources")
    }
    if problems:
        raise _complaint(name, text, problems)
    try:
        return Negotiation(
            **parts, unit=scenario.unit, name=scenario.name, description=scenario.description, as_of=scenario.as_of
        )
    except NegotiationError as error:
        place = place_of(parts, str(error))
        where = f"{at(place).removeprefix(' in ')}: " if place else ""
        raise _complaint(name, text, [(place, f"{where}{error}")]) from error


def _complaint(name: str, text: str, problems: list[tuple[Location, str]]) -> ScenarioFileError:
    """One error for all problems, each with the line of its table."""
    lines = [f"{problem}{_line(text, place)}" for place, problem in problems[:_MOST_SHOWN]]
    if len(problems) > _MOST_SHOWN:
        lines.append(f"and {len(problems) - _MOST_SHOWN} more.")
    if len(problems) == 1:
        return ScenarioFileError(f"{name}: {lines[0]}")
    return ScenarioFileError("\n  ".join([f"{name}: {len(problems)} problems:", *lines]))


def _line(text: str, place: Location) -> str:
    """The line on which the table of a place begins, if it is an array of tables."""
    if len(place) < 2 or not isinstance(place[1], int):
        return ""
    headers = re.finditer(rf"^[ \t]*\[\[[ \t]*{re.escape(str(place[0]))}[ \t]*\]\]", text, re.MULTILINE)
    starts = [match.start() for match in headers]
    return f" (line {text.count(chr(10), 0, starts[place[1]]) + 1})" if place[1] < len(starts) else ""


def _read(place: Path) -> str:
    """Read a file after looking at its size."""
    if place.is_dir():
        raise ScenarioFileError(f"{place}: is a folder; give the .toml file in it.")
    if not place.is_file():
        near = sorted(p.name for p in place.parent.glob("*.toml"))[:5] if place.parent.is_dir() else []
        hint = f"; that folder has {', '.join(near)}" if near else "; check the spelling and the working folder"
        raise ScenarioFileError(f"{place}: no such file{hint}.")
    try:
        size = place.stat().st_size
        if size > MAX_BYTES:
            raise ScenarioFileError(
                f"{place}: {size:,} bytes; a scenario file may have {MAX_BYTES:,}. Is this the right file?"
            )
        return place.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise ScenarioFileError(f"{place}: cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise ScenarioFileError(f"{place}: not UTF-8 text (byte {error.start}); save it as UTF-8.") from error


def _replace(place: Path, content: bytes) -> None:
    """Write beside the target, then rename, so that the target is always whole."""
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        mode = place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(place)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The permissions that new files do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
