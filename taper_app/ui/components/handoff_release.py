"""Release on the Handoff page: the veto with its conditions, the ordinary release, and leaving against advice."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.handoff.veto import Condition, ConditionState, Veto
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import entry_id_of, next_entry, open_entry
from taper_app.ui.components.handoff_fields import answer, evidence_sign, legend, submit, text
from taper_app.ui.components.handoff_supply import supply_fields
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.handoff_view import HandoffView, open_summary
from taper_app.use_cases.release import clear_release_veto, release_patient
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_MARKS = {ConditionState.MET: "✓", ConditionState.NOT_MET: "■", ConditionState.DOES_NOT_APPLY: "–"}


@st.fragment
def release(episode_id: EpisodeId) -> None:
    """The veto first, because nothing else matters while it stands."""
    at = current.here()
    with show.refusals():
        view = open_summary(at.app, at.actor, episode_id, audited=False)
        if view.gate.veto.events:
            _veto(at, view, view.gate.veto)
        if view.is_released:
            return
        if grant_of(UseCase.RELEASE_PATIENT, at.actor.role) is not Grant.SIGN:
            st.info("A physician releases the patient.")
            return
        _release(at, view)
        _against_advice(at, view)


def _veto(at: Here, view: HandoffView, veto: Veto) -> None:
    zone = view.chart.unit.zone
    with st.container(border=True, key=f"veto-{view.chart.episode_id}"):
        st.subheader("Release veto", anchor=False)
        for event in veto.events:
            st.markdown(show.plain_text(f"{moment_text(event.at, zone)}: {event.what}"))
        if veto.clearance is not None:
            record, body = veto.clearance
            when = moment_text(record.happened_at, zone)
            st.success(show.plain_text(f"Cleared by {veto.cleared_by}, {when}: {body.reason}"))
            return
        if view.is_released:
            st.warning("The veto stood when the patient left: nobody had cleared it.")
            return
        st.error("The veto stands: no release until a physician clears it by name.")
        st.markdown("\n".join(f"- {_condition(condition)}" for condition in veto.conditions))
        legend(condition.evidence_mark for condition in veto.conditions)
        if grant_of(UseCase.CLEAR_RELEASE_VETO, at.actor.role) is Grant.SIGN:
            _clear(at, view)


def _condition(condition: Condition) -> str:
    said = f"{condition.text}: {condition.state.value}. {condition.why}"
    return f"**{_MARKS[condition.state]}** {show.plain_text(said)}{evidence_sign(condition.evidence_mark)}"


def _clear(at: Here, view: HandoffView) -> None:
    entry = open_entry(at, UseCase.CLEAR_RELEASE_VETO, "handoff-veto", view.chart.episode_id)
    reason = text(entry, "reason", "Why the patient may be released", most=1000)

    def work() -> None:
        clear_release_veto(at.app, at.actor, view.chart.episode_id, reason, entry_id=entry.entry_id)

    submit(entry, "Clear the veto", work, f"The veto is cleared by {at.actor.signature}.")


def _release(at: Here, view: HandoffView) -> None:
    form, episode_id = "handoff-release", view.chart.episode_id
    gate = view.gate
    st.subheader("Release", anchor=False)
    if not gate.is_open:
        st.markdown("Not yet: what keeps the release back stands on top of this page.")
    else:
        st.markdown("Everything that a release needs is there. Releasing closes the episode.")
    if st.button("Release the patient", type="primary", key=f"{form}-{episode_id}", disabled=not gate.is_open):
        with show.refusals():
            release_patient(at.app, at.actor, episode_id, entry_id=entry_id_of(form, episode_id))
            next_entry(form, episode_id)
            show.done_after_rerun("The patient is released; the episode can only be read now.")
            st.rerun()


def _against_advice(at: Here, view: HandoffView) -> None:
    """Its own path: risk talk, supply, naloxone, written plan, prescriber called. Nothing keeps the patient."""
    with st.expander("The patient leaves against advice"):
        st.markdown(
            "Nothing on this page keeps a patient who wants to leave. **Nobody leaves without tablets**: a minimum "
            "bridging supply, naloxone, the bridging sheet and a call to the prescriber."
        )
        entry = open_entry(at, UseCase.RELEASE_PATIENT, "handoff-against-advice", view.chart.episode_id)
        goes_to = text(entry, "goes_to", "Goes to, if told")
        said: dict[str, Any] = {
            "reason_given": text(entry, "reason_given", "Reason that the patient gives", most=400),
            "risks_talked_over": answer(entry, "risks_talked_over", "Risks talked over"),
            "written_plan": answer(entry, "written_plan", "Written plan (bridging sheet or summary) handed over"),
            "naloxone": answer(entry, "naloxone", "Naloxone handed over"),
            "prescriber_called": answer(entry, "prescriber_called", "Prescriber called"),
        }
        days = text(entry, "days", "Days of bridging supply handed over", placeholder="5", most=2)
        said["supply"] = supply_fields(at, view, entry, days)

        def work() -> None:
            release_patient(
                at.app,
                at.actor,
                view.chart.episode_id,
                entry_id=entry.entry_id,
                against_advice=said,
                disposition=goes_to,
            )

        submit(entry, "Record that the patient leaves", work, "Recorded; the episode can only be read now.")
