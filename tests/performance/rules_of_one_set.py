"""How long the rules take for one set: ``just bench`` prints it and judges nothing (wanted: at most 5 ms).

Processor time, the median of some runs. ``judged`` is the whole answer, ``why`` what made its rules fire, ``overdue``
how late the next set is by the clock. A stay of 90 days has a set every four hours before it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bench import milliseconds
from score_set import EVERYTHING
from taper_app.clinical.charting.case import AssessmentCase, PatientFacts
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.escalation.overdue import SetClock, overdue
from taper_app.clinical.escalation.why import whys
from taper_app.protocol_files import load_protocols

SETS = 20
NOW = datetime.fromisoformat("2027-04-11T08:00:00+00:00")
EVERY = timedelta(hours=4)
DAYS = 90
SEIZURE = {"kind": "seizure", "duration_minutes": 2, "recovered": True}


def main() -> None:
    protocols = load_protocols()
    rules, scales, limits = protocols.rules, protocols.scales, protocols.vital_limits
    print(f"{'the rules of one set, ms':42}{'judged':>9}{'why':>9}{'overdue':>9}")
    clock = SetClock(NOW - EVERY, 3, NOW - timedelta(minutes=40))
    late = milliseconds(lambda: [overdue(clock, NOW, rules) for _ in range(SETS)]) / SETS
    for words, case in cases().items():
        judged = milliseconds(lambda case=case: [assess(case, rules, scales, limits) for _ in range(SETS)]) / SETS
        because = milliseconds(lambda case=case: [whys(case, rules, scales) for _ in range(SETS)]) / SETS
        print(f"{words:42}{judged:9.3f}{because:9.3f}{late:9.3f}")


def cases() -> dict[str, AssessmentCase]:
    cut_tomorrow = PatientFacts(next_cut_on=NOW.date() + timedelta(days=1), admitted_at=NOW - timedelta(days=DAYS))
    return {
        "the first set, nothing assessed beside it": case_of([], {}),
        "every scale, the first set": case_of([], EVERYTHING),
        "after 90 days": case_of(stay(), EVERYTHING),
        "after 90 days, the next cut tomorrow": case_of(stay(), EVERYTHING, cut_tomorrow),
        "after 90 days with a seizure a day": case_of(with_seizures(stay()), EVERYTHING | {"events": [SEIZURE]}),
    }


def case_of(history: list[Observation], now: dict[str, Any], patient: PatientFacts | None = None) -> AssessmentCase:
    observation = Observation.model_validate(now | {"at": NOW})
    return AssessmentCase(patient=patient or PatientFacts(), history=tuple(history), observation=observation)


def stay() -> list[Observation]:
    sets = int(timedelta(days=DAYS) / EVERY)
    return [Observation.model_validate(EVERYTHING | {"at": NOW - EVERY * place}) for place in range(sets, 0, -1)]


def with_seizures(history: list[Observation]) -> list[Observation]:
    a_day = int(timedelta(days=1) / EVERY)
    told = Observation.model_validate({"events": [SEIZURE]}).events
    return [
        each.model_copy(update={"events": told}) if place % a_day == 0 else each for place, each in enumerate(history)
    ]


if __name__ == "__main__":
    main()
