"""What the rules are asked about one patient: the case of an observation set, worked out of the chart.

Everything is seen as of the moment of the set, so that a late entry is judged by what had happened by then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.case import AssessmentCase, PatientFacts
from taper_app.clinical.charting.doses import ChartedDose, DosePurpose, DoseStatus, DueDose
from taper_app.clinical.charting.observation import DosesSoFar, FourAt, Observation, Signs, Vitals
from taper_app.clinical.escalation.answer import Assessment, DoseGateAnswer
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.escalation.dose_gate import GATE_SIGNS
from taper_app.clinical.escalation.why import Reasons, whys
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.quantities import plain, rounded
from taper_app.clinical.records import RecordId
from taper_app.use_cases.bedside_view import hours_since_last_drink, seizure_workup_complete
from taper_app.use_cases.chart import DUE_AHEAD, Chart, ChartedSet
from taper_app.use_cases.context import App

_DAY = timedelta(hours=24)
_NOT_GIVEN = (DoseStatus.WITHHELD, DoseStatus.REFUSED, DoseStatus.MISSED)
_VITALS_ALONE = ("respiratory_rate", "spo2", "on_oxygen", "pulse", "acvpu")


def as_of(chart: Chart, moment: datetime, *, replaced: RecordId | None = None) -> Chart:
    """The chart as it stood at a moment, without a record that is being replaced and what that one replaced."""
    left_out = {replaced, *(record.id for record in chart.history_of(replaced))} if replaced else set()
    kept = [record for record in chart.records if record.happened_at <= moment and record.id not in left_out]
    return replace(chart, records=kept, now=moment)


def judged(app: App, case: AssessmentCase) -> Assessment:
    """The case judged by the rules as they act at this site."""
    protocols = app.protocols
    return assess(case, protocols.rules, protocols.scales, protocols.vital_limits)


def reasons(app: App, case: AssessmentCase) -> Reasons:
    """What made each rule fire that fires on the case."""
    return whys(case, app.protocols.rules, app.protocols.scales)


def case_of(app: App, chart: Chart, observation: Observation) -> AssessmentCase:
    """The case of a set. ``chart`` is as of the set's moment and does not hold the set itself."""
    return AssessmentCase(
        patient=patient_facts(app, chart),
        history=tuple(charted.observation for charted in chart.sets),
        observation=observation,
    )


def patient_facts(app: App, chart: Chart) -> PatientFacts:
    """The charted facts together with what the ward knows at ``chart.now``.

    ``last_set_due_at`` is left out: how late a set is, the ward board shows by the clock until it is charted; then
    it is over, and a finding about it would only stand before what the set itself has found.
    """
    day = chart.today
    last_dose_at = chart.last_dose_at
    made, ahead = _cuts_around(chart, day)
    return chart.facts.for_assessment(
        age_years=chart.patient.age_on(day),
        admitted_at=chart.episode.admitted_at,
        last_cut_on=made,
        next_cut_on=ahead,
        last_dose_on=last_dose_at.astimezone(chart.zone).date() if last_dose_at else None,
        last_level=chart.level_of_sets,
        short_acting=_short_acting(app, chart),
        hours_since_last_drink=hours_since_last_drink(chart),
        seizure_bundle_complete=seizure_workup_complete(chart, app.protocols),
    )


def _cuts_around(chart: Chart, day: date) -> tuple[date | None, date | None]:
    """The last cut that was made and the next one that the plan names; a suspended cut was not made."""
    cuts = chart.signed.cuts() if chart.signed else ()
    made_until = min(day, chart.kept_since) if chart.kept_since else day
    return max((cut for cut in cuts if cut <= made_until), default=None), min(
        (cut for cut in cuts if cut > day), default=None
    )


def _short_acting(app: App, chart: Chart) -> Answer:
    """Yes when one of the medicines wears off within the day; not assessed while one of them is unknown."""
    if chart.signed and chart.signed.plan.request.taper_drug:
        names = [chart.signed.plan.request.taper_drug]
    else:
        names = [line.drug for line in chart.current_use.lines] if chart.current_use else []
    files = [app.protocols.medicine_named(name) for name in names]
    if any(found and found.acting.short_acting for found in files):
        return Answer.YES
    return Answer.NO if files and all(files) else Answer.NOT_ASSESSED


