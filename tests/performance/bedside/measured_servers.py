"""Server processes for the measurements: floors, and the real application on a ward of its own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from taper_app.clinical.people import Role
from taper_app.store.sql import open_store
from taper_app.use_cases import demo, sessions

HERE = Path(__file__).parent
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class MeasuredServer:
    """A running server. ``cpu_ms``: processor time that the process has used so far."""

    url: str
    pid: int

    def cpu_ms(self) -> float:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / _TICKS


@contextmanager
def served(arguments: list[str], environment: dict[str, str] | None = None) -> Iterator[MeasuredServer]:
    """A Python process that prints its address; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if "http://" in line:
                address = line[line.index("http://") :].split()[0]
                _wait_for(address)
                yield MeasuredServer(address, process.pid)
                return
        raise RuntimeError(f"{arguments} did not start")
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(address: str) -> None:
    import urllib.error
    import urllib.request

    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)


@contextmanager
def floor(page: str) -> Iterator[MeasuredServer]:
    """``pages/<page>.py`` with the same options and socket as the application."""
    with served([str(HERE / "floor_server.py"), str(HERE / "pages" / f"{page}.py"), "0"]) as server:
        yield server


@dataclass(frozen=True, slots=True)
class Ward:
    """A filled database, and a nurse's session on it."""

    environment: dict[str, str]
    token: str
    database: Path

    def count_records(self, kind: str) -> int:
        """How many are stored, read beside the running server."""
        with sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True) as reading:
            (count,) = reading.execute("SELECT count(*) FROM record WHERE kind = ?", (kind,)).fetchone()
        return int(count)


def filled_ward(folder: Path, *, patients: int = 6) -> Ward:
    """The synthetic ward of ``taper demo`` as if it were a real one; closed again before the server opens it."""
    url = f"sqlite:///{folder / 'ward.sqlite3'}"
    store = open_store(url)
    now = datetime.now(UTC)
    users = demo.fill(store, patients=patients, seed=7, now=now)
    nurse = next(user for user in users if user.role is Role.NURSE)
    with store.reading() as reading:
        account = reading.account(nurse.account_id)
    assert account is not None
    token = store.transact(
        lambda writing: sessions.add_session(writing, account, is_demo=False, now=now, lasts=timedelta(hours=12))
    )
    store.close()
    environment = {"TAPER_DATABASE_URL": url, "TAPER_DEMO_DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}"}
    return Ward(environment, token, (folder / "ward.sqlite3").resolve())


@contextmanager
def application(ward: Ward) -> Iterator[MeasuredServer]:
    """``taper run`` on that ward."""
    with served(["-m", "taper_app", "run", "--port", "0"], ward.environment) as server:
        yield server
