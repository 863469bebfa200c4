"""A wired application on a store in memory, with a clock that tests move, and one person per role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taper_app.clinical.escalation.notices import NoticePolicy
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.records import EpisodeId, Unit
from taper_app.protocol_files import load_protocols
from taper_app.store.interface import Store
from taper_app.store.memory import MemoryStore
from taper_app.use_cases.admit import admit_patient
from taper_app.use_cases.context import new_id

ADMITTED_AT = datetime(2027, 1, 11, 14, 0, tzinfo=UTC)


class MovingClock:
    """Goes on by a microsecond at each look, as the real one does: no two records have the same moment."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def pass_time(self, **duration: float) -> datetime:
        self.now += timedelta(**duration)
        return self.now


@dataclass(frozen=True)
class Ward:
    """Stands where the wired application stands."""

    store: Store
    protocols: Protocols
    clock: MovingClock
    unit: Unit
    people: dict[Role, Actor] = field(default_factory=dict)
    notices: NoticePolicy = field(default_factory=NoticePolicy)

    def person(self, role: Role) -> Actor:
        return self.people[role]

    def admit_her(self, **changes: Any) -> EpisodeId:
        """The woman of the worked story, unless ``changes`` say otherwise."""
        return admit_patient(self, self.person(Role.NURSE), admission(self) | changes)


def admission(ward: Ward) -> dict[str, Any]:
    return {
        "episode_id": new_id(),
        "unit_id": ward.unit.id,
        "bed": "07",
        "record_number": "00123",
        "family_name": "Doe",
        "given_name": "Jane",
        "born_on": "1982-03-14",
        "sex": "F",
        "allergies": "none known",
        "admitted_at": ward.clock.now.isoformat(),
        "current_use": {
            "lines": [
                {"drug": "Klonopin", "mg": "1", "time": "08:00", "source": "prescribed"},
                {"drug": "Klonopin", "mg": "1", "time": "20:00", "source": "prescribed"},
            ],
            "verified_how": "pharmacy record",
            "last_dose_at": (ward.clock.now - timedelta(hours=1)).isoformat(),
        },
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


@pytest.fixture(scope="session")
def protocols() -> Protocols:
    return load_protocols()


@pytest.fixture
def ward(protocols: Protocols) -> Ward:
    store = MemoryStore()
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
    people = {role: Actor(f"user-{role}", f"The {role.in_words}", role, unit.id) for role in Role}
    return Ward(store, protocols, MovingClock(ADMITTED_AT), unit, people)
