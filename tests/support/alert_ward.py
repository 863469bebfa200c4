"""A ward on disk with two patients, a nurse, a charge nurse and a physician; its server's clock stands in a file."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bedside_ward import UNIT, free_port
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId
from taper_app.store.interface import Account
from taper_app.store.sql import open_store
from taper_app.use_cases import sessions
from taper_app.use_cases.admit import admit_patient
from taper_app.use_cases.observe import chart_observation
from taper_app.wiring import TaperApp

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ZONE = ZoneInfo(UNIT.zone)
DAY = date(2027, 1, 11)
SERVER = Path(__file__).parents[1] / "journeys" / "serve_with_clock.py"
PEOPLE = {
    "a.ng": ("A. Ng", Role.NURSE),
    "b.okafor": ("B. Okafor", Role.CHARGE_NURSE),
    "c.lind": ("Dr C. Lind", Role.PHYSICIAN),
}
JANE, JOHN = EpisodeId("episode-doe"), EpisodeId("episode-roe")
#: A quiet first set, so that nothing else on the ward calls for somebody.
_WELL = {
    "vitals": {
        "respiratory_rate": 16,
        "spo2": 98,
        "on_oxygen": False,
        "systolic": 120,
        "diastolic": 78,
        "pulse": 70,
        "temperature_c": "37.0",
        "acvpu": "A",
    },
    "rass": 0,
    "events": [],
    "dose_due": False,
}


def at(clock_time: str) -> datetime:
    hour, minute = map(int, clock_time.split(":"))
    return datetime(DAY.year, DAY.month, DAY.day, hour, minute, tzinfo=ZONE)


@dataclass
class Screen:
    """One person's browser; what ``journey_steps`` does, it does on one of these."""

    page: Page
    address: str

    def settle(self) -> None:
        self.page.wait_for_timeout(150)
        running = self.page.locator("[data-testid=stApp][data-test-script-state=running]")
        running.wait_for(state="detached", timeout=20_000)

    def text(self) -> str:
        return self.page.inner_text("body").replace("\u00a0", " ")


@dataclass
class AlertWard:
    """``tokens``: a signed-in session of each person."""

    folder: Path
    port: int = field(default_factory=free_port)
    tokens: dict[str, str] = field(default_factory=dict)
    server: subprocess.Popen[bytes] | None = None

    @property
    def database(self) -> Path:
        return self.folder / "ward.sqlite3"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def it_is(self, clock_time: str) -> None:
        (self.folder / "clock").write_text(at(clock_time).isoformat())

    def fill(self, clock_time: str) -> None:
        store = open_store(f"sqlite:///{self.database}")
        now = at(clock_time)
        app = TaperApp(store=store, clock=_Ticking(now))
        store.transact(lambda writing: writing.add_unit(UNIT))
        for name, (shown, role) in PEOPLE.items():
            account = Account(
                id=f"id-{name}", name=name, display_name=shown, role=role, unit_id=UNIT.id, password_hash="unused"
            )
            store.transact(lambda writing, account=account: writing.add_account(account))
            self.tokens[name] = store.transact(
                lambda writing, account=account: sessions.add_session(
                    writing, account, is_demo=False, now=now, lasts=timedelta(hours=12)
                )
            )
        nurse = Actor("id-a.ng", "A. Ng", Role.NURSE, UNIT.id)
        for episode, family_name, bed in ((JANE, "Doe", "07"), (JOHN, "Roe", "08")):
            admit_patient(app, nurse, _admission(episode, family_name, bed, now))
            chart_observation(app, nurse, episode, _WELL, entry_id=f"first-{bed}", happened_at=now)
        store.close()

    def start(self) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "TAPER_DATABASE_URL": f"sqlite:///{self.database}",
            "TAPER_DEMO_DATABASE_URL": f"sqlite:///{self.folder / 'synthetic.sqlite3'}",
            "TAPER_IDLE_MINUTES": "60",
        }
        with (self.folder / "server.log").open("wb") as log:
            command = [sys.executable, str(SERVER), str(self.folder / "clock"), str(self.port)]
            self.server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        return self.server

    def screen_of(self, browser: Browser, name: str) -> Screen:
        """A browser of their own, signed in."""
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        cookie = {
            "name": "__Host-taper",
            "value": self.tokens[name],
            "domain": "127.0.0.1",
            "path": "/",
            "secure": True,
        }
        context.add_cookies([cookie])
        return Screen(context.new_page(), f"http://127.0.0.1:{self.port}")

    def steps(self) -> list[tuple[str, str, str]]:
        """What became of the alerts, as it is stored: step, author, text; oldest first."""
        with sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True) as reading:
            asked = "SELECT author_name, body FROM record WHERE kind = 'alert_action' ORDER BY seq"
            found = [(name, json.loads(body)) for name, body in reading.execute(asked)]
        return [(body["step"], name, body["action_taken"]) for name, body in found]


class _Ticking:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self) -> datetime:
        self._now += timedelta(microseconds=1)
        return self._now


def _admission(episode: EpisodeId, family_name: str, bed: str, now: datetime) -> dict[str, Any]:
    use = [{"drug": "Klonopin", "mg": "1", "time": hour, "source": "prescribed"} for hour in ("08:00", "20:00")]
    asked = ("seizure_history", "taken_for_epilepsy", "hepatic_impairment", "pregnant", "opioid_co_use")
    return {
        "episode_id": episode,
        "unit_id": UNIT.id,
        "bed": bed,
        "record_number": f"001{bed}",
        "family_name": family_name,
        "given_name": "Jane" if family_name == "Doe" else "John",
        "born_on": "1982-03-14",
        "sex": "F" if family_name == "Doe" else "M",
        "allergies": "none known",
        "admitted_at": (now - timedelta(minutes=30)).isoformat(),
        "current_use": {"lines": use, "last_dose_at": (now - timedelta(hours=1)).isoformat()},
        "facts": {"months_of_use": 18, "use_verified": "yes", "other_sedatives": []}
        | dict.fromkeys((*asked, "alcohol_co_use"), "no"),
    }
