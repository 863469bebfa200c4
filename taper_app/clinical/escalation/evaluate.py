"""Whether a condition holds: yes, no, or not known because something was not charted.

The logic has three values, so that a rule whose inputs are missing is reported as not evaluated, unless what was
charted already decides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import islice

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

#: Yes, no, or None with the inputs that are missing.
Outcome = tuple[bool | None, tuple[str, ...]]
YES: Outcome = (True, ())
NO: Outcome = (False, ())


class Evaluation:
    """One pass over the rules of one case; ``outcomes`` and ``levels`` grow as rules are judged in order."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.outcomes: dict[str, Outcome] = {}
        self.levels: dict[str, int] = {}

    def outcome_of(self, condition: Condition) -> Outcome:
        return self._outcome(condition, self.situation.facts, FACTS)

    def _outcome(self, condition: Condition, facts: Mapping[str, FactValue], names: Mapping[str, FactName]) -> Outcome:
        match condition:
            case FactTest():
                return self._fact(condition, facts, names)
            case AllOf():
                return all_of(self._outcome(part, facts, names) for part in condition.all_)
            case AnyOf():
                return any_of(self._outcome(part, facts, names) for part in condition.any_)
            case NoneOf():
                return opposite(any_of(self._outcome(part, facts, names) for part in condition.none_))
            case CountOf():
                found = [self._outcome(part, facts, names) for part in condition.of]
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
            for index, _scored in self._earlier_within(hours)
        )

    def _earlier_within(self, hours: Decimal) -> Iterable[tuple[int, ScoredSet]]:
        for index, scored in enumerate(self.situation.earlier):
            if scored.hours_ago is not None and scored.hours_ago <= hours:
                yield index, scored

    def _event(self, test: EventTest) -> Outcome:
        candidates = [event for event in self.situation.events if _is_meant(event, test)]
        if test.where is None:
            found = [YES] * len(candidates)
        else:
            found = [self._outcome(test.where, event.facts, EVENT_FACTS) for event in candidates]
        outcome = at_least(test.at_least, found)
        if outcome[0] is not True and not self.situation.events_asked:
            return (None, ("events",))
        return outcome

    def _rise(self, test: RiseTest) -> Outcome:
        return news2_rise(self.situation, test) if test.rise_of == "news2" else ciwa_b_rise(self.situation, test)

    def _level_reached(self, test: LevelTest) -> bool:
        if any(level >= test.level_at_least for level in self.levels.values()):
            return True
        return any(
            self.situation.earlier_level(index) >= test.level_at_least
            for index, _scored in self._earlier_within(test.within_hours)
        )


def _is_meant(event: ChartedEvent, test: EventTest) -> bool:
    if event.kind != test.event:
        return False
    if test.within_hours is None:
        return event.in_this_set
    return event.hours_ago is None or event.hours_ago <= test.within_hours


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


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """The first no decides; nothing after it is looked at."""
    missing: list[str] = []
    known = True
    for truth, lacking in outcomes:
        if truth is False:
            return NO
        if truth is None:
            known = False
            missing += lacking
    return YES if known else (None, tuple(dict.fromkeys(missing)))


def any_of(outcomes: Iterable[Outcome]) -> Outcome:
    """The first yes decides; nothing after it is looked at."""
    missing: list[str] = []
    known = True
    for truth, lacking in outcomes:
        if truth:
            return YES
        if truth is None:
            known = False
            missing += lacking
    return NO if known else (None, tuple(dict.fromkeys(missing)))


def opposite(outcome: Outcome) -> Outcome:
    truth, missing = outcome
    return (None if truth is None else not truth, missing)


def at_least(count: int, outcomes: Iterable[Outcome]) -> Outcome:
    found = list(outcomes)
    yes = sum(truth is True for truth, _missing in found)
    unknown = [missing for truth, missing in found if truth is None]
    if yes >= count:
        return YES
    if yes + len(unknown) < count:
        return NO
    return (None, tuple(dict.fromkeys(name for missing in unknown for name in missing)))


def news2_rise(situation: Situation, test: RiseTest) -> Outcome:
    """Against the last earlier set with a complete NEWS2, from the least that this set can score."""
    if not situation.news2_is_valid:
        return (None, FACTS["news2_least"].inputs)
    last = next((found for found in _window(situation, test) if not found.news2.missing), None)
    if last is None:
        return (None, ("history",))
    now = situation.now.news2
    return _rise(test, now.least - last.news2.least, now.most - last.news2.least, now.missing)


def ciwa_b_rise(situation: Situation, test: RiseTest) -> Outcome:
    """Against the most that the last set could have scored, and from complete set to complete set.

    Only sets of the same wording are compared.
    """
    now = situation.now
    charted = [
        found
        for found in _window(situation, test)
        if found.observation.ciwa_b is not None and found.ciwa_b_form == now.ciwa_b_form
    ]
    if not charted:
        return (None, ("history",))
    missing = tuple(f"ciwa_b.{item}" for item in now.ciwa_b.missing)
    if now.observation.ciwa_b is None:
        missing = ("ciwa_b",)
    last_complete = islice((found for found in charted if found.ciwa_b.complete), 1)
    against = [charted[0], *last_complete]
    return any_of(
        _rise(test, now.ciwa_b.least - last.ciwa_b.most, now.ciwa_b.most - last.ciwa_b.least, missing)
        for last in against
    )


def _window(situation: Situation, test: RiseTest) -> Iterable[ScoredSet]:
    for found in situation.earlier:
        if test.within_hours is None or (found.hours_ago is not None and found.hours_ago <= test.within_hours):
            yield found


def _rise(test: RiseTest, least: int, most: int, missing: tuple[str, ...]) -> Outcome:
    if least >= test.at_least:
        return YES
    return NO if most < test.at_least or not missing else (None, missing)
