"""How late a set is, for a patient of whom nothing new was charted: the rules R41 and R42 by the clock alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.clinical.charting.case import AssessmentCase, PatientFacts
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.escalation.overdue import SetClock, overdue
from taper_app.protocol_files import load_protocols

LIBRARY = load_protocols()
RULES = LIBRARY.rules
LAST = datetime(2027, 1, 11, 2, 0, tzinfo=UTC)


def clock(level: int | None, interval_minutes: int, *, charted: bool = True) -> SetClock:
    return SetClock(LAST if charted else None, level, LAST + timedelta(minutes=interval_minutes))


def found(given: SetClock, late: float) -> list[tuple[str, int]]:
    now = given.due_at + timedelta(minutes=late)
    return [(finding.rule, finding.level) for finding in overdue(given, now, RULES)]


@pytest.mark.parametrize(
    ("level", "interval", "late", "rules"),
    [
        (1, 240, 60, []),
        (1, 240, 60.1, [("R42", 2)]),
        (2, 60, 15, []),
        (2, 60, 15.1, [("R42", 2)]),
        (3, 60, 30, []),
        (3, 60, 30.1, [("R41", 3)]),
        (4, 5, 5, []),
        (4, 5, 5.1, [("R41", 3)]),
        (4, 30, 15, []),
        (4, 30, 15.1, [("R41", 3)]),
        (4, 30, -10, []),
    ],
)
def test_a_late_set_is_told_after_its_share_of_the_interval(
    level: int, interval: int, late: float, rules: list[tuple[str, int]]
) -> None:
    assert found(clock(level, interval), late) == rules


def test_a_patient_without_any_set_is_on_the_list_of_the_nurse_in_charge() -> None:
    never = clock(None, 0, charted=False)
    assert found(never, 60) == []
    assert found(never, 60.1) == [("R42", 2)]


def test_the_sentence_says_how_late_and_who_is_told() -> None:
    (finding,) = overdue(clock(4, 30), LAST + timedelta(minutes=62), RULES)
    assert finding.message == "The set is 32 minutes overdue after a serious finding."
    assert finding.notify == ("charge_nurse", "prescriber")


def test_the_rules_of_the_clock_are_found_in_the_files() -> None:
    assert {rule.id for rule in RULES.of_the_clock} == {"R41", "R42"}


@given(st.integers(1, 4), st.integers(1, 1440), st.lists(st.integers(0, 10_000), min_size=2, max_size=6).map(sorted))
def test_waiting_longer_never_makes_it_less(level: int, interval: int, late: list[int]) -> None:
    levels = [max((each for _rule, each in found(clock(level, interval), minutes)), default=1) for minutes in late]
    assert levels == sorted(levels)


@given(st.integers(1, 4), st.integers(1, 1440), st.integers(0, 10_000))
def test_the_clock_says_what_the_set_would_say_when_it_is_charted_then(level: int, interval: int, late: int) -> None:
    given = clock(level, interval)
    now = given.due_at + timedelta(minutes=late)
    case = AssessmentCase(
        patient=PatientFacts(last_level=level, last_set_due_at=given.due_at),
        history=(Observation(at=LAST),),
        observation=Observation(at=now),
    )
    answer = assess(case, LIBRARY.rules, LIBRARY.scales, LIBRARY.vital_limits)
    charted = [finding for finding in answer.findings if finding.rule in ("R41", "R42")]
    assert charted == list(overdue(given, now, LIBRARY.rules))
