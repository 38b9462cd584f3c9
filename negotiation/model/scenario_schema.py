"""What a scenario file may contain: one pydantic model for each kind of table, and how each becomes a part of the model.

Pydantic checks shapes and types, all of them at once; what names mean is checked in `scenario_names`, and what numbers may
be by the parts themselves. Loaded only when a file is.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from negotiation.errors import DistributionError
from negotiation.model.distribution import Distribution
from negotiation.model.issue import Issue
from negotiation.model.party import Party, Ratifier
from negotiation.model.proposal import Concessions, Source
from negotiation.model.quantity import Estimate, Quantity
from negotiation.model.stake import Interaction, Stake

SCHEMA_VERSION = 1


def _settings(given: Any) -> tuple[tuple[str, str], ...]:
    """Issue to option, issue to several options, or a list of pairs."""
    pairs: list[Any] = []
    if isinstance(given, dict):
        for issue, options in given.items():
            pairs += [[issue, option] for option in (options if isinstance(options, list) else [options])]
    elif isinstance(given, list):
        pairs = given
    texts = all(isinstance(p, list) and len(p) == 2 and all(isinstance(x, str) for x in p) for p in pairs)
    if not texts or not isinstance(given, dict | list):
        raise ValueError("expected a table of issue and option, e.g. {ethane = 'lifted'}")
    return tuple((issue, option) for issue, option in pairs)


def _one_or_several(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


def _number_or_table(given: Any) -> Any:
    return {"value": given} if isinstance(given, int | float) and not isinstance(given, bool) else given


_NAME = {"type": "string"}
_PAIRS = {"type": "array", "items": {"type": "array", "items": _NAME, "minItems": 2, "maxItems": 2}}
_OPTIONS = {"anyOf": [_NAME, {"type": "array", "items": _NAME}]}
_SETTINGS_SCHEMA = {"anyOf": [{"type": "object", "additionalProperties": _OPTIONS}, _PAIRS]}

Settings = Annotated[tuple[tuple[str, str], ...], PlainValidator(_settings), WithJsonSchema(_SETTINGS_SCHEMA)]
Names = Annotated[list[str], BeforeValidator(_one_or_several)]


class Table(BaseModel):
    """A table of the file: no unknown keys, no conversions, no NaN or infinity."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class DistributionTable(Table):
    """A distribution by name, with its parameters beside it."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, float]

    name: str


class QuantityTable(Table):
    """A number, a range, or a distribution."""

    value: float | None = None
    range: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    scale: Literal["linear", "log"] = "linear"
    distribution: DistributionTable | None = None

    def quantity(self) -> Quantity:
        """Range with value: triangular, on a linear or log scale; range alone: uniform; else the distribution."""
        if self.scale == "log" and (self.range is None or self.value is None):
            raise DistributionError("scale = 'log' needs a range and a value; add them.")
        if self.distribution is not None:
            if self.range is not None:
                raise DistributionError("both a range and a distribution are given; keep one of them.")
            extra = self.distribution.__pydantic_extra__
            return Distribution(self.distribution.name, dict(extra), self.value)
        if self.range is not None:
            low, high = self.range
            if self.value is None:
                return Distribution.uniform(low, high)
            law = Distribution.log_triangular if self.scale == "log" else Distribution.triangular
            return law(low, self.value, high)
        if self.value is None:
            raise DistributionError("no number is given; add 'value', 'range' or 'distribution'.")
        return self.value


class SourcedTable(Table):
    """Where a number comes from."""

    source: Names = []
    known_on: dt.date | None = None
    basis: Literal["found", "derived", "judgement"] = "judgement"
    reasoning: str = ""

    def origin(self) -> dict[str, Any]:
        """The keyword arguments that everything sourced takes."""
        return {
            "source": tuple(self.source), "known_on": self.known_on, "basis": self.basis, "reasoning": self.reasoning,
        }  # fmt: skip


class EstimateTable(QuantityTable, SourcedTable):
    """A number of a party, with its source."""

    def build(self) -> Estimate:
        """Make the estimate."""
        return Estimate(self.quantity(), **self.origin())


def _estimate(table: EstimateTable | None) -> Estimate | None:
    return None if table is None else table.build()


OptionalEstimate = Annotated[EstimateTable | None, BeforeValidator(_number_or_table)]


class RatifierTable(SourcedTable):
    """A domestic group whose consent a party needs."""

    name: str
    kinds: Names = []
    at_least: Annotated[QuantityTable | None, BeforeValidator(_number_or_table)] = None
    vetoes: Settings = ()

    def build(self) -> Ratifier:
        """Make the ratifier."""
        least = None if self.at_least is None else self.at_least.quantity()
        return Ratifier(self.name, tuple(self.kinds), least, self.vetoes, **self.origin())


class PartyTable(Table):
    """A decision maker."""

    name: str
    discount_factor: OptionalEstimate = None
    credibility: OptionalEstimate = None
    disagreement: OptionalEstimate = None
    reservation: OptionalEstimate = None
    detection_lag: int = 1
    description: str = ""
    ratifiers: list[RatifierTable] = []

    def build(self) -> Party:
        """Make the party."""
        return Party(
            self.name,
            discount_factor=_estimate(self.discount_factor),
            credibility=_estimate(self.credibility),
            disagreement=_estimate(self.disagreement) or 0.0,
            reservation=_estimate(self.reservation),
            detection_lag=self.detection_lag,
            ratifiers=tuple(r.build() for r in self.ratifiers),
            description=self.description,
        )


class IssueTable(Table):
    """Something that is settled one way or another."""

    name: str
    options: list[str] = ["in force", "lifted"]
    owner: str | None = None
    description: str = ""

    def build(self) -> Issue:
        """Make the issue."""
        return Issue(self.name, tuple(self.options), self.owner, self.description)


class ValuedTable(QuantityTable, SourcedTable):
    """What stakes and interactions have in common."""

    party: str
    kind: Literal["commercial", "security", "leverage", "domestic"] = "commercial"
    unit: str = ""


class StakeTable(ValuedTable):
    """What one option of one issue is worth to one party."""

    issue: str
    option: str

    def build(self) -> Stake:
        """Make the stake."""
        return Stake(self.party, self.issue, self.option, self.quantity(), self.kind, self.unit, **self.origin())


class InteractionTable(ValuedTable):
    """An extra stake that arises only for a combination of options."""

    options: Settings

    def build(self) -> Interaction:
        """Make the interaction."""
        return Interaction(self.party, self.options, self.quantity(), self.kind, self.unit, **self.origin())


class ConcessionsTable(Table):
    """A named offer or ask."""

    name: str
    party: str
    options: Settings
    delivery: Literal["promised", "delivered"] = "promised"
    description: str = ""

    def build(self) -> Concessions:
        """Make the concessions."""
        return Concessions(self.name, self.party, self.options, self.delivery, self.description)


class SourceTable(Table):
    """Where a number comes from."""

    id: str
    title: str = ""
    publisher: str = ""
    url: str = ""
    date: dt.date | None = None

    def build(self) -> Source:
        """Make the source."""
        return Source(self.id, self.title, self.publisher, self.url, self.date)


class ScenarioTable(Table):
    """A whole scenario file."""

    schema_version: Literal[1]
    name: str = "negotiation"
    description: str = ""
    unit: str = "payoff units per period"
    as_of: dt.date | None = None
    parties: list[PartyTable]
    issues: list[IssueTable]
    stakes: list[StakeTable] = []
    interactions: list[InteractionTable] = []
    concessions: list[ConcessionsTable] = []
    sources: list[SourceTable] = []
