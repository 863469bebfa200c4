"""Sentences on the screen: refusals with their next step, and what was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from taper_app.clinical.errors import Fault, InputRefused, TaperError

_DONE = "done_message"


@contextmanager
def refusals() -> Iterator[None]:
    """Show an expected refusal as sentences; whatever else escapes is a bug and stays one."""
    try:
        yield
    except InputRefused as refused:
        faults(refused.faults)
    except TaperError as refused:
        st.error(f"{refused} {refused.next_step}".strip())


def faults(found: tuple[Fault, ...]) -> None:
    """Every fault at once, each with its field."""
    lines = "\n".join(f"- {_field(fault)}{plain_text(fault.message)}" for fault in found)
    st.error(f"Nothing was stored. Please correct:\n\n{lines}")


def _field(fault: Fault) -> str:
    return f"**{fault.field.replace('_', ' ')}**: " if fault.field and "." not in fault.field else ""


def plain_text(text: str) -> str:
    """Text of people, kept from being read as markup."""
    for mark in "\\`*_[]#~$<>|!:":
        text = text.replace(mark, f"\\{mark}")
    return text


def done_after_rerun(message: str) -> None:
    """Say it on the next run: a page that was submitted is drawn anew."""
    st.session_state[_DONE] = message


def done() -> None:
    """What was just done, once."""
    if message := st.session_state.pop(_DONE, None):
        st.success(plain_text(str(message)))
