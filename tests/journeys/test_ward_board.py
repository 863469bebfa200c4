"""The ward board in a real browser: it keeps its order by the clock, and nobody loses what they type meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from bedside_ward import free_port
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId, RecordId, Unit
from taper_app.store.interface import Account
from taper_app.store.sql import open_store
from taper_app.use_cases import sessions
from taper_app.use_cases.admit import admit_patient
from taper_app.use_cases.alerts import acknowledge_alert
from taper_app.use_cases.context import new_id
from taper_app.use_cases.observe import chart_observation
from taper_app.wiring import TaperApp

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, WebSocketRoute

pytestmark = pytest.mark.browser
BEGIN = datetime(2027, 1, 11, 19, 0, tzinfo=UTC)
PATIENTS = 24
SEES_THINGS = [{"kind": "hallucination", "insight": True, "modality": "visual"}]
VITALS = {"respiratory_rate": 16, "spo2": 97, "on_oxygen": False, "systolic": 124, "diastolic": 80, "pulse": 84}
ROWS = '[class*="st-key-row-"]'
#: Everything that changes inside a row but the words of its clocks.
COUNT_CHANGES_OF = """rows => {
    window.rowsChanged = 0;
    const element = (node) => node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    new MutationObserver((changes) => {
        for (const { target } of changes) {
            const place = element(target);
            if (place?.closest(rows) && !place.closest('.board-clock')) window.rowsChanged += 1;
        }
    }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
}"""
DESKTOP, PHONE, WALL = (
    {"width": 1280, "height": 900},
    {"width": 390, "height": 844},
    {"width": 1920, "height": 1080},
)


@dataclass
class FullWard:
    """24 patients, one nurse, and a server whose clock the test moves."""

    folder: Path
    port: int
    token: str = ""
    now: datetime = BEGIN
    server: Any = None
    episodes: dict[str, EpisodeId] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'ward.sqlite3'}"

    def clock(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def pass_time(self, **duration: float) -> None:
        self.now += timedelta(**duration)
        (self.folder / "clock").write_text(self.now.isoformat())

    def fill(self) -> None:
        store = open_store(self.url)
        app = TaperApp(store=store, clock=self.clock)
        beds = tuple(f"{number:02}" for number in range(1, PATIENTS + 1))
        unit = Unit(id="u-1", name="3 East", zone="America/New_York", beds=beds, emergency_number="911")
        store.transact(lambda writing: writing.add_unit(unit))
        account = Account(
            id="a-1", name="a.ng", display_name="A. Ng", role=Role.NURSE, unit_id=unit.id, password_hash="unused"
        )
        store.transact(lambda writing: writing.add_account(account))
        nurse = Actor(account.id, account.display_name, account.role, unit.id)
        for bed in beds:
            self.episodes[bed] = admit_patient(app, nurse, admission(bed, self.now))
        for bed in beds[:12]:
            self.chart(app, nurse, bed)
        self.chart(app, nurse, "13", events=SEES_THINGS)
        acknowledge_alert(app, nurse, self.episodes["13"], alert_of(app, self.episodes["13"]), entry_id=new_id())
        self.now += timedelta(minutes=5)
        self.chart(app, nurse, "20", events=SEES_THINGS)
        self.now += timedelta(minutes=40)
        self.token = store.transact(
            lambda writing: sessions.add_session(
                writing, account, is_demo=False, now=self.now, lasts=timedelta(hours=12)
            )
        )
        store.close()
        self.pass_time(seconds=1)

    def chart(self, app: TaperApp, nurse: Actor, bed: str, **observation: Any) -> None:
        whole = {"vitals": VITALS | {"temperature_c": "37.0", "acvpu": "A"}, "rass": 0, "events": []} | observation
        chart_observation(app, nurse, self.episodes[bed], whole, entry_id=new_id(), happened_at=self.clock())

    def start(self) -> None:
        environment = os.environ | {
            "TAPER_DATABASE_URL": self.url,
            "TAPER_DEMO_DATABASE_URL": f"sqlite:///{self.folder / 'synthetic.sqlite3'}",
            "TAPER_IDLE_MINUTES": "60",
        }
        script = Path(__file__).with_name("serve_with_clock.py")
        with (self.folder / "server.log").open("wb") as log:
            self.server = subprocess.Popen(
                [sys.executable, str(script), str(self.folder / "clock"), str(self.port)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.25)
        raise AssertionError((self.folder / "server.log").read_text())


def admission(bed: str, now: datetime) -> dict[str, object]:
    asked = ("seizure_history", "taken_for_epilepsy", "hepatic_impairment", "pregnant", "opioid_co_use")
    return {
        "episode_id": new_id(),
        "unit_id": "u-1",
        "bed": bed,
        "record_number": f"001{bed}",
        "family_name": f"Example{bed}",
        "given_name": "Ida",
        "born_on": "1982-03-14",
        "sex": "F",
        "allergies": "none known",
        "admitted_at": now.isoformat(),
        "current_use": {"lines": [{"drug": "Klonopin", "mg": "1", "time": "20:00", "source": "prescribed"}]},
        "facts": {"months_of_use": 18, "use_verified": "yes", "other_sedatives": []}
        | dict.fromkeys((*asked, "alcohol_co_use"), "no"),
    }


def alert_of(app: TaperApp, episode: EpisodeId) -> RecordId:
    with app.store.reading() as reading:
        row = reading.latest_row(episode)
    assert row is not None
    return row.alerts[0].id


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullWard]:
    made = FullWard(tmp_path_factory.mktemp("board"), free_port())
    made.fill()
    made.start()
    yield made
    made.server.send_signal(signal.SIGTERM)
    try:
        made.server.wait(10)
    except subprocess.TimeoutExpired:
        made.server.kill()


@pytest.fixture
def screens(chromium: Browser, ward: FullWard) -> Iterator[Any]:
    """``screens("/", DESKTOP)`` shows that page of the signed-in nurse."""
    contexts = []

    def shown(path: str, size: dict[str, int], colours: str = "light") -> Page:
        context = chromium.new_context(viewport=size, color_scheme=colours)
        cookie = {"name": "__Host-taper", "value": ward.token, "domain": "127.0.0.1", "path": "/", "secure": True}
        context.add_cookies([cookie])
        contexts.append(context)
        page = context.new_page()
        page.line = {"down": False, "open": []}

        def through(route: WebSocketRoute) -> None:
            if page.line["down"]:
                route.close()
                return
            page.line["open"].append((route, route.connect_to_server()))

        page.route_web_socket("**/_stcore/stream", through)
        page.goto(f"{ward.address}{path}")
        page.locator(".board-beat").wait_for(timeout=30_000)
        page.locator(f"{ROWS}, .wall-tile").nth(PATIENTS - 1).wait_for(timeout=20_000)
        return page

    yield shown
    for context in contexts:
        context.close()


def beds(page: Page) -> list[str]:
    return page.locator(".board-bed").all_inner_texts()


def next_beat(page: Page) -> None:
    """Until the board was refreshed once more."""
    beat = page.locator(".board-beat").get_attribute("data-beat")
    page.wait_for_function("beat => document.querySelector('.board-beat')?.dataset.beat !== beat", arg=beat)


def refusals_of_axe(page: Page, *rules: str) -> list[str]:
    found = Axe().run(page, options={"runOnly": list(rules)}).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def test_while_nothing_changes_the_rows_are_not_touched_and_the_clocks_go_on(ward, screens):
    page = screens("/", DESKTOP)
    next_beat(page)
    page.evaluate(COUNT_CHANGES_OF, ROWS)
    ward.pass_time(minutes=3)
    for _ in range(3):
        next_beat(page)
    page.get_by_text("nobody has acknowledged it for 43 min").wait_for(timeout=5_000)
    assert page.evaluate("window.rowsChanged") == 0


def test_the_order_changes_by_the_clock_and_nobody_loses_typing_focus_or_scroll(ward, screens):
    page = screens("/", DESKTOP)
    page.locator("summary").filter(has_text="Find a patient").click()
    field = page.get_by_label("Family name")
    field.click()
    page.keyboard.type("Exam")
    assert beds(page)[:2] == ["13", "20"]
    ward.pass_time(minutes=20)  # somebody acknowledged the alert of bed 13, nobody that of bed 20
    page.locator(f"{ROWS} .level-4").first.wait_for(timeout=20_000)
    page.keyboard.type("ple07")
    assert field.input_value() == "Example07"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Family name"
    assert beds(page)[:2] == ["20", "13"]
    assert "EMERGENCY" in page.locator(ROWS).first.inner_text()
    main = page.locator('[data-testid="stMain"]')
    main.evaluate("main => main.scrollTo(0, 1200)")
    page.wait_for_timeout(300)
    place = main.evaluate("main => main.scrollTop")
    ward.pass_time(minutes=30)
    for _ in range(2):
        next_beat(page)
    assert abs(main.evaluate("main => main.scrollTop") - place) < 5
    assert field.input_value() == "Example07"
    page.get_by_label("Record number").fill("00107")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_text("EXAMPLE07, Ida").first.wait_for(timeout=10_000)


def test_a_filter_stays_chosen_while_the_board_is_drawn_anew(ward, screens):
    page = screens("/", DESKTOP)
    page.get_by_role("radio", name="Level 3-4: 2").click()
    page.wait_for_function("() => document.querySelectorAll('.board-bed').length === 2")
    ward.pass_time(minutes=50)
    for _ in range(2):
        next_beat(page)
    assert sorted(beds(page)) == ["13", "20"]


def test_a_board_that_is_no_longer_refreshed_says_so_and_takes_it_back(ward, screens):
    page = screens("/wall", WALL)
    next_beat(page)
    assert not page.locator("#board-is-old").is_visible()
    page.line["down"] = True
    for page_side, server_side in page.line["open"]:
        server_side.close()
        page_side.close()
    page.line["open"].clear()
    old = page.locator("#board-is-old")
    old.wait_for(state="visible", timeout=30_000)
    assert old.inner_text().startswith("OLD BOARD: last refreshed ")
    page.line["down"] = False
    old.wait_for(state="hidden", timeout=60_000)


def test_on_a_wall_every_patient_is_in_view_in_large_type_without_a_name_or_a_control(screens):
    page = screens("/wall", WALL)
    page.wait_for_timeout(500)
    boxes = [tile.bounding_box() for tile in page.locator(".wall-tile").all()]
    assert len(boxes) == PATIENTS
    assert all(box["y"] >= 0 and box["y"] + box["height"] <= WALL["height"] for box in boxes)
    size = "found => parseFloat(getComputedStyle(found).fontSize)"
    assert page.locator(".wall-bed").first.evaluate(size) >= 50
    assert min(found.evaluate(size) for found in page.locator(".wall-first").all()) >= 28
    assert min(found.evaluate(size) for found in page.locator(".wall-why").all()) >= 20
    controls = page.locator("button:visible, a:visible, input:visible").all_inner_texts()
    assert controls in ([], ["Skip to main content"]), "Streamlit's own link for keyboards lies outside the screen"
    assert "EXAMPLE" not in page.inner_text("body")


@pytest.mark.parametrize(
    ("path", "size", "colours"),
    [("/", DESKTOP, "light"), ("/", PHONE, "dark"), ("/wall", WALL, "light"), ("/wall", WALL, "dark")],
)
def test_everything_has_contrast_enough_and_fits_the_width(screens, path, size, colours):
    page = screens(path, size, colours)
    page.wait_for_timeout(500)
    assert refusals_of_axe(page, "color-contrast", "aria-allowed-attr", "duplicate-id", "list") == []
    spill = page.evaluate(
        "(({scrollWidth, clientWidth}) => scrollWidth - clientWidth)(document.querySelector('[data-testid=stMain]'))"
    )
    assert spill <= 0
