"""CIWA-B at the bedside: its scored items as segments, two sleep numbers, and what is known so far."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.charting.observation import CiwaB
from taper_app.clinical.charting.scores import CIWA_B
from taper_app.clinical.charting.scores import ciwa_b as ciwa_b_score
from taper_app.clinical.protocol.scales import NumberItem, Scale, ScoreItem
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm
from taper_app.ui.components.chart_scale_words import last_score
from taper_app.ui.components.chart_values import LastValue, ciwa_line
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart


def ciwa_b(at: Here, entry: EntryForm, last: dict[str, LastValue], chart: Chart) -> None:
    """The scale; the values are scores, 0 best, for the two items as well whose printed form counts the other way."""
    scale = at.app.protocols.scales[CIWA_B]
    line = ciwa_line(ciwa_b_score(_so_far(entry, scale), scale), scale)
    if last_total := last_score(chart, scale):
        line += f" · {show.plain_text(last_total.in_words(chart))}"
    with st.expander(f"**{scale.short}** · {line}", expanded=True, key=f"ciwa-{entry.entry_id}"):
        st.markdown(f":small[{' '.join(scale.limits_of_use[:2])}]")
        columns = st.columns(2)
        half = (len(scale.items) + 1) // 2
        for index, item in enumerate(scale.items):
            with columns[0 if index < half else 1]:
                if isinstance(item, ScoreItem):
                    _scored(entry, item, last, chart)
                elif isinstance(item, NumberItem):
                    _number(entry, item, last, chart)


def _so_far(entry: EntryForm, scale: Scale) -> CiwaB:
    scores = {item.id: entry.value(f"ciwa_b.{item.id}") for item in scale.scored_items}
    return CiwaB.of_scores({name: score for name, score in scores.items() if score is not None})


def _label(number: str, text: str, name: str, last: dict[str, LastValue], chart: Chart) -> str:
    found = last.get(name)
    return f"**{number}** {text}" + (f" :small[· {show.plain_text(found.in_words(chart))}]" if found else "")


def _scored(entry: EntryForm, item: ScoreItem, last: dict[str, LastValue], chart: Chart) -> None:
    name = f"ciwa_b.{item.id}"
    turned = " (scores: the printed form counts the other way)" if item.reversed else ""
    words = {
        score: f"{score} {item.anchors.get(str(score), '')}".strip() for score in range(item.lowest, item.highest + 1)
    }
    st.segmented_control(
        _label(item.id, f"{item.label}{turned}", name, last, chart),
        format_func=words.__getitem__,
        wrap=True,
        **entry.chosen(name, list(words)),
    )


def _number(entry: EntryForm, item: NumberItem, last: dict[str, LastValue], chart: Chart) -> None:
    name = f"ciwa_b.{item.id}"
    st.text_input(_label(item.id, f"{item.label}, not scored", name, last, chart), max_chars=6, **entry.text(name))
