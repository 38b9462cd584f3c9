"""Packages: one option for every issue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from negotiation.errors import EmptyPackageError, WrongTypeError


class Package(Mapping[str, str]):
    """One option for every issue; immutable and hashable, so it can be a key.

    Made by ``talks.package(...)``, which knows the issues and fills in the status quo. Two packages are equal when they
    settle every issue alike.

    Parameters
    ----------
    options : mapping of str to str
        Issue to option.
    moved : sequence of str, optional
        The issues that leave the status quo, for printing; all of them unless said otherwise.

    Raises
    ------
    EmptyPackageError
        No issue at all.

    Examples
    --------
    >>> Package({"ethane": "lifted", "samarium": "in force"}, moved=("ethane",))
    Package(ethane: lifted; 1 more at the status quo)
    """

    __slots__ = ("_moved", "_options")

    def __init__(self, options: Mapping[str, str], moved: tuple[str, ...] | None = None) -> None:
        if not isinstance(options, Mapping):
            raise WrongTypeError(f"a package maps issues to options; {options!r} does not.")
        if not options:
            raise EmptyPackageError("the package names no issue; use talks.package(...) or talks.status_quo.")
        self._options = dict(options)
        self._moved = tuple(options) if moved is None else tuple(moved)

    @property
    def moved(self) -> tuple[str, ...]:
        """The issues that leave the status quo, in the order of the issues."""
        return self._moved

    def __getitem__(self, issue: str) -> str:
        return self._options[issue]

    def __iter__(self) -> Iterator[str]:
        return iter(self._options)

    def __len__(self) -> int:
        return len(self._options)

    def __hash__(self) -> int:
        return hash(frozenset(self._options.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Package) and self._options == other._options

    def __str__(self) -> str:
        return ", ".join(f"{issue}: {self[issue]}" for issue in self._moved) or "the status quo"

    def __repr__(self) -> str:
        rest = len(self) - len(self._moved)
        return f"Package({self}{f'; {rest} more at the status quo' if rest and self._moved else ''})"
