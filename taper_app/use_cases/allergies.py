"""Keeping the list of allergies up: each change is a new record that restates it; the first one stays readable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from taper_app.clinical.charting.allergies import (
    NOTHING_KNOWN,
    AllergiesBody,
    AllergyStatus,
    allergies_of,
    joined,
    missing_from,
)
from taper_app.clinical.charting.struck import counting
from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId, PatientId, RecordId, RecordKind
from taper_app.store.interface import Reading, Writing
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import read_chart
from taper_app.use_cases.context import App, change, opened, record
from taper_app.use_cases.observe import SHORTEST_REASON
from taper_app.use_cases.rights import UseCase


def record_allergies(
    app: App, actor: Actor, episode_id: EpisodeId, written: Mapping[str, Any], *, entry_id: str
) -> RecordId:
    """Keep the whole list as it stands now. The same ``entry_id`` again adds nothing.

    ``written`` is an ``AllergiesBody``. What was listed before and is left out asks for a ``reason``. Raises
    InputRefused with every fault, NotAllowed, StateConflict.
    """

    def work(writing: Writing) -> RecordId:
        episode = opened(writing, actor, UseCase.RECORD_CURRENT_USE, episode_id)
        chart = read_chart(writing, episode, app.clock())
        if any(known.id == entry_id for known in chart.records):
            return RecordId(entry_id)
        body = _parsed(written)
        _require_reason_for_leaving_out(body, chart.allergies)
        kept = record(app, actor, episode_id, RecordKind.ALLERGIES, body, record_id=entry_id)
        writing.add_record(kept)
        refresh_latest(writing, episode, app.clock())
        return kept.id

    return change(app, actor, UseCase.RECORD_CURRENT_USE, episode_id, work, detail="allergies")


def _parsed(written: Mapping[str, Any]) -> AllergiesBody:
    try:
        body = AllergiesBody.model_validate(dict(written))
    except ValidationError as error:
        raise InputRefused(faults_of(error, written)) from None
    if body.status is AllergyStatus.NOT_ASSESSED:
        raise InputRefused([Fault("status", "Choose what was found: none known, or which allergies.")])
    return body


def _require_reason_for_leaving_out(new: AllergiesBody, old: AllergiesBody) -> None:
    """An allergy does not go by itself: it was an error, or somebody tested it."""
    missing = missing_from(new, old)
    if missing and len(new.reason.strip()) < SHORTEST_REASON:
        sentence = f"No longer listed: {'; '.join(missing)}. Say why, or put it back on the list."
        raise InputRefused([Fault("reason", sentence)])


def known_of_earlier_stays(reading: Reading, patient_id: PatientId) -> AllergiesBody:
    """The list as it stood at the end of the patient's last stay that says something, as not asked anew."""
    patient = reading.patient(patient_id)
    if patient is None:
        return NOTHING_KNOWN
    for stay in reading.episodes_of(patient_id):
        kept = counting(reading.records(stay.id, {RecordKind.ALLERGIES, RecordKind.STRIKE}))
        known, said = allergies_of(patient, kept)
        if said is not None:
            return joined([known], asked=False)
    return joined([allergies_of(patient, ())[0]], asked=False)
