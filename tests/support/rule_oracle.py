"""Whether a rule fires on a generated case: worked out a second time, slowly and plainly, from the rule files alone.

Yes, no, or None where something that was not charted leaves it open. It shares no code with the application's engine
and judges the case as it is sent (events) or the facts that were chosen for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from quiet_patient import CIWA_ITEMS, MISSING, NOW, OVERDUE_MINUTES, OVERDUE_OF_MINUTES, QUIET, scores_by_reading
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
from taper_app.clinical.protocol.escalation_rules import RuleBook

Truth = bool | None
_VITALS = ("respiratory_rate", "spo2", "on_oxygen", "systolic", "pulse", "temperature_c", "acvpu")
#: What these pulses are found to be, for rules that look at the level of others.
_LEVEL_OF_PULSE = {115: 2, 135: 3, 145: 4}


class Oracle:
    def __init__(self, book: RuleBook, facts: Mapping[str, Any], case: Mapping[str, Any]) -> None:
        self._book = book
        self._case = case
        self._facts = _with_what_follows(facts)

    def fires(self, rule_id: str) -> Truth:
        rule = self._book.rule(rule_id)
        assert rule is not None
        return None if rule.when is None else self._truth(rule.when)

    def _truth(self, condition: Condition) -> Truth:
        match condition:
            case FactTest():
                return self._fact(condition)
            case AllOf():
                return _all(self._truth(part) for part in condition.all_)
            case AnyOf():
                return _any(self._truth(part) for part in condition.any_)
            case NoneOf():
                return _not(_any(self._truth(part) for part in condition.none_))
            case CountOf():
                return _count(condition.count_at_least, [self._truth(part) for part in condition.of])
            case AnyFired():
                return _any(self.fires(name) for name in condition.any_fired)
            case NoneFired():
                return not any(self.fires(name) for name in condition.none_fired)
            case EventTest():
                return self._event(condition)
            case RiseTest():
                return self._rise(condition)
            case LevelTest():
                return self._level(condition)

    def _fact(self, test: FactTest) -> Truth:
        found = _compared(test, self._facts[test.fact])
        if found is not True and test.also_within_hours is not None and self._held_before(test):
            return True
        return found

    def _held_before(self, test: FactTest) -> bool:
        for earlier in self._case["history"]:
            value = {
                "withheld_or_missed_24h": earlier["doses"]["withheld_or_missed_24h"],
                "ciwa_b_total": None if earlier["ciwa_b"] is None else sum(earlier["ciwa_b"][i] for i in CIWA_ITEMS),
                "suicide_screen_done": earlier["asq"] is not None or earlier["cssrs"] is not None,
            }[test.fact]
            if _hours(earlier["at"]) <= test.also_within_hours and value is not None and holds(test, value):
                return True
        return False

    def _event(self, test: EventTest) -> Truth:
        told = []
        for observation in (*self._case["history"], self._case["observation"]):
            for event in observation["events"] or ():
                hours = _hours(event.get("at", observation["at"]))
                told.append((event, hours, observation is self._case["observation"]))
        same_kind = [each for each in told if each[0]["kind"] == test.event]
        meant = [
            (event, hours)
            for event, hours, here in same_kind
            if (here if test.within_hours is None else hours <= test.within_hours)
        ]
        truths = []
        for event, hours in meant:
            followed = any(other is not event and later <= hours for other, later, _here in same_kind)
            truths.append(_where(test.where, {**event, "hours_ago": hours, "followed_by_another": followed}))
        found = _count(test.at_least, truths)
        return None if found is not True and self._case["observation"]["events"] is None else found

    def _rise(self, test: RiseTest) -> Truth:
        name = f"{test.rise_of}_total"
        earlier = [
            (_hours(each["at"]), each["news2" if test.rise_of == "news2" else "ciwa"])
            for each in (_totals(each) for each in self._case["history"])
        ]
        within = [total for hours, total in earlier if test.within_hours is None or hours <= test.within_hours]
        if not within:
            return None
        return None if self._facts[name] is MISSING else self._facts[name] - within[-1] >= test.at_least

    def _level(self, test: LevelTest) -> bool:
        sets = [self._case["observation"], *self._case["history"]]
        found = [
            _LEVEL_OF_PULSE.get((each["vitals"] or {}).get("pulse"), 1)
            for each in sets
            if _hours(each["at"]) <= test.within_hours
        ]
        return max(found) >= test.level_at_least


def holds(test: FactTest, value: Any) -> bool:
    """Two-valued: a value that is missing holds for nothing here."""
    if test.not_assessed:
        return value is MISSING
    if value is None or value is MISSING:
        return False
    if test.one_of is not None:
        return value in test.one_of
    if test.equals is not None:
        return bool(value == test.equals)
    value = Decimal(value)
    return not (
        (test.at_least is not None and value < test.at_least)
        or (test.above is not None and value <= test.above)
        or (test.at_most is not None and value > test.at_most)
        or (test.below is not None and value >= test.below)
    )


def _compared(test: FactTest, value: Any) -> Truth:
    if value is MISSING and not test.not_assessed:
        return None if test.if_not_assessed is None else test.if_not_assessed == "counts"
    return holds(test, value)


def _where(where: Condition | None, event: Mapping[str, Any]) -> Truth:
    match where:
        case None:
            return True
        case FactTest():
            value = event.get(where.fact)
            return _compared(where, MISSING if value is None else value)
        case AllOf():
            return _all(_where(part, event) for part in where.all_)
        case AnyOf():
            return _any(_where(part, event) for part in where.any_)
        case NoneOf():
            return _not(_any(_where(part, event) for part in where.none_))
        case _:
            raise AssertionError(where)


def _with_what_follows(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The chosen facts with those that follow from them in the same set."""
    facts = {**QUIET, **chosen}
    ciwa = [chosen[name] for name in ("ciwa_b_least", "ciwa_b_total") if name in chosen]
    if ciwa:
        facts["ciwa_b_least"] = facts["ciwa_b_total"] = ciwa[-1]
    news2 = [chosen[name] for name in ("news2_least", "news2_total", "news2_highest_part") if name in chosen]
    if MISSING in news2:
        facts |= dict.fromkeys(("news2_least", "news2_total", "news2_highest_part"), MISSING)
    elif news2:
        facts["news2_least"] = facts["news2_total"] = max(news2)
    if chosen.get("asq_q5") in ("yes", MISSING):
        facts["asq_any_yes"] = True
    if MISSING in (chosen.get("asq_any_yes"), chosen.get("asq_refused")) or chosen.get("asq_refused"):
        facts |= {"asq_any_yes": MISSING, "asq_q5": MISSING}
    if any(chosen.get(name) is MISSING for name in _VITALS) or chosen.get("not_done_reason"):
        facts["set_is_partial"] = True
    minutes, percent = chosen.get("overdue_minutes"), chosen.get("overdue_percent_of_interval")
    if MISSING in (minutes, percent):
        facts |= {"overdue_minutes": MISSING, "overdue_percent_of_interval": MISSING}
    elif percent is not None and minutes is None:
        facts["overdue_minutes"] = OVERDUE_MINUTES
    elif minutes is not None and percent is None:
        facts["overdue_percent_of_interval"] = minutes * 100 / OVERDUE_OF_MINUTES
    if chosen.get("rass", 0) not in (0, MISSING):
        facts["rass_changed"] = True
    return facts


def _totals(observation: Mapping[str, Any]) -> dict[str, Any]:
    vitals = observation["vitals"]
    return {
        "at": observation["at"],
        "ciwa": sum(observation["ciwa_b"][item] for item in CIWA_ITEMS) if observation["ciwa_b"] else None,
        "news2": sum(scores_by_reading(name).get(vitals[name], 0) for name in _VITALS),
    }


def _hours(at: str) -> Decimal:
    seconds = (NOW - datetime.fromisoformat(at)).total_seconds()
    return Decimal(str(seconds)) / 3600


def _all(truths: Iterable[Truth]) -> Truth:
    found = list(truths)
    return False if False in found else None if None in found else True


def _any(truths: Iterable[Truth]) -> Truth:
    return _not(_all(_not(truth) for truth in truths))


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


def _count(wanted: int, truths: list[Truth]) -> Truth:
    yes = truths.count(True)
    return True if yes >= wanted else False if yes + truths.count(None) < wanted else None
