"""Charting what became of a dose: planned ones from the signed plan and behind the gate, others with their order.

Whatever was not given is judged by the rules at once, so that a missed or vomited dose is never silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import AwareDatetime, Field, ValidationError

from taper_app.clinical.charting.doses import ChartedDose, DoseBody, DosePurpose, DoseStatus, DueDose, Route
from taper_app.clinical.charting.observation import DosesSoFar, Observation
from taper_app.clinical.charting.values import WholeNumber
from taper_app.clinical.errors import Fault, InputRefused, StateConflict
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.quantities import Milligrams, mg_of, mg_text, tenth_mcg_of
from taper_app.clinical.records import EpisodeId, Frozen, RecordId, RecordKind
from taper_app.export.dates import moment_text
from taper_app.store.interface import Writing
from taper_app.use_cases.assessing import as_of, dose_gate, is_due
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, opened, permitted, record
from taper_app.use_cases.dose_clearance import require_cleared, require_not_doubled, require_ordered_to_withhold
from taper_app.use_cases.observe import (
    SHORTEST_REASON,
    Charted,
    charted_before,
    keep_set,
    require_own_standing_entry,
    time_faults,
)
from taper_app.use_cases.rights import UseCase

_GIVING = (DoseStatus.GIVEN, DoseStatus.PARTLY_GIVEN)
_JUDGED_AT_ONCE = (DoseStatus.MISSED, DoseStatus.WITHHELD, DoseStatus.REFUSED, DoseStatus.VOMITED)


class DoseEntry(Frozen):
    """What is charted of one dose. ``mg`` is the planned amount unless only a part was given.

    ``override_reason``: why it is given although the gate says to assess first or to withhold.
    ``vomited_after_minutes``: 0 when at once; not needed for a dose that was charted as given before.
    """

    status: DoseStatus
    purpose: DosePurpose = DosePurpose.PLANNED
    medicine: str = Field(min_length=2, max_length=80)
    mg: Milligrams
    route: Route = Route.MOUTH
    planned_for: AwareDatetime | None = None
    ordered_by: str = Field(default="", max_length=120)
    reason: str = Field(default="", max_length=400)
    override_reason: str = Field(default="", max_length=300)
    vomited_after_minutes: WholeNumber | None = None


@dataclass(frozen=True, slots=True)
class DoseCharted:
    """What was kept. ``judged`` is the assessment of a dose that was not given, with its alert, else None."""

    record_id: RecordId
    body: DoseBody
    judged: Charted | None


def chart_dose(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    dose: Mapping[str, Any],
    *,
    entry_id: str,
    happened_at: datetime,
    corrects: RecordId | None = None,
) -> DoseCharted:
    """Keep what became of one dose. The same ``entry_id`` again adds nothing.

    ``dose`` is a ``DoseEntry``. ``corrects`` names one's own earlier entry of the same dose; ``reason`` then says
    why. Raises InputRefused with every fault, DoseNotCleared by the gate, StateConflict when the dose was charted
    already or no plan is signed, NotAllowed.
    """

    def work(writing: Writing) -> DoseCharted:
        episode = opened(writing, actor, UseCase.CHART_DOSE, episode_id)
        chart = read_chart(writing, episode, app.clock())
        if known := _charted_before(chart, entry_id):
            return known
        entry = _parsed(dose)
        if entry.status is DoseStatus.WITHHELD:
            permitted(actor, UseCase.WITHHOLD_DUE_DOSE, episode.unit_id)
        if corrects:
            permitted(actor, UseCase.CORRECT_OWN_ENTRY, episode.unit_id)
            require_own_standing_entry(chart, corrects, RecordKind.DOSE, actor)
        faults = [*time_faults(chart, happened_at), *_wording_faults(entry, corrects)]
        if entry.purpose is DosePurpose.PLANNED:
            body, replaced = _planned(app, actor, chart, entry, happened_at, corrects, faults)
        else:
            body, replaced = _outside_plan(app, entry, faults), corrects
        return _keep(app, actor, writing, chart, entry, body, RecordId(entry_id), happened_at, replaced)

    return change(app, actor, UseCase.CHART_DOSE, episode_id, work)


def _parsed(written: Mapping[str, Any]) -> DoseEntry:
    try:
        return DoseEntry.model_validate(dict(written))
    except ValidationError as error:
        raise InputRefused(faults_of(error, written)) from None


def _wording_faults(entry: DoseEntry, corrects: RecordId | None) -> list[Fault]:
    faults = []
    if not entry.mg:
        faults.append(Fault("mg", "The dose is 0 mg; write how many milligrams."))
    needs_reason = entry.status is not DoseStatus.GIVEN or corrects
    if needs_reason and len(entry.reason.strip()) < SHORTEST_REASON:
        said = "the entry is corrected" if corrects else f"the dose was {entry.status.in_words}"
        faults.append(Fault("reason", f"Say in a few words why {said}."))
    needs_order = entry.purpose is not DosePurpose.PLANNED or entry.route is not Route.MOUTH
    if needs_order and len(entry.ordered_by.strip()) < SHORTEST_REASON:
        what = "A dose outside the plan" if entry.purpose is not DosePurpose.PLANNED else "Another route than by mouth"
        faults.append(Fault("ordered_by", f"{what} needs an order: write who ordered it."))
    return faults


def _outside_plan(app: App, entry: DoseEntry, faults: list[Fault]) -> DoseBody:
    """Always chartable, with who ordered it; a medicine that a file knows is kept under its id."""
    if entry.planned_for is not None:
        faults.append(Fault("planned_for", "A dose outside the plan has no planned time; leave it out."))
    if faults:
        raise InputRefused(faults)
    known = app.protocols.medicine_named(entry.medicine)
    return _body(app, entry, medicine=known.id if known else entry.medicine.strip(), happened_at=None, due=None)


def _planned(
    app: App,
    actor: Actor,
    chart: Chart,
    entry: DoseEntry,
    happened_at: datetime,
    corrects: RecordId | None,
    faults: list[Fault],
) -> tuple[DoseBody, RecordId | None]:
    """The body, and the record that it takes the place of, if any."""
    if chart.signed is None:
        raise StateConflict("There is no signed plan, so no planned dose is due; chart it as a dose outside the plan.")
    due = _due_dose(chart, entry, faults)
    if due is None:
        raise InputRefused(faults)
    replaced = _replaced(chart, entry, due, corrects)
    faults += _time_of_dose_faults(chart, entry, due, happened_at)
    if faults:
        raise InputRefused(faults)
    then = as_of(chart, happened_at, replaced=corrects)
    gate = dose_gate(app, then, happened_at, due)
    if entry.status in _GIVING:
        require_cleared(actor, gate.answer, entry.override_reason, chart.episode.unit_id)
        require_not_doubled(actor, chart, due, happened_at, entry.override_reason)
    elif gate.route_to_be_ordered and entry.status in (DoseStatus.MISSED, DoseStatus.WITHHELD):
        raise StateConflict(
            "After a seizure this dose is neither missed nor withheld: chart it as late, route to be ordered, and "
            "call the prescriber, who orders the route now."
        )
    if entry.status is DoseStatus.MISSED and not _next_is_due(chart, due, happened_at):
        sentence = "It can still be given: give it, or say refused or withheld. It is missed once the next is due."
        raise InputRefused([Fault("status", sentence)])
    if entry.status is DoseStatus.WITHHELD:
        require_ordered_to_withhold(actor, gate.answer, entry.ordered_by)
    return _body(app, entry, medicine=due.dose.drug, happened_at=happened_at, due=due), replaced


def _due_dose(chart: Chart, entry: DoseEntry, faults: list[Fault]) -> DueDose | None:
    """The dose of the signed plan that is meant; None, with the faults, when the plan has no such dose."""
    if entry.planned_for is None:
        faults.append(Fault("planned_for", "Name the time for which the dose was planned."))
        return None
    day = entry.planned_for.astimezone(chart.zone).date()
    at_that_time = [due for due in chart.planned_between(day, day) if due.planned_for == entry.planned_for]
    due = next((due for due in at_that_time if due.dose.drug == entry.medicine), None)
    if due is None:
        when = moment_text(entry.planned_for, chart.unit.zone)
        faults.append(Fault("planned_for", f"The signed plan has no such dose for {when}; choose one that is due."))
        return None
    partly = entry.status is DoseStatus.PARTLY_GIVEN
    if partly and entry.mg >= due.dose.mg:
        faults.append(Fault("mg", f"A part is less than the planned {mg_text(due.dose.mg)}; write what was taken."))
    elif not partly and entry.mg != _expected_mg(due, entry):
        faults.append(
            Fault(
                "mg",
                f"The plan says {mg_text(_expected_mg(due, entry))}, not {mg_text(entry.mg)}; give the planned dose, "
                "or chart what a prescriber ordered as a dose outside the plan.",
            )
        )
    return due


def _expected_mg(due: DueDose, entry: DoseEntry) -> Decimal:
    """The planned amount; of a part that was vomited afterwards, that part."""
    before = _given_before(due)
    if entry.status is DoseStatus.VOMITED and before:
        return mg_of(before.body.tenth_mcg)
    return due.dose.mg


def _replaced(chart: Chart, entry: DoseEntry, due: DueDose, corrects: RecordId | None) -> RecordId | None:
    """The record that this entry takes the place of. Raises StateConflict when the dose was charted already.

    A given dose that is vomited afterwards goes on from the entry that says so.
    """
    if due.charted is None or due.is_open or corrects == due.charted.record.id:
        return corrects
    was_given = due.charted.body.status in _GIVING
    if entry.status is DoseStatus.VOMITED and was_given:
        return due.charted.record.id
    record_ = due.charted.record
    raise StateConflict(
        f"This dose is charted already: {due.charted.body.status.in_words} at "
        f"{moment_text(record_.happened_at, chart.unit.zone)} by {record_.author.signature}."
    )


def _time_of_dose_faults(chart: Chart, entry: DoseEntry, due: DueDose, happened_at: datetime) -> list[Fault]:
    planned = moment_text(due.planned_for, chart.unit.zone)
    faults = []
    if not is_due(DueDose(due.planned_for, due.dose, due.plan_version, None), happened_at):
        faults.append(Fault("happened_at", f"The dose is planned for {planned}: too early, or check the time."))
    if entry.status is DoseStatus.MISSED and happened_at < due.planned_for:
        faults.append(Fault("status", f"The dose of {planned} cannot be missed before its time."))
    if due.charted is not None and happened_at < due.charted.at:
        before = moment_text(due.charted.at, chart.unit.zone)
        faults.append(Fault("happened_at", f"This lies before what was charted at {before}; check the time."))
    if entry.status is DoseStatus.VOMITED and _given_before(due) is None and entry.vomited_after_minutes is None:
        faults.append(Fault("vomited_after_minutes", "Say how many minutes after the dose; 0 when at once."))
    return faults


def _next_is_due(chart: Chart, due: DueDose, at: datetime) -> bool:
    """Whether the time of the medicine's next dose has come; until then a late dose is given, not missed."""
    day = due.planned_for.astimezone(chart.zone).date()
    following = [
        later
        for later in chart.planned_between(day, day + timedelta(days=1))
        if later.dose.drug == due.dose.drug and later.planned_for > due.planned_for
    ]
    return not following or is_due(DueDose(following[0].planned_for, following[0].dose, due.plan_version, None), at)


