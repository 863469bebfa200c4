"""The further scales of the set form: each folded away under its name, with what is known so far and the last score.

A scale that ships switched off, and that this site has not switched on, is named and not offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from taper_app.clinical.charting.screens import YES, is_asked
from taper_app.clinical.charting.set_scales import score_of
from taper_app.clinical.protocol.scales import AnswerItem, ChoiceItem, Scale, ScoreItem
from taper_app.clinical.records import RecordId
from taper_app.export.dates import date_text
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm
from taper_app.ui.components.chart_scale_values import CSSRS_REFUSED, answers_typed, name_in_form
from taper_app.ui.components.chart_scale_words import last_score, not_again_before, so_far
from taper_app.ui.components.chart_values import ASQ_REFUSED, LastValue
from taper_app.ui.components.folded import folded
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart

SCALES_OF_FORM = ("poss", "four-at", "asq", "c-ssrs", "phq-9", "gad-7", "catatonia")
_REFUSALS = {"asq": ASQ_REFUSED, "c-ssrs": CSSRS_REFUSED}
_YES_NO = {"no": "No", "yes": "Yes"}
_CAUTIONS_SHOWN = 2

Last = dict[str, LastValue]


def further_scales(at: Here, entry: EntryForm, last: Last, chart: Chart, corrected: RecordId | None) -> None:
    """Every scale of the form that is offered here, and the names of those that are not."""
    protocols = at.app.protocols
    for scale_id in SCALES_OF_FORM:
        if protocols.offers(scale_id):
            _scale(protocols.scales[scale_id], entry, last, chart, corrected)
    off = [protocols.scales[name].short for name in SCALES_OF_FORM if not protocols.offers(name)]
    if off:
        st.markdown(f":small[Switched off here, because a permission is missing: {', '.join(off)} (see Protocols).]")


def _scale(scale: Scale, entry: EntryForm, last: Last, chart: Chart, corrected: RecordId | None) -> None:
    heading = _heading(scale, entry, chart, corrected)
    with folded(heading, key=f"scale-{scale.id}-{entry.entry_id}") as is_drawn:
        if not is_drawn:
            return
        st.markdown(f":small[{show.plain_text(' '.join(scale.limits_of_use[:_CAUTIONS_SHOWN]))}]")
        again_on = not_again_before(chart, scale, corrected)
        if again_on and not answers_typed(scale, entry.values()):
            st.markdown(f"Asked within the week: at most weekly, again from {date_text(again_on)}.")
            return
        for item in scale.items:
            _item(scale, item, entry, last, chart)
        if scale.id in _REFUSALS:
            counts = scale.outcomes.refused if scale.outcomes else None
            meaning = f"counts as {counts}" if counts else "no answer: ask again"
            st.checkbox(f"The patient refused the questions ({meaning})", **entry.ticked(_REFUSALS[scale.id]))


def _heading(scale: Scale, entry: EntryForm, chart: Chart, corrected: RecordId | None) -> str:
    """``**4AT** · 2 of 4 done: 0 to 6 · last 0, unlikely at 10:00``."""
    values = entry.values()
    refused = values.get(_REFUSALS.get(scale.id, ""))
    parts = [f"**{scale.short}**"]
    if refused:
        parts.append("refused")
    elif scale.items_of_total or scale.outcomes:
        parts.append(so_far(scale, score_of(scale, answers_typed(scale, values))))
    if found := last_score(chart, scale, corrected):
        parts.append(show.plain_text(found.in_words(chart)))
    return " · ".join(parts)


def _item(scale: Scale, item: object, entry: EntryForm, last: Last, chart: Chart) -> None:
    if isinstance(item, ChoiceItem):
        words = {choice.value: f"{choice.words} ({choice.score})" for choice in item.choices}
        _segments(scale, item, words, entry, last, chart)
    elif isinstance(item, ScoreItem):
        if item.counted:
            st.markdown(f"Look for all of them: {show.plain_text('; '.join(item.counted))}.")
        scores = range(item.lowest, item.highest + 1)
        numbers = {score: f"{score} {item.anchors.get(str(score), '')}".strip() for score in scores}
        _segments(scale, item, numbers, entry, last, chart)
    elif isinstance(item, AnswerItem):
        _question(scale, item, entry, last, chart)


def _question(scale: Scale, item: AnswerItem, entry: EntryForm, last: Last, chart: Chart) -> None:
    """A question that follows a yes is shown after it; a yes that was given to it stays in view."""
    answers = answers_typed(scale, entry.values())
    if not is_asked(item, answers):
        if answers.get(item.id) != YES:
            return
        earlier = " or ".join(scale.item(name).label.lower() for name in item.asked_after_yes)
        st.warning(f"Asked only after a yes ({earlier}): correct that answer, or take this one out.")
    named = {answer: f"{answer} {words}" for answer, words in item.answers.items()}
    _segments(scale, item, _YES_NO if item.answers.keys() == _YES_NO.keys() else named, entry, last, chart)


def _segments(
    scale: Scale,
    item: ChoiceItem | ScoreItem | AnswerItem,
    words: Mapping[Any, str],
    entry: EntryForm,
    last: Last,
    chart: Chart,
) -> None:
    name = name_in_form(scale.id, item.id)
    label = f"{item.label}, {item.looks_back}" if item.looks_back and scale.outcomes else item.label
    if found := last.get(name):
        said = _last_in_words(found.value, words)
        label += f" :small[· {show.plain_text(found.in_words(chart, said))}]"
    st.segmented_control(label, format_func=words.__getitem__, wrap=True, **entry.chosen(name, list(words)))


def _last_in_words(value: object, words: Mapping[Any, str]) -> str:
    """A number as it is, an answer in its words."""
    return str(value) if isinstance(value, int) else words.get(value, str(value))
