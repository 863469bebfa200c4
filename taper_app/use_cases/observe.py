"""Charting an observation set: kept, judged by the rules, and an alert raised, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field, ValidationError

from taper_app.clinical.charting.case import AssessmentCase
from taper_app.clinical.charting.observation import Observation, Signs, Vitals
from taper_app.clinical.charting.set_scales import charted_scales
from taper_app.clinical.errors import Fault, InputRefused, NotAllowed, NotFound, StateConflict
from taper_app.clinical.escalation.alerts import Alert, AlertBody, AlertReason
from taper_app.clinical.escalation.answer import Assessment, Finding
from taper_app.clinical.escalation.why import Reason
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.vital_limits import LIMITS_IN_CONTEXT, VitalLimits
from taper_app.clinical.records import EpisodeId, Frozen, Record, RecordId, RecordKind
from taper_app.store.interface import Draft, Writing
from taper_app.use_cases.announce import announce
from taper_app.use_cases.assessing import as_of, case_of, judged, reasons, with_doses
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, opened, permitted, record
from taper_app.use_cases.drafts import AlreadyCharted
from taper_app.use_cases.rights import UseCase

#: A set may be charted from this long before the admission, for what was seen on the way in (an input limit).
BEFORE_ADMISSION = timedelta(days=1)
SHORTEST_REASON = 3
_LOWEST_ALERT_LEVEL = 2
_READINGS = ("respiratory_rate", "spo2", "systolic", "diastolic", "pulse")
_GLUCOSE = "glucose_mmol_l"
_NOTHING_BY_ITSELF = {"at", "dose_due", "ciwa_b_form", "correction_reason", "doses"}


class AssessmentBody(Frozen):
    """Body of an ASSESSMENT record: what the rules of that day said of a set.

    ``scales``: the edition of each scale's file that was charted by, which says what the questions looked back on.
    """

    observation: RecordId
    answer: dict[str, Any]
    scales: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Charted:
    """What was kept: the set's record, its assessment, and the alert it raised, if any."""

    record_id: RecordId
    assessment: Assessment
    alert: AlertBody | None


def chart_observation(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    observation: Mapping[str, Any],
    *,
    entry_id: str,
    happened_at: datetime,
    corrects: RecordId | None = None,
    reason: str = "",
    draft: Draft | None = None,
) -> Charted:
    """Keep one set, judge it, and raise at most one alert. The same ``entry_id`` again adds nothing.

    ``draft``: one's own draft of it, dropped in the same transaction.

    ``observation`` is in the shape of ``taper assess``, without ``at``. ``corrects`` names one's own earlier set,
    which stays readable, and asks for a ``reason``. Raises InputRefused with every fault, NotAllowed, StateConflict.
    """
    right = UseCase.CORRECT_OWN_ENTRY if corrects else UseCase.CHART_OBSERVATION

    def work(writing: Writing) -> Charted:
        episode = opened(writing, actor, UseCase.CHART_OBSERVATION, episode_id)
        permitted(actor, right, episode.unit_id)
        if draft is not None:
            writing.drop_draft(actor.user_id, episode_id, draft.form)
        chart = read_chart(writing, episode, app.clock())
        if known := charted_before(chart, entry_id):
            _refuse_another_content(chart, known, observation)
            return known
        if corrects:
            require_own_standing_entry(chart, corrects, RecordKind.OBSERVATION, actor)
        faults = [*time_faults(chart, happened_at), *reason_faults(corrects, reason)]
        parsed = parsed_set(observation, chart, app.protocols.vital_limits, faults)
        parsed = parsed.model_copy(update={"correction_reason": reason.strip() if corrects else ""})
        return keep_set(app, actor, writing, chart, parsed, RecordId(entry_id), happened_at, corrects)

    return change(app, actor, right, episode_id, work)


def _refuse_another_content(chart: Chart, known: Charted, observation: Mapping[str, Any]) -> None:
    """A second tap says the same and is answered the same; something else under the same id was typed on another page.

    Raises AlreadyCharted, so that it is never taken for charted.
    """
    kept = next(found for found in chart.records if found.id == known.record_id)
    filled_in = {"at": None, "doses": None, "dose_due": None, "correction_reason": ""}
    try:
        written = Observation.model_validate(dict(observation)).model_copy(update=filled_in)
    except ValidationError:
        written = None
    if kept.body_as(Observation).model_copy(update=filled_in) != written:
        raise AlreadyCharted("This set was charted already from another page, with other answers.")


