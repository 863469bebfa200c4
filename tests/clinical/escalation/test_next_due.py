"""When the next set is wanted, what asks for it, and how late it is by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.clinical.escalation.next_due import JudgedSet, next_due
from taper_app.protocol_files import load_protocols

NOON = datetime(2027, 1, 11, 12, 0, tzinfo=UTC)
RULES = load_protocols().rules


def at(minutes):
    return NOON + timedelta(minutes=minutes)


def judged(minutes, wanted, *findings, is_full=True):
    found = [{"rule": rule, "message": f"{rule} says so.", "reassess_within_minutes": wish} for rule, wish in findings]
    return JudgedSet(at(minutes), is_full, {"next_due_minutes": wanted, "findings": found})


def test_the_highest_finding_that_asks_for_the_shortest_time_is_named():
    due = next_due([judged(0, 60, ("R07", 60), ("N20", 240), ("R53", 60))], at(-600))
    assert (due.at, due.after_minutes, due.rule) == (at(60), 60, "R07")


def test_without_such_a_finding_it_is_the_wards_own_interval():
    due = next_due([judged(0, 240, ("R35", 480))], at(-600))
    assert (due.at, due.rule) == (at(240), "")


def test_continuous_observation_means_now():
    due = next_due([judged(0, 0, ("R10", "continuous"))], at(-600))
    assert (due.at, due.rule) == (NOON, "R10")


def test_what_was_charted_in_between_brings_it_forward_and_never_puts_it_off():
    full = judged(0, 240, ("R40", 240))
    event, later = judged(30, 15, ("R03", 15), is_full=False), judged(100, 240, is_full=False)
    assert next_due([later, event, full], at(-600)).at == at(45)
    assert next_due([later, full], at(-600)).at == at(240)


def test_before_the_first_full_set_one_is_due_from_the_admission_on():
    due = next_due([judged(10, 60, ("R07", 60), is_full=False)], at(-90))
    assert (due.at, due.after_minutes) == (at(-90), None)
    assert due.overdue_minutes(NOON) == 90


@pytest.mark.parametrize(("minutes", "overdue"), [(-1, 0), (0, 0), (0.9, 0), (1, 1), (34.5, 34), (600, 600)])
def test_overdue_is_measured_in_whole_minutes_by_the_clock(minutes, overdue):
    due = next_due([judged(0, 60, ("R07", 60))], at(-600))
    assert due.overdue_minutes(at(60 + minutes)) == overdue


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 480), st.booleans()), min_size=1, max_size=8))
def test_no_set_that_is_added_makes_the_next_one_later_than_a_full_one_of_now_would(sets):
    charted = [judged(*found[:2], is_full=found[2]) for found in sorted(sets, reverse=True)]
    newest = charted[0]
    due = next_due(charted, at(-600))
    assert due.at <= newest.at + timedelta(minutes=newest.answer["next_due_minutes"])


def test_the_wards_own_interval_is_no_longer_than_the_first_day_after_a_cut_asks_for():
    """So a cut that begins between two sets makes none of them late: the next one is wanted by then anyway."""
    phase = RULES.rule("R40")
    assert RULES.interval.routine_minutes <= phase.reassess_within_minutes