def _given_before(due: DueDose) -> ChartedDose | None:
    return due.charted if due.charted and due.charted.body.status in _GIVING else None


def _body(app: App, entry: DoseEntry, *, medicine: str, happened_at: datetime | None, due: DueDose | None) -> DoseBody:
    reason = entry.reason.strip()
    if entry.override_reason.strip():
        reason = f"{reason} Given all the same: {entry.override_reason.strip()}".strip()
    reopens = timedelta(minutes=app.protocols.rules.gate.withheld_reopens_after_minutes)
    withheld_at = happened_at if entry.status is DoseStatus.WITHHELD else None
    return DoseBody(
        status=entry.status,
        purpose=entry.purpose,
        medicine=medicine,
        tenth_mcg=tenth_mcg_of(entry.mg),
        pieces=due.dose.pieces if due and entry.status is not DoseStatus.PARTLY_GIVEN else (),
        route=entry.route,
        planned_for=due.planned_for if due else None,
        plan_version=due.plan_version if due else None,
        ordered_by=entry.ordered_by.strip(),
        reason=reason,
        recheck_at=withheld_at + reopens if withheld_at else None,
    )


def _keep(
    app: App,
    actor: Actor,
    writing: Writing,
    chart: Chart,
    entry: DoseEntry,
    body: DoseBody,
    record_id: RecordId,
    happened_at: datetime,
    replaced: RecordId | None,
) -> DoseCharted:
    writing.add_record(
        record(
            app,
            actor,
            chart.episode_id,
            RecordKind.DOSE,
            body,
            happened_at=happened_at,
            record_id=record_id,
            corrects=replaced,
        )
    )
    if body.status not in _JUDGED_AT_ONCE and body.purpose is not DosePurpose.PRN:
        refresh_latest(writing, chart.episode, app.clock())
        return DoseCharted(record_id, body, None)
    after = read_chart(writing, chart.episode, app.clock())
    counted = DosesSoFar(
        late_minutes=_minutes_late(after, body, happened_at),
        vomited_within_minutes=_minutes_to_vomiting(chart, entry, body, happened_at),
    )
    observation = Observation(doses=counted)
    judged = keep_set(app, actor, writing, after, observation, RecordId(f"{record_id}-set"), happened_at)
    return DoseCharted(record_id, body, judged)


def _minutes_late(after: Chart, body: DoseBody, happened_at: datetime) -> int:
    """How late the latest dose is that was not taken, this one among them: charting it as missed hides nothing."""
    still_open = [due.minutes_late(happened_at) for due in as_of(after, happened_at).due_doses]
    if body.planned_for is not None and not body.was_taken:
        still_open.append(int((happened_at - body.planned_for).total_seconds() // 60))
    return max([0, *still_open])


def _minutes_to_vomiting(chart: Chart, entry: DoseEntry, body: DoseBody, happened_at: datetime) -> int | None:
    if body.status is not DoseStatus.VOMITED:
        return None
    same = [given for given in chart.doses if given.body.planned_for == body.planned_for and given.body.was_taken]
    if same and body.planned_for is not None:
        return int((happened_at - same[-1].at).total_seconds() // 60)
    return entry.vomited_after_minutes


def _charted_before(chart: Chart, entry_id: str) -> DoseCharted | None:
    found = next((kept for kept in chart.records if kept.id == RecordId(entry_id)), None)
    if found is None:
        return None
    return DoseCharted(found.id, found.body_as(DoseBody), charted_before(chart, f"{entry_id}-set"))
