"""A hospital for a journey: a server process on a database of its own, and a clock that the journey moves."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

ZONE = ZoneInfo("America/New_York")
DAY_1 = date(2027, 1, 11)
HERE = Path(__file__).parent


@dataclass
class Hospital:
    """The running application. ``it_is`` moves its clock; ``page`` is the tablet that goes from hand to hand."""

    address: str
    clock_file: Path
    page: Page
    log: Path

    def it_is(self, day: int, clock_time: str) -> datetime:
        """Day 1 is the day of admission. Moves only forward."""
        hour, minute = map(int, clock_time.split(":"))
        moment = datetime(DAY_1.year, DAY_1.month, DAY_1.day, hour, minute, tzinfo=ZONE) + timedelta(days=day - 1)
        self.clock_file.write_text(moment.isoformat())
        return moment

    def settle(self) -> None:
        """Wait until Streamlit has drawn everything of this run."""
        self.page.wait_for_timeout(150)
        self.page.locator("[data-testid=stApp][data-test-script-state=running]").wait_for(
            state="detached", timeout=20_000
        )
        self.page.wait_for_timeout(100)

    def text(self) -> str:
        """All words on the screen, with plain spaces."""
        return self.page.inner_text("body").replace("\u00a0", " ")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def hospital(tmp_path: Path, browser_page: Page) -> Iterator[Hospital]:
    """Empty: nobody can sign in yet."""
    clock_file, log = tmp_path / "clock", tmp_path / "server.log"
    clock_file.write_text(datetime(2027, 1, 11, 7, 0, tzinfo=ZONE).isoformat())
    port = _free_port()
    environment = os.environ | {
        "TAPER_DATABASE_URL": f"sqlite:///{tmp_path / 'ward.sqlite3'}",
        "TAPER_DEMO_DATABASE_URL": f"sqlite:///{tmp_path / 'synthetic.sqlite3'}",
    }
    with log.open("wb") as written:
        server = subprocess.Popen(
            [sys.executable, str(HERE / "serve_with_clock.py"), str(clock_file), str(port)],
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/healthz", server, log)
        yield Hospital(address, clock_file, browser_page, log)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keep a picture of the screen on which a journey failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    hospital = getattr(item, "funcargs", {}).get("hospital")
    if report.when == "call" and report.failed and hospital is not None:
        folder = Path("test-artifacts")
        folder.mkdir(exist_ok=True)
        height = hospital.page.evaluate("document.querySelector('[data-testid=stMain]')?.scrollHeight ?? 900")
        hospital.page.set_viewport_size({"width": 1280, "height": min(int(height) + 60, 6000)})
        hospital.page.screenshot(path=str(folder / f"{item.name}.png"))
        report.sections.append(("server log", hospital.log.read_text()[-4000:]))
