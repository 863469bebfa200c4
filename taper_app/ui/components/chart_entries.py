"""The entries of this stay, newest first, as short lines of text; one's own can be corrected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from taper_app.clinical.charting.doses import ChartedDose, DoseBody, DosePurpose
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.stay_scales import ScaleBody
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.records import EpisodeId, Record, RecordKind
from taper_app.export.plan_sheets import pieces_in_words
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_dose_correction import begin_dose_correction, dose_correction
from taper_app.ui.components.chart_order_lines import order_and_waste_lines
from taper_app.ui.components.chart_scale_words import charted_words
from taper_app.ui.components.chart_set_form import begin_correction
from taper_app.ui.components.chart_values import SYMPTOMS, event_words
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.times import moment_text
from taper_app.use_cases.chart import Chart, ChartedSet, open_chart
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_SHOWN_FIRST = 12
_LATE_FROM_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: its record, what it says, and the dose that it is about, if any."""

    record: Record
    text: str
    dose: ChartedDose | None = None
    may_be_corrected: bool = True


@st.fragment
def entries(episode_id: EpisodeId) -> None:
    """Who acts and what is charted are asked anew."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        lines = lines_of(chart, at.app.protocols)
        st.subheader("Entries of this stay", anchor=False)
        if not lines:
            st.markdown("Nothing is charted yet. Begin with the observation set above.")
            return
        show_all = len(lines) > _SHOWN_FIRST and st.toggle("Show all", key=f"all-entries-{episode_id}")
        may_correct = grant_of(UseCase.CORRECT_OWN_ENTRY, at.actor.role) is not Grant.NO
        for line in lines if show_all else lines[:_SHOWN_FIRST]:
            st.text(_head(chart, line.record) + line.text + _corrections(chart, line.record))
            is_own = line.record.author.user_id == at.actor.user_id
            if may_correct and line.may_be_corrected and is_own and chart.row.status == "open":
                _correct_button(episode_id, line)
                if line.dose:
                    dose_correction(at, chart, line.dose)


def lines_of(chart: Chart, protocols: Protocols) -> list[Line]:
    """Everything charted that stands, newest first."""
    found = _lines(chart, protocols)
    return sorted(found, key=lambda line: (line.record.happened_at, line.record.recorded_at), reverse=True)


def _correct_button(episode_id: EpisodeId, line: Line) -> None:
    if st.button("Correct", key=f"correct-{line.record.id}"):
        begin = begin_dose_correction if line.dose else begin_correction
        begin(episode_id, line.record.id)
        st.rerun()


def _lines(chart: Chart, protocols: Protocols) -> Iterator[Line]:
    for charted in chart.sets:
        text = _set_text(charted)
        if text:
            yield Line(charted.record, text)
    for record in chart.of_kind(RecordKind.SCALE):
        yield Line(record, record.body_as(ScaleBody).in_words, may_be_corrected=False)
    for dose in (*chart.doses, *chart.comfort_doses):
        yield Line(dose.record, _dose_text(dose, protocols), dose)
    for record, text in order_and_waste_lines(chart, protocols):
        yield Line(record, text, may_be_corrected=False)


def _head(chart: Chart, record: Record) -> str:
    zone = chart.unit.zone
    is_late = (record.recorded_at - record.happened_at).total_seconds() > _LATE_FROM_SECONDS
    late = f" (late entry, written {moment_text(record.recorded_at, zone)})" if is_late else ""
    return f"{moment_text(record.happened_at, zone)}{late} · {record.author.signature}\n"


def _set_text(charted: ChartedSet) -> str:
    """What was charted, in words; empty for a set that only counts doses, which has its own line."""
    observation = charted.observation
    parts = [*event_words(observation), *_vitals(observation), *_scales(charted), *_symptoms(observation)]
    if observation.not_done:
        parts.append(f"could not be done: {observation.not_done.reason}")
    if not parts:
        return ""
    level = int((charted.assessment or {}).get("level", 1))
    return f"{'; '.join(parts)} · {level_text(level)}"


def _vitals(observation: Observation) -> Iterator[str]:
    vitals = observation.vitals
    if vitals is None:
        return
    if vitals.respiratory_rate is not None:
        yield f"RR {vitals.respiratory_rate}"
    if vitals.spo2 is not None:
        air = "" if vitals.on_oxygen is None else " on oxygen" if vitals.on_oxygen else " on air"
        yield f"SpO2 {vitals.spo2} %{air}"
    if vitals.systolic is not None:
        yield f"BP {vitals.systolic}/{'not read' if vitals.diastolic is None else vitals.diastolic}"
    if vitals.pulse is not None:
        yield f"pulse {vitals.pulse}"
    if vitals.celsius is not None:
        yield f"{vitals.celsius} °C"
    if vitals.acvpu is not None:
        yield f"ACVPU {vitals.acvpu}"


def _scales(charted: ChartedSet) -> Iterator[str]:
    observation = charted.observation
    if observation.rass is not None:
        yield f"RASS {observation.rass:+d}" if observation.rass else "RASS 0"
    answer = Assessment.model_validate(charted.assessment) if charted.assessment else None
    if answer and answer.scores.news2.total is not None:
        yield f"NEWS2 {answer.scores.news2.total}"
    if answer and observation.ciwa_b and observation.ciwa_b.scores():
        score = answer.scores.ciwa_b
        yield f"CIWA-B {score.total}" if score.complete else f"CIWA-B at least {score.least}, at most {score.most}"
    yield from charted_words(observation, answer.scores if answer else None)


def _symptoms(observation: Observation) -> Iterator[str]:
    for name, value in observation.symptoms or ():
        if value is not None:
            yield f"{SYMPTOMS[name].lower()} {value} of 4"
    for name, answer in observation.signs or ():
        if answer == "yes":
            yield f"{name.replace('_', ' ')}: yes"


def _dose_text(dose: ChartedDose, protocols: Protocols) -> str:
    """What became of it, how late, of what it was made, by whose order and why."""
    body = dose.body
    if body.purpose is DosePurpose.COMFORT:
        planned = f", comfort medicine, ordered by {body.ordered_by}"
    else:
        planned = f", outside the plan ({body.purpose.in_words}), ordered by {body.ordered_by}"
    planned = "" if body.planned_for else planned
    if body.planned_for and body.ordered_by:
        planned = f", ordered by {body.ordered_by}"
    because = f": {body.reason}" if body.reason else ""
    late = f", {dose.minutes_after_its_time} min after its time" if dose.minutes_after_its_time else ""
    made_of = f", of {pieces_in_words(body.pieces, protocols)}" if body.pieces and body.was_taken else ""
    return f"Dose: {body.in_words}{late}, {body.route.value}{made_of}{planned}{because}"


def _corrections(chart: Chart, record: Record) -> str:
    """What this entry takes the place of, newest first, with the reason where one was given."""
    replaced = chart.history_of(record.id)
    if not replaced:
        return ""
    reason = str(record.body.get("correction_reason") or "")
    because = f", because: {reason}" if reason else ""
    earlier = "".join(f"\n   before: {_before(chart, old)}" for old in replaced)
    return f"\n   takes the place of an earlier entry{because}{earlier}"


def _before(chart: Chart, old: Record) -> str:
    written = moment_text(old.recorded_at, chart.unit.zone)
    if old.kind is RecordKind.DOSE:
        return f"{old.body_as(DoseBody).in_words} (written {written}, {old.author.signature})"
    if old.kind is RecordKind.SCALE:
        return f"{old.body_as(ScaleBody).in_words} (written {written}, {old.author.signature})"
    charted = ChartedSet(old, old.body_as(Observation), _assessment_of(chart, old))
    return f"{_set_text(charted)} (written {written}, {old.author.signature})"


def _assessment_of(chart: Chart, old: Record) -> dict[str, object] | None:
    return next(
        (
            record.body["answer"]
            for record in chart.records
            if record.kind is RecordKind.ASSESSMENT and record.body["observation"] == old.id
        ),
        None,
    )
