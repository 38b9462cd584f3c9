"""XML as a plain tree whose elements know their line; no entities, nothing fetched, so that a file cannot do anything."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from negotiation.errors import FileFormatError, SizeLimitError, WrongTypeError

MAX_BYTES, MAX_DEPTH = 50_000_000, 100


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its name, attributes, children, and where it stands."""

    tag: str
    attributes: Mapping[str, str]
    path: str
    line: int
    children: list[Element] = field(default_factory=list)

    def each(self, tag: str) -> list[Element]:
        """The children of this name."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> Element | None:
        """The first element of this name, itself included, in the order of the file."""
        return next((found for found in self.walk() if found.tag == tag), None)

    def walk(self) -> Iterator[Element]:
        """The element itself and everything in it, in the order of the file."""
        stack = [self]
        while stack:
            at = stack.pop()
            yield at
            stack.extend(reversed(at.children))

    def wrong(self, message: str) -> NoReturn:
        """Raise an error that says where this element stands."""
        raise FileFormatError(f"{self.path}, line {self.line}: {message}")


def read_xml(path: str | os.PathLike[str]) -> Element:
    """Read a file into its root element.

    Raises
    ------
    FileFormatError
        The file is missing, is not XML, ends too soon, or declares entities.
    SizeLimitError
        Past 50 MB, or more than 100 levels deep.
    """
    if not isinstance(path, str | os.PathLike):
        raise WrongTypeError(f"expected the path of a file, not {path!r}.")
    place = Path(path)
    try:
        if place.stat().st_size > MAX_BYTES:
            raise SizeLimitError(f"{place} has {place.stat().st_size:,} bytes; at most {MAX_BYTES:,} are read.")
        data = place.read_bytes()
    except OSError as error:
        raise FileFormatError(f"{place} cannot be read: {error.strerror or error}.") from None
    return _parsed(data, str(place))


def _parsed(data: bytes, path: str) -> Element:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    open_elements: list[Element] = []
    roots: list[Element] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        element = Element(tag, attributes, path, parser.CurrentLineNumber)
        if len(open_elements) >= MAX_DEPTH:
            raise SizeLimitError(f"{path}, line {element.line}: elements nest more than {MAX_DEPTH} deep.")
        (open_elements[-1].children if open_elements else roots).append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def refuse(*_: object) -> NoReturn:
        raise FileFormatError(
            f"{path}, line {parser.CurrentLineNumber}: the file declares XML entities, which are refused: they can read "
            "other files and grow without end; take the <!ENTITY ...> declarations out."
        )

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise FileFormatError(
            f"{path}, line {error.lineno}, column {error.offset + 1}: not well-formed XML ({expat.ErrorString(error.code)}); "
            "the file may be cut off, or not be XML at all."
        ) from None
    return roots[0]
