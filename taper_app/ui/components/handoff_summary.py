"""The summary on the Handoff page: as it would read now, drafted, signed, handed over as a PDF."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.handoff.consent import RecipientKind
from taper_app.clinical.handoff.kept import KeptSummary
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import entry_id_of, next_entry
from taper_app.ui.components.handoff_fields import offer_file
from taper_app.ui.components.handoff_preview import preview
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.hand_over import draft_summary, export_summary, sign_summary
from taper_app.use_cases.handoff_view import HandoffView, open_summary
from taper_app.use_cases.rights import Grant, UseCase, grant_of


@st.fragment
def summary(episode_id: EpisodeId) -> None:
    """What stands, the one next thing to do, then the preview."""
    at = current.here()
    with show.refusals():
        view = open_summary(at.app, at.actor, episode_id, audited=False)
        signed, draft = view.kept.signed_summary, view.kept.draft
        st.subheader("Summary", anchor=False)
        st.markdown(_state(view, signed, draft))
        if draft is not None and not view.is_released:
            _sign(at, view, draft)
        if signed is not None:
            _export(at, view)
        if not view.is_released:
            _draft(at, view)
        shown = draft or signed
        if shown is not None:
            st.markdown(f"**Version {shown.summary.version} as it was written**")
        else:
            st.markdown("**As it would read now** (nothing is stored yet)")
        preview(shown.summary if shown else view.composed)


def _state(view: HandoffView, signed: KeptSummary | None, draft: KeptSummary | None) -> str:
    lines = []
    zone = view.chart.unit.zone
    if signed is not None and signed.summary.signature is not None:
        by = signed.summary.signature
        said = f"Version {signed.summary.version} signed by {by.by.signature}, {moment_text(by.at, zone)}"
        lines.append(f"- ✓ {show.plain_text(said)}")
    if draft is not None:
        said = f"Version {draft.summary.version}, draft of {moment_text(draft.record.recorded_at, zone)}: not signed"
        lines.append(f"- ○ {show.plain_text(said)}")
    return "\n".join(lines) or "No summary is written yet."


def _draft(at: Here, view: HandoffView) -> None:
    if grant_of(UseCase.DRAFT_SUMMARY, at.actor.role) is Grant.NO:
        return
    form, episode_id = "handoff-draft", view.chart.episode_id
    changed = ""
    with st.container(border=True, key=f"{form}-box-{episode_id}"):
        if view.kept.signed_summary is not None:
            changed = st.text_input(
                "What changed since the signed version", key=f"{form}-what-{episode_id}", max_chars=400
            )
        st.markdown("A draft takes everything from the record as it stands now; missing topics are listed on top.")
        if st.button("Write a draft", key=f"{form}-{episode_id}"):
            with show.refusals():
                entry_id = entry_id_of(form, episode_id)
                draft_summary(at.app, at.actor, episode_id, entry_id=entry_id, what_changed=changed)
                next_entry(form, episode_id)
                show.done_after_rerun("The draft is written: read it, then a physician signs it.")
                st.rerun()


def _sign(at: Here, view: HandoffView, draft: KeptSummary) -> None:
    if grant_of(UseCase.SIGN_SUMMARY, at.actor.role) is not Grant.SIGN:
        st.info("A physician reads and signs it.")
        return
    if st.button("Sign summary", type="primary", key=f"sign-summary-{draft.record.id}"):
        with show.refusals():
            sign_summary(at.app, at.actor, view.chart.episode_id, draft.record.id, entry_id=f"{draft.record.id}-signed")
            show.done_after_rerun(f"Version {draft.summary.version} is signed by {at.actor.signature}.")
            st.rerun()


def _export(at: Here, view: HandoffView) -> None:
    """To whom, of which kind: the consent is held against both before anything leaves."""
    if grant_of(UseCase.EXPORT_SUMMARY, at.actor.role) is not Grant.CONSENT:
        st.info("The discharge planner or a physician hands the summary over.")
        return
    episode_id = view.chart.episode_id
    with st.container(border=True, key=f"export-box-{episode_id}"):
        kind = st.selectbox(
            "Recipient",
            [found.value for found in RecipientKind],
            format_func=str.capitalize,
            key=f"export-kind-{episode_id}",
        )
        recipient = st.text_input(
            "Name of the recipient (empty: those that the consent names)",
            key=f"export-to-{episode_id}",
            max_chars=200,
        )
        if st.button("Make PDF", key=f"export-{episode_id}"):
            with show.refusals():
                made = export_summary(
                    at.app,
                    at.actor,
                    episode_id,
                    recipient=recipient,
                    recipient_kind=RecipientKind(kind or RecipientKind.TREATING),
                )
                offer_file(at, made)
