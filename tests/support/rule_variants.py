"""Cases made from the rule files: for every test in every rule, values at its limit, just below and just above.

What surrounds the test is fulfilled (its neighbours in ``all``) or quiet (the other alternatives), so that the test
decides. What ought to come out is worked out by ``rule_oracle``, not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from quiet_patient import BEFORE, MISSING, NOW, QUIET, case_with, ciwa_items, news2_vitals, quiet_observation
from rule_oracle import Oracle, holds
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
from taper_app.clinical.protocol.escalation_rules import EscalationRule, RuleBook
from taper_app.clinical.protocol.fact_names import EVENT_FACTS, FACTS, FactKind, FactName

_AROUND = (timedelta(minutes=-1), timedelta(0), timedelta(minutes=1))
_ONE_BY_ONE = ("hours_ago", "followed_by_another")
_QUIET_EVENTS: Mapping[str, Mapping[str, Any]] = {
    "seizure": {"duration_minutes": Decimal(1), "ongoing": False, "recovered": True},
    "hallucination": {"insight": True},
    "fall": {"head_strike": "no"},
}


@dataclass(frozen=True)
class Plan:
    """Chosen facts, fields of the events of a kind, and earlier sets."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    history: tuple[dict[str, Any], ...] = ()

    def __or__(self, other: Plan) -> Plan:
        kinds = dict.fromkeys((*self.events, *other.events))
        events = {kind: {**self.events.get(kind, {}), **other.events.get(kind, {})} for kind in kinds}
        return Plan({**self.facts, **other.facts}, events, (*self.history, *other.history))

    def without(self, kind: str) -> Plan:
        return Plan(self.facts, {name: told for name, told in self.events.items() if name != kind}, self.history)


@dataclass(frozen=True)
class Variant:
    """One case. ``test`` numbers the test inside the rule that it is about."""

    rule: str
    test: int
    words: str
    case: dict[str, Any]
    facts: Mapping[str, Any]

    def fires(self, book: RuleBook) -> bool | None:
        """Whether the rule fires on it; None: it cannot be judged, and says so."""
        return Oracle(book, self.facts, self.case).fires(self.rule)


def variants_of(rule: EscalationRule, book: RuleBook) -> Iterator[Variant]:
    """Every variant of an active rule."""
    assert rule.when is not None
    for number, (test, plan) in enumerate(_tests_in(rule.when, book)):
        for words, each, now in _around(test, plan, book):
            told = [_event(kind, fields) for kind, fields in each.events.items()]
            case = case_with(each.facts, events=[*told, *now] or None, history=list(each.history))
            if isinstance(test, RiseTest):
                case["history"] = [earlier for earlier in case["history"] if earlier in each.history]
            if words == "events missing":
                case["observation"]["events"] = None
            yield Variant(rule.id, number, words, case, each.facts)


def _tests_in(condition: Condition, book: RuleBook) -> Iterator[tuple[Condition, Plan]]:
    """Each test with what fulfils its neighbours."""
    match condition:
        case AllOf():
            for index, part in enumerate(condition.all_):
                rest = _all_fulfilled([*condition.all_[:index], *condition.all_[index + 1 :]], book)
                for test, plan in _tests_in(part, book):
                    yield test, rest | plan
        case AnyOf():
            for part in condition.any_:
                yield from _tests_in(part, book)
        case NoneOf():
            for part in condition.none_:
                yield from _tests_in(part, book)
        case CountOf():
            for index, part in enumerate(condition.of):
                others = [*condition.of[:index], *condition.of[index + 1 :]][: condition.count_at_least - 1]
                for test, plan in _tests_in(part, book):
                    yield test, _all_fulfilled(others, book) | plan
        case NoneFired():
            return
        case _:
            yield condition, Plan()


def _all_fulfilled(conditions: Sequence[Condition], book: RuleBook) -> Plan:
    plan = Plan()
    for condition in conditions:
        plan = plan | _fulfilled(condition, book)
    return plan


def _fulfilled(condition: Condition, book: RuleBook) -> Plan:
    match condition:
        case FactTest():
            if holds(condition, QUIET[condition.fact]):
                return Plan()
            return Plan({condition.fact: _value_for(condition, FACTS)})
        case AllOf():
            return _all_fulfilled(condition.all_, book)
        case AnyOf():
            return _fulfilled(condition.any_[-1], book)
        case CountOf():
            return _all_fulfilled(condition.of[: condition.count_at_least], book)
        case NoneOf():
            tests = [part for part in condition.none_ if isinstance(part, FactTest)]
            return Plan({test.fact: _other_value(test) for test in tests if holds(test, QUIET[test.fact])})
        case EventTest():
            return Plan(events={condition.event: _event_fields(condition.where)})
        case AnyFired():
            named = book.rule(condition.any_fired[0])
            assert named is not None
            assert named.when is not None
            return _fulfilled(named.when, book)
        case RiseTest():
            return _risen(condition, condition.at_least, timedelta(hours=1))
        case LevelTest():
            return Plan({"pulse": 135})
        case _:
            return Plan()


