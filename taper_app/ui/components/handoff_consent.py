"""Consent on the Handoff page: what stands, revoking it, recording one with every element."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.handoff.entries import ConsentScope
from taper_app.clinical.handoff.kept import KeptConsent
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import entry_id_of, next_entry, open_entry
from taper_app.ui.components.handoff_fields import moment, moment_values, submit, text
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.consent import record_consent, revoke_consent
from taper_app.use_cases.handoff_view import HandoffView, open_summary
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_TPO_PURPOSE = "treatment, payment and health care operations"


@st.fragment
def consent(episode_id: EpisodeId) -> None:
    """The newest consent on top; a patient may revoke it at any time, after release too."""
    at = current.here()
    with show.refusals():
        view = open_summary(at.app, at.actor, episode_id, audited=False)
        st.subheader("Consent to hand the summary over", anchor=False)
        if not view.chart.unit.part2_program:
            st.info("This unit is no Part 2 programme: a consent is recorded when the patient gives one.")
        may = grant_of(UseCase.RECORD_CONSENT, at.actor.role) is not Grant.NO
        if view.kept.consent is None:
            st.warning("No consent is recorded: the summary cannot be handed over.")
        else:
            _standing(at, view, view.kept.consent, may=may)
        if may and not view.is_released:
            _form(at, view)


def _standing(at: Here, view: HandoffView, kept: KeptConsent, *, may: bool) -> None:
    zone, body = view.chart.unit.zone, kept.body
    signed = moment_text(body.signed_at, zone) if body.signed_at else "no date"
    with st.container(border=True, key=f"consent-{kept.id}"):
        if kept.revoked_at is not None:
            st.error(f"REVOKED {show.plain_text(moment_text(kept.revoked_at, zone))}: nothing more is handed over.")
        st.markdown(
            show.plain_text(
                f"{body.scope.in_words.capitalize()}. Covers {body.covers}; to {body.recipients}; for {body.purpose}; "
                f"ends {body.ends}. Signed by {body.signed_by}, {signed}; recorded by {kept.record.author.signature}."
            )
        )
        if may and kept.revoked_at is None:
            _revoke(at, view, kept)


def _revoke(at: Here, view: HandoffView, kept: KeptConsent) -> None:
    with st.popover("Revoke this consent"):
        how = st.text_input("How the patient revoked it", key=f"revoke-how-{kept.id}", max_chars=400)
        if st.button("Revoke", key=f"revoke-{kept.id}"):
            revoke_consent(at.app, at.actor, view.chart.episode_id, kept.id, entry_id=f"{kept.id}-revoked", how=how)
            show.done_after_rerun("The consent is revoked; nothing more is handed over under it.")
            st.rerun()


def _form(at: Here, view: HandoffView) -> None:
    episode_id, form = view.chart.episode_id, "handoff-consent"
    start: dict[str, Any] = {
        "scope": ConsentScope.SINGLE_TPO.value,
        "covers": "the handoff summary of this stay",
        "recipients": "my treating providers, health plans, payers and those who help to run this programme",
        "purpose": _TPO_PURPOSE,
        "ends": "at the end of treatment",
        **moment_values("signed_at", view.chart.now, view.chart.zone),
    }
    entry = open_entry(at, UseCase.RECORD_CONSENT, form, episode_id, start)
    entry_id_of(form, episode_id)
    st.markdown("**Record a consent**")
    scope = st.segmented_control(
        "Scope",
        format_func=lambda value: ConsentScope(value).in_words,
        **entry.chosen("scope", [found.value for found in ConsentScope]),
    )
    covers = text(entry, "covers", "What may be handed over", most=400)
    recipients = text(entry, "recipients", "To whom (names with commas for a specific consent)", most=400)
    purpose = text(entry, "purpose", "For what purpose")
    ends = text(entry, "ends", "When it ends")
    ends_on = text(entry, "ends_on", "Last day, if there is one", placeholder="2027-12-31", most=10)
    signed_by = text(entry, "signed_by", "Signed by", placeholder="the patient", most=120)
    signed_at = moment(entry, "signed_at", "Signed", view.chart.unit.zone)
    revoke = st.checkbox("The right to revoke, and how, was explained", **entry.ticked("right_to_revoke_explained"))
    again = st.checkbox(
        "It was explained that recipients may redisclose under HIPAA, but not in proceedings against the patient",
        **entry.ticked("redisclosure_explained"),
    )
    written: dict[str, Any] = {
        "scope": scope or "",
        "covers": covers,
        "recipients": recipients,
        "purpose": purpose,
        "ends": ends,
        "ends_on": ends_on or None,
        "signed_by": signed_by,
        "signed_at": signed_at or None,
        "right_to_revoke_explained": revoke,
        "redisclosure_explained": again,
    }

    def work() -> None:
        record_consent(at.app, at.actor, episode_id, written, entry_id=entry.entry_id)
        next_entry(form, episode_id)

    submit(entry, "Record the consent", work, "The consent is recorded.")
    entry.saved_line(view.chart.unit.zone)