def keep_set(
    app: App,
    actor: Actor,
    writing: Writing,
    chart: Chart,
    observation: Observation,
    record_id: RecordId,
    happened_at: datetime,
    corrects: RecordId | None = None,
    beside: RecordId | None = None,
) -> Charted:
    """Add the set, its assessment and its alert inside a transaction that is open, and refresh the board's row.

    ``beside``: another person's set of the same moment, against which no trend is judged.
    """
    then = as_of(chart, happened_at, replaced=corrects or beside)
    given = observation.doses.model_dump(mode="json", exclude_defaults=True) if observation.doses else {}
    timed = observation.model_copy(update={"at": happened_at.astimezone(chart.zone)})
    completed = with_doses(then, timed, given)
    case = case_of(app, then, completed)
    answer = judged(app, case)
    alert = alert_for(app, chart, case, answer, record_id)
    editions = {name: app.protocols.scales[name].version for name in charted_scales(completed)}
    body = AssessmentBody(observation=record_id, answer=answer.model_dump(mode="json"), scales=editions)

    added: list[Record] = []

    def add(kind: RecordKind, content: Frozen, kept_as: str, at: datetime, replaced: RecordId | None = None) -> None:
        made = record(app, actor, chart.episode_id, kind, content, happened_at=at, record_id=kept_as, corrects=replaced)
        writing.add_record(made)
        added.append(made)

    add(RecordKind.OBSERVATION, completed, record_id, happened_at, corrects)
    add(RecordKind.ASSESSMENT, body, f"{record_id}-assessment", happened_at)
    if alert:
        add(RecordKind.ALERT, alert, f"{record_id}-alert", chart.now)
    announce(app, writing, added)
    now = app.clock()
    refresh_latest(writing, chart.episode, now, chart=chart.with_added(added, now))
    return Charted(record_id, answer, alert)


def readings_to_confirm(observation: Mapping[str, Any], limits: VitalLimits) -> tuple[str, ...]:
    """Sentences about unusual readings (zero breaths and beats too), to be confirmed before the set is kept.

    None while one of the readings is impossible: nobody is asked to confirm what is refused anyway.
    """
    try:
        vitals = Vitals.model_validate(observation.get("vitals") or {})
        signs = Signs.model_validate(observation.get("signs") or {})
    except ValidationError:
        return ()
    readings: dict[str, Decimal | int | None] = {name: getattr(vitals, name) for name in _READINGS}
    readings |= {"temperature_c": vitals.celsius, _GLUCOSE: signs.glucose_mmol_l}
    charted = {name: Decimal(value) for name, value in readings.items() if value is not None}
    if any((limit := limits.of(name)) and not limit.is_possible(value) for name, value in charted.items()):
        return ()
    found = [limits.improbable(name, value) for name, value in charted.items()]
    return tuple(sentence for sentence in found if sentence)


def charted_before(chart: Chart, entry_id: str) -> Charted | None:
    """What was kept under this id already, so that a second submit answers the same and adds nothing."""
    by_id = {kept.id: kept for kept in chart.records}
    if RecordId(entry_id) not in by_id:
        return None
    assessment = by_id[RecordId(f"{entry_id}-assessment")].body_as(AssessmentBody)
    alert = by_id.get(RecordId(f"{entry_id}-alert"))
    return Charted(
        RecordId(entry_id),
        Assessment.model_validate(assessment.answer),
        alert.body_as(AlertBody) if alert else None,
    )


def require_own_standing_entry(chart: Chart, record_id: RecordId, kind: RecordKind, actor: Actor) -> Record:
    """The entry that is to be corrected. Raises NotFound, NotAllowed for another's, StateConflict when replaced."""
    found = next((kept for kept in chart.records if kept.id == record_id and kept.kind is kind), None)
    if found is None:
        raise NotFound("There is no such entry for this patient.")
    if found.author.user_id != actor.user_id:
        raise NotAllowed("Only the author corrects an entry; chart a new one instead.")
    if any(kept.corrects == record_id for kept in chart.records):
        raise StateConflict("This entry was corrected already; correct the newer one.")
    return found


