"""When a rule fires, as data: small tests of facts and events, joined by ``all``, ``any``, ``none`` and ``of``.

An outcome is yes, no, or not known because something was not charted. ``if_not_assessed`` says what a test
counts as then; without it the whole rule is reported as not evaluated, never as "no".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from taper_app.clinical.protocol.citation import ProtocolEntry
from taper_app.clinical.protocol.fact_names import FACTS, FactKind, FactName
from taper_app.clinical.protocol.intervals import Interval
from taper_app.clinical.quantities import plain

#: R and N are shipped; S is kept for a site's own rules.
RuleId = Annotated[str, Field(pattern=r"^[RNS][0-9]{2}[A-Z]?$")]
Hours = Annotated[Decimal, Field(gt=0)]


class FactTest(ProtocolEntry):
    """``{ fact = "pulse", at_least = 131, at_most = 139 }``: both ends are included; ``above`` and ``below`` are not.

    ``also_within_hours``: the test also holds when it held in a set charted within that time.
    """

    fact: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    equals: bool | str | None = Field(default=None, alias="is")
    one_of: tuple[str, ...] | None = None
    not_assessed: Literal[True] | None = None
    if_not_assessed: Literal["counts", "does_not_count"] | None = None
    also_within_hours: Hours | None = None

    @model_validator(mode="after")
    def _tests_something(self) -> FactTest:
        if not (self.is_numeric or self._is_wordy or self.not_assessed):
            raise ValueError(
                f"The test of {self.fact} says nothing; add at_least, at_most, above, below, is or one_of."
            )
        return self

    @property
    def bounds(self) -> dict[str, Decimal]:
        """The numbers that are given, by the name of the end."""
        ends = {"at_least": self.at_least, "above": self.above, "at_most": self.at_most, "below": self.below}
        return {name: number for name, number in ends.items() if number is not None}

    @property
    def is_numeric(self) -> bool:
        return bool(self.bounds)

    def interval(self, known: Mapping[str, FactName] = FACTS) -> Interval:
        """The numbers for which the test holds."""
        return Interval.between(**self.bounds, whole=known[self.fact].whole)

    @property
    def words(self) -> frozenset[bool | str]:
        """The words for which the test holds."""
        return frozenset(self.one_of or ()) if self.equals is None else frozenset((self.equals,))

    @property
    def _is_wordy(self) -> bool:
        return self.equals is not None or self.one_of is not None

    def faults(self, known: Mapping[str, FactName]) -> Iterator[str]:
        name = known.get(self.fact)
        if name is None:
            yield f"{self.fact} is not a fact that can be tested here; check its spelling."
            return
        if self.is_numeric and name.kind is not FactKind.NUMBER:
            yield f"{self.fact} is not a number; test it with is or one_of."
        if self._is_wordy and name.kind is FactKind.NUMBER:
            yield f"{self.fact} is a number; test it with at_least, at_most, above or below."
        if isinstance(self.equals, bool) != (name.kind is FactKind.TRUTH) and self.equals is not None:
            yield f"{self.fact} is tested with the wrong kind of value; write {_example(name)}."
        if self.is_numeric and name.kind is FactKind.NUMBER and self.interval(known).is_empty:
            given = ", ".join(f"{end} {plain(number)}" for end, number in self.bounds.items())
            yield f"No value of {self.fact} fits {given}; correct one of the ends."
        for word in sorted(word for word in self.words if isinstance(word, str)):
            if name.words and word not in name.words:
                yield f"{self.fact} is never {word}; choose {', '.join(name.words)}."


def _example(name: FactName) -> str:
    return "is = true or is = false" if name.kind is FactKind.TRUTH else f'is = "{name.words[0]}"'


class EventTest(ProtocolEntry):
    """At least ``at_least`` events of a kind, in this set or within some hours, each fulfilling ``where``."""

    event: Literal["seizure", "hallucination", "fall", "vomiting", "suicidal_thoughts", "left_against_advice", "other"]
    this_set: Literal[True] | None = None
    within_hours: Hours | None = None
    at_least: int = Field(default=1, ge=1)
    where: Condition | None = None

    @model_validator(mode="after")
    def _says_since_when(self) -> EventTest:
        if (self.this_set is None) == (self.within_hours is None):
            raise ValueError(f"The test of {self.event} needs this_set = true or within_hours, one of the two.")
        return self


class RiseTest(ProtocolEntry):
    """A score's rise against the last earlier set of the same wording, of which at least this much is certain."""

    rise_of: Literal["news2", "ciwa_b"]
    at_least: int = Field(ge=1)
    within_hours: Hours | None = None


class AnyFired(ProtocolEntry):
    """One of these rules fires; not known while none does and one could not be evaluated."""

    any_fired: tuple[RuleId, ...] = Field(min_length=1)


class NoneFired(ProtocolEntry):
    """None of these rules fires; a rule that could not be evaluated has not fired."""

    none_fired: tuple[RuleId, ...] = Field(min_length=1)


class LevelTest(ProtocolEntry):
    """Any other rule of at least this level fires now, or fired on a set within some hours."""

    level_at_least: int = Field(ge=1, le=4)
    within_hours: Hours


class AllOf(ProtocolEntry):
    all_: tuple[Condition, ...] = Field(alias="all", min_length=1)


class AnyOf(ProtocolEntry):
    any_: tuple[Condition, ...] = Field(alias="any", min_length=1)


class NoneOf(ProtocolEntry):
    none_: tuple[Condition, ...] = Field(alias="none", min_length=1)


class CountOf(ProtocolEntry):
    """At least ``count_at_least`` of the conditions hold."""

    count_at_least: int = Field(ge=1)
    of: tuple[Condition, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _can_be_reached(self) -> CountOf:
        if self.count_at_least > len(self.of):
            raise ValueError(f"{self.count_at_least} of {len(self.of)} conditions can never hold; lower the count.")
        return self


_SHAPES: Mapping[str, str] = {
    "fact": "fact",
    "event": "event",
    "rise_of": "rise",
    "any_fired": "any_fired",
    "none_fired": "none_fired",
    "level_at_least": "level",
    "all": "all",
    "any": "any",
    "none": "none",
    "count_at_least": "count",
}


def _shape_of(value: Any) -> str | None:
    if isinstance(value, Mapping):
        return next((shape for key, shape in _SHAPES.items() if key in value), None)
    return _SHAPE_OF_CLASS.get(type(value))


Condition = Annotated[
    Annotated[FactTest, Tag("fact")]
    | Annotated[EventTest, Tag("event")]
    | Annotated[RiseTest, Tag("rise")]
    | Annotated[AnyFired, Tag("any_fired")]
    | Annotated[NoneFired, Tag("none_fired")]
    | Annotated[LevelTest, Tag("level")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[NoneOf, Tag("none")]
    | Annotated[CountOf, Tag("count")],
    Discriminator(
        _shape_of,
        custom_error_type="condition",
        custom_error_message="A condition needs fact, event, rise_of, any_fired, none_fired, level_at_least, all, any, "
        "none, or count_at_least with of",
    ),
]
_SHAPE_OF_CLASS: Mapping[type, str] = {
    FactTest: "fact",
    EventTest: "event",
    RiseTest: "rise",
    AnyFired: "any_fired",
    NoneFired: "none_fired",
    LevelTest: "level",
    AllOf: "all",
    AnyOf: "any",
    NoneOf: "none",
    CountOf: "count",
}
for _model in (EventTest, AllOf, AnyOf, NoneOf, CountOf):
    _model.model_rebuild()
