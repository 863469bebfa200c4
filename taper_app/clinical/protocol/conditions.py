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
from taper_app.clinical.protocol.fact_names import EVENT_FACTS, FACTS, FactKind, FactName

RuleId = Annotated[str, Field(pattern=r"^[RN][0-9]{2}[A-Z]?$")]
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
        if not (self._is_numeric or self._is_wordy or self.not_assessed):
            raise ValueError(
                f"The test of {self.fact} says nothing; add at_least, at_most, above, below, is or one_of."
            )
        return self

    @property
    def _is_numeric(self) -> bool:
        return any(bound is not None for bound in (self.at_least, self.at_most, self.above, self.below))

    @property
    def _is_wordy(self) -> bool:
        return self.equals is not None or self.one_of is not None

    def faults(self, known: Mapping[str, FactName]) -> Iterator[str]:
        name = known.get(self.fact)
        if name is None:
            yield f"{self.fact} is not a fact that can be tested here; check its spelling."
            return
        if self._is_numeric and name.kind is not FactKind.NUMBER:
            yield f"{self.fact} is not a number; test it with is or one_of."
        if self._is_wordy and name.kind is FactKind.NUMBER:
            yield f"{self.fact} is a number; test it with at_least, at_most, above or below."
        if isinstance(self.equals, bool) != (name.kind is FactKind.TRUTH) and self.equals is not None:
            yield f"{self.fact} is tested with the wrong kind of value; write {_example(name)}."
        words = (*(self.one_of or ()), *((self.equals,) if isinstance(self.equals, str) else ()))
        for word in words:
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


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside this one."""
    match condition:
        case AllOf():
            return condition.all_
        case AnyOf():
            return condition.any_
        case NoneOf():
            return condition.none_
        case CountOf():
            return condition.of
        case _:
            return ()


def faults_in(condition: Condition, known: Mapping[str, FactName] = FACTS) -> Iterator[str]:
    """Every fact that is misspelt or tested the wrong way, as sentences."""
    if isinstance(condition, FactTest):
        yield from condition.faults(known)
    elif isinstance(condition, EventTest) and condition.where is not None:
        yield from faults_in(condition.where, EVENT_FACTS)
    for part in parts_of(condition):
        yield from faults_in(part, known)


def rules_named_in(condition: Condition) -> Iterator[str]:
    """The rules whose outcome this condition needs."""
    if isinstance(condition, AnyFired):
        yield from condition.any_fired
    elif isinstance(condition, NoneFired):
        yield from condition.none_fired
    for part in parts_of(condition):
        yield from rules_named_in(part)


def needs_levels(condition: Condition) -> bool:
    """Whether the condition looks at the level of all other rules, so that it comes last."""
    return isinstance(condition, LevelTest) or any(needs_levels(part) for part in parts_of(condition))
