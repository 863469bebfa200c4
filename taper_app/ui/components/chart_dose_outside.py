"""A dose outside the plan: emergency, admission, transfer; always chartable, with who ordered it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.charting.doses import DosePurpose, DoseStatus, Route
from taper_app.clinical.quantities import mg_of, mg_text
from taper_app.clinical.records import EpisodeId
from taper_app.ui.components import chart_result, show
from taper_app.ui.components.chart_entry import EntryForm, next_entry, open_entry
from taper_app.ui.components.chart_pieces import made_from
from taper_app.ui.components.chart_values import clock_moment
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.dose_entry import NotFromThePlan
from taper_app.use_cases.drafts import drop_draft, open_draft, save_draft
from taper_app.use_cases.give_dose import DoseCharted, chart_dose
from taper_app.use_cases.rights import UseCase

OUTSIDE_FORM = "dose-outside-plan"
_PURPOSES = {
    DosePurpose.EMERGENCY.value: "Emergency",
    DosePurpose.ADMISSION.value: "Admission",
    DosePurpose.TRANSFER.value: "Transfer",
}
_FIELDS = ("purpose", "medicine", "mg", "route", "ordered_by", "reason")


def outside_plan(at: Here, chart: Chart) -> None:
    """The form, folded away unless something was offered here or is half written."""
    offered = str(st.session_state.get(_flag(chart.episode_id), ""))
    with show.refusals():
        entry = open_entry(at, UseCase.CHART_DOSE, OUTSIDE_FORM, chart.episode_id)
        with st.expander("Dose outside the plan", expanded=bool(offered) or entry.was_saved):
            if offered:
                st.warning(show.plain_text(offered))
            with show.refusals():
                _form(at, chart, entry)


def offer_outside_plan(at: Here, chart: Chart, refused: NotFromThePlan, clock: str) -> None:
    """What was written of a dose that no signed plan covers stands in this form from the next run on."""
    known = open_draft(at.app, at.actor, UseCase.CHART_DOSE, chart.episode_id, OUTSIDE_FORM)
    drop_draft(at.app, at.actor, known)
    next_entry(OUTSIDE_FORM, chart.episode_id)
    fresh = open_entry(at, UseCase.CHART_DOSE, OUTSIDE_FORM, chart.episode_id)
    written = {**known.body, **{name: value for name, value in refused.offered.items() if value}, "when": clock}
    save_draft(at.app, at.actor, UseCase.CHART_DOSE, fresh.draft, written)
    st.session_state[_flag(chart.episode_id)] = f"{refused} {refused.next_step}"


def _flag(episode_id: EpisodeId) -> str:
    return f"offered_outside_plan|{episode_id}"


def _form(at: Here, chart: Chart, entry: EntryForm) -> None:
    st.segmented_control("Why", format_func=_PURPOSES.__getitem__, **entry.chosen("purpose", list(_PURPOSES)))
    left, right = st.columns(2)
    left.text_input("Medicine", max_chars=80, **entry.text("medicine"))
    right.text_input("Dose in mg, such as 0.5", max_chars=12, **entry.text("mg"))
    routes = [route.value for route in Route]
    left.selectbox("Route", placeholder="Choose the route", **entry.listed("route", routes))
    right.text_input("Ordered by", max_chars=120, **entry.text("ordered_by"))
    left.text_input("Given at, such as 14:05 (blank: now)", max_chars=5, **entry.text("when"))
    right.text_input("For what (may stay blank)", max_chars=400, **entry.text("reason"))
    pieces = _made_of(at, entry)
    entry.saved_line(chart.unit.zone)
    _read_back(chart, entry.values())
    if st.button("Save dose outside the plan", key=f"save-{entry.entry_id}", type="primary", width="stretch"):
        _save(at, chart, entry, pieces)


def _made_of(at: Here, entry: EntryForm) -> list[dict[str, Any]] | None:
    values = entry.values()
    known = at.app.protocols.medicine_named(str(values.get("medicine") or ""))
    if known is None or values.get("route") != Route.MOUTH.value:
        return None
    return made_from(entry, at.app.protocols, known.id, str(values.get("mg") or ""))


def _save(at: Here, chart: Chart, entry: EntryForm, pieces: list[dict[str, Any]] | None) -> None:
    values = entry.values()
    dose = {name: values.get(name) or "" for name in _FIELDS}
    happened_at = clock_moment(str(values.get("when") or ""), chart)
    kept = chart_dose(
        at.app,
        at.actor,
        chart.episode_id,
        dose | {"status": DoseStatus.GIVEN, "pieces": pieces},
        entry_id=entry.entry_id,
        happened_at=happened_at,
    )
    entry.finished()
    st.session_state.pop(_flag(chart.episode_id), None)
    given = f"{kept.body.medicine} {mg_text(mg_of(kept.body.tenth_mcg))} {kept.body.route.value}"
    after_charting(
        chart.episode_id,
        kept,
        f"The dose outside the plan was charted for {chart.patient.label}: {given}. Not so? Correct the entry.",
    )


def after_charting(episode_id: EpisodeId, kept: DoseCharted, done: str) -> None:
    """What the rules say of it stands in front of the next run, and what was done."""
    if kept.judged:
        chart_result.show_after_rerun(episode_id, kept.judged.record_id)
    show.done_after_rerun(done)
    st.rerun()


def _read_back(chart: Chart, values: dict[str, Any]) -> None:
    """What is about to be charted, and for whom, in words: a slip of the point is seen before it is kept."""
    mg, medicine = str(values.get("mg") or "").strip(), str(values.get("medicine") or "").strip()
    if mg and medicine:
        said = f"{medicine} {mg} mg {values.get('route') or ''}".strip()
        st.markdown(
            f"Read back before saving: **{show.plain_text(said)}** for **{show.plain_text(chart.patient.label)}**"
        )