def doses_so_far(chart: Chart, observation: Observation) -> dict[str, Any]:
    """The ``doses`` block of a set, counted from what was charted up to ``chart.now``."""
    due = chart.due_doses
    within_a_day = [charted for charted in chart.doses if charted.at > chart.now - _DAY]
    last_dose_at = chart.last_dose_at
    hours = rounded(Decimal((chart.now - last_dose_at).total_seconds()) / 3600, 1) if last_dose_at else None
    return {
        "late_minutes": max((dose.minutes_late(chart.now) for dose in due), default=0) if chart.signed else None,
        "hours_since_last": plain(hours) if hours is not None and hours >= 0 else None,
        "withheld_or_missed_24h": _not_given(within_a_day),
        "prn_24h": sum(_is_prn(charted) for charted in within_a_day),
        "prn_days_running": _prn_days_running(chart),
        "vomited_within_minutes": _minutes_from_dose_to_vomiting(chart, observation),
        "vomited_doses_24h": sum(charted.body.status is DoseStatus.VOMITED for charted in within_a_day),
    }


def with_doses(chart: Chart, observation: Observation, given: Mapping[str, Any]) -> Observation:
    """The set with its ``doses`` and ``dose_due`` filled from the chart; what was charted by hand stands."""
    found = doses_so_far(chart, observation)
    counted = DosesSoFar.model_validate(found | {name: value for name, value in given.items() if value is not None})
    dose_due = bool(chart.due_doses) if observation.dose_due is None else observation.dose_due
    return observation.model_copy(update={"doses": counted, "dose_due": dose_due})


def _not_given(charted: list[ChartedDose]) -> int:
    """Planned doses whose last word is withheld, refused or missed."""
    last = {(dose.body.planned_for, dose.body.medicine): dose for dose in charted if dose.body.planned_for}
    return sum(dose.body.status in _NOT_GIVEN for dose in last.values())


def _is_prn(charted: ChartedDose) -> bool:
    return charted.body.purpose is DosePurpose.PRN and charted.body.was_taken


def _prn_days_running(chart: Chart) -> int:
    """On how many days in a row, up to today, a dose as needed was taken."""
    days = {charted.at.astimezone(chart.zone).date() for charted in chart.doses if _is_prn(charted)}
    running = 0
    while chart.today - timedelta(days=running) in days:
        running += 1
    return running


