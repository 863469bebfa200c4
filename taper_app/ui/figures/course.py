"""What the review plot shows, taken from the chart: every moment on the ward's clock, cut to the chosen range."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from taper_app.clinical.charting.doses import ChartedDose, DosePurpose, DoseStatus
from taper_app.clinical.charting.events import Hallucination, Seizure
from taper_app.clinical.planning.answer import Step
from taper_app.clinical.planning.versions import PlanVersion, VersionState
from taper_app.clinical.quantities import mg_of, mg_text
from taper_app.clinical.records import RecordKind
from taper_app.store.interface import SetScores
from taper_app.ui.figures.look import midnight
from taper_app.use_cases.chart import Chart


class Span(StrEnum):
    """How much of the time axis is shown."""

    DAY = "day"
    WEEK = "week"
    TAPER = "taper"


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when, on the ward's clock without an offset."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment <= self.end


@dataclass(frozen=True, slots=True)
class DoseMark:
    """One charted dose. ``words`` stand beside it when it was not simply given by the plan."""

    at: datetime
    mg: Decimal
    medicine: str
    words: str
    was_given: bool
    by_plan: bool


@dataclass(frozen=True, slots=True)
class ScoreMark:
    """A score; ``total`` None when it is incomplete, then only ``least`` and ``most`` are known.

    ``form``: the wording of CIWA-B that was used, where the set names one; no line joins two wordings.
    """

    at: datetime
    total: int | None
    least: int
    most: int | None
    form: str | None = None


@dataclass(frozen=True, slots=True)
class EventMark:
    """Something that happened, in words. ``is_clinical``: to the patient, not to the plan."""

    at: datetime
    words: str
    is_clinical: bool


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What was given of one medicine on one day, emergency doses apart."""

    day: date
    medicine: str
    mg: Decimal
    is_over: bool


@dataclass(frozen=True, slots=True)
class Course:
    """Everything on the plot, oldest first."""

    window: Window
    now: datetime
    signed: PlanVersion | None
    plan_words: str
    is_suspended: bool
    superseded: Sequence[PlanVersion]
    doses: Sequence[DoseMark]
    totals: Sequence[DayTotal]
    ciwa_b: Sequence[ScoreMark]
    news2: Sequence[ScoreMark]
    events: Sequence[EventMark]


def course_of(chart: Chart, span: Span, scores: Sequence[SetScores] | None = None) -> Course:
    """The course of this stay within the span. ``scores``: those of its sets, where they were read for themselves."""
    now = _local(chart, chart.now)
    window = window_of(chart, span)
    scored = _standing(chart, _scores_in(chart) if scores is None else scores, window)
    doses = [mark for charted in chart.doses if window.holds((mark := _dose(chart, charted)).at)]
    return Course(
        window=window,
        now=now,
        signed=chart.signed,
        plan_words=_plan_words(chart),
        is_suspended=bool(chart.standing.suspensions),
        superseded=[version for version in chart.versions if version.state is VersionState.SUPERSEDED],
        doses=doses,
        totals=[total for total in _totals(chart, now) if window.holds(midnight(total.day))],
        ciwa_b=_ciwa_b(scored),
        news2=_news2(scored),
        events=sorted((mark for mark in _events(chart) if window.holds(mark.at)), key=lambda mark: mark.at),
    )


def _plan_words(chart: Chart) -> str:
    """What the line of the version in force is called: a plan that is suspended never looks as if it went on."""
    if chart.signed is None:
        return ""
    name = f"plan version {chart.signed.number}, signed"
    if not chart.standing.plan_is_current:
        return f"{name}, SUSPENDED"
    return f"{name}, next cut suspended" if chart.standing.suspensions else name


def _local(chart: Chart, moment: datetime) -> datetime:
    """On the ward's clock, without the offset: plotly draws such a moment as it is written."""
    return moment.astimezone(chart.zone).replace(tzinfo=None, microsecond=0)


def window_of(chart: Chart, span: Span) -> Window:
    """Mostly the past, with a little of what is planned; the taper from admission to its last step."""
    now = _local(chart, chart.now)
    if span is Span.DAY:
        return Window(now - timedelta(hours=24), now + timedelta(hours=12))
    if span is Span.WEEK:
        return Window(midnight(now.date()) - timedelta(days=6), midnight(now.date()) + timedelta(days=3))
    starts = [_local(chart, chart.episode.admitted_at)]
    ends = [now + timedelta(days=7)]
    for version in chart.versions:
        if version.state is not VersionState.PROPOSED:
            starts.append(midnight(version.plan.starts_on))
            ends.append(midnight(version.plan.steps[-1].starts_on) + timedelta(days=14))
    return Window(min(starts), max(ends))