def _other_value(test: FactTest) -> Any:
    name = FACTS[test.fact]
    if name.kind is FactKind.NUMBER:
        return MISSING
    return (
        not test.equals if name.kind is FactKind.TRUTH else next(word for word in name.words if word not in test.words)
    )


def _value_for(test: FactTest, names: Mapping[str, FactName]) -> Any:
    """A value for which the test holds."""
    if test.not_assessed:
        return MISSING
    if test.one_of is not None:
        return test.one_of[0]
    if test.equals is not None:
        return test.equals
    return next(value for value in _values_around(test, names) if holds(test, value))


def _values_around(test: FactTest, names: Mapping[str, FactName]) -> list[Any]:
    name = names[test.fact]
    if test.is_numeric:
        step = Decimal(1) if name.whole else Decimal("0.1")
        values = [number + change for number in test.bounds.values() for change in (Decimal(0), -step, step)]
        return [int(value) if name.whole else value for value in dict.fromkeys(values)]
    if test.not_assessed:
        return []
    return [True, False] if name.kind is FactKind.TRUTH else list(name.words)


#: What a test's surroundings are in one case: words, the plan, and events of this set.
_Around = tuple[str, Plan, list[dict[str, Any]]]


def _around(test: Condition, plan: Plan, book: RuleBook) -> Iterator[_Around]:
    match test:
        case FactTest():
            yield from _around_fact(test, plan)
        case EventTest():
            yield from _around_event(test, plan)
        case RiseTest():
            yield from _around_rise(test, plan)
        case LevelTest():
            yield from _around_level(test, plan)
        case AnyFired():
            yield from _around_fired(test, plan, book)


def _around_fact(test: FactTest, plan: Plan) -> Iterator[_Around]:
    quiet = {name: value for name, value in plan.facts.items() if name != test.fact}
    yield f"{test.fact} quiet", Plan(quiet, plan.events, plan.history), []
    for value in (*_values_around(test, FACTS), MISSING):
        if value is MISSING and test.fact in _ALWAYS_KNOWN:
            continue
        if not _can_be(test.fact, value):
            continue
        yield f"{test.fact} {_shown(value)}", plan | Plan({test.fact: value}), []
    if test.also_within_hours is not None and test.fact == "withheld_or_missed_24h":
        for moved in _AROUND:
            earlier = quiet_observation(NOW - timedelta(hours=float(test.also_within_hours)) - moved)
            earlier["doses"][test.fact] = _value_for(test, FACTS)
            yield f"{test.fact} {moved} too early", plan | Plan(history=(earlier,)), []


#: Worked out of whatever was charted, so that they are never missing.
_ALWAYS_KNOWN = ("set_is_partial", "suicide_screen_done", "not_done_reason")


def _can_be(fact: str, value: Any) -> bool:
    """Below zero only sedation and days go; a part of NEWS2 is 3 at most."""
    if FACTS[fact].kind is not FactKind.NUMBER or value is MISSING:
        return True
    return (value >= 0 or fact == "rass" or fact.startswith("days_")) and not (
        fact == "news2_highest_part" and value > 3
    )


def _shown(value: Any) -> str:
    return "missing" if value is MISSING else str(value)


def _around_event(test: EventTest, plan: Plan) -> Iterator[_Around]:
    fields = {**plan.events.get(test.event, {}), **_event_fields(test.where)}
    beside = plan.without(test.event)
    timeless = {name: value for name, value in fields.items() if name not in _ONE_BY_ONE}
    needed = max(test.at_least, 2 if fields.get("followed_by_another") else 1)
    apart = timedelta(hours=float(fields.get("hours_ago", 0)))
    if test.within_hours is not None:
        limit = timedelta(hours=float(test.within_hours))
        for moved in _AROUND:
            first = _earlier(test.event, timeless, NOW - limit - moved)
            now = [_event(test.event, timeless) for _ in range(needed - 1)]
            yield f"{test.event} {moved} beyond {limit}", beside | Plan(history=(first,)), now
    for count in (needed - 1, needed, needed + 1):
        told = [_event(test.event, timeless, NOW - apart - place * _AROUND[2]) for place in range(count)]
        yield f"{count} times {test.event}", beside, told
    for inner in _where_tests(test.where):
        yield from _around_field(test, inner, beside, fields)
    yield "events missing", beside, []


