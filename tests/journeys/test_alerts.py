"""An alert from the one who finds to the one who answers, each at their own screen; and one that nobody touches."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

import display_rules
import journey_steps as do
from alert_ward import AlertWard, Screen

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
#: The slowest screen that looks by itself looks again after this long, and then it has to be drawn.
SECONDS = 25


@pytest.fixture
def ward(tmp_path) -> Iterator[AlertWard]:
    made = AlertWard(tmp_path)
    made.it_is("09:00")
    made.fill("09:00")
    server = made.start()
    try:
        _wait_for_server(made)
        yield made
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def screen_of(chromium: Browser, ward: AlertWard, request) -> Iterator[Callable[[str], Screen]]:
    screens: list[Screen] = []

    def hand_to(name: str) -> Screen:
        screens.append(ward.screen_of(chromium, name))
        return screens[-1]

    yield hand_to
    for screen in screens:
        screen.page.context.close()


def _wait_for_server(ward: AlertWard) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{ward.port}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise AssertionError(ward.log)


def open_chart(screen: Screen, name: str) -> None:
    screen.page.goto(screen.address)
    do.open_patient(screen, name)


def seconds_until(screen: Screen, words: str, *, since: float | None = None) -> float:
    """``since``: the moment from which they are counted; now, unless told otherwise."""
    began = since or time.monotonic()
    screen.page.get_by_text(words).first.wait_for(timeout=SECONDS * 1000)
    return time.monotonic() - began


def set_the_shift(screen: Screen) -> None:
    """As the charge nurse does it when she comes."""
    screen.page.goto(screen.address)
    do.heading(screen, "Ward board")
    do.go_to(screen, "Shift")
    assert "Nobody is set for now" in screen.text()
    until = screen.page.get_by_placeholder("19:00")
    until.fill("19:00")
    until.press("Tab")
    screen.settle()
    do.choose(screen, "In charge", "B. Okafor")
    do.choose(screen, "Covers as prescriber", "Dr C. Lind")
    add(screen, "Nurses on this shift", "A. Ng")
    for bed in ("07", "08"):
        add(screen, "Beds of A. Ng", bed)
    do.press(screen, "Set the shift")
    do.sees(screen, "The shift is set")


def add(screen: Screen, label: str, option: str) -> None:
    """One more in a list of several."""
    do.choose(screen, label, option)
    screen.page.keyboard.press("Escape")
    screen.settle()


def test_an_alert_goes_from_hand_to_hand_and_one_that_nobody_touches_from_role_to_role(
    ward: AlertWard, screen_of: Callable[[str], Screen], capsys: Any
) -> None:
    charge_nurse, nurse, physician = screen_of("b.okafor"), screen_of("a.ng"), screen_of("c.lind")
    set_the_shift(charge_nurse)
    do.go_to(charge_nurse, "Ward board")
    open_chart(physician, "DOE")
    open_chart(nurse, "DOE")

    # Raised by the nurse; on the physician's chart, open since before, within seconds; on the board too.
    ward.it_is("09:30")
    do.press(nurse, "Seizure")
    do.write(nurse, "quick-seizure|minutes|", "2")
    do.tap(nurse, "quick-seizure|now|", "Over, recovered")
    saved = time.monotonic()
    do.press(nurse, "Save")
    on_chart = seconds_until(physician, "This page is older than the chart.", since=saved)
    on_board = seconds_until(charge_nurse, "cause not yet known", since=saved)
    assert "EMERGENCY · Seizure" in physician.text()
    do.put_away(nurse)
    assert "prescriber, Dr C. Lind" in nurse.text(), "the alert has a person"

    # Seen and acknowledged by the physician.
    do.press(physician, "Show the chart as it is now")
    do.sees(physician, "Seen by A. Ng, nurse 09:30, Dr C. Lind, physician 09:30")
    ward.it_is("09:34")
    do.press(physician, "Acknowledge")
    do.sees(physician, "Acknowledged 09:34 by Dr C. Lind, physician. That took 3 min.")

    # The nurse, who still sees the button, is told that somebody deals with it.
    do.press(nurse, "Acknowledge")
    do.sees(nurse, "Somebody else has acknowledged this alert already.")
    do.sees(nurse, "Acknowledged 09:34 by Dr C. Lind, physician.")

    # Acted on twice, then resolved.
    for action in ("lorazepam 2 mg into a vein", "neurologist called"):
        do.fill(physician, "What was done", action)
        do.press(physician, "Record action")
        do.sees(physician, f"by Dr C. Lind, physician: {action}")
    do.press(physician, "Resolve")
    do.sees(physician, "The alert was resolved")
    seconds_until(nurse, "Dr C. Lind dealt with an alert")
    assert ward.steps() == [
        ("seen", "A. Ng", ""),
        ("seen", "Dr C. Lind", ""),
        ("acknowledged", "Dr C. Lind", ""),
        ("acted_on", "Dr C. Lind", "lorazepam 2 mg into a vein"),
        ("acted_on", "Dr C. Lind", "neurologist called"),
        ("resolved", "Dr C. Lind", ""),
    ]

    # Another patient's, which nobody touches: the nurse in charge first, then the prescriber, by the clock alone.
    open_chart(nurse, "ROE")
    do.write(nurse, "set|vitals.pulse|", "118")
    do.press(nurse, "Save set")
    do.put_away(nurse)
    do.go_to(charge_nurse, "Shift")
    seconds_until(charge_nurse, "nurse in charge, B. Okafor")
    ward.it_is("10:05")
    seconds_until(charge_nurse, "nobody acknowledged for 30 min → nurse in charge, B. Okafor")
    do.go_to(charge_nurse, "Ward board")
    do.go_to(charge_nurse, "Shift")  # whoever does nothing for an hour is signed out
    open_chart(physician, "ROE")
    assert "After 10:34 it goes to the prescriber, Dr C. Lind" in physician.text()
    ward.it_is("10:36")
    climbed = seconds_until(physician, "Nobody acknowledged for 61 min → prescriber, Dr C. Lind")
    assert "◆ Prescriber (raised from ▲ Nurse in charge)" in physician.text()
    seconds_until(charge_nurse, "nobody acknowledged for 61 min → prescriber, Dr C. Lind")
    assert not [step for step in ward.steps()[6:] if step[0] != "seen"], "no worker wrote anything"

    for screen in (nurse, physician, charge_nurse):
        assert display_rules.violations(screen.text()) == []
    with capsys.disabled():
        print(f"\nseen on a chart after {on_chart:.1f} s, on the board after {on_board:.1f} s, climbed {climbed:.1f} s")