def _dose(chart: Chart, charted: ChartedDose) -> DoseMark:
    body = charted.body
    by_plan = body.purpose is DosePurpose.PLANNED
    given = body.status is DoseStatus.GIVEN
    words = "" if by_plan and given else f"{body.medicine} {mg_text(mg_of(body.tenth_mcg))}"
    if not given:
        words += f", {body.status.in_words}"
    if not by_plan:
        words += f", {'PRN dose' if body.purpose is DosePurpose.PRN else _purpose_words(body.purpose)}"
    return DoseMark(_local(chart, charted.at), mg_of(body.tenth_mcg), body.medicine, words, body.was_taken, by_plan)


def _purpose_words(purpose: DosePurpose) -> str:
    return purpose.in_words if purpose is DosePurpose.REPEAT else f"{purpose.in_words} dose"


def _totals(chart: Chart, now: datetime) -> Iterator[DayTotal]:
    """Scheduled and PRN doses count, emergency doses do not; what was vomited is not known to have been kept."""
    sums: dict[tuple[date, str], Decimal] = {}
    for charted in chart.doses:
        counts = charted.body.purpose is not DosePurpose.EMERGENCY and charted.body.status in (
            DoseStatus.GIVEN,
            DoseStatus.PARTLY_GIVEN,
        )
        if counts:
            place = (_local(chart, charted.at).date(), charted.body.medicine)
            sums[place] = sums.get(place, Decimal(0)) + mg_of(charted.body.tenth_mcg)
    for (day, medicine), mg in sorted(sums.items()):
        yield DayTotal(day, medicine, mg, day < now.date())


def _scores_in(chart: Chart) -> Iterator[SetScores]:
    """The same from a chart whose sets are read anyway."""
    for charted in chart.sets:
        scores: dict[str, dict[str, int | None]] = (charted.assessment or {}).get("scores", {})
        observation = charted.observation
        of_ciwa_b = (scores.get("ciwa_b") or {}) if observation.ciwa_b is not None else {}
        of_news2 = (scores.get("news2") or {}) if observation.vitals is not None else {}
        yield SetScores(
            charted.record.id,
            charted.at,
            observation.ciwa_b_form,
            of_ciwa_b.get("total"),
            of_ciwa_b.get("least"),
            of_ciwa_b.get("most"),
            of_news2.get("total"),
            of_news2.get("least"),
        )


def _standing(chart: Chart, scores: Iterable[SetScores], window: Window) -> list[tuple[datetime, SetScores]]:
    """Of the sets that still stand and lie within the window, each with its moment on the ward's clock."""
    sets = {record.id for record in chart.of_kind(RecordKind.OBSERVATION)}
    local = ((_local(chart, score.at), score) for score in scores if score.observation in sets)
    return [(at, score) for at, score in local if window.holds(at)]


def _ciwa_b(scores: Iterable[tuple[datetime, SetScores]]) -> list[ScoreMark]:
    return [
        ScoreMark(at, score.ciwa_b_total, score.ciwa_b_least, score.ciwa_b_most, score.ciwa_b_form)
        for at, score in scores
        if score.ciwa_b_least is not None
    ]


def _news2(scores: Iterable[tuple[datetime, SetScores]]) -> list[ScoreMark]:
    return [
        ScoreMark(at, score.news2_total, score.news2_least, None)
        for at, score in scores
        if score.news2_least is not None
    ]


def _events(chart: Chart) -> Iterator[EventMark]:
    yield EventMark(_local(chart, chart.episode.admitted_at), "admitted", False)
    for charted in chart.sets:
        for event in charted.observation.events or ():
            yield EventMark(_local(chart, event.at or charted.at), _event_words(event), True)
    for version in chart.versions:
        if version.signed_at and version.signed_by:
            earlier = [older.number for older in chart.versions if older.superseded_by == version.number]
            change = f"plan v{earlier[-1]}→v{version.number}" if earlier else f"plan v{version.number}"
            yield EventMark(_local(chart, version.signed_at), f"{change} signed by {version.signed_by.name}", False)
    for alert in chart.alerts:
        if alert.acknowledged:
            minutes = int((alert.acknowledged.recorded_at - alert.raised_at).total_seconds() // 60)
            words = f"alert acknowledged after {minutes} min"
            yield EventMark(_local(chart, alert.acknowledged.recorded_at), words, False)


def _event_words(event: object) -> str:
    if isinstance(event, Seizure):
        return "seizure" if event.duration_minutes is None else f"seizure, {event.duration_minutes} min"
    if isinstance(event, Hallucination):
        insight = {True: "with insight", False: "without insight", None: "insight not assessed"}[event.insight]
        return f"hallucination, {insight}"
    return str(getattr(event, "kind", "event")).replace("_", " ")


def steps_within(version: PlanVersion, window: Window) -> list[tuple[datetime, Step]]:
    """The steps that touch the window, each from its first day or from the window's start."""
    found = []
    for index, step in enumerate(version.plan.steps):
        following = version.plan.steps[index + 1] if index + 1 < len(version.plan.steps) else None
        starts, ends = midnight(step.starts_on), midnight(following.starts_on) if following else None
        if starts < window.end and (ends is None or ends > window.start):
            found.append((max(starts, window.start), step))
    return found
