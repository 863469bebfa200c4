"""What people do at the tablet, in their words. Each function is one action of one person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator

PASSWORD = "grey kettle nine orchard"
_TRIES = 5


def create_first_administrator(hospital) -> None:
    page = hospital.page
    page.goto(hospital.address)
    page.get_by_label("User name").fill("root.admin")
    page.get_by_label("Name shown to colleagues").fill("R. Admin")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Create administrator").click()
    page.wait_for_load_state("networkidle")


def sign_in(hospital, name: str, password: str = PASSWORD) -> None:
    """By our own form; whoever was signed in before is signed out."""
    page = hospital.page
    page.goto(f"{hospital.address}/sign-out")
    button = page.get_by_role("button", name="Sign out")
    if button.count():
        button.first.click()
        page.wait_for_load_state("networkidle")
    page.goto(f"{hospital.address}/sign-in")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("networkidle")


def change_one_time_password(hospital, one_time: str) -> None:
    page = hospital.page
    page.get_by_label("Present password").fill(one_time)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()
    page.wait_for_load_state("networkidle")


def heading(hospital, text: str) -> None:
    """Wait for the page with this title, drawn to its end."""
    hospital.page.get_by_role("heading", name=text, exact=False).first.wait_for(timeout=20_000)
    hospital.settle()


def go_to(hospital, title: str) -> None:
    """By the navigation at the top."""
    hospital.page.get_by_test_id("stTopNavLinkContainer").filter(has_text=title).first.click()
    heading(hospital, title)


def fill(hospital, label: str, text: str, *, nth: int = 0) -> None:
    field = hospital.page.get_by_label(label, exact=True).nth(nth)
    field.fill(text)
    field.press("Tab")
    hospital.settle()


def choose(hospital, label: str, option: str) -> None:
    """In a selectbox; one that is folded away is another's."""
    box = hospital.page.get_by_label(label, exact=True).locator("visible=true").first
    found = hospital.page.get_by_role("option", name=option, exact=True).first
    for _ in range(_TRIES):
        box.click()
        box.fill(option)
        # A page that is still being drawn closes the list again: whoever chooses then opens it once more.
        hospital.page.wait_for_timeout(200)
        if found.is_visible():
            break
        hospital.settle()
    found.click()
    hospital.settle()


def widget(hospital, key: str) -> Locator:
    """The widget whose key begins like this; Streamlit writes the key into a class, with dashes."""
    return hospital.page.locator(f'[class*="st-key-{re.sub("[^A-Za-z0-9_-]", "-", key)}"]').first


def write(hospital, key: str, text: str) -> None:
    """Into the field with this key."""
    field = widget(hospital, key).locator("input, textarea").first
    field.fill(text)
    field.press("Tab")
    hospital.settle()


def tap(hospital, key: str, option: str) -> None:
    """One of the buttons of a widget."""
    widget(hospital, key).locator("button").filter(has_text=re.compile(f"^{re.escape(option)}$")).first.click()
    hospital.settle()


def tick(hospital, text: str) -> None:
    """A checkbox by its words."""
    hospital.page.locator("label").filter(has_text=text).first.click()
    hospital.settle()


def press(hospital, name: str) -> None:
    hospital.page.get_by_role("button", name=name, exact=True).first.click()
    hospital.settle()


def unfold(hospital, text: str) -> None:
    """Open an expander."""
    hospital.page.locator("summary").filter(has_text=text).first.click()
    hospital.settle()


def sees(hospital, text: str) -> None:
    """These words come onto the screen."""
    spaces = re.escape(text).replace(r"\ ", "[ \u00a0]")
    hospital.page.get_by_text(re.compile(spaces)).first.wait_for(timeout=20_000, state="attached")
    hospital.settle()


def put_away(hospital) -> None:
    """Close the dialog with the answer, if one is open."""
    if hospital.page.get_by_role("dialog").count():
        hospital.page.keyboard.press("Escape")
        hospital.page.get_by_role("dialog").first.wait_for(state="detached")
    hospital.settle()


def open_her(hospital) -> None:
    """From the ward board to her chart."""
    heading(hospital, "Ward board")
    press(hospital, "Open")


def open_patient(hospital, name: str) -> None:
    """From the ward board to the chart of the patient with this name."""
    heading(hospital, "Ward board")
    row = hospital.page.locator('[class*="st-key-row-"]').filter(has_text=name)
    row.get_by_role("button", name="Open", exact=True).click()
    heading(hospital, "Chart")


def accept_each_warning(hospital) -> None:
    """Tick every box that names a warning, one after the other."""
    boxes = hospital.page.locator("label").filter(has_text=re.compile("^I accept "))
    for index in range(boxes.count()):
        boxes.nth(index).click()
        hospital.settle()


def typed(hospital, key: str) -> str:
    """What stands in the field with this key."""
    return widget(hospital, key).locator("input, textarea").first.input_value()
