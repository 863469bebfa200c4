"""How late the next observation set is, by the clock alone: for a patient of whom nothing new was charted.

Nothing is kept and no worker has to run: the same record and the same moment say the same on every screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from taper_app.clinical.charting.case import PatientFacts
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.escalation.answer import Finding
from taper_app.clinical.escalation.assess import finding_of
from taper_app.clinical.escalation.evaluate import Evaluation
from taper_app.clinical.escalation.facts import lateness
from taper_app.clinical.escalation.situation import FactValue, ScoredSet, Situation
from taper_app.clinical.protocol.escalation_rules import RuleBook

_LOWEST_LEVEL = 1
_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class SetClock:
    """When the set that asks for the next one was charted (None: none yet), the level, and when that one is wanted."""

    last_at: datetime | None
    last_level: int | None
    due_at: datetime


def overdue(clock: SetClock, now: datetime, rules: RuleBook) -> tuple[Finding, ...]:
    """What the rules about late sets say now, the most serious first; empty while the set is not late enough.

    A patient without any set is judged as level 1, the lowest for which a set is wanted: the nurse in charge is told.
    """
    level = _LOWEST_LEVEL if clock.last_level is None else clock.last_level
    facts: dict[str, FactValue] = {
        "last_level": level,
        **lateness(clock.last_at, clock.due_at, now, level, rules.interval),
    }
    evaluation = Evaluation(_nothing_but(facts))
    for rule in rules.of_the_clock:
        if rule.when is not None and evaluation.outcome_of(rule.when)[0] and isinstance(rule.level, int):
            evaluation.levels[rule.id] = rule.level
    found = [finding_of(rule, evaluation) for rule in rules.of_the_clock if rule.id in evaluation.levels]
    return tuple(sorted(found, key=lambda finding: (-finding.level, finding.respond_within_minutes, finding.rule)))


def calls_at(clock: SetClock, rules: RuleBook) -> datetime | None:
    """The first whole minute after it was due at which a rule calls somebody; None within the next day.

    A set only gets later, and a rule about late sets that has spoken goes on, so halving finds it.
    """
    low, high = 0, _MINUTES_A_DAY
    if not overdue(clock, clock.due_at + timedelta(minutes=high), rules):
        return None
    while low < high:
        middle = (low + high) // 2
        if overdue(clock, clock.due_at + timedelta(minutes=middle), rules):
            high = middle
        else:
            low = middle + 1
    return clock.due_at + timedelta(minutes=low)


def _nothing_but(facts: dict[str, FactValue]) -> Situation:
    return Situation(
        facts=facts,
        events=(),
        events_asked=False,
        news2_is_valid=False,
        now=ScoredSet(Observation(), None, {}, PatientFacts()),
        earlier=(),
        earlier_facts=lambda _index: {},
        earlier_level=lambda _index: _LOWEST_LEVEL,
    )
