"""Who has to answer an alert, by name: the ladder through the shift that is on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taper_app.clinical.escalation.answering import answering
from taper_app.clinical.people import Role
from taper_app.clinical.records import AlertGlance, Author, RecordId, Unit
from taper_app.clinical.shifts import NurseOfBeds, Shift
from taper_app.protocol_files import load_protocols

RULES = load_protocols().rules
RAISED = datetime(2027, 1, 11, 14, 0, tzinfo=UTC)
UNIT = Unit(id="u", name="3 East", zone="America/New_York", beds=("07", "08"), emergency_number="911")
NURSE = Author(user_id="n", name="A. Ng", role=Role.NURSE)
IN_CHARGE = Author(user_id="c", name="B. Okafor", role=Role.CHARGE_NURSE)
PHYSICIAN = Author(user_id="p", name="Dr C. Lind", role=Role.PHYSICIAN)
SHIFT = Shift(
    id="s",
    unit_id="u",
    begins_at=RAISED - timedelta(hours=1),
    ends_at=RAISED + timedelta(hours=11),
    in_charge=IN_CHARGE,
    prescriber=PHYSICIAN,
    nurses=(NurseOfBeds(nurse=NURSE, beds=("07",)),),
    set_by=IN_CHARGE,
    recorded_at=RAISED,
)


def alert(level=2, notify=("nurse",), respond=30, acknowledged=None, rules=("N35",)):
    return AlertGlance(
        id=RecordId("a"),
        level=level,
        headline="Found.",
        rules=rules,
        notify=notify,
        raised_at=RAISED,
        respond_within_minutes=respond,
        acknowledged_at=acknowledged,
    )


def said(minutes, bed="07", shift=SHIFT, **different):
    return answering(alert(**different), bed, UNIT, shift, RULES, RAISED + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0.5, "not yet acknowledged → nurse, A. Ng"),
        (6, "nobody acknowledged for 6 min → nurse, A. Ng"),
        (31, "nobody acknowledged for 31 min → nurse in charge, B. Okafor"),
        (46, "nobody acknowledged for 46 min → prescriber, Dr C. Lind"),
        (61, "nobody acknowledged for 61 min → emergency team, call 911"),
    ],
)
def test_each_rung_has_its_person(minutes, words):
    assert said(minutes).short == words


def test_it_says_when_and_to_whom_it_goes_next_on_the_wards_clock():
    assert said(6).in_words.endswith("After 09:30 it goes to the nurse in charge, B. Okafor.")
    assert said(61).in_words == "Nobody acknowledged for 61 min → emergency team, call 911."


def test_a_bed_without_a_nurse_and_a_ward_without_a_shift_say_that_nobody_is_set():
    assert said(6, bed="08").short.endswith("→ nurse, nobody is set")
    assert said(31, shift=None).short.endswith("→ nurse in charge, nobody is set")


def test_an_acknowledged_alert_waits_for_nobody():
    found = said(45, acknowledged=RAISED + timedelta(minutes=4))
    assert (found.short, found.in_words, found.waited_minutes) == ("", "", None)


def test_a_mere_reminder_stays_with_whom_it_was_for():
    found = said(600, notify=("charge_nurse",), rules=("R42",))
    assert found.now_with.person == IN_CHARGE
    assert found.following is None
