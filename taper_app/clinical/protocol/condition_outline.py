"""A rule's condition in plain words, as lines that are indented under what they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

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
    RiseTest,
)
from taper_app.clinical.protocol.fact_names import EVENT_FACTS, FACTS, FactKind, FactName
from taper_app.clinical.protocol.fact_words import measured, name_in_words
from taper_app.clinical.quantities import plain

_SCORES = {"news2": "NEWS2", "ciwa_b": "CIWA-B"}
_EVENTS = {
    "left_against_advice": "leaving against advice",
    "other": "another event",
    "suicidal_thoughts": "thoughts of suicide",
}
_NOT_ASSESSED = {"counts": "not assessed counts too", "does_not_count": "not assessed does not count"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``depth`` 0 stands by itself, deeper ones belong to the line above with a smaller depth."""

    text: str
    depth: int


def condition_lines(condition: Condition) -> tuple[Line, ...]:
    """The whole condition, in the order of the file."""
    return tuple(_lines(condition, 0, FACTS))


def _lines(condition: Condition, depth: int, known: Mapping[str, FactName]) -> Iterator[Line]:
    match condition:
        case AllOf():
            yield from _group("all of these", condition.all_, depth, known)
        case AnyOf():
            yield from _group("one of these", condition.any_, depth, known)
        case NoneOf() if len(condition.none_) == 1 and not _has_parts(condition.none_[0]):
            yield Line(f"not: {words_of_test(condition.none_[0], known)}", depth)
        case NoneOf():
            yield from _group("none of these", condition.none_, depth, known)
        case CountOf():
            yield from _group(f"at least {condition.count_at_least} of these", condition.of, depth, known)
        case EventTest():
            yield Line(event_words(condition), depth)
            if condition.where is not None:
                yield from _lines(condition.where, depth + 1, EVENT_FACTS)
        case _:
            yield Line(words_of_test(condition, known), depth)


def _group(title: str, parts: tuple[Condition, ...], depth: int, known: Mapping[str, FactName]) -> Iterator[Line]:
    yield Line(f"{title}:", depth)
    for part in parts:
        yield from _lines(part, depth + 1, known)


def _has_parts(condition: Condition) -> bool:
    return isinstance(condition, (AllOf, AnyOf, NoneOf, CountOf)) or (
        isinstance(condition, EventTest) and condition.where is not None
    )


def words_of_test(condition: Condition, known: Mapping[str, FactName] = FACTS) -> str:
    """One test that stands by itself; a group is named by its kind alone."""
    match condition:
        case FactTest():
            return fact_words(condition, known[condition.fact].kind)
        case RiseTest():
            within = f" within {plain(condition.within_hours)} h" if condition.within_hours else " since the last one"
            return f"{_SCORES[condition.rise_of]} has risen by {condition.at_least} or more{within}"
        case AnyFired():
            return f"{_either(condition.any_fired)} fires"
        case NoneFired():
            first, *others = condition.none_fired
            return f"none of {', '.join((first, *others))} fires" if others else f"{first} does not fire"
        case LevelTest():
            hours = plain(condition.within_hours)
            return f"any rule of level {condition.level_at_least} or above fires, or fired within {hours} h"
        case EventTest():
            return event_words(condition)
        case _:
            return "several tests together"


def event_words(test: EventTest) -> str:
    """``seizure within 24 h, 2 times or more``."""
    event = _EVENTS.get(test.event, test.event.replace("_", " "))
    when = "in this set" if test.within_hours is None else f"within {plain(test.within_hours)} h"
    many = "" if test.at_least == 1 else f", {test.at_least} times or more"
    of_which = ", of which" if test.where is not None else ""
    return f"{event} {when}{many}{of_which}"


def fact_words(test: FactTest, kind: FactKind) -> str:
    """``pulse: 131 to 139 a minute``, with what becomes of it when nobody asked."""
    name = name_in_words(test.fact)
    said = f"{name}: not charted" if test.not_assessed else f"{name}{_asked(test, kind)}"
    if test.also_within_hours is not None:
        said += f", in this set or one of the last {plain(test.also_within_hours)} h"
    if test.if_not_assessed is not None:
        said += f" ({_NOT_ASSESSED[test.if_not_assessed]})"
    return said


def _asked(test: FactTest, kind: FactKind) -> str:
    if kind is FactKind.NUMBER:
        return f": {_bounds(test)}"
    if test.one_of is not None:
        return f": {_either(test.one_of)}"
    if isinstance(test.equals, bool):
        return "" if test.equals else ": no"
    return f": {test.equals}"


def _bounds(test: FactTest) -> str:
    if test.at_least is not None and test.at_most is not None:
        highest = measured(test.fact, test.at_most)
        return highest if test.at_least == test.at_most else f"{plain(test.at_least)} to {highest}"
    words = [
        *_bound("{} or more", test.fact, test.at_least),
        *_bound("more than {}", test.fact, test.above),
        *_bound("{} or less", test.fact, test.at_most),
        *_bound("under {}", test.fact, test.below),
    ]
    return " and ".join(words)


def _bound(template: str, fact: str, number: Decimal | None) -> Iterator[str]:
    if number is not None:
        yield template.format(measured(fact, number))


def _either(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