def _around_field(test: EventTest, inner: FactTest, beside: Plan, fields: Mapping[str, Any]) -> Iterator[_Around]:
    timeless = {name: value for name, value in fields.items() if name not in _ONE_BY_ONE}
    first = NOW - timedelta(hours=float(fields.get("hours_ago", 1)))
    if inner.fact == "hours_ago":
        for value in _values_around(inner, EVENT_FACTS):
            at = NOW - timedelta(minutes=float(value * 60))
            yield f"{value} h ago, told now", beside, [_event(test.event, timeless, at)]
            yield f"{value} h ago, told then", beside | Plan(history=(_earlier(test.event, timeless, at),)), []
    elif inner.fact == "followed_by_another":
        yield "followed by none", beside, [_event(test.event, timeless, first)]
    else:
        after = [_event(test.event, timeless)] if fields.get("followed_by_another") else []
        for value in (*_values_around(inner, EVENT_FACTS), MISSING):
            told = _event(test.event, {**timeless, inner.fact: value}, first if after else None)
            yield f"{inner.fact} {_shown(value)}", beside, [told, *after]


def _where_tests(where: Condition | None) -> Iterator[FactTest]:
    match where:
        case FactTest():
            yield where
        case AllOf():
            for part in where.all_:
                yield from _where_tests(part)
        case NoneOf():
            for part in where.none_:
                yield from _where_tests(part)
        case _:
            return


def _event_fields(where: Condition | None) -> dict[str, Any]:
    """Fields of an event that fulfils the condition."""
    match where:
        case FactTest():
            return {where.fact: _value_for(where, EVENT_FACTS)}
        case AllOf():
            return {name: value for part in where.all_ for name, value in _event_fields(part).items()}
        case NoneOf():
            return {part.fact: not part.equals for part in where.none_ if isinstance(part, FactTest)}
        case _:
            return {}


def _event(kind: str, fields: Mapping[str, Any], at: Any = None) -> dict[str, Any]:
    told = {**_QUIET_EVENTS.get(kind, {}), **{name: each for name, each in fields.items() if name not in _ONE_BY_ONE}}
    if at is None and "hours_ago" in fields:
        at = NOW - timedelta(minutes=float(fields["hours_ago"] * 60))
    plain = {
        name: None if each is MISSING else str(each) if isinstance(each, Decimal) else each
        for name, each in told.items()
    }
    return {"kind": kind, **plain, **({} if at is None else {"at": at.isoformat()})}


def _earlier(kind: str, fields: Mapping[str, Any], at: Any) -> dict[str, Any]:
    return quiet_observation(at) | {"events": [_event(kind, fields, at)]}


def _risen(test: RiseTest, rise: int, ago: timedelta, least: int = 0) -> Plan:
    """From so much less than now, that it has just risen by this; ``least``: what the total has to be now."""
    now = max(least, rise)
    scored = {"vitals": news2_vitals(now - rise)} if test.rise_of == "news2" else {"ciwa_b": ciwa_items(now - rise)}
    return Plan({f"{test.rise_of}_total": now}, history=(quiet_observation(NOW - ago) | scored,))


def _around_rise(test: RiseTest, plan: Plan) -> Iterator[_Around]:
    least = plan.facts.get(f"{test.rise_of}_least", 0)
    for rise in (test.at_least - 1, test.at_least, test.at_least + 1):
        yield f"{test.rise_of} up by {rise}", plan | _risen(test, rise, NOW - BEFORE, least), []
    if test.within_hours is not None:
        limit = timedelta(hours=float(test.within_hours))
        for moved in _AROUND:
            yield f"{test.rise_of} {moved} beyond {limit}", plan | _risen(test, test.at_least, limit + moved, least), []


def _around_level(test: LevelTest, plan: Plan) -> Iterator[_Around]:
    limit = timedelta(hours=float(test.within_hours))
    for pulse in (115, 135, 145):
        yield f"pulse {pulse} now", plan | Plan({"pulse": pulse}), []
        for moved in _AROUND:
            earlier = quiet_observation(NOW - limit - moved)
            earlier["vitals"]["pulse"] = pulse
            yield f"pulse {pulse}, {moved} beyond {limit}", plan | Plan(history=(earlier,)), []


def _around_fired(test: AnyFired, plan: Plan, book: RuleBook) -> Iterator[_Around]:
    """One variant for each rule that is named, and one in which none of them fires."""
    yield "none of them", plan, []
    for name in test.any_fired:
        named = book.rule(name)
        assert named is not None
        assert named.when is not None
        yield f"{name} fires", plan | _fulfilled(named.when, book), []
