"""The course on the ward, out of the charted sets, events and doses. What is incomplete is shown as least and most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from taper_app.clinical.charting.doses import DosePurpose, doses_outside_plan
from taper_app.clinical.charting.events import Fall, Hallucination, Seizure
from taper_app.clinical.charting.observation import Vitals
from taper_app.clinical.charting.scores import CIWA_B, NEWS2, ciwa_b, news2_range
from taper_app.clinical.escalation.alerts import Alert
from taper_app.clinical.handoff.chart_like import (
    ChartLike,
    SetLike,
    ToldEvent,
    events_were_asked,
    local_day,
    told_events,
)
from taper_app.clinical.handoff.kept import HandoffRecords
from taper_app.clinical.handoff.release_items import TextTopic
from taper_app.clinical.handoff.summary_parts import CourseEvent, DayOfScores, DoseOutsidePlan, ScaleOfDay
from taper_app.clinical.handoff.summary_taper import MedicineAmount
from taper_app.clinical.handoff.topics import Absence, Listed, Section, none_of, said
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import mg_of, plain

CAUSE_UNKNOWN = "cause not yet known"
SEIZURE_CAUSE_UNKNOWN = "cause not yet known; withdrawal possible"


@dataclass(frozen=True, slots=True)
class _Score:
    at: datetime
    least: int
    most: int
    band: str
    missing: tuple[str, ...]


def scores_by_day(chart: ChartLike, protocols: WardProtocols) -> Listed[DayOfScores]:
    """One entry for each day of the stay, also for days on which nobody charted a score."""
    if not chart.sets and not chart.doses:
        return Listed[DayOfScores](absence=Absence.NOT_ASSESSED)
    first = local_day(chart.episode.admitted_at, chart)
    days = (first + timedelta(days=offset) for offset in range((chart.today - first).days + 1))
    return Listed[DayOfScores](
        entries=tuple(_day(chart, protocols, day, number) for number, day in enumerate(days, start=1))
    )


def _day(chart: ChartLike, protocols: WardProtocols, day: date, number: int) -> DayOfScores:
    sets = [charted for charted in chart.sets if local_day(charted.at, chart) == day]
    scales = (
        _scale("CIWA-B", list(_ciwa_scores(sets, protocols))),
        _scale("NEWS2", list(_news2_scores(sets, chart, protocols))),
    )
    return DayOfScores(
        day=number,
        on=day,
        scales=tuple(scale for scale in scales if scale is not None),
        symptoms=_symptoms(sets),
        daily_given=_given_on(chart, protocols, day),
    )


def _scale(name: str, scores: Sequence[_Score]) -> ScaleOfDay | None:
    """The worst is the one with the highest least possible score, then the highest most possible."""
    if not scores:
        return None
    worst = max(scores, key=lambda score: (score.least, score.most))
    latest = scores[-1]
    return ScaleOfDay(
        scale=name,
        worst_least=worst.least,
        worst_most=worst.most,
        worst_at=worst.at,
        latest_least=latest.least,
        latest_most=latest.most,
        latest_at=latest.at,
        band="" if worst.missing else worst.band,
        missing_items=worst.missing,
    )


def _ciwa_scores(sets: Iterable[SetLike], protocols: WardProtocols) -> Iterator[_Score]:
    scale = protocols.scales[CIWA_B]
    labels = {item.id: f"{item.id} {item.label.lower()}" for item in scale.scored_items}
    for charted in sets:
        given = charted.observation.ciwa_b
        if given is not None and given.scores():
            found = ciwa_b(given, scale)
            missing = tuple(labels[item] for item in found.missing)
            yield _Score(charted.at, found.least, found.most, found.band or "", missing)


def _news2_scores(sets: Iterable[SetLike], chart: ChartLike, protocols: WardProtocols) -> Iterator[_Score]:
    """Without a score where the scale may not be used."""
    scale = protocols.scales[NEWS2]
    if chart.facts.pregnant.value == "yes" and not scale.valid_in_pregnancy:
        return
    for charted in sets:
        vitals = charted.observation.vitals
        if vitals is not None and any(value is not None for _name, value in vitals):
            found = news2_range(vitals, chart.facts.spo2_scale, scale)
            missing = tuple(field.replace("_", " ") for field in found.missing)
            yield _Score(charted.at, found.least, found.most, "", missing)


def _symptoms(sets: Iterable[SetLike]) -> str:
    """``tremor 3, stomach cramps 2``: the worst grade of each; a day of zeros says so."""
    worst: dict[str, int] = {}
    for charted in sets:
        for name, grade in charted.observation.symptoms or ():
            if grade is not None:
                worst[name] = max(grade, worst.get(name, 0))
    if not worst:
        return ""
    told = [f"{name.replace('_', ' ')} {grade}" for name, grade in worst.items() if grade]
    return ", ".join(told) or "asked, none"


def _given_on(chart: ChartLike, protocols: WardProtocols, day: date) -> tuple[MedicineAmount, ...]:
    sums: dict[str, Decimal] = {}
    for charted in chart.doses:
        if charted.body.was_taken and local_day(charted.at, chart) == day:
            found = protocols.medicine_named(charted.body.medicine)
            medicine = found.name if found else charted.body.medicine
            sums[medicine] = sums.get(medicine, Decimal(0)) + mg_of(charted.body.tenth_mcg)
    return tuple(MedicineAmount(medicine=medicine, mg=mg) for medicine, mg in sums.items())


def course_events(chart: ChartLike, kept: HandoffRecords) -> Listed[CourseEvent]:
    """Every event with its cause, which is not yet known unless somebody recorded it."""
    told = told_events(chart)
    if not told:
        return Listed[CourseEvent](absence=Absence.NONE if events_were_asked(chart) else Absence.NOT_ASSESSED)
    return Listed[CourseEvent](entries=tuple(_event(found, chart, kept) for found in told))


def _event(told: ToldEvent, chart: ChartLike, kept: HandoffRecords) -> CourseEvent:
    return CourseEvent(
        kind=told.event.kind,
        at=told.at,
        what=event_words(told),
        cause=_cause(told, kept),
        done=_done(told, chart),
    )


def _cause(told: ToldEvent, kept: HandoffRecords) -> str:
    return seizure_cause(kept) if told.event.kind == "seizure" else CAUSE_UNKNOWN


def seizure_cause(kept: HandoffRecords) -> str:
    """As a physician recorded it; until then it is not yet known, and withdrawal is possible."""
    item = kept.text(TextTopic.SEIZURE_CAUSE)
    return " ".join(item.lines) if item is not None and item.lines else SEIZURE_CAUSE_UNKNOWN


def event_words(told: ToldEvent) -> str:
    """``Seizure, 2 minutes, recovered``; what nobody asked is said to be not assessed."""
    event = told.event
    note = f": {event.note}" if event.note else ""
    if isinstance(event, Seizure):
        minutes = event.duration_minutes
        length = f"{plain(minutes)} minute{'' if minutes == 1 else 's'}" if minutes is not None else "length not known"
        return f"Seizure, {length}, {_recovery(event)}{note}"
    if isinstance(event, Hallucination):
        insight = {True: "with insight", False: "without insight", None: "insight not assessed"}[event.insight]
        return f"{(event.modality or '').capitalize()} hallucination, {insight}".strip().capitalize() + note
    if isinstance(event, Fall):
        return f"Fall, head strike {event.head_strike.in_words}{note}"
    return f"{event.kind.replace('_', ' ').capitalize()}{note}"


def _recovery(event: Seizure) -> str:
    if event.ongoing:
        return "still going on when charted"
    return {True: "recovered", False: "not recovered when charted", None: "recovery not assessed"}[event.recovered]


def _done(told: ToldEvent, chart: ChartLike) -> str:
    """What was written when the alert of that set was resolved, or who acknowledged it."""
    alert = next((found for found in chart.alerts if found.body.observation == told.charted.record.id), None)
    return _alert_words(alert) if alert is not None else ""


def _alert_words(alert: Alert) -> str:
    if alert.resolved is not None:
        return f"{'; '.join(alert.done)} ({alert.resolved.author.signature})"
    if alert.acknowledged is not None:
        return f"acknowledged by {alert.acknowledged.author.signature}"
    return ""


def outside_plan(chart: ChartLike) -> Listed[DoseOutsidePlan]:
    """Emergency, admission, transfer and PRN doses that were taken, with who ordered them."""
    taken = [charted for charted in doses_outside_plan(chart.doses) if charted.body.was_taken]
    if not taken:
        return Listed[DoseOutsidePlan](absence=Absence.NONE)
    words = {
        DosePurpose.EMERGENCY: "emergency dose",
        DosePurpose.ADMISSION: "admission dose",
        DosePurpose.TRANSFER: "transfer dose",
        DosePurpose.PRN: "as-needed dose",
        DosePurpose.REPEAT: "repeated after vomiting",
    }
    return Listed[DoseOutsidePlan](
        entries=tuple(
            DoseOutsidePlan(
                at=charted.at,
                medicine=charted.body.medicine,
                mg=mg_of(charted.body.tenth_mcg),
                route=charted.body.route.value,
                why=charted.body.reason or words[charted.body.purpose],
                ordered_by=charted.body.ordered_by,
                given_by=charted.record.author.signature,
            )
            for charted in taken
        )
    )


def last_vitals(chart: ChartLike) -> Section:
    """The newest charted vitals in one line, with their time."""
    for charted in reversed(chart.sets):
        vitals = charted.observation.vitals
        if vitals is not None and (words := _vitals_words(vitals)):
            return said(f"{_when(charted.at, chart)}: {words}.")
    return none_of(Absence.NOT_ASSESSED)


def _vitals_words(vitals: Vitals) -> str:
    pressure = None
    if vitals.systolic is not None:
        pressure = f"BP {vitals.systolic}/{vitals.diastolic if vitals.diastolic is not None else 'not taken'}"
    parts = [
        f"respiratory rate {vitals.respiratory_rate}" if vitals.respiratory_rate is not None else None,
        f"SpO2 {vitals.spo2}%" if vitals.spo2 is not None else None,
        {True: "on oxygen", False: "on air", None: None}[vitals.on_oxygen],
        pressure,
        f"pulse {vitals.pulse}" if vitals.pulse is not None else None,
        f"{plain(vitals.celsius)} °C" if vitals.celsius is not None else None,
        f"ACVPU {vitals.acvpu}" if vitals.acvpu is not None else None,
    ]
    return ", ".join(part for part in parts if part)


def last_condition(chart: ChartLike, protocols: WardProtocols) -> Section:
    """RASS and CIWA-B as last charted; a physician's own words take their place."""
    lines = []
    for charted in reversed(chart.sets):
        if charted.observation.rass is not None:
            lines.append(f"RASS {charted.observation.rass} ({_when(charted.at, chart)}).")
            break
    newest = list(_ciwa_scores(chart.sets, protocols))[-1:]
    for score in newest:
        span = str(score.least) if score.least == score.most else f"at least {score.least}, at most {score.most}"
        lines.append(f"CIWA-B {span} ({_when(score.at, chart)}).")
    return said(*lines) if lines else none_of(Absence.NOT_ASSESSED)


def _when(moment: datetime, chart: ChartLike) -> str:
    local = moment.astimezone(chart.zone)
    return f"{local:%a} {local.day} {local:%b %Y %H:%M}"
