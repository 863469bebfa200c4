"""An alert that nobody acknowledges goes from role to role, by the clock alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.clinical.escalation.ladder import climb
from taper_app.clinical.records import AlertGlance, RecordId
from taper_app.protocol_files import load_protocols

RULES = load_protocols().rules
RAISED = datetime(2027, 1, 11, 2, 0, tzinfo=UTC)


def alert(level=2, notify=("charge_nurse",), respond=60, rules=("R36",), acknowledged=None):
    return AlertGlance(
        id=RecordId("r-1"),
        level=level,
        headline="CIWA-B at least 24.",
        rules=rules,
        notify=notify,
        raised_at=RAISED,
        respond_within_minutes=respond,
        acknowledged_at=acknowledged,
    )


def after(minutes):
    return RAISED + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "role", "level"),
    [
        (0, "charge_nurse", 2),
        (60, "charge_nurse", 2),
        (60.1, "prescriber", 3),
        (75, "prescriber", 3),
        (75.1, "emergency_team", 4),
        (600, "emergency_team", 4),
    ],
)
def test_after_its_answering_time_it_goes_to_the_next_role_and_then_every_quarter_of_an_hour(minutes, role, level):
    found = climb(alert(), after(minutes), RULES)
    assert (found.role, found.level, found.waiting_since) == (role, level, RAISED)


def test_what_wants_an_answer_at_once_is_given_two_minutes():
    seizure = alert(level=4, notify=("prescriber",), respond=0, rules=("R03",))
    assert climb(seizure, after(2), RULES).role == "prescriber"
    assert climb(seizure, after(2.1), RULES).role == "emergency_team"
    assert climb(seizure, after(60), RULES).level == 4


def test_an_acknowledged_alert_stays_where_it_was():
    found = climb(alert(acknowledged=after(61)), after(600), RULES)
    assert (found.role, found.waiting_since, found.climbs_at) == ("prescriber", None, None)


def test_a_reminder_about_a_late_set_never_climbs():
    assert not climb(alert(rules=("R42",)), after(6000), RULES).is_raised
    assert climb(alert(rules=("R42", "R36")), after(6000), RULES).is_raised


@given(
    st.lists(st.integers(0, 400), min_size=2, max_size=6).map(sorted),
    st.integers(2, 4),
    st.sets(st.sampled_from(RULES.ladder.roles)).map(tuple),
    st.integers(0, 240),
)
def test_waiting_never_lowers_the_level_or_the_role(moments, level, notify, respond):
    found = [climb(alert(level, notify, respond), after(minutes), RULES) for minutes in moments]
    assert all(first.level <= then.level and first.rung <= then.rung for first, then in pairwise(found))
