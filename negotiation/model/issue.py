"""Issues: what is settled one way or another."""

from __future__ import annotations

from dataclasses import dataclass

from negotiation.errors import DuplicateNameError, ParameterError, UnknownNameError, WrongTypeError
from negotiation.words import counted


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that is settled one way or another.

    Parameters
    ----------
    name : str
        Short identifier, unique within a negotiation, e.g. ``"ethane"``; usable as a Python keyword argument.
    options : tuple of str
        Its settings; the first is the status quo.
    owner : str, optional
        The party that alone can move it, which makes it a measure of that party; ``None`` if it takes all.
    description : str
        A sentence for tables and reports.

    Raises
    ------
    ParameterError
        No second option, so nothing could be settled; or a blank name.
    DuplicateNameError
        Two options of the same name.

    Examples
    --------
    >>> Issue("ethane", owner="US").options
    ('in force', 'lifted')
    """

    name: str
    options: tuple[str, ...] = ("in force", "lifted")
    owner: str | None = None
    description: str = ""

    def __post_init__(self) -> None:
        check_name("issue", self.name)
        if isinstance(self.options, str):
            raise WrongTypeError(
                f"options of issue {self.name!r} must be several names, not the text {self.options!r}."
            )
        object.__setattr__(self, "options", tuple(self.options))
        for k, option in enumerate(self.options):
            check_name("option", option)
            if option in self.options[:k]:
                raise DuplicateNameError("option", option, f"issue {self.name!r}")
        if len(self.options) < 2:
            raise ParameterError(
                f"issue {self.name!r} has {counted(len(self.options), 'option')}; it needs at least two, the status quo first."
            )

    @property
    def status_quo(self) -> str:
        """The first option."""
        return self.options[0]

    def index(self, option: str) -> int:
        """Position of an option."""
        if option not in self.options:
            raise UnknownNameError("option", option, self.options, f"issue {self.name!r}")
        return self.options.index(option)


def check_name(kind: str, name: object) -> None:
    """A name is non-empty printable text."""
    if not isinstance(name, str):
        raise WrongTypeError(f"{kind} name {name!r} is not text.")
    if not name.strip() or not name.isprintable():
        raise ParameterError(f"bad {kind} name {name!r}: a name is non-empty and printable.")
