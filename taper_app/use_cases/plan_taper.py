"""Building, proposing, changing and signing a taper. Doses are given only from a signed version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.facts import FactsBody
from taper_app.clinical.errors import Fault, InputRefused, NotFound, StateConflict
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan, Refusal, StepKind
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request import CurrentDose, PatientFacts
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.planning.versions import ChangeRequestBody, PlanBody, PlanVersion, SignatureBody
from taper_app.clinical.records import EpisodeId, RecordId, RecordKind
from taper_app.store.interface import Reading, Writing
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, look, opened, record
from taper_app.use_cases.rights import UseCase


def facts_for_plan(chart: Chart) -> PatientFacts:
    """The charted facts; a seizure charted in this stay is a seizure history."""
    facts = chart.facts.for_plan(chart.patient.age_on(chart.today))
    if last_seizure_at(chart) is None:
        return facts
    return PatientFacts.model_validate(facts.model_dump() | {"seizure_history": Answer.YES})


def taken_now(chart: Chart) -> Sequence[CurrentDose]:
    """The doses of the version in force today; before any version is signed, the present use as it was charted.

    A plan that began from the dose at admission would undo the cuts that were made since.
    """
    step = chart.step_on(chart.today)
    if step is None:
        return chart.current_use.lines if chart.current_use else ()
    return [CurrentDose(drug=dose.drug, mg=dose.mg, time=dose.time) for dose in step.doses]


def last_seizure_at(chart: Chart) -> datetime | None:
    """When the last charted seizure of this stay happened."""
    moments = [
        event.at or charted.at
        for charted in chart.sets
        for event in charted.observation.events or ()
        if event.kind == "seizure"
    ]
    return max(moments, default=None)


def try_plan(app: App, actor: Actor, episode_id: EpisodeId, asked: Mapping[str, Any]) -> Plan | Refusal:
    """A plan for the charted patient, or a refusal with remedies; nothing is stored.

    ``asked`` is a plan request without ``patient`` (the chart's facts are used) and, unless it names them, with
    what is taken now. Raises InputRefused with every fault.
    """

    def work(reading: Reading) -> Plan | Refusal:
        episode = opened(reading, actor, UseCase.DRAFT_PLAN, episode_id)
        chart = read_chart(reading, episode, app.clock())
        return build_plan(parse_request(_complete(asked, chart), app.protocols, today=chart.today), app.protocols)

    return look(app, actor, UseCase.DRAFT_PLAN, episode_id, work)


def _complete(asked: Mapping[str, Any], chart: Chart) -> dict[str, Any]:
    written = dict(asked)
    if "current" not in written and (lines := taken_now(chart)):
        written["current"] = [line.model_dump(mode="json") for line in lines]
    return written | {"patient": facts_for_plan(chart).model_dump(mode="json")}


def try_change(app: App, actor: Actor, episode_id: EpisodeId, asked: Mapping[str, Any]) -> Plan | Refusal:
    """The signed plan with a change of any kind, or a refusal; nothing is stored.

    ``asked`` is a change as it travels. Raises InputRefused with every fault, and when a dose of a later day was
    given already.
    """

    def work(reading: Reading) -> Plan | Refusal:
        episode = opened(reading, actor, UseCase.AMEND_PLAN, episode_id)
        chart = read_chart(reading, episode, app.clock())
        return _changed(app, chart, asked)

    return look(app, actor, UseCase.AMEND_PLAN, episode_id, work)


def _changed(app: App, chart: Chart, asked: Mapping[str, Any]) -> Plan | Refusal:
    if chart.signed is None:
        raise StateConflict("There is no signed plan to change; build one first.")
    written = dict(asked)
    if written.get("kind") == "restabilise":
        facts = facts_for_plan(chart).model_dump(mode="json")
        written["patient"] = {**facts, **(written.get("patient") or {})}
    return amend_plan(chart.signed.plan, parse_change(written), app.protocols, given_up_to=_given_up_to(chart))


def _given_up_to(chart: Chart) -> datetime | None:
    """When the last planned dose that was taken was due, on the ward's clock; the rest of its day may be changed."""
    planned = [
        charted.body.planned_for for charted in chart.doses if charted.body.was_taken and charted.body.planned_for
    ]
    return max(planned).astimezone(chart.zone) if planned else None


def propose_plan(
    app: App, actor: Actor, episode_id: EpisodeId, asked: Mapping[str, Any], *, entry_id: str, note: str = ""
) -> RecordId:
    """Keep a plan as the next version, not signed yet. A refusal is kept by nobody: it raises InputRefused."""

    def work(writing: Writing) -> RecordId:
        episode = opened(writing, actor, UseCase.DRAFT_PLAN, episode_id)
        chart = read_chart(writing, episode, app.clock())
        outcome = build_plan(parse_request(_complete(asked, chart), app.protocols, today=chart.today), app.protocols)
        return _keep_version(app, actor, writing, chart, outcome, entry_id, note)

    return change(app, actor, UseCase.DRAFT_PLAN, episode_id, work)


def propose_change(
    app: App, actor: Actor, episode_id: EpisodeId, asked: Mapping[str, Any], *, entry_id: str, note: str = ""
) -> RecordId:
    """Keep the changed plan as the next version; facts that the change names become facts of the chart."""

    def work(writing: Writing) -> RecordId:
        episode = opened(writing, actor, UseCase.AMEND_PLAN, episode_id)
        chart = read_chart(writing, episode, app.clock())
        outcome = _changed(app, chart, asked)
        if isinstance(outcome, Plan) and (named := asked.get("patient")):
            facts = _facts_with(chart.facts, named)
            writing.add_record(record(app, actor, episode_id, RecordKind.FACTS, facts, record_id=f"{entry_id}-facts"))
        return _keep_version(app, actor, writing, chart, outcome, entry_id, note)

    return change(app, actor, UseCase.AMEND_PLAN, episode_id, work)


def _facts_with(facts: FactsBody, named: Mapping[str, Any]) -> FactsBody:
    try:
        return FactsBody.model_validate(facts.model_dump() | dict(named))
    except ValidationError as error:
        raise InputRefused(faults_of(error)) from None


def _keep_version(
    app: App, actor: Actor, writing: Writing, chart: Chart, outcome: Plan | Refusal, entry_id: str, note: str
) -> RecordId:
    if isinstance(outcome, Refusal):
        raise InputRefused([Fault("plan", outcome.message)])
    number = max((version.number for version in chart.versions), default=0) + 1
    try:
        body = PlanBody(number=number, plan=outcome, note=note.strip())
    except ValidationError as error:
        raise InputRefused(faults_of(error)) from None
    kept = record(app, actor, chart.episode_id, RecordKind.PLAN, body, record_id=entry_id)
    writing.add_record(kept)
    refresh_latest(writing, chart.episode, app.clock())
    return kept.id


def sign_plan(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    plan_record: RecordId,
    accepted_codes: Sequence[str],
    *,
    entry_id: str,
) -> None:
    """Put a proposed version in force; the one before it is superseded.

    Every warning to sign is accepted by its name. Raises InputRefused with every fault, StateConflict when
    the version is not the newest proposal or the charted facts have changed since it was built.
    """

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.SIGN_PLAN, episode_id)
        chart = read_chart(writing, episode, app.clock())
        if any(existing.id == entry_id for existing in chart.records):
            return
        version = next((found for found in chart.versions if found.record_id == plan_record), None)
        if version is None:
            raise NotFound("There is no such plan version.")
        _require_signable(app, chart, version, accepted_codes)
        body = SignatureBody(plan_record=plan_record, accepted_codes=tuple(accepted_codes))
        writing.add_record(record(app, actor, episode_id, RecordKind.PLAN_SIGNATURE, body, record_id=entry_id))
        refresh_latest(writing, episode, app.clock())

    change(app, actor, UseCase.SIGN_PLAN, episode_id, work)


