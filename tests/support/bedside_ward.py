"""A ward on disk with one admitted patient and two nurses, and the server process that shows it, for browser tests."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import Unit
from taper_app.store.interface import Account
from taper_app.store.sql import open_store
from taper_app.use_cases import sessions
from taper_app.use_cases.admit import admit_patient
from taper_app.use_cases.context import new_id
from taper_app.wiring import TaperApp

UNIT = Unit(
    id="unit-3-east",
    name="3 East",
    zone="America/New_York",
    beds=("06", "07", "08"),
    emergency_number="911",
    crisis_lines="988",
    phone_day_and_night="555-0100",
)
PEOPLE = {"a.ng": "A. Ng", "b.lee": "B. Lee"}


@dataclass
class BedsideWard:
    """``tokens``: a signed-in session of each nurse. The server can be killed and started again on the same port."""

    folder: Path
    port: int
    tokens: dict[str, str] = field(default_factory=dict)
    _server: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def _database(self) -> Path:
        return self.folder / "ward.sqlite3"

    def fill(self) -> None:
        """Before the server starts: one process writes at a time."""
        store = open_store(f"sqlite:///{self._database}")
        app = TaperApp(store=store)
        now = datetime.now(UTC)
        store.transact(lambda writing: writing.add_unit(UNIT))
        for name, shown in PEOPLE.items():
            account = Account(
                id=f"id-{name}", name=name, display_name=shown, role=Role.NURSE, unit_id=UNIT.id, password_hash="unused"
            )
            store.transact(lambda writing, account=account: writing.add_account(account))
            self.tokens[name] = store.transact(
                lambda writing, account=account: sessions.add_session(
                    writing, account, is_demo=False, now=now, lasts=timedelta(hours=12)
                )
            )
        admit_patient(app, Actor("id-a.ng", "A. Ng", Role.NURSE, UNIT.id), _admission(now))
        store.close()

    def start(self) -> None:
        environment = os.environ | {
            "TAPER_DATABASE_URL": f"sqlite:///{self._database}",
            "TAPER_DEMO_DATABASE_URL": f"sqlite:///{self.folder / 'synthetic.sqlite3'}",
        }
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "taper_app", "run", "--port", str(self.port)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise AssertionError(self.log)

    def kill(self) -> None:
        """As a power cut does: nothing is said goodbye to."""
        assert self._server is not None
        self._server.send_signal(signal.SIGKILL)
        self._server.wait(10)

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def bodies(self, kind: str) -> list[str]:
        """The stored bodies of all records of a kind, oldest first."""
        with sqlite3.connect(f"{self._database.as_uri()}?mode=ro", uri=True) as reading:
            found = reading.execute("SELECT body FROM record WHERE kind = ? ORDER BY seq", (kind,)).fetchall()
        return [body for (body,) in found]

    def drafts(self) -> list[str]:
        """Forms that somebody is still writing."""
        with sqlite3.connect(f"{self._database.as_uri()}?mode=ro", uri=True) as reading:
            return [form for (form,) in reading.execute("SELECT form FROM draft")]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _admission(now: datetime) -> dict[str, object]:
    use = [{"drug": "Klonopin", "mg": "1", "time": at, "source": "prescribed"} for at in ("08:00", "20:00")]
    asked = ("seizure_history", "taken_for_epilepsy", "hepatic_impairment", "pregnant", "opioid_co_use")
    return {
        "episode_id": new_id(),
        "unit_id": UNIT.id,
        "bed": "07",
        "record_number": "00123",
        "family_name": "Doe",
        "given_name": "Jane",
        "born_on": "1982-03-14",
        "sex": "F",
        "allergies": "none known",
        "admitted_at": (now - timedelta(hours=2)).isoformat(),
        "current_use": {"lines": use, "last_dose_at": (now - timedelta(hours=3)).isoformat()},
        "facts": {"months_of_use": 18, "use_verified": "yes", "other_sedatives": []}
        | dict.fromkeys((*asked, "alcohol_co_use"), "no"),
    }
