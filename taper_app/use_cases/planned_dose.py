"""Charting a dose of the signed plan: which one is meant, whether it may be given now, and what it was made of."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from taper_app.clinical.charting.after_a_gap import TakenUp
from taper_app.clinical.charting.doses import ChartedDose, DoseStatus, DueDose, Route
from taper_app.clinical.charting.orders import DoseOrder
from taper_app.clinical.errors import Fault, InputRefused, StateConflict
from taper_app.clinical.people import Actor
from taper_app.clinical.planning.answer import Pieces
from taper_app.clinical.quantities import mg_of, mg_text
from taper_app.clinical.records import RecordId
from taper_app.export.dates import moment_text
from taper_app.use_cases.assessing import DoseGateNow, as_of, dose_gate, is_due
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.context import App
from taper_app.use_cases.dose_clearance import (
    gap_before,
    prescriber_order_for,
    require_cleared,
    require_not_doubled,
    require_order_to_give_early,
    require_ordered_to_withhold,
    require_word_after_gap,
)
from taper_app.use_cases.dose_entry import (
    GIVING,
    DoseEntry,
    Judged,
    NotFromThePlan,
    body_of,
    piece_faults_of,
    refuse,
)
from taper_app.use_cases.observe import SHORTEST_REASON


def planned_dose(
    app: App,
    actor: Actor,
    chart: Chart,
    entry: DoseEntry,
    happened_at: datetime,
    corrects: RecordId | None,
    faults: list[Fault],
) -> Judged:
    """The body of a planned dose. ``faults`` are those found before.

    Raises InputRefused with all faults, NotFromThePlan when no signed plan covers it, DoseNotCleared, NotAllowed,
    StateConflict.
    """
    if chart.signed is None:
        raise NotFromThePlan("There is no signed plan, so no planned dose is due.", entry)
    due = _due_dose(chart, entry, faults)
    if due is None:
        raise InputRefused(faults)
    replaced = _replaced(chart, entry, due, corrects)
    then = as_of(chart, happened_at, replaced=corrects)
    ordered = prescriber_order_for(app, then, due, happened_at)
    faults += [*_time_of_dose_faults(chart, entry, due, happened_at), *_route_faults(entry, ordered)]
    refuse([*faults, *piece_faults_of(app, entry, due.dose.drug)])
    gate = dose_gate(app, then, happened_at, due)
    if entry.status in GIVING:
        entry = _cleared(app, actor, chart, then, entry, due, happened_at, gate, ordered)
    _require_fitting_status(actor, chart, entry, due, happened_at, gate)
    reopens = timedelta(minutes=app.protocols.rules.gate.withheld_reopens_after_minutes)
    body = body_of(
        entry,
        medicine=due.dose.drug,
        pieces=_pieces(entry, due),
        planned_for=due.planned_for,
        plan_version=due.plan_version,
        recheck_at=happened_at + reopens if entry.status is DoseStatus.WITHHELD else None,
        vomited_after_minutes=_minutes_to_vomiting(chart, entry, due, happened_at),
    )
    return Judged(body, replaced)


def _cleared(
    app: App,
    actor: Actor,
    chart: Chart,
    then: Chart,
    entry: DoseEntry,
    due: DueDose,
    happened_at: datetime,
    gate: DoseGateNow,
    ordered: DoseOrder | None,
) -> DoseEntry:
    """The entry, with who ordered it where a prescriber's word for this dose is on the chart."""
    gap = gap_before(app, then, due, happened_at)
    if gap.taken_up is TakenUp.TITRATED_ANEW:
        raise NotFromThePlan(gap.sentence, entry)
    if ordered is not None:
        entry = _by_order(entry, ordered)
    if ordered is None or gate.answer.override_role is None:
        require_cleared(actor, gate.answer, entry.override_reason, chart.episode.unit_id)
    require_not_doubled(actor, chart, due, happened_at, entry.override_reason)
    require_word_after_gap(actor, gap, entry.ordered_by)
    require_order_to_give_early(actor, chart, due, happened_at, entry.ordered_by)
    return entry


def _by_order(entry: DoseEntry, ordered: DoseOrder) -> DoseEntry:
    if entry.route is not ordered.body.route:
        sentence = f"The order says {ordered.body.route.value}; give it that way, or ask for another order."
        raise InputRefused([Fault("route", sentence)])
    reason = entry.reason or f"Ordered for this dose: {ordered.body.reason}"
    return entry.model_copy(update={"ordered_by": ordered.record.author.name, "reason": reason})


def _require_fitting_status(
    actor: Actor, chart: Chart, entry: DoseEntry, due: DueDose, happened_at: datetime, gate: DoseGateNow
) -> None:
    """What is not given now is missed, withheld or late by rules of its own."""
    if gate.route_to_be_ordered and entry.status in (DoseStatus.MISSED, DoseStatus.WITHHELD):
        raise StateConflict(
            "After a seizure this dose is neither missed nor withheld: chart it as late, route to be ordered, and "
            "call the prescriber, who orders the route now."
        )
    if entry.status is DoseStatus.MISSED and not _next_is_due(chart, due, happened_at):
        sentence = "It can still be given: give it, or say refused or withheld. It is missed once the next is due."
        raise InputRefused([Fault("status", sentence)])
    if entry.status is DoseStatus.WITHHELD:
        require_ordered_to_withhold(actor, gate.answer, entry.ordered_by)


def _pieces(entry: DoseEntry, due: DueDose) -> tuple[Pieces, ...]:
    """What it was really made of; unless somebody said so, a part has no pieces and a whole dose the plan's."""
    if entry.pieces:
        return entry.pieces
    before = _given_before(due)
    if before and entry.status is DoseStatus.VOMITED:
        return before.body.pieces
    return () if entry.status is DoseStatus.PARTLY_GIVEN else due.dose.pieces


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
    was_given = due.charted.body.status in GIVING
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


def _route_faults(entry: DoseEntry, ordered: DoseOrder | None) -> list[Fault]:
    """Another way than by mouth is somebody's order: written here, or a prescriber's word on the chart."""
    if entry.route is Route.MOUTH or ordered or len(entry.ordered_by.strip()) >= SHORTEST_REASON:
        return []
    return [Fault("ordered_by", "Another route than by mouth needs an order: write who ordered it.")]


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
    return due.charted if due.charted and due.charted.body.status in GIVING else None


def _minutes_to_vomiting(chart: Chart, entry: DoseEntry, due: DueDose, happened_at: datetime) -> int | None:
    """From the dose as it was charted; of one that was vomited at once, as it was said."""
    if entry.status is not DoseStatus.VOMITED:
        return None
    before = _given_before(due)
    return int((happened_at - before.at).total_seconds() // 60) if before else entry.vomited_after_minutes
