"""Correcting one's own dose entry: what became of it, or what was written wrongly, and why."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.charting.doses import ChartedDose, DosePurpose, DoseStatus
from taper_app.clinical.quantities import mg_of, plain
from taper_app.clinical.records import EpisodeId, RecordId
from taper_app.ui.components import chart_result, show
from taper_app.ui.components.chart_entry import entry_id_of, next_entry
from taper_app.ui.components.chart_values import clock_moment
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.give_dose import chart_dose

_STATUSES = {
    DoseStatus.GIVEN: "Given",
    DoseStatus.WITHHELD: "Withheld",
    DoseStatus.REFUSED: "Refused",
    DoseStatus.MISSED: "Missed",
    DoseStatus.PARTLY_GIVEN: "Partly given",
}

_BY_ORDER = "Ordered by (needed when the check allowed the dose)"


def begin_dose_correction(episode_id: EpisodeId, record_id: RecordId) -> None:
    """The entry's line opens for correcting from the next run on."""
    st.session_state[_flag(episode_id)] = record_id


def dose_correction(at: Here, chart: Chart, dose: ChartedDose) -> None:
    """The fields below the line that is being corrected; nothing for any other."""
    if st.session_state.get(_flag(chart.episode_id)) != dose.record.id:
        return
    form = f"correct-dose-{dose.record.id}"
    tail = f"{chart.episode_id}|{entry_id_of(form, chart.episode_id)}"
    with st.container(border=True):
        st.markdown("The entry stays readable; this one takes its place.")
        is_typed = dose.body.purpose is not DosePurpose.PLANNED and dose.body.order is None
        written = _outside(dose, form, tail) if is_typed else {}
        status = st.pills(
            "What became of it",
            list(_STATUSES),
            format_func=_STATUSES.__getitem__,
            default=dose.body.status if dose.body.status in _STATUSES else None,
            key=f"{form}|status|{tail}",
        )
        if status is DoseStatus.PARTLY_GIVEN and not written:
            written = {"mg": st.text_input("How many mg were taken", key=f"{form}|part|{tail}", max_chars=12)}
        if status is DoseStatus.WITHHELD and not written:
            written = {"ordered_by": st.text_input(_BY_ORDER, key=f"{form}|ordered_by|{tail}", max_chars=120)}
        local = dose.at.astimezone(chart.zone)
        clock = st.text_input("At", value=f"{local:%H:%M}", key=f"{form}|when|{tail}", max_chars=5)
        reason = st.text_input("Why is it corrected", key=f"{form}|reason|{tail}", max_chars=400)
        if st.button("Save correction", key=f"save-{form}", type="primary"):
            entered = {**_as_charted(chart, dose), "status": status, **written, "reason": reason}
            unchanged = clock.strip() == f"{local:%H:%M}"
            _submit(at, chart, dose, entered, form, "" if unchanged else clock)
        st.button("Leave it as it was", key=f"leave-{form}", on_click=_end, args=(chart.episode_id,))


def _as_charted(chart: Chart, dose: ChartedDose) -> dict[str, Any]:
    """The entry as it stands; of a planned dose the planned amount, whatever part of it was charted."""
    body = dose.body
    mg = plain(mg_of(body.tenth_mcg))
    if body.planned_for is not None:
        day = body.planned_for.astimezone(chart.zone).date()
        due = next((due for due in chart.planned_between(day, day) if due.charted == dose), None)
        mg = plain(due.dose.mg) if due else mg
    return {
        "purpose": body.purpose,
        "medicine": body.medicine,
        "mg": mg,
        "route": body.route,
        "planned_for": body.planned_for,
        "ordered_by": body.ordered_by,
        "order": body.order,
        "repeats": body.repeats,
    }


def _outside(dose: ChartedDose, form: str, tail: str) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    mg = plain(mg_of(dose.body.tenth_mcg))
    return {
        "medicine": left.text_input("Medicine", value=dose.body.medicine, key=f"{form}|medicine|{tail}", max_chars=80),
        "mg": middle.text_input("Dose in mg", value=mg, key=f"{form}|mg|{tail}", max_chars=12),
        "ordered_by": right.text_input(
            "Ordered by", value=dose.body.ordered_by, key=f"{form}|ordered_by|{tail}", max_chars=120
        ),
    }


def _submit(at: Here, chart: Chart, dose: ChartedDose, entered: dict[str, Any], form: str, clock: str) -> None:
    with show.refusals():
        day = dose.at.astimezone(chart.zone).date().isoformat()
        happened_at = clock_moment(clock, chart, day_text=day) if clock else dose.at
        kept = chart_dose(
            at.app,
            at.actor,
            chart.episode_id,
            entered,
            entry_id=entry_id_of(form, chart.episode_id),
            happened_at=happened_at,
            corrects=dose.record.id,
        )
        next_entry(form, chart.episode_id)
        _end(chart.episode_id)
        if kept.judged:
            chart_result.show_after_rerun(chart.episode_id, kept.judged.record_id)
        show.done_after_rerun("The dose entry was corrected.")
        st.rerun()


def _end(episode_id: EpisodeId) -> None:
    st.session_state.pop(_flag(episode_id), None)


def _flag(episode_id: EpisodeId) -> str:
    return f"correcting_dose|{episode_id}"