def _minutes_from_dose_to_vomiting(chart: Chart, observation: Observation) -> int | None:
    vomited_at = [event.at or chart.now for event in observation.events or () if event.kind == "vomiting"]
    taken_at = [charted.at for charted in chart.doses if charted.body.was_taken]
    gaps = [vomited - taken for vomited in vomited_at for taken in taken_at if taken <= vomited]
    return int(min(gaps).total_seconds() // 60) if gaps else None


@dataclass(frozen=True, slots=True)
class DoseGateNow:
    """The gate for one dose at one moment. ``route_to_be_ordered``: must not be omitted, and not by mouth yet.

    ``signs_not_asked``: what the gate asks for too and nobody looked for; not asked is never no.
    """

    answer: DoseGateAnswer
    route_to_be_ordered: bool
    signs_not_asked: tuple[str, ...] = ()


def dose_gate(app: App, chart: Chart, at: datetime, due: DueDose) -> DoseGateNow:
    """The gate of a planned dose that is due."""
    return gate_at(app, chart, at, late_minutes=due.minutes_late(at))


def gate_at(
    app: App, chart: Chart, at: datetime, *, late_minutes: int = 0, vomiting_is_answered: bool = False
) -> DoseGateNow:
    """Judge a dose by everything that was charted within the gate's minutes, as if it were one set, now.

    ``vomiting_is_answered``: a prescriber has ordered this dose because one was vomited, so that the vomiting is not
    asked about again.
    """
    then = as_of(chart, at)
    gate = app.protocols.rules.gate
    oldest = at - timedelta(minutes=gate.oldest_reading_minutes)
    fresh = [charted for charted in then.sets if charted.at >= oldest]
    merged = _merged([charted.observation for charted in reversed(fresh)], at)
    if vomiting_is_answered:
        others = tuple(event for event in merged.events or () if event.kind != "vomiting")
        merged = merged.model_copy(update={"events": others or None})
    doses = doses_so_far(then, merged) | {"late_minutes": late_minutes}
    if vomiting_is_answered:
        doses |= {"vomited_doses_24h": 0}
    merged = merged.model_copy(update={"doses": DosesSoFar.model_validate(doses), "dose_due": True})
    earlier = tuple(charted.observation for charted in then.sets if charted.at < oldest)
    if _was_awake_within(fresh, gate.drowsy_rass):
        earlier = tuple(observation.model_copy(update={"rass": None}) for observation in earlier)
    case = AssessmentCase(patient=patient_facts(app, then), history=earlier, observation=merged)
    answer = judged(app, case)
    must_not_omit = any(finding.taper is Effect.CONTINUE_AND_CALL for finding in answer.findings)
    too_sedated = (merged.rass is not None and merged.rass <= gate.prescriber_only_at_rass) or (
        merged.poss is not None and merged.poss in gate.prescriber_only_at_poss
    )
    by_other_route = must_not_omit and too_sedated and answer.dose_gate.state == "assess_first"
    return DoseGateNow(answer.dose_gate, by_other_route, _not_asked(merged))


def _was_awake_within(fresh: Sequence[ChartedSet], drowsy_rass: int) -> bool:
    """A score above drowsy lies between: what was scored before it says nothing of how long this drowsiness lasts."""
    scores = [charted.observation.rass for charted in fresh if charted.observation.rass is not None]
    return any(score > drowsy_rass for score in scores[:-1])


def _not_asked(merged: Observation) -> tuple[str, ...]:
    signs = merged.signs or Signs()
    return tuple(sign.replace("_", " ") for sign in GATE_SIGNS if getattr(signs, sign) is Answer.NOT_ASSESSED)


def _merged(newest_first: list[Observation], at: datetime) -> Observation:
    """One set at ``at`` out of several: of each reading and sign the newest, of events all."""
    sedation = next((found for found in newest_first if found.rass is not None or found.poss is not None), None)
    events = [
        event.model_copy(update={"at": event.at or found.at})
        for found in reversed(newest_first)
        for event in found.events or ()
    ]
    return Observation(
        at=at,
        vitals=_merged_vitals([found.vitals for found in newest_first if found.vitals]),
        rass=sedation.rass if sedation else None,
        poss=sedation.poss if sedation else None,
        four_at=_newest_four_at(newest_first),
        signs=_merged_signs([found.signs for found in newest_first if found.signs]),
        events=tuple(events) or None,
    )


def _merged_vitals(newest_first: list[Vitals]) -> Vitals | None:
    """Pressures stay together: systolic and diastolic of one measurement."""
    if not newest_first:
        return None
    readings: dict[str, Any] = {
        name: next((value for found in newest_first if (value := getattr(found, name)) is not None), None)
        for name in _VITALS_ALONE
    }
    pressure = next((found for found in newest_first if found.systolic is not None), None)
    readings["temperature_c"] = next((found.celsius for found in newest_first if found.celsius is not None), None)
    if pressure:
        readings |= {"systolic": pressure.systolic, "diastolic": pressure.diastolic}
    return Vitals.model_validate(readings)


def _newest_four_at(newest_first: list[Observation]) -> FourAt | None:
    return next((found.four_at for found in newest_first if found.four_at), None)


def _merged_signs(newest_first: list[Signs]) -> Signs | None:
    if not newest_first:
        return None
    looked_for: dict[str, Any] = {}
    for found in newest_first:
        for name, value in found:
            if value not in (None, Answer.NOT_ASSESSED):
                looked_for.setdefault(name, value)
    return Signs.model_validate(looked_for)


def is_due(due: DueDose, at: datetime) -> bool:
    """Wanted by the plan within the hour, or late."""
    return due.is_open and due.planned_for <= at + DUE_AHEAD
