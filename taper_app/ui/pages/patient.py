"""Patient: what a ward keeps up beside the bedside. Weight, allergies, bed and unit, entries and records mixed up."""

from __future__ import annotations

from taper_app.ui import current
from taper_app.ui.components import (
    frame,
    patient_allergies,
    patient_merge,
    patient_place,
    patient_strike,
    patient_weight,
    show,
)

at = current.here()
frame.top(at, "Patient")
with show.refusals():
    chart = current.chart_or_stop(at)
    frame.patient_banner(chart)
    patient_allergies.allergies(chart.episode_id)
    patient_weight.weight(chart.episode_id)
    patient_place.place(chart.episode_id)
    patient_strike.wrong_patient(chart.episode_id)
    patient_merge.duplicate(chart.episode_id)
frame.bottom(at.app.protocols)