def _require_signable(app: App, chart: Chart, version: PlanVersion, accepted_codes: Sequence[str]) -> None:
    if version.signed_by:
        raise StateConflict(f"Version {version.number} is signed already.")
    if version.number != max(found.number for found in chart.versions):
        raise StateConflict("A newer version was proposed; sign that one, or build again.")
    if version.plan.request.patient != facts_for_plan(chart):
        raise StateConflict("The charted facts have changed since this plan was built; build it again.")
    faults = [
        Fault(
            "accepted",
            f'The warning "{code}" has not been accepted; read it and accept it by name, or change the plan.',
        )
        for code in version.plan.codes_to_sign
        if code not in accepted_codes
    ]
    faults.extend(_cut_too_soon_after_seizure(app, chart, version.plan))
    if faults:
        raise InputRefused(faults)


def earliest_cut_after_seizure(app: App, chart: Chart) -> date | None:
    """The first day on which a cut may be made after the last charted seizure; None without one."""
    seizure = last_seizure_at(chart)
    if seizure is None:
        return None
    return seizure.astimezone(chart.zone).date() + timedelta(days=app.protocols.limits.after_seizure_no_cut.days)


def _cut_too_soon_after_seizure(app: App, chart: Chart, plan: Plan) -> list[Fault]:
    earliest = earliest_cut_after_seizure(app, chart)
    if earliest is None:
        return []
    cuts = [
        step
        for step in plan.steps
        if step.kind in (StepKind.CUT, StepKind.STOP) and chart.today <= step.starts_on < earliest
    ]
    if not cuts:
        return []
    return [
        Fault(
            "start_on",
            f"The first cut on {cuts[0].starts_on} comes too soon after the seizure; no cut before {earliest}.",
        )
    ]


def request_plan_change(app: App, actor: Actor, episode_id: EpisodeId, reason: str, *, entry_id: str) -> None:
    """Ask to keep the dose until a prescriber has reviewed: suspends the next cut at once, never changes a dose."""

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.REQUEST_PLAN_CHANGE, episode_id)
        if len(reason.strip()) < 3:
            raise InputRefused([Fault("reason", "Say in a few words why the dose should be kept.")])
        body = ChangeRequestBody(reason=reason.strip())
        writing.add_record(record(app, actor, episode_id, RecordKind.PLAN_CHANGE_REQUEST, body, record_id=entry_id))
        refresh_latest(writing, episode, app.clock())

    change(app, actor, UseCase.REQUEST_PLAN_CHANGE, episode_id, work)
