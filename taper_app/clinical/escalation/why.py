"""Why a rule fired: the facts, events and rises that made it, with their values, as data.

Beside the answer of ``taper assess``, whose shape is fixed. What did not decide is left out: of alternatives only those
that hold, of a rule that needs another one what made that one fire.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Literal

from pydantic import Field

from taper_app.clinical.charting.case import AssessmentCase
from taper_app.clinical.escalation.assess import evaluated_case
from taper_app.clinical.escalation.evaluate import Evaluation, judge_fact
from taper_app.clinical.escalation.rises import rises_of
from taper_app.clinical.escalation.situation import Blank, Bounded, ChartedEvent, FactValue, NotApplicable
from taper_app.clinical.protocol.condition_parts import fact_tests_in
from taper_app.clinical.protocol.condition_words import fact_in_words, test_in_words
from taper_app.clinical.protocol.conditions import (
    AllOf,
    AnyFired,
    AnyOf,
    Condition,
    CountOf,
    EventTest,
    FactTest,
    LevelTest,
    NoneOf,
    RiseTest,
)
from taper_app.clinical.protocol.escalation_rules import RuleBook
from taper_app.clinical.protocol.fact_names import EVENT_FACTS, FACTS, FactName
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.quantities import plain, rounded
from taper_app.clinical.records import Frozen

_NOT_ASSESSED = "not assessed"


class Reason(Frozen):
    """One thing that made a rule fire. ``hours_ago``: before the set that was judged; None: in that set.

    ``name`` is a fact, an event's kind, a score, a rule or ``level``; ``value`` is in words.
    """

    kind: Literal["fact", "event", "rise", "rule", "level"]
    name: str
    value: str
    test: str = ""
    hours_ago: Decimal | None = Field(default=None, ge=0)

    @property
    def in_words(self) -> str:
        """``pulse 142 (at least 140)``; ``seizure, duration minutes 2, 3 h ago``."""
        before = "" if self.hours_ago is None else f", {plain(self.hours_ago)} h ago"
        compared = f" ({self.test})" if self.test else ""
        if self.kind == "rule":
            return f"{self.name}: {self.value}"
        if self.kind == "event":
            return f"{self.name.replace('_', ' ')}{', ' + self.value if self.value else ''}{before}"
        return f"{fact_in_words(self.name)} {self.value}{compared}{before}"


Reasons = Mapping[str, tuple[Reason, ...]]


def whys(case: AssessmentCase, rules: RuleBook, scales: Mapping[str, Scale]) -> Reasons:
    """For each rule that fires on the case, by its id, what made it fire. Pure."""
    evaluation = evaluated_case(case, rules, scales)
    found: dict[str, tuple[Reason, ...]] = {}
    for rule in rules.rules:
        if rule.id in evaluation.levels and rule.when is not None:
            found[rule.id] = _once(_Trace(evaluation, found).of(rule.when, evaluation.situation.facts, FACTS))
    return found


def why(rule_id: str, case: AssessmentCase, rules: RuleBook, scales: Mapping[str, Scale]) -> tuple[Reason, ...]:
    """What made one rule fire; empty when it does not."""
    return whys(case, rules, scales).get(rule_id, ())


class _Trace:
    """Walks through conditions that hold; ``before`` has the reasons of the rules that were judged first."""

    def __init__(self, evaluation: Evaluation, before: Reasons) -> None:
        self._evaluation = evaluation
        self._before = before

    def of(
        self, condition: Condition, facts: Mapping[str, FactValue], names: Mapping[str, FactName]
    ) -> Iterator[Reason]:
        match condition:
            case FactTest():
                yield self._fact(condition, facts, names)
            case AllOf():
                for part in condition.all_:
                    yield from self.of(part, facts, names)
            case AnyOf():
                yield from self._those_that_hold(condition.any_, facts, names)
            case CountOf():
                yield from self._those_that_hold(condition.of, facts, names)
            case NoneOf():
                yield from _ruled_out(condition, facts, names)
            case EventTest():
                yield from self._events(condition)
            case RiseTest():
                yield from self._rises(condition)
            case AnyFired():
                yield from self._fired(condition)
            case LevelTest():
                yield from self._levels(condition)
            case _:
                return

    def _those_that_hold(
        self, parts: Iterable[Condition], facts: Mapping[str, FactValue], names: Mapping[str, FactName]
    ) -> Iterator[Reason]:
        for part in parts:
            if self._evaluation.outcome_within(part, facts, names)[0]:
                yield from self.of(part, facts, names)

    def _fact(self, test: FactTest, facts: Mapping[str, FactValue], names: Mapping[str, FactName]) -> Reason:
        value = facts.get(test.fact)
        if test.also_within_hours is not None and judge_fact(test, value, names[test.fact].inputs)[0] is not True:
            for index, scored in self._evaluation.earlier_within(test.also_within_hours):
                earlier = self._evaluation.situation.earlier_facts(index).get(test.fact)
                if judge_fact(test, earlier, ())[0]:
                    return _of_fact(test, earlier, scored.hours_ago)
        return _of_fact(test, value)

    def _events(self, test: EventTest) -> Iterator[Reason]:
        for event in self._evaluation.events_meant(test):
            if test.where is None or self._evaluation.outcome_within(test.where, event.facts, EVENT_FACTS)[0]:
                yield _of_event(event)

    def _rises(self, test: RiseTest) -> Iterator[Reason]:
        for rise in rises_of(self._evaluation.situation, test).found:
            if rise.least >= test.at_least:
                value = f"risen by {'at least ' if rise.missing else ''}{rise.least}"
                limit = f"{test.at_least} or more"
                since = rise.since.hours_ago
                yield Reason(kind="rise", name=test.rise_of, value=value, test=limit, hours_ago=_shown(since))

    def _fired(self, condition: AnyFired) -> Iterator[Reason]:
        for name in condition.any_fired:
            if name in self._evaluation.levels:
                yield Reason(kind="rule", name=name, value=f"level {self._evaluation.levels[name]}")
                yield from self._before.get(name, ())

    def _levels(self, test: LevelTest) -> Iterator[Reason]:
        for name, level in sorted(self._evaluation.levels.items()):
            if level >= test.level_at_least:
                yield Reason(kind="rule", name=name, value=f"level {level}")
        for index, scored in self._evaluation.earlier_within(test.within_hours):
            level = self._evaluation.situation.earlier_level(index)
            if level >= test.level_at_least:
                yield Reason(kind="level", name="level", value=str(level), hours_ago=_shown(scored.hours_ago))
                return


def _ruled_out(condition: NoneOf, facts: Mapping[str, FactValue], names: Mapping[str, FactName]) -> Iterator[Reason]:
    for part in condition.none_:
        for test, _name in fact_tests_in(part, names):
            if test.fact in facts:
                yield Reason(
                    kind="fact", name=test.fact, value=_words(facts[test.fact]), test=f"not: {test_in_words(test)}"
                )


def _of_fact(test: FactTest, value: FactValue, hours_ago: Decimal | None = None) -> Reason:
    return Reason(
        kind="fact", name=test.fact, value=_words(value), test=test_in_words(test), hours_ago=_shown(hours_ago)
    )


def _of_event(event: ChartedEvent) -> Reason:
    told = {name: value for name, value in event.facts.items() if name not in ("hours_ago", "followed_by_another")}
    value = ", ".join(f"{fact_in_words(name)} {_words(each)}" for name, each in told.items())
    hours = event.hours_ago if event.hours_ago or not event.in_this_set else None
    return Reason(kind="event", name=event.kind, value=value, hours_ago=_shown(hours))


def _words(value: FactValue) -> str:
    if value is None or isinstance(value, Blank):
        return _NOT_ASSESSED
    if isinstance(value, NotApplicable):
        return "does not apply"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Bounded):
        return f"at least {value.least}, at most {value.most}"
    return plain(value) if isinstance(value, (int, Decimal)) else value


def _shown(hours: Decimal | None) -> Decimal | None:
    return None if hours is None else rounded(hours, 1)


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reasons))
