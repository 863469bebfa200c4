"""Vital signs and sedation of the observation set, in the order in which they are taken."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.charting.scores import NEWS2
from taper_app.clinical.protocol.scales import ScoreItem
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm
from taper_app.ui.components.chart_values import (
    CELSIUS,
    FAHRENHEIT,
    GATE_SIGNS,
    NOTHING_HAPPENED,
    OXYGEN,
    TEMPERATURE,
    TEMPERATURE_UNIT,
    LastValue,
)
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart

Last = dict[str, LastValue]
#: Pixels; two stand side by side on a phone.
_VITAL_WIDTH = 150
_BEFORE_OXYGEN = (("respiratory_rate", "RR, breaths a minute"), ("spo2", "SpO2, %"))
_AFTER_OXYGEN = (
    ("systolic", "BP systolic, mmHg"),
    ("diastolic", "BP diastolic, mmHg"),
    ("pulse", "Pulse, beats a minute"),
)
_YES_NO = {"no": "No", "yes": "Yes"}


def vitals(entry: EntryForm, last: Last, chart: Chart) -> None:
    """Six numbers, air or oxygen, consciousness. The unit of the temperature is the one used last."""
    used = str(last[TEMPERATURE_UNIT].value) if TEMPERATURE_UNIT in last else CELSIUS
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Vital signs**")
        with st.container(width="content", key=f"unit-{entry.entry_id}"):
            units = entry.chosen(TEMPERATURE_UNIT, [CELSIUS, FAHRENHEIT], used)
            st.segmented_control("Temperature in", **units, label_visibility="collapsed", required=True)
    with st.container(horizontal=True, key=f"numbers-{entry.entry_id}"):
        for field, label in _BEFORE_OXYGEN:
            _reading(entry, f"vitals.{field}", label, last, chart)
        with st.container(width="content", gap=None):
            st.segmented_control("Breathing", format_func=str.capitalize, **entry.chosen(OXYGEN, ["air", "oxygen"]))
            last_line(last, OXYGEN, chart)
        for field, label in _AFTER_OXYGEN:
            _reading(entry, f"vitals.{field}", label, last, chart)
        found = last.get(TEMPERATURE)
        _reading(entry, TEMPERATURE, "Temperature", last, chart, f"{found.value} {used}" if found else None)
    _consciousness(entry, last, chart)


def _reading(entry: EntryForm, name: str, label: str, last: Last, chart: Chart, value: str | None = None) -> None:
    with st.container(width=_VITAL_WIDTH, gap=None):
        st.text_input(label, **entry.text(name), max_chars=12)
        last_line(last, name, chart, value)


def last_line(last: Last, name: str, chart: Chart, value: str | None = None) -> None:
    """``last 16 at 10:00`` under a widget."""
    if found := last.get(name):
        st.markdown(f":small[{show.plain_text(found.in_words(chart, value))}]")


def _consciousness(entry: EntryForm, last: Last, chart: Chart) -> None:
    item = entry.at.app.protocols.scales[NEWS2].choice("consciousness")
    words = {choice.value: choice.words.capitalize() for choice in item.choices}
    with st.container(gap=None):
        st.segmented_control(
            "Consciousness", format_func=words.__getitem__, wrap=True, **entry.chosen("vitals.acvpu", list(words))
        )
        if found := last.get("vitals.acvpu"):
            last_line(last, "vitals.acvpu", chart, words.get(str(found.value)))


def sedation(at: Here, entry: EntryForm, last: Last, chart: Chart) -> None:
    """RASS after rousing, from restless down to no response."""
    item = at.app.protocols.scales["rass"].item("rass")
    assert isinstance(item, ScoreItem), "the RASS file has one scored item"
    words = {score: _rass_words(score, item) for score in range(item.highest, item.lowest - 1, -1)}
    with st.container(gap=None):
        st.segmented_control(
            "Sedation or agitation (RASS), after rousing",
            format_func=words.__getitem__,
            wrap=True,
            **entry.chosen("rass", list(words)),
        )
        if found := last.get("rass"):
            last_line(last, "rass", chart, words.get(found.value))


def _rass_words(score: int, item: ScoreItem) -> str:
    sign = f"+{score}" if score > 0 else str(score).replace("-", "−")
    return f"{sign} {item.anchors.get(str(score), '').split(':')[0]}".strip()


def events_asked(entry: EntryForm) -> None:
    """That somebody asked and nothing happened; what did happen has its own buttons above."""
    st.checkbox(
        "Asked: no seizure, hallucination, fall, vomiting or other event since the last set",
        **entry.ticked(NOTHING_HAPPENED),
    )


def gate_signs(entry: EntryForm) -> None:
    """What is looked for before a dose."""
    st.markdown("**Looked for before a dose**")
    with st.container(horizontal=True):
        for name, label in GATE_SIGNS.items():
            with st.container(width="content"):
                yes_no(entry, f"signs.{name}", label)


def yes_no(entry: EntryForm, name: str, label: str) -> None:
    """One tap; nothing chosen is not assessed."""
    st.segmented_control(label, format_func=_YES_NO.__getitem__, **entry.chosen(name, list(_YES_NO)))
