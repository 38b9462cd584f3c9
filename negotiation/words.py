"""Wording that messages and tables of every layer share."""

from __future__ import annotations


def counted(n: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    Examples
    --------
    >>> counted(1, "issue"), counted(1200, "issue"), counted(0, "party", "parties")
    ('1 issue', '1,200 issues', '0 parties')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"
