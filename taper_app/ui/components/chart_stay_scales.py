"""Scales that are asked once a stay (SDS): a form of their own, and one's own entry corrected in the same place."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.charting.scores import items_score
from taper_app.clinical.charting.stay_scales import ScaleBody, stay_scales
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.records import EpisodeId, Record, RecordKind
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.chart_scale_words import so_far
from taper_app.ui.components.folded import folded
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.chart_scale import chart_scale
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_ANSWER, _REFUSED, _REASON = "answer.", "refused", "reason"


@st.fragment
def scales_of_the_stay(episode_id: EpisodeId) -> None:
    """Each on its own. Who acts and what is charted are asked anew."""
    at = current.here()
    if grant_of(UseCase.CHART_OBSERVATION, at.actor.role) is Grant.NO:
        return
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        for scale in stay_scales(at.app.protocols.scales):
            if at.app.protocols.offers(scale.id):
                _scale(at, chart, scale)


def _scale(at: Here, chart: Chart, scale: Scale) -> None:
    charted = _charted(chart, scale)
    said = charted.body_as(ScaleBody).in_words if charted else "not asked yet"
    heading = f"Once a stay · **{scale.short}** · {said}"
    with folded(heading, key=f"stay-{scale.id}-{chart.episode_id}") as is_drawn:
        if not is_drawn:
            return
        st.markdown(f":small[{show.plain_text(f'{scale.about} {scale.limits_of_use[0]}')}]")
        if charted is None:
            _fields(at, chart, scale, None)
            return
        when = moment_text(charted.happened_at, chart.unit.zone)
        st.markdown(f"Charted {when} by {show.plain_text(charted.author.signature)}. It is asked once a stay.")
        if charted.author.user_id != at.actor.user_id:
            return
        if st.toggle("Correct this entry", key=f"correct-{charted.id}"):
            _fields(at, chart, scale, charted)


def _charted(chart: Chart, scale: Scale) -> Record | None:
    """The newest entry of the scale that stands."""
    found = [record for record in chart.of_kind(RecordKind.SCALE) if record.body_as(ScaleBody).scale == scale.id]
    return found[-1] if found else None


def _fields(at: Here, chart: Chart, scale: Scale, corrected: Record | None) -> None:
    """The questions, what they come to so far, and one submit."""
    form = f"scale-{scale.id}" + (f"-correcting-{corrected.id}" if corrected else "")
    start = _start(corrected.body_as(ScaleBody)) if corrected else {}
    entry = open_entry(at, UseCase.CHART_OBSERVATION, form, chart.episode_id, start)
    for item in scale.scored_items:
        words = {score: f"{score} {item.anchors.get(str(score), '')}".strip() for score in range(item.highest + 1)}
        chosen = entry.chosen(f"{_ANSWER}{item.id}", list(words))
        st.segmented_control(item.label, format_func=words.__getitem__, wrap=True, **chosen)
    st.checkbox("The patient refused the questions", **entry.ticked(_REFUSED))
    if corrected:
        st.text_input("Why is it corrected", max_chars=400, **entry.text(_REASON))
    st.markdown(f"So far: {so_far(scale, items_score(scale, _answers(entry, scale)))}")
    entry.saved_line(chart.unit.zone)
    if st.button(f"Save {scale.short}", type="primary", key=f"save-{entry.entry_id}"):
        _submit(at, chart, scale, entry, corrected)


def _start(body: ScaleBody) -> dict[str, Any]:
    return {f"{_ANSWER}{item}": answer for item, answer in body.answers.items()} | {_REFUSED: body.refused}


def _answers(entry: EntryForm, scale: Scale) -> dict[str, int]:
    given = {item.id: entry.value(f"{_ANSWER}{item.id}") for item in scale.scored_items}
    return {item: answer for item, answer in given.items() if answer is not None}


def _submit(at: Here, chart: Chart, scale: Scale, entry: EntryForm, corrected: Record | None) -> None:
    with show.refusals():
        charted = chart_scale(
            at.app,
            at.actor,
            chart.episode_id,
            scale.id,
            _answers(entry, scale),
            entry_id=entry.entry_id,
            happened_at=corrected.happened_at if corrected else chart.now,
            refused=bool(entry.value(_REFUSED)),
            corrects=corrected.id if corrected else None,
            reason=str(entry.value(_REASON) or ""),
        )
        entry.finished()
        show.done_after_rerun(f"Charted: {charted.in_words}.")
        st.rerun()
