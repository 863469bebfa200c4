"""One ward, and a store of each kind: every test that asks for ``store`` runs on all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.people import Role
from taper_app.clinical.records import (
    Author,
    Episode,
    EpisodeId,
    LatestRow,
    Patient,
    PatientId,
    Record,
    RecordId,
    RecordKind,
    Unit,
)
from taper_app.store.interface import Account, AuditEntry, Draft, SignInSession, Store, Writing
from taper_app.store.memory import MemoryStore
from taper_app.store.sql import open_store


class Ward:
    """Invented entries with sensible defaults; each method takes what a test wants to be different."""

    noon = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    nurse = Author(user_id="a-1", name="A. Nurse", role=Role.NURSE)

    def at(self, minutes: float) -> datetime:
        return self.noon + timedelta(minutes=minutes)

    def unit(self, **different: Any) -> Unit:
        usual = {"id": "u-1", "name": "East", "zone": "America/New_York", "beds": ("1", "2"), "emergency_number": "911"}
        return Unit(**{**usual, **different})

    def account(self, **different: Any) -> Account:
        usual = {
            "id": "a-1",
            "name": "Anna",
            "display_name": "A. Nurse",
            "role": Role.NURSE,
            "unit_id": "u-1",
            "password_hash": "x",
        }
        return Account(**{**usual, **different})

    def session(self, **different: Any) -> SignInSession:
        usual = {
            "id": "s-1",
            "account_id": "a-1",
            "started_at": self.noon,
            "last_activity_at": self.noon,
            "expires_at": self.at(60),
        }
        return SignInSession(**{**usual, **different})

    def patient(self, number: int = 1, **different: Any) -> Patient:
        usual = {
            "id": PatientId(f"p-{number}"),
            "record_number": f"{number:05}",
            "family_name": "Example",
            "given_name": "Ida",
            "born_on": date(1982, 3, 4),
            "sex": "F",
        }
        return Patient(**{**usual, **different})

    def episode(self, number: int = 1, **different: Any) -> Episode:
        usual = {
            "id": EpisodeId(f"e-{number}"),
            "patient_id": PatientId("p-1"),
            "unit_id": "u-1",
            "admitted_at": self.noon,
            "admitted_by": self.nurse,
        }
        return Episode(**{**usual, **different})

    def record(self, id: str = "r-1", **different: Any) -> Record:
        usual = {
            "id": RecordId(id),
            "episode_id": EpisodeId("e-1"),
            "kind": RecordKind.OBSERVATION,
            "happened_at": self.noon,
            "recorded_at": self.at(5),
            "author": self.nurse,
            "body": {"tremor": 3},
        }
        return Record(**{**usual, **different})

    def latest(self, **different: Any) -> LatestRow:
        usual = {
            "episode_id": EpisodeId("e-1"),
            "patient_id": PatientId("p-1"),
            "unit_id": "u-1",
            "status": "open",
            "bed": "1",
            "label": "EXAMPLE, Ida",
            "sex": "F",
            "born_on": date(1982, 3, 4),
            "record_number": "00001",
            "level": 1,
            "headline": "",
            "changed_at": self.noon,
        }
        return LatestRow(**{**usual, **different})

    def draft(self, **different: Any) -> Draft:
        usual = {
            "account_id": "a-1",
            "episode_id": EpisodeId("e-1"),
            "form": "observation",
            "entry_id": RecordId("r-9"),
            "body": {"tremor": "2"},
            "saved_at": self.noon,
        }
        return Draft(**{**usual, **different})

    def audit(self, action: str = "open chart", **different: Any) -> AuditEntry:
        usual = {"at": self.noon, "account_id": "a-1", "role": "nurse", "action": action, "outcome": "done"}
        return AuditEntry(**{**usual, **different})

    def set_up(self, writing: Writing) -> None:
        """One unit, one nurse, one admitted patient."""
        writing.add_unit(self.unit())
        writing.add_account(self.account())
        writing.add_patient(self.patient())
        writing.add_episode(self.episode())
        writing.put_latest(self.latest())


@pytest.fixture(scope="session")
def ward() -> Ward:
    return Ward()


# A further database is one more entry here.
STORES: dict[str, Callable[[Path], Store]] = {
    "memory": lambda folder: MemoryStore(),
    "sqlite": lambda folder: open_store(f"sqlite:///{folder / 'ward.sqlite3'}"),
}


@pytest.fixture(scope="session")
def stores() -> dict[str, Callable[[Path], Store]]:
    return STORES


@pytest.fixture(params=STORES)
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store = STORES[request.param](tmp_path)
    yield store
    store.close()


@pytest.fixture
def store(empty_store: Store, ward: Ward) -> Store:
    """With one unit, one nurse and one admitted patient."""
    empty_store.transact(ward.set_up)
    return empty_store


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "ward.sqlite3"


@pytest.fixture
def sqlite_store(sqlite_file: Path, ward: Ward) -> Iterator[Store]:
    """Like ``store``, for what only a database file can show."""
    store = open_store(f"sqlite:///{sqlite_file}")
    store.transact(ward.set_up)
    yield store
    store.close()
