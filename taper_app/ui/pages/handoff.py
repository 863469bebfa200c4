"""Handoff: what is missing before release, what was arranged, consent, the summary, and the release itself."""

from __future__ import annotations

from taper_app.ui import current
from taper_app.ui.components import (
    frame,
    handoff_arrange,
    handoff_consent,
    handoff_head,
    handoff_release,
    handoff_summary,
    show,
)

at = current.here()
frame.top(at, "Handoff")
with show.refusals():
    view = current.handoff_or_none(at)
    if view is None:
        handoff_head.choose_patient(at)
    else:
        frame.patient_banner(view.chart)
        handoff_head.progress(view)
        handoff_head.bridging(view.chart.episode_id)
        match handoff_head.chosen_step(view.chart.episode_id):
            case handoff_head.Step.ARRANGE:
                handoff_arrange.arrange(view)
            case handoff_head.Step.CONSENT:
                handoff_consent.consent(view.chart.episode_id)
            case handoff_head.Step.SUMMARY:
                handoff_summary.summary(view.chart.episode_id)
            case handoff_head.Step.RELEASE:
                handoff_release.release(view.chart.episode_id)
        handoff_head.another_patient(view.chart.episode_id)
frame.bottom(at.app.protocols)