def time_faults(chart: Chart, happened_at: datetime) -> list[Fault]:
    """A moment that lies ahead, or long before the admission, is a slip of the keyboard."""
    if happened_at > chart.now:
        return [Fault("happened_at", "The time lies ahead; write when it happened, or leave it at now.")]
    if happened_at < chart.episode.admitted_at - BEFORE_ADMISSION:
        return [Fault("happened_at", "The time lies more than a day before the admission; check the day.")]
    return []


def reason_faults(corrects: RecordId | None, reason: str) -> list[Fault]:
    if corrects and len(reason.strip()) < SHORTEST_REASON:
        return [Fault("reason", "Say in a few words why the entry is corrected.")]
    return []


def parsed_set(
    written: Mapping[str, Any], chart: Chart, limits: VitalLimits, faults: Sequence[Fault] = ()
) -> Observation:
    """The set, or InputRefused with its faults and those found before."""
    try:
        parsed = Observation.model_validate(dict(written), context={LIMITS_IN_CONTEXT: limits})
    except ValidationError as error:
        raise InputRefused([*faults, *faults_of(error, written)]) from None
    if not _holds_something(parsed):
        nothing = "Nothing is charted yet; fill in something, or say why it was not done."
        faults = [*faults, Fault("observation", nothing)]
    if found := [*faults, *_event_faults(parsed, chart.now)]:
        raise InputRefused(found)
    return parsed


def _holds_something(observation: Observation) -> bool:
    charted = observation.model_dump(mode="json", exclude_defaults=True)
    return any(value not in (None, {}) for name, value in charted.items() if name not in _NOTHING_BY_ITSELF)


def _event_faults(observation: Observation, now: datetime) -> list[Fault]:
    return [
        Fault(f"events.{index}.at", f"The time of the {event.kind.replace('_', ' ')} lies ahead; check it.")
        for index, event in enumerate(observation.events or ())
        if event.at is not None and event.at > now
    ]


def alert_for(
    app: App, chart: Chart, case: AssessmentCase, answer: Assessment, record_id: RecordId
) -> AlertBody | None:
    """The alert that a set raises: its highest finding, with all others of level 2 and above as reasons.

    None when nothing calls for somebody, when all of it is old news (``_old_news``), or when an alert with the
    same rules and level is still open. A set with an event always raises its own.
    """
    old_news = _old_news(app, case, answer, chart.alerts)
    findings = [found for found in answer.findings if found.level >= _LOWEST_ALERT_LEVEL and found.rule not in old_news]
    if not findings:
        return None
    because = reasons(app, case)
    body = AlertBody(
        observation=record_id,
        level=findings[0].level,
        headline=findings[0].message,
        reasons=tuple(_reason_of(finding, because.get(finding.rule, ())) for finding in findings),
        respond_by=chart.now + timedelta(minutes=findings[0].respond_within_minutes),
    )
    if not case.observation.events and any(_says_the_same(alert, body) for alert in chart.alerts):
        return None
    return body


def _says_the_same(alert: Alert, body: AlertBody) -> bool:
    same_rules = {reason.rule for reason in alert.body.reasons} == {reason.rule for reason in body.reasons}
    return alert.is_open and alert.body.level == body.level and same_rules


def _old_news(app: App, case: AssessmentCase, answer: Assessment, alerts: Sequence[Alert]) -> set[str]:
    """Rules that fire only because of an event of an earlier set, and for which an alert was raised already.

    Without this a seizure would raise its alert anew with each set of the next 24 hours, and would suspend the
    version that a prescriber has signed in answer to it.
    """
    earlier_event = any(found.events for found in case.history)
    if case.observation.events or not earlier_event:
        return set()
    quiet = tuple(found.model_copy(update={"events": None}) for found in case.history)
    without = judged(app, AssessmentCase(patient=case.patient, history=quiet, observation=case.observation))
    rests_on_events = {found.rule for found in answer.findings} - {found.rule for found in without.findings}
    return rests_on_events & {reason.rule for alert in alerts for reason in alert.body.reasons}


def _reason_of(finding: Finding, because: tuple[Reason, ...]) -> AlertReason:
    return AlertReason(
        rule=finding.rule,
        level=finding.level,
        message=finding.message,
        action=finding.action,
        effect=finding.taper,
        notify=finding.notify,
        respond_within_minutes=finding.respond_within_minutes,
        source=finding.source,
        is_unverified="K" in (finding.trigger_evidence, finding.time_evidence),
        why=because,
    )
