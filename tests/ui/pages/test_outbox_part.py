"""Whether alerts get out of the building, as the nurse in charge and the administrator see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from taper_app import wiring
from taper_app.clinical.escalation.notices import Notice, NoticePolicy
from taper_app.clinical.people import Role
from taper_app.use_cases.context import new_id
from taper_app.use_cases.observe import chart_observation

PAGES = {Role.CHARGE_NURSE: "pages/protocols.py", Role.ADMIN: "pages/set_up.py"}


@pytest.fixture
def sending(screen):
    """The screen of a ward with a webhook, whose one post has failed."""
    screen.app = replace(screen.app, notices=NoticePolicy(channels=("webhook",)))
    screen.monkeypatch.setattr(wiring, "app_for", lambda demo: screen.app)
    episode = screen.admit()
    seizure = {"events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]}
    nurse = screen.person(Role.NURSE)
    chart_observation(screen.app, nurse, episode, seizure, entry_id=new_id(), happened_at=screen.clock())
    screen.app.store.transact(_failed)
    return screen


def _failed(writing):
    for notice in writing.notices_waiting():
        tried = {
            "tries": 3,
            "last_failure": "The answer was 500.",
            "next_try_at": notice.queued_at + timedelta(hours=1),
        }
        writing.replace_notice(Notice.model_validate(notice.model_dump() | tried))


@pytest.mark.parametrize("role", PAGES)
def test_a_failing_way_out_is_told_with_its_reason_and_can_be_tried_now(sending, words, role):
    sending.sign_in(role)
    at = sending.open(PAGES[role])
    assert not at.exception
    assert "Messages do not get out" in words(at)
    (waiting,) = at.dataframe
    (line,) = waiting.value.to_dict("records")
    assert (line["level"], line["tries"], line["what failed last"]) == (4, 3, "The answer was 500.")
    assert ("bed" in line) is (role is Role.CHARGE_NURSE)
    at.button(key="outbox-try-now").click().run()
    assert not at.exception
    with sending.app.store.reading() as reading:
        assert reading.next_notice("webhook", sending.clock()) is not None


def test_a_ward_without_a_way_out_says_so(screen, words):
    screen.sign_in(Role.ADMIN)
    at = screen.open(PAGES[Role.ADMIN])
    assert not at.exception
    assert "No way out is set" in words(at)


def test_a_nurse_does_not_see_it(screen, words):
    screen.sign_in(Role.NURSE)
    at = screen.open(PAGES[Role.CHARGE_NURSE])
    assert "What leaves the building" not in words(at)
