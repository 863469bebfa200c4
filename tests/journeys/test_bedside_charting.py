"""Charting at the bedside in a real browser: by touch, by keyboard, through a reload, a lost line and a dead server.

Every tap and key of a set is counted; the counts and the scripted seconds are printed (``pytest -s``).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bedside_ward import BedsideWard, free_port

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, WebSocketRoute

pytestmark = pytest.mark.browser
TABLET, PHONE = {"width": 820, "height": 1180}, {"width": 390, "height": 844}
READINGS = {
    "set|vitals.respiratory_rate|": "16",
    "set|vitals.spo2|": "98",
    "set|vitals.systolic|": "122",
    "set|vitals.diastolic|": "78",
    "set|vitals.pulse|": "72",
    "set|temperature|": "36.8",
}
SCORED = [str(item) for item in (*range(1, 18), 20, 21, 22)]


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BedsideWard]:
    made = BedsideWard(tmp_path_factory.mktemp("bedside"), free_port())
    made.fill()
    made.start()
    yield made
    made.kill()


@dataclass
class Tablet:
    """One nurse's screen. Taps and keys are counted; ``line_is_down`` cuts the connection to the server."""

    page: Page
    address: str
    line: dict[str, Any]
    taps: int = 0
    keys: int = 0

    def widget(self, key: str) -> Locator:
        wanted = "".join(letter if letter.isalnum() or letter in "_-" else "-" for letter in key)
        return self.page.locator(f'[class*="st-key-{wanted}"]').first

    def settle(self) -> None:
        self.page.wait_for_timeout(120)
        self.page.locator("[data-testid=stApp][data-test-script-state=running]").wait_for(state="detached")

    def open_chart(self) -> None:
        self.page.goto(self.address)
        self.page.get_by_role("button", name="Open", exact=True).first.click()
        for drawn in (
            self.widget("set|temperature|").locator("input"),
            self.widget("set|rass|").locator("button").first,
        ):
            drawn.wait_for()  # a new browser still loads the code of each kind of widget
        self.page.get_by_role("button", name="Save set").wait_for()
        self.settle()

    def tap(self, where: Locator) -> None:
        where.tap()
        self.taps += 1

    def answer(self, key: str, words: str) -> None:
        self.tap(self.widget(key).get_by_role("radio", name=words, exact=True))

    def read_off(self, key: str, digits: str) -> None:
        """One tap on the field, then its digits on the tablet's keys."""
        self.tap(self.widget(key).locator("input"))
        self.type(digits)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def value(self, key: str) -> str:
        return self.widget(key).locator("input").input_value()

    def drop_the_line(self) -> None:
        self.line["down"] = True
        for page_side, server_side in self.line["open"]:
            server_side.close()
            page_side.close()
        self.line["open"].clear()

    def restore_the_line(self) -> None:
        self.line["down"] = False

    def sees(self, words: str, seconds: float = 20) -> None:
        self.page.get_by_text(words).first.wait_for(timeout=seconds * 1000)


@pytest.fixture
def tablets(chromium: Browser, ward: BedsideWard) -> Iterator[Any]:
    """``tablets("a.ng", TABLET)`` hands a signed-in screen to that nurse."""
    contexts = []

    def hand_to(name: str, size: dict[str, int]) -> Tablet:
        context = chromium.new_context(viewport=size, has_touch=True)
        context.add_cookies(
            [{"name": "__Host-taper", "value": ward.tokens[name], "domain": "127.0.0.1", "path": "/", "secure": True}]
        )
        contexts.append(context)
        page = context.new_page()
        line: dict[str, Any] = {"down": False, "open": []}

        def through(route: WebSocketRoute) -> None:
            if line["down"]:
                route.close()
                return
            line["open"].append((route, route.connect_to_server()))

        page.route_web_socket("**/_stcore/stream", through)
        return Tablet(page, ward.address, line)

    yield hand_to
    for context in contexts:
        context.close()


def charted(ward: BedsideWard) -> list[dict[str, Any]]:
    return [json.loads(body) for body in ward.bodies("observation")]


def said(what: str, tablet: Tablet, seconds: float) -> None:
    total = tablet.taps + tablet.keys
    print(f"\n{what}: {tablet.taps} taps + {tablet.keys} keys = {total} interactions, {seconds:.1f} s scripted")


def quick_set_by_touch(tablet: Tablet) -> None:
    """Vitals, sedation and events, without the button."""
    for key, digits in list(READINGS.items())[:2]:
        tablet.read_off(key, digits)
    tablet.answer("set|oxygen|", "Air")
    for key, digits in list(READINGS.items())[2:]:
        tablet.read_off(key, digits)
    tablet.answer("set|vitals.acvpu|", "Alert")
    tablet.answer("set|rass|", "0 alert and calm")
    tablet.tap(tablet.widget("set|nothing_happened|").locator("label"))


