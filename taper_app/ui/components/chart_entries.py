"""The entries of this stay, newest first, as short lines of text; one's own can be corrected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from taper_app.clinical.charting.bedside import ChartedEntry, entry_of
from taper_app.clinical.charting.bedside_history import SecondObservation
from taper_app.clinical.charting.body_weight import WeightBody, charted_weights
from taper_app.clinical.charting.doses import ChartedDose, DoseBody, DosePurpose
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.charting.stay_scales import ScaleBody
from taper_app.clinical.charting.struck import set_made_from
from taper_app.clinical.protocol.bedside_rules import BedsideRules
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.records import EpisodeId, Record, RecordKind
from taper_app.export.bedside_words import entry_words
from taper_app.export.plan_sheets import pieces_in_words
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_bedside import open_form
from taper_app.ui.components.chart_bedside_forms import LABS, WEIGHT, is_labs_alone
from taper_app.ui.components.chart_dose_correction import begin_dose_correction, dose_correction
from taper_app.ui.components.chart_order_lines import order_and_waste_lines
from taper_app.ui.components.chart_set_form import begin_correction
from taper_app.ui.components.chart_set_words import set_text
from taper_app.ui.components.entry_times import entry_times
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.patient_weight import begin_correction as begin_weight_correction
from taper_app.ui.components.times import moment_text
from taper_app.use_cases.chart import Chart, ChartedSet
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_SHOWN_FIRST = 12
_NOT_CORRECTED = "not corrected here"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: its record, what it says, the dose that it is about, and the bedside form that corrects it, if any."""

    record: Record
    text: str
    dose: ChartedDose | None = None
    may_be_corrected: bool = True
    form: str = ""


@st.fragment
def entries(episode_id: EpisodeId) -> None:
    """Who acts and what is charted are asked anew."""
    at = current.here()
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        rules = at.app.protocols.bedside
        lines = lines_of(chart, at.app.protocols)
        st.subheader("Entries of this stay", anchor=False)
        if not lines:
            st.markdown("Nothing is charted yet. Begin with the observation set above.")
            return
        show_all = len(lines) > _SHOWN_FIRST and st.toggle("Show all", key=f"all-entries-{episode_id}")
        may_correct = grant_of(UseCase.CORRECT_OWN_ENTRY, at.actor.role) is not Grant.NO
        for line in lines if show_all else lines[:_SHOWN_FIRST]:
            st.text(_head(chart, line.record) + line.text + _corrections(chart, line.record, rules))
            is_own = line.record.author.user_id == at.actor.user_id
            if may_correct and line.may_be_corrected and is_own and chart.row.status == "open":
                _correct_button(episode_id, line)
                if line.dose:
                    dose_correction(at, chart, line.dose)


def lines_of(chart: Chart, protocols: WardProtocols) -> list[Line]:
    """Everything charted that stands, newest first."""
    found = _lines(chart, protocols)
    return sorted(found, key=lambda line: (line.record.happened_at, line.record.recorded_at), reverse=True)


def _correct_button(episode_id: EpisodeId, line: Line) -> None:
    if line.form == _NOT_CORRECTED:
        return
    if st.button("Correct", key=f"correct-{line.record.id}"):
        if line.form == WEIGHT:
            begin_weight_correction(episode_id, line.record.id)
            open_form(episode_id, WEIGHT)
        elif line.form:
            open_form(episode_id, line.form, corrects=line.record.id)
        elif line.dose:
            begin_dose_correction(episode_id, line.record.id)
        else:
            begin_correction(episode_id, line.record.id)
        st.rerun()


def _lines(chart: Chart, protocols: WardProtocols) -> Iterator[Line]:
    rules = protocols.bedside
    answered = {set_made_from(found.id): found for found in chart.bedside}
    levels = {}
    for charted in chart.sets:
        if charted.record.id in answered:
            levels[answered[charted.record.id].id] = int((charted.assessment or {}).get("level", 1))
        elif text := set_text(charted):
            yield Line(charted.record, text, form=LABS if is_labs_alone(charted.observation) else "")
    for record in chart.of_kind(RecordKind.SCALE):
        yield Line(record, record.body_as(ScaleBody).in_words, may_be_corrected=False)
    for weighed in charted_weights(chart.records):
        yield Line(weighed.record, _weight_text(weighed.body), form=WEIGHT)
    for dose in (*chart.doses, *chart.comfort_doses):
        yield Line(dose.record, _dose_text(dose, protocols), dose)
    for record, text in order_and_waste_lines(chart, protocols):
        yield Line(record, text, may_be_corrected=False)
    for found in chart.bedside:
        level = f" · {level_text(levels[found.id])}" if found.id in levels else ""
        yield Line(found.record, entry_words(found.entry, rules, chart.unit.zone) + level, form=_form_of(found))


def _form_of(found: ChartedEntry) -> str:
    """The bedside form that corrects an entry; a link between two observers is corrected in their sets."""
    return _NOT_CORRECTED if isinstance(found.entry, SecondObservation) else found.entry.kind


def _weight_text(weight: WeightBody) -> str:
    return f"Weight: {weight.in_words}, {weight.source}"


def _head(chart: Chart, record: Record) -> str:
    return f"{entry_times(record, chart.unit.zone)} · {record.author.signature}\n"


def _dose_text(dose: ChartedDose, protocols: WardProtocols) -> str:
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


def _corrections(chart: Chart, record: Record, rules: BedsideRules) -> str:
    """What this entry takes the place of, newest first, with the reason where one was given."""
    replaced = chart.history_of(record.id)
    if not replaced:
        return ""
    reason = str(record.body.get("correction_reason") or "")
    because = f", because: {reason}" if reason else ""
    earlier = "".join(f"\n   before: {_before(chart, old, rules)}" for old in replaced)
    return f"\n   takes the place of an earlier entry{because}{earlier}"


def _before(chart: Chart, old: Record, rules: BedsideRules) -> str:
    written = moment_text(old.recorded_at, chart.unit.zone)
    if old.kind is RecordKind.DOSE:
        return f"{old.body_as(DoseBody).in_words} (written {written}, {old.author.signature})"
    if old.kind is RecordKind.WEIGHT:
        return f"{_weight_text(old.body_as(WeightBody))} (written {written}, {old.author.signature})"
    if old.kind is RecordKind.BEDSIDE_ENTRY:
        said = entry_words(entry_of(old).entry, rules, chart.unit.zone)
        return f"{said} (written {written}, {old.author.signature})"
    if old.kind is RecordKind.SCALE:
        return f"{old.body_as(ScaleBody).in_words} (written {written}, {old.author.signature})"
    charted = ChartedSet(old, old.body_as(Observation), _assessment_of(chart, old))
    return f"{set_text(charted)} (written {written}, {old.author.signature})"


def _assessment_of(chart: Chart, old: Record) -> dict[str, object] | None:
    return next(
        (
            record.body["answer"]
            for record in chart.records
            if record.kind is RecordKind.ASSESSMENT and record.body["observation"] == old.id
        ),
        None,
    )
