"""The fields of bedside forms: what is left blank is left out of the entry, never filled in for anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import streamlit as st

from taper_app.clinical.charting.bedside import BedsideEntry
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.protocol.bedside_rules import BedsideRules
from taper_app.ui.components.chart_entry import EntryForm
from taper_app.ui.components.chart_values import clock_moment
from taper_app.ui.components.typed_values import whole_number
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart

#: An entry as its form says it; None and blank text are left out before it is sent.
Written = dict[str, Any]
#: Pixels; two stand side by side on a phone.
_SHORT_FIELD = 200
_MOMENTS = ("used_at", "back_by", "planned_for")
_YES_NO = {"yes": "Yes", "no": "No"}


@dataclass(frozen=True, slots=True)
class Asking:
    """One form that is being filled in: who asks, of whom, and about which entry (``of``), if about one."""

    at: Here
    chart: Chart
    form: EntryForm
    of: str = ""

    @property
    def rules(self) -> BedsideRules:
        return self.at.app.protocols.bedside


def line(
    ask: Asking, name: str, label: str, *, begin: str = "", longest: int | None = None, short: bool = False
) -> str:
    """One line of text, without the spaces around it.

    Streamlit cuts what is longer than ``longest`` without a word, so only numbers and times have one.
    """
    width: int | Literal["stretch"] = _SHORT_FIELD if short else "stretch"
    return str(st.text_input(label, max_chars=longest, width=width, **ask.form.text(name, begin)) or "").strip()


def note(ask: Asking, name: str = "note", label: str = "Anything else") -> str:
    """A few words; they are kept exactly as typed, or refused when there are too many."""
    return str(st.text_input(label, **ask.form.text(name)) or "").strip()


def choose(ask: Asking, name: str, label: str, words: Mapping[str, str], begin: str | None = None) -> str | None:
    """One of a few answers, each its own button; nothing is chosen beforehand unless ``begin`` says so."""
    chosen = ask.form.chosen(name, list(words), begin)
    answer = st.segmented_control(label, format_func=words.__getitem__, wrap=True, **chosen)
    return str(answer) if answer else None


def yes_no(ask: Asking, name: str, label: str) -> str | None:
    return choose(ask, name, label, _YES_NO)


def checklist(ask: Asking, labels: Mapping[str, str], answers: Mapping[str, str]) -> dict[str, str]:
    """Each item with its answers; an item without one is left out: nobody looked."""
    said = {}
    columns = st.columns(2)
    half = (len(labels) + 1) // 2
    for index, (item, label) in enumerate(labels.items()):
        with columns[0 if index < half else 1]:
            if answer := choose(ask, f"items.{item}", label, answers):
                said[item] = answer
    return said


def number(ask: Asking, name: str, label: str) -> str | None:
    """A measured number as it was typed."""
    return line(ask, name, label, longest=12, short=True) or None


def whole(ask: Asking, name: str, label: str) -> int | str | None:
    """A whole number; whatever else was typed goes on as text, so that the refusal can name it."""
    typed = line(ask, name, label, longest=6, short=True)
    return whole_number(typed) if typed else None


def moment(ask: Asking, name: str, label: str) -> str | None:
    """A day and a time on the ward's clock; None while both are blank, the bare text where it cannot be read."""
    with st.container(horizontal=True):
        day = line(ask, f"{name}_day", f"{label}: day, such as 2026-11-21", longest=10, short=True)
        clock = line(ask, f"{name}_time", "Time, such as 14:05", longest=5, short=True)
    if not (day or clock):
        return None
    try:
        return clock_moment(clock, ask.chart, day_text=day).isoformat()
    except InputRefused:
        return f"{day} {clock}".strip()


def calendar_day(ask: Asking, name: str, label: str, begin: date) -> str | None:
    return line(ask, name, label, begin=begin.isoformat(), longest=10, short=True) or None


def filled(written: Written) -> Written:
    """Without what was left blank."""
    return {name: value for name, value in written.items() if value not in (None, "", {})}


def start_of(entry: BedsideEntry, chart: Chart) -> Written:
    """What the fields begin with when an entry is corrected."""
    start: Written = {}
    for name, value in entry.model_dump(mode="json", exclude_none=True).items():
        if name in _MOMENTS:
            local = getattr(entry, name).astimezone(chart.zone)
            start |= {f"{name}_day": local.date().isoformat(), f"{name}_time": f"{local:%H:%M}"}
        elif name == "items":
            start |= {f"items.{item}": said for item, said in value.items()}
        elif name == "witness":
            start[name] = value["user_id"]
        elif isinstance(value, bool):
            start[name] = "yes" if value else "no"
        else:
            start[name] = str(value) if isinstance(value, int) and name != "score" else value
    return start