def test_a_quick_set_by_touch_takes_at_most_thirty_interactions_and_a_double_tap_stores_one(
    ward: BedsideWard, tablets: Any
) -> None:
    tablet = tablets("a.ng", TABLET)
    tablet.open_chart()
    before, began = len(charted(ward)), time.perf_counter()
    quick_set_by_touch(tablet)
    save = tablet.page.get_by_role("button", name="Save set")
    tablet.tap(save)
    save.dispatch_event("click")
    tablet.sees("The set was charted.")
    said("quick set by touch", tablet, time.perf_counter() - began)
    assert tablet.taps + tablet.keys <= 30
    tablet.settle()
    tablet.page.wait_for_timeout(1500)
    sets = charted(ward)[before:]
    assert len(sets) == 1
    assert ward.drafts() == [], "nothing of a charted set is left as a draft"
    assert sets[0]["vitals"] | {"temperature_f": None} == {
        "respiratory_rate": 16,
        "spo2": 98,
        "on_oxygen": False,
        "systolic": 122,
        "diastolic": 78,
        "pulse": 72,
        "temperature_c": "36.8",
        "temperature_f": None,
        "acvpu": "A",
    }
    assert sets[0]["rass"] == 0
    assert sets[0]["events"] == []


@pytest.mark.parametrize(
    ("button", "answers", "seen", "kept"),
    [
        (
            "Hallucination",
            {"quick-hallucination|what|": "Saw", "quick-hallucination|insight|": "Yes"},
            "Hallucination with insight",
            {"kind": "hallucination", "modality": "visual", "insight": True},
        ),
        (
            "Seizure",
            {"quick-seizure|minutes_tapped|": "2", "quick-seizure|now|": "Over, recovered"},
            "Seizure, cause not yet known",
            {"kind": "seizure", "duration_minutes": "2", "ongoing": False, "recovered": True},
        ),
    ],
)
def test_an_event_takes_at_most_four_taps(
    ward: BedsideWard, tablets: Any, button: str, answers: dict[str, str], seen: str, kept: dict[str, Any]
) -> None:
    tablet = tablets("a.ng", TABLET)
    tablet.open_chart()
    before, began = len(charted(ward)), time.perf_counter()
    tablet.tap(tablet.page.get_by_role("button", name=button, exact=True))
    for question, answer in answers.items():
        tablet.answer(question, answer)
    tablet.tap(tablet.page.get_by_role("dialog").get_by_role("button", name="Save", exact=True))
    tablet.sees(seen)
    said(button.lower(), tablet, time.perf_counter() - began)
    assert tablet.taps + tablet.keys <= 4
    event = charted(ward)[before]["events"][0]
    assert {name: event[name] for name in kept} == kept


def test_a_folded_scale_stays_open_while_it_is_answered_and_keeps_its_answers_when_folded(tablets: Any) -> None:
    phone = tablets("a.ng", PHONE)
    phone.open_chart()
    heading = phone.page.locator("summary").filter(has_text="GAD-7")
    phone.tap(heading)
    for item, words in ((1, "2 more than half the days"), (2, "0 not at all")):
        phone.widget(f"set|gad7.{item}|").evaluate("item => item.scrollIntoView({ block: 'center' })")
        phone.answer(f"set|gad7.{item}|", words)
        phone.sees(f"{item} of 7 done")
        phone.settle()
        assert phone.widget("set|gad7.7|").is_visible()
    phone.tap(heading)
    phone.widget("set|gad7.1|").wait_for(state="hidden")
    phone.sees("2 of 7 done: 2 to 17")


def every_answer_by_keyboard(tablet: Tablet, names: list[str], digit: str) -> None:
    for _name in names:
        tablet.press(digit)


