"""Pages as a clinician opens them: through the router, signed in, on a ward in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from taper_app import wiring
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId, Unit
from taper_app.store.interface import Account
from taper_app.store.memory import MemoryStore
from taper_app.ui import session_binding
from taper_app.use_cases import sessions
from taper_app.use_cases.admit import admit_patient
from taper_app.use_cases.context import new_id
from taper_app.wiring import TaperApp

ROUTER = Path(session_binding.__file__).with_name("router.py")
NOW = datetime(2027, 1, 11, 14, 0, tzinfo=UTC)


class MovingClock:
    """Goes on by a microsecond at each look, as the real one does."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now


@dataclass
class Screen:
    """A ward and a tablet: sign somebody in, open a page, look."""

    app: TaperApp
    clock: MovingClock
    unit: Unit
    monkeypatch: pytest.MonkeyPatch
    people: dict[Role, Actor] = field(default_factory=dict)

    def person(self, role: Role) -> Actor:
        return self.people[role]

    def sign_in(self, role: Role) -> None:
        """The tablet's cookie now belongs to this person."""
        with self.app.store.reading() as reading:
            account = reading.account(self.people[role].user_id)
        assert account is not None
        token = self.app.store.transact(
            lambda writing: sessions.add_session(
                writing, account, is_demo=False, now=self.clock(), lasts=timedelta(hours=12)
            )
        )
        self.monkeypatch.setattr(session_binding, "cookie_token", lambda: token)

    def open(self, page: str, *, patient: EpisodeId | None = None) -> AppTest:
        """The page drawn once, with the patient open."""
        at = AppTest.from_file(str(ROUTER), default_timeout=30)
        if patient is not None:
            at.session_state["open_episode"] = patient
        return at.run().switch_page(page).run()

    def admit(self, **changes: Any) -> EpisodeId:
        """The woman of the worked story, unless ``changes`` say otherwise."""
        return admit_patient(self.app, self.person(Role.NURSE), admission(self) | changes)


def admission(screen: Screen) -> dict[str, Any]:
    use = [{"drug": "Klonopin", "mg": "1", "time": at, "source": "prescribed"} for at in ("08:00", "20:00")]
    return {
        "episode_id": new_id(),
        "unit_id": screen.unit.id,
        "bed": "07",
        "record_number": "00123",
        "family_name": "Doe",
        "given_name": "Jane",
        "born_on": "1982-03-14",
        "sex": "F",
        "allergies": "none known",
        "admitted_at": screen.clock.now.isoformat(),
        "current_use": {"lines": use, "last_dose_at": (screen.clock.now - timedelta(hours=1)).isoformat()},
        "facts": {
            "months_of_use": 18,
            "use_verified": "yes",
            "seizure_history": "no",
            "taken_for_epilepsy": "no",
            "hepatic_impairment": "no",
            "pregnant": "no",
            "opioid_co_use": "no",
            "alcohol_co_use": "no",
            "other_sedatives": [],
        },
    }


def text_of(at: AppTest) -> str:
    """All words on the screen."""
    shown: list[str] = []
    for kind in ("title", "header", "subheader", "markdown", "text", "info", "warning", "error", "success"):
        shown.extend(str(element.value) for element in at.get(kind))
    shown.extend(unescape(re.sub("<[^>]*>", " ", element.proto.body)) for element in at.get("html"))
    return "\n".join(shown).replace("\\", "")


@pytest.fixture
def words() -> Callable[[AppTest], str]:
    return text_of


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    clock, store = MovingClock(), MemoryStore()
    app = TaperApp(store=store, clock=clock)
    unit = Unit(
        id="unit-3-east",
        name="3 East",
        zone="America/New_York",
        beds=("06", "07", "08"),
        emergency_number="911",
        crisis_lines="988",
        phone_day_and_night="555-0100",
    )
    store.transact(lambda writing: writing.add_unit(unit))
    people = {}
    for role in Role:
        account = Account(
            id=f"user-{role.value}",
            name=role.value.replace("_", "-"),
            display_name=f"The {role.in_words}",
            role=role,
            unit_id=None if role in (Role.ADMIN, Role.AUDITOR) else unit.id,
            password_hash="never used",
        )
        store.transact(lambda writing, account=account: writing.add_account(account))
        people[role] = Actor(account.id, account.display_name, role, unit.id)
    monkeypatch.setattr(wiring, "_apps", {False: app})
    st.cache_resource.clear()
    yield Screen(app, clock, unit, monkeypatch, people)
    st.cache_resource.clear()
