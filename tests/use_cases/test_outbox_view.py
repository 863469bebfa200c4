"""Who sees whether alerts get out of the building, and how much of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from taper_app.clinical.errors import NotAllowed
from taper_app.clinical.escalation.notices import Notice, NoticePolicy
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import Unit
from taper_app.use_cases.context import new_id
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.outbox_view import see_outbox, try_now


@pytest.fixture
def sending_ward(ward):
    """A ward with a webhook, and a seizure that raised an alert."""
    sending = replace(ward, notices=NoticePolicy(channels=("webhook",)))
    episode = sending.admit_her()
    seizure = {"events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]}
    nurse = sending.person(Role.NURSE)
    chart_observation(sending, nurse, episode, seizure, entry_id=new_id(), happened_at=sending.clock())
    return sending


def fail(ward, words="The answer was 500."):
    """As the sender leaves it after a failed try."""

    def work(writing):
        for notice in writing.notices_waiting():
            later = notice.queued_at + timedelta(minutes=5)
            tried = {"tries": 1, "last_failure": words, "last_try_at": notice.queued_at, "next_try_at": later}
            writing.replace_notice(Notice.model_validate(notice.model_dump() | tried))

    ward.store.transact(work)


def test_the_nurse_in_charge_sees_what_waits_with_its_bed_and_why(sending_ward):
    fail(sending_ward)
    view = see_outbox(sending_ward, sending_ward.person(Role.CHARGE_NURSE))
    (shown,) = view.waiting
    assert (shown.bed, shown.notice.level, shown.notice.last_failure) == ("07", 4, "The answer was 500.")
    assert view.failing_since == shown.notice.queued_at


def test_an_administrator_sees_the_same_without_a_bed(sending_ward):
    (shown,) = see_outbox(sending_ward, sending_ward.person(Role.ADMIN)).waiting
    assert shown.bed is None


def test_the_nurse_in_charge_of_another_ward_sees_nothing_of_it(sending_ward):
    elsewhere = Actor("u", "C.", Role.CHARGE_NURSE, "another-unit")
    assert list(see_outbox(sending_ward, elsewhere).waiting) == []


@pytest.mark.parametrize("role", [Role.NURSE, Role.PHYSICIAN, Role.PHARMACIST, Role.PLANNER, Role.AUDITOR])
def test_nobody_else_sees_it_or_presses_it(sending_ward, role):
    for act in (see_outbox, try_now):
        with pytest.raises(NotAllowed):
            act(sending_ward, sending_ward.person(role))


def test_what_waits_for_a_later_try_can_be_tried_at_once(sending_ward):
    fail(sending_ward)
    assert try_now(sending_ward, sending_ward.person(Role.ADMIN)) == 1
    with sending_ward.store.reading() as reading:
        assert reading.next_notice("webhook", sending_ward.clock()) is not None


def test_a_bed_alone_is_called_ambiguous_where_there_are_two_wards(sending_ward):
    nurse = sending_ward.person(Role.CHARGE_NURSE)
    assert not see_outbox(sending_ward, nurse).leaves_the_ward_unsaid
    unit = Unit(id="u-2", name="4 West", zone="America/New_York", beds=("07",), emergency_number="911")
    sending_ward.store.transact(lambda writing: writing.add_unit(unit))
    assert see_outbox(sending_ward, nurse).leaves_the_ward_unsaid