def test_a_full_set_by_keyboard_survives_a_reload_a_dropped_line_and_a_killed_server(
    ward: BedsideWard, tablets: Any
) -> None:
    """One key for a choice, the digits and one more for a number; recovering is not counted."""
    tablet = tablets("b.lee", TABLET)
    tablet.open_chart()
    before, began = len(charted(ward)), time.perf_counter()
    lost = 0.0

    tablet.press("F2")
    for digits in ("17", "97"):
        tablet.type(digits)
        tablet.press("Enter")
    tablet.press("a")
    for digits in ("118", "76", "68", "36.6"):
        tablet.type(digits)
        tablet.press("Enter")
    tablet.sees("Draft saved")
    tablet.settle()

    since = time.perf_counter()
    tablet.open_chart()
    assert (tablet.value("set|vitals.respiratory_rate|"), tablet.value("set|temperature|")) == ("17", "36.6")
    tablet.widget("set|vitals.acvpu|").get_by_role("radio").first.focus()
    lost += time.perf_counter() - since

    tablet.press("a")
    tablet.press("0")
    tablet.press("y")
    every_answer_by_keyboard(tablet, ["five signs"] * 5, "n")
    tablet.settle()

    every_answer_by_keyboard(tablet, SCORED[:6], "1")
    tablet.settle()

    since = time.perf_counter()
    tablet.drop_the_line()
    seventh = tablet.widget("set|ciwa_b.7|").get_by_role("radio").first
    tablet.page.wait_for_function("(found) => found.disabled", arg=seventh.element_handle())
    tablet.restore_the_line()
    tablet.page.wait_for_function("(found) => !found.disabled", arg=seventh.element_handle(), timeout=30_000)
    tablet.settle()
    tablet.sees("CIWA-B 6 of 20 done")
    seventh.focus()
    lost += time.perf_counter() - since

    every_answer_by_keyboard(tablet, SCORED[6:17], "1")
    for digits in ("6", "30"):
        tablet.type(digits)
        tablet.press("Enter")
    every_answer_by_keyboard(tablet, SCORED[17:], "0")
    tablet.settle()
    tablet.sees("CIWA-B 20 of 20 done: 17, mild")

    since = time.perf_counter()
    ward.kill()
    ward.start()
    tablet.open_chart()
    tablet.sees("CIWA-B 20 of 20 done: 17, mild")
    tablet.widget("set|symptoms.tremor|").get_by_role("radio").first.focus()
    lost += time.perf_counter() - since

    every_answer_by_keyboard(tablet, ["eight symptoms"] * 8, "1")
    tablet.settle()
    tablet.press("Control+Enter")
    tablet.sees("The set was charted.")
    said("full set by keyboard", tablet, time.perf_counter() - began - lost)
    sets = charted(ward)[before:]
    assert len(sets) == 1
    vitals = sets[0]["vitals"]
    assert (vitals["respiratory_rate"], vitals["systolic"], vitals["temperature_c"]) == (17, 118, "36.6")
    assert {item: sets[0]["ciwa_b"][item] for item in SCORED} == {
        item: int(item not in ("20", "21", "22")) for item in SCORED
    }
    assert (sets[0]["ciwa_b"]["18"], sets[0]["ciwa_b"]["19"]) == ("6", "30")
    assert set(sets[0]["symptoms"].values()) == {1}
    signs = ("slurred_speech", "ataxia", "nystagmus", "alcohol_on_breath", "confusion")
    assert [sets[0]["signs"][name] for name in signs] == ["no"] * 5
    numbers = len(READINGS) + 2
    choices = 1 + 1 + 1 + 1 + 5 + 20 + 8
    digits = sum(map(len, ("17", "97", "118", "76", "68", "36.6", "6", "30")))
    jump_and_save = 2
    assert tablet.keys == choices + numbers + digits + jump_and_save
    assert "Traceback" not in ward.log


def test_a_page_that_a_colleague_overtook_says_so_and_both_sets_are_kept(ward: BedsideWard, tablets: Any) -> None:
    mine, hers = tablets("a.ng", TABLET), tablets("b.lee", TABLET)
    for tablet in (mine, hers):
        tablet.open_chart()
    before = len(charted(ward))
    mine.read_off("set|vitals.pulse|", "80")
    quick_set_by_touch(hers)
    hers.tap(hers.page.get_by_role("button", name="Save set"))
    hers.sees("The set was charted.")
    mine.sees("This page is older than the chart.")
    mine.sees("B. Lee charted a set at")
    assert mine.value("set|vitals.pulse|") == "80"
    mine.tap(mine.page.get_by_role("button", name="Save set"))
    mine.sees("while you typed. Both are kept.")
    assert len(charted(ward)) == before + 2


TOO_SMALL = """() => [...document.querySelectorAll(
    'button, a, summary, textarea, [role=radio], [role=combobox], input, label:has(input[type=checkbox])')]
  .filter((found) => !(found.matches('input[type=checkbox]') && found.closest('label')))
  .filter((found) => found.dataset.testid !== 'stSkipToContent')
  .map((found) => ({ found, box: found.getBoundingClientRect() }))
  .filter(({ found, box }) => box.width > 0 && box.height > 0 && getComputedStyle(found).visibility !== 'hidden')
  .filter(({ box }) => box.left >= 0 && (box.width < 44 || box.height < 44))
  .map(({ found, box }) => `${found.tagName} ${found.innerText || found.ariaLabel} ${box.width}x${box.height}`)"""


@pytest.mark.parametrize("size", [TABLET, PHONE], ids=["tablet", "phone"])
def test_every_target_on_the_chart_is_at_least_44_pixels(tablets: Any, size: dict[str, int]) -> None:
    tablet = tablets("a.ng", size)
    tablet.open_chart()
    tablet.page.evaluate("document.querySelectorAll('details').forEach((found) => found.setAttribute('open', ''))")
    tablet.page.wait_for_timeout(300)
    measured = tablet.page.locator("button, input, summary").count()
    assert measured > 200, "the whole form is on the screen"
    assert tablet.page.evaluate(TOO_SMALL) == []


def test_the_last_24_hours_are_printed_with_the_patient_on_the_page(tablets: Any, tmp_path: Path) -> None:
    tablet = tablets("a.ng", TABLET)
    tablet.open_chart()
    tablet.page.get_by_role("button", name="Print the last 24 hours").click()
    link = tablet.page.get_by_role("link", name="Download")
    link.wait_for()
    with tablet.page.expect_download() as waiting:
        link.click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")
