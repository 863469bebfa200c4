"""Sentences on the screen: refusals with their next step, and what was done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from taper_app.clinical.errors import Fault, InputRefused, TaperError

_DONE = "done_message"
#: Fields whose label on the screen is not their key.
_LABELS = {
    "action_taken": "What was done",
    "at": "Day and time",
    "begins_at": "From",
    "ends_at": "Until",
    "in_charge": "In charge",
    "nurses": "Beds",
    "prescriber": "Covers as prescriber",
    "leaves_at": "Day and time of leaving",
    "moves_to": "Whose it is",
    "unit_id": "Unit",
}
_ON_SCREEN = {
    # The offset is added from the ward's zone, so nobody is asked to write one.
    "write the moment like 2026-12-01T08:00:00-05:00": "write the day like 2026-12-01 and the time like 08:00",
    "so send it as temperature_f": "so choose °F beside it",
    "so send it as temperature_c": "so choose °C beside it",
}


@contextmanager
def refusals(but: type[TaperError] | None = None) -> Iterator[None]:
    """Show an expected refusal as sentences; whatever else escapes is a bug and stays one.

    ``but``: a refusal that the caller deals with.
    """
    try:
        yield
    except TaperError as refused:
        if but is not None and isinstance(refused, but):
            raise
        refusal(refused)


def refusal(refused: TaperError) -> None:
    """Every fault of an input, or the sentence with its next step."""
    if isinstance(refused, InputRefused):
        faults(refused.faults)
    else:
        st.error(f"{refused} {refused.next_step}".strip())


def faults(found: tuple[Fault, ...]) -> None:
    """Every fault at once, each with its field."""
    lines = "\n".join(f"- {_field(fault)}{plain_text(_on_screen(fault.message))}" for fault in found)
    st.error(f"Nothing was stored. Please correct:\n\n{lines}")


def _on_screen(message: str) -> str:
    """Screens ask for a day and a time, and for a temperature beside its unit: the fix is named as it stands there."""
    for written, on_screen in _ON_SCREEN.items():
        message = message.replace(written, on_screen)
    return message


def _field(fault: Fault) -> str:
    name = fault.field.split(".")[-1]
    if name in _LABELS:
        return f"**{_LABELS[name]}**: "
    return f"**{name.replace('_', ' ')}**: " if name and name == fault.field else ""


def plain_text(text: str) -> str:
    """Text of people, kept from being read as markup."""
    for mark in "\\`*_[]#~$<>|!:":
        text = text.replace(mark, f"\\{mark}")
    return text


def unbroken(text: str) -> str:
    """No line ends between a number and its unit, nor inside a date: a narrow table scrolls instead."""
    text = re.sub(r"(\d) (mg|mL|mcg|days|%)", "\\1\u00a0\\2", text)
    return re.sub(r"([A-Z][a-z]{2}) (\d{1,2}) ([A-Z][a-z]{2}) (\d{4})", "\\1\u00a0\\2\u00a0\\3\u00a0\\4", text)


def done_after_rerun(message: str) -> None:
    """Say it on the next run: a page that was submitted is drawn anew."""
    st.session_state[_DONE] = message


def draw_whole_page_if_done() -> None:
    """First in a part of a page whose buttons act before it is drawn: what was done concerns the whole page."""
    if _DONE in st.session_state:
        st.rerun()


def done() -> None:
    """What was just done, once."""
    if message := st.session_state.pop(_DONE, None):
        st.success(plain_text(str(message)))
