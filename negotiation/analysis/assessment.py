"""The verdicts of all criteria on one package, as a value that prints, shows in a notebook, and turns into a table."""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from negotiation.analysis.agreements import Agreements, plain
from negotiation.analysis.criteria.acceptable import gain_sentence
from negotiation.analysis.verdict import Verdict
from negotiation.analysis.wording import amount, listing
from negotiation.errors import UnknownNameError
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 100


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Assessment:
    """One verdict a criterion on one package, from `assess`.

    Parameters
    ----------
    talks : Negotiation
    package : Package
    proposer : str or None
        Whose offer it is.
    payoffs : mapping of str to float
        What the package is worth to each party, in ``unit``.
    verdicts : tuple of Verdict
        In order; ``assessment["efficient"]`` looks one up, iteration goes through them.
    objections : mapping of str to tuple of str
        Party to the criteria that fail for it, where a criterion asks something of each party.
    """

    talks: Negotiation
    package: Package
    proposer: str | None
    payoffs: Mapping[str, float]
    verdicts: tuple[Verdict, ...]
    objections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "payoffs", MappingProxyType(dict(self.payoffs)))
        object.__setattr__(self, "objections", MappingProxyType(dict(self.objections)))

    def __reduce__(self) -> tuple[Any, ...]:
        values = self.talks, self.package, self.proposer, dict(self.payoffs), self.verdicts, dict(self.objections)
        return Assessment, values

    @property
    def unit(self) -> str:
        """Of payoffs, and of margins unless a verdict says otherwise."""
        return self.talks.unit

    @property
    def holds(self) -> Mapping[str, bool | None]:
        """Criterion to answer; ``None`` where it cannot be applied."""
        return MappingProxyType({v.criterion: v.holds for v in self.verdicts})

    @property
    def concessions(self) -> Mapping[str | None, dict[str, str]]:
        """What each party concedes, party by party; under ``None`` what is settled jointly."""
        found: dict[str | None, dict[str, str]] = {}
        for name in self.package.moved:
            found.setdefault(self.talks.issue(name).owner, {})[name] = self.package[name]
        return MappingProxyType(found)

    def __getitem__(self, criterion: str) -> Verdict:
        for verdict in self.verdicts:
            if verdict.criterion == criterion:
                return verdict
        raise UnknownNameError("criterion", criterion, [v.criterion for v in self.verdicts], "this assessment")

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __len__(self) -> int:
        return len(self.verdicts)

    # --- how it shows ----------------------------------------------------------------------------

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence a party: what it gains and gives, and its fallback."""
        return tuple(f"{gain_sentence(self.talks, self.package, i)}." for i in range(len(self.talks.parties)))

    @property
    def headline(self) -> str:
        """Which criteria the package meets, which it fails, which cannot be applied."""
        groups = {
            word: [v.criterion for v in self.verdicts if v.answer == word] for word in ("yes", "no", "cannot say")
        }
        said = {"yes": ("It is", "and"), "no": ("It is not", "or"), "cannot say": ("Cannot say whether it is", "or")}
        return " ".join(
            f"{said[word][0]} {listing(map(plain, names), said[word][1])}." for word, names in groups.items() if names
        )

    @property
    def agreements(self) -> Agreements:
        """Which criteria hold together and which do not, for whom they fail, and in a line each why they differ."""
        return Agreements.of(self.verdicts, self.objections)

    def __str__(self) -> str:
        top: list[str] = []
        for title, text in self._concession_lines():
            top += _wrapped(f"{title} ", text)
        for sentence in self.sentences:
            top += _wrapped("", sentence)
        top += _wrapped("", self.headline)
        rows = [_row(verdict, self.unit) for verdict in self.verdicts]
        differ = [line for text in self.agreements.lines() for line in _wrapped("", text)]
        below = ["", "Who agrees with whom:", *differ] if differ and len(self) > 1 else []
        return "\n".join([*top, f"In {self.unit}.", "", *_table(rows), *below])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        e = html.escape
        top = "".join(f"<b>{e(title)}</b> {e(text)}<br>" for title, text in self._concession_lines())
        parties = "".join(f"<li>{e(sentence)}</li>" for sentence in self.sentences)
        cells = [[e(cell) for cell in (*_row(v, self.unit), v.flips_when)] for v in self.verdicts]
        rows = "".join(f"<tr>{_cells('td', row)}</tr>" for row in cells)
        heads = _cells("th", ["criterion", "holds", "margin", "why", "flips when"])
        differ = "".join(f"<li>{e(text)}</li>" for text in self.agreements.lines()) if len(self) > 1 else ""
        below = f"<p>Who agrees with whom:</p><ul>{differ}</ul>" if differ else ""
        return (
            f"<div><p>{top}</p><ul>{parties}</ul><p>{e(self.headline)}</p>"
            f"<table><caption>In {e(self.unit)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
            f"{below}</div>"
        )

    def to_frame(self) -> pd.DataFrame:
        """The verdicts as a table: holds, margin, unit, reason and flips_when, one row a criterion."""
        import pandas as pd

        frame = pd.DataFrame(
            {
                "holds": pd.array([v.holds for v in self.verdicts], dtype="boolean"),
                "margin": [v.margin for v in self.verdicts],
                "unit": [v.unit for v in self.verdicts],
                "reason": [v.reason for v in self.verdicts],
                "flips_when": [v.flips_when for v in self.verdicts],
            }
        )
        frame.index = pd.Index([v.criterion for v in self.verdicts], name="criterion")
        frame.attrs.update(unit=self.unit, proposer=self.proposer, package=str(self.package))
        return frame

    def _concession_lines(self) -> list[tuple[str, str]]:
        """``US offers eda_software: lifted`` and ``asks China for samarium: lifted``."""
        lines = []
        for owner, settled in sorted(self.concessions.items(), key=lambda item: item[0] != self.proposer):
            text = ", ".join(f"{issue}: {option}" for issue, option in settled.items())
            if owner is None:
                lines.append(("jointly:", text))
            elif self.proposer is None:
                lines.append((f"{owner} concedes", text))
            else:
                lines.append((f"{owner} offers" if owner == self.proposer else f"and asks {owner} for", text))
        return lines


def _row(verdict: Verdict, unit: str) -> tuple[str, str, str, str]:
    """Name, answer, margin (with its unit where that is not the payoffs'), and the reason."""
    if math.isnan(verdict.margin):
        margin = ""
    elif 1.0 in verdict.certificate.facts.get("critical", {}).values():
        margin = "never"  # some party's critical discount factor is 1: no patience is enough
    elif math.isinf(verdict.margin):
        margin = "none" if verdict.margin > 0 else "veto"
    elif verdict.unit == unit:
        margin = "0" if verdict.margin == 0 else amount(verdict.margin, signed=True)
    else:
        margin = f"{verdict.margin:+.3f} δ" if verdict.unit == "discount factor" else f"{verdict.margin:+.3f}"
    return plain(verdict.criterion), verdict.answer, margin, verdict.reason


def _table(rows: list[tuple[str, str, str, str]]) -> list[str]:
    """Three narrow columns and a wrapped one, `WIDTH` wide."""
    heads = ("criterion", "holds", "margin", "why")
    widths = [max(len(row[c]) for row in (heads, *rows)) for c in range(3)]
    lead = sum(widths) + 6
    lines = []
    for row in (heads, *rows):
        start = f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:>{widths[2]}}  "
        lines += textwrap.wrap(row[3], WIDTH, initial_indent=start, subsequent_indent=" " * lead) or [start.rstrip()]
        if row is heads:
            lines.append("-" * WIDTH)
    return lines


def _wrapped(start: str, text: str) -> list[str]:
    return textwrap.wrap(f"{start}{text}", WIDTH, subsequent_indent="  ")


def _cells(tag: str, cells: list[str]) -> str:
    return "".join(f'<{tag} style="text-align:left">{cell}</{tag}>' for cell in cells)
