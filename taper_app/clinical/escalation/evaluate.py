"""Whether a condition holds: yes, no, or not known because something was not charted.

The logic has three values, so that a rule whose inputs are missing is reported as not evaluated, unless what was
charted already decides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from taper_app.clinical.escalation.outcomes import NO, YES, Outcome, all_of, any_of, at_least, opposite
from taper_app.clinical.escalation.rises import certainly_rises, rises_of
from taper_app.clinical.escalation.situation import (
    Blank,
    Bounded,
    ChartedEvent,
    FactValue,
    NotApplicable,
    ScoredSet,
    Situation,
)
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
from taper_app.clinical.protocol.fact_names import EVENT_FACTS, FACTS, FactName


class Evaluation:
    """One pass over the rules of one case; ``outcomes`` and ``levels`` grow as rules are judged in order."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.outcomes: dict[str, Outcome] = {}
        self.levels: dict[str, int] = {}
        self._newest_first: dict[str, list[ChartedEvent]] = {}
        for event in reversed(situation.events):
            self._newest_first.setdefault(event.kind, []).append(event)

    def outcome_of(self, condition: Condition) -> Outcome:
        return self.outcome_within(condition, self.situation.facts, FACTS)

    def outcome_within(
        self, condition: Condition, facts: Mapping[str, FactValue], names: Mapping[str, FactName]
    ) -> Outcome:
        """A condition on these facts: those of the set, or those of one event."""
        match condition:
            case FactTest():
                return self._fact(condition, facts, names)
            case AllOf():
                return all_of(self.outcome_within(part, facts, names) for part in condition.all_)
            case AnyOf():
                return any_of(self.outcome_within(part, facts, names) for part in condition.any_)
            case NoneOf():
                return opposite(any_of(self.outcome_within(part, facts, names) for part in condition.none_))
            case CountOf():
                found = [self.outcome_within(part, facts, names) for part in condition.of]
                return at_least(condition.count_at_least, found)
            case EventTest():
                return self._event(condition)
            case RiseTest():
                return self._rise(condition)
            case AnyFired():
                return any_of(self.outcomes[rule] for rule in condition.any_fired)
            case NoneFired():
                return (not any(self.outcomes[rule][0] for rule in condition.none_fired), ())
            case LevelTest():
                return (self._level_reached(condition), ())

    def _fact(self, test: FactTest, facts: Mapping[str, FactValue], names: Mapping[str, FactName]) -> Outcome:
        outcome = judge_fact(test, facts.get(test.fact), names[test.fact].inputs)
        if outcome[0] is not True and test.also_within_hours is not None and self._held_before(test):
            return YES
        if outcome[0] is None and test.if_not_assessed is not None:
            return YES if test.if_not_assessed == "counts" else NO
        return outcome

    def _held_before(self, test: FactTest) -> bool:
        hours = test.also_within_hours or Decimal(0)
        return any(
            judge_fact(test, self.situation.earlier_facts(index).get(test.fact), ())[0] is True
            for index, _scored in self.earlier_within(hours)
        )

    def earlier_within(self, hours: Decimal) -> Iterable[tuple[int, ScoredSet]]:
        """The earlier sets within some hours, newest first, with their places; not those without a time."""
        for index, scored in enumerate(self.situation.earlier):
            if scored.hours_ago is None:
                continue
            if scored.hours_ago > hours:
                return
            yield index, scored

    def events_meant(self, test: EventTest) -> list[ChartedEvent]:
        """The events of the test's kind and time, newest first, whatever else is asked of them."""
        events = self._newest_first.get(test.event, [])
        if test.within_hours is None:
            return [event for event in events if event.in_this_set]
        return [event for event in events if event.hours_ago is None or event.hours_ago <= test.within_hours]

    def _event(self, test: EventTest) -> Outcome:
        candidates = self.events_meant(test)
        if test.where is None:
            found = [YES] * len(candidates)
        else:
            found = [self.outcome_within(test.where, event.facts, EVENT_FACTS) for event in candidates]
        outcome = at_least(test.at_least, found)
        if outcome[0] is not True and not self.situation.events_asked:
            return (None, ("events",))
        return outcome

    def _rise(self, test: RiseTest) -> Outcome:
        return certainly_rises(test, rises_of(self.situation, test))

    def _level_reached(self, test: LevelTest) -> bool:
        if any(level >= test.level_at_least for level in self.levels.values()):
            return True
        return any(
            self.situation.earlier_level(index) >= test.level_at_least
            for index, _scored in self.earlier_within(test.within_hours)
        )


def judge_fact(test: FactTest, value: FactValue, inputs: tuple[str, ...]) -> Outcome:
    """One test of one value; ``inputs`` are named when the value is not known."""
    if test.not_assessed:
        return (value is None or isinstance(value, Blank), ())
    if value is None:
        return (None, inputs)
    if isinstance(value, Blank):
        return (None, value.missing)
    if isinstance(value, NotApplicable):
        return NO
    if isinstance(value, Bounded):
        return _bounded(test, value)
    if isinstance(value, (bool, str)):
        return (value == test.equals if test.one_of is None else value in test.one_of, ())
    return (_reaches(test, value) and _stays_below(test, value), ())


def _reaches(test: FactTest, value: Decimal | int) -> bool:
    return (test.at_least is None or value >= test.at_least) and (test.above is None or value > test.above)


def _stays_below(test: FactTest, value: Decimal | int) -> bool:
    return (test.at_most is None or value <= test.at_most) and (test.below is None or value < test.below)


def _bounded(test: FactTest, value: Bounded) -> Outcome:
    """Fires on the least possible score; no only when the most possible one rules it out."""
    if not _stays_below(test, value.least):
        return NO
    if _reaches(test, value.least):
        return YES
    return (None, value.missing) if _reaches(test, value.most) else NO
