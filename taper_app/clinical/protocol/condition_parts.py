"""Walking through a condition: its parts, the facts and rules that it names, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taper_app.clinical.protocol.conditions import (
    AllOf,
    AnyFired,
    AnyOf,
    Condition,
    CountOf,
    EventTest,
    FactTest,
    LevelTest,
    NoneFired,
    NoneOf,
)
from taper_app.clinical.protocol.fact_names import EVENT_FACTS, FACTS, FactName


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


def fact_tests_in(condition: Condition, known: Mapping[str, FactName] = FACTS) -> Iterator[tuple[FactTest, FactName]]:
    """Every test of a fact, however deep, those of events among them. The facts must be known."""
    if isinstance(condition, FactTest):
        yield condition, known[condition.fact]
    elif isinstance(condition, EventTest) and condition.where is not None:
        yield from fact_tests_in(condition.where, EVENT_FACTS)
    for part in parts_of(condition):
        yield from fact_tests_in(part, known)


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


def silencers_in(condition: Condition) -> Iterator[str]:
    """The rules of which none may have fired."""
    if isinstance(condition, NoneFired):
        yield from condition.none_fired
    for part in parts_of(condition):
        yield from silencers_in(part)


def rules_built_on(condition: Condition) -> Iterator[str]:
    """The rules of which one has to fire."""
    if isinstance(condition, AnyFired):
        yield from condition.any_fired
    for part in parts_of(condition):
        yield from rules_built_on(part)
