"""Charting a dose outside the plan: on somebody's order, by a standing order, or once more after vomiting.

Emergency, admission and transfer doses are always chartable, with who ordered them. A dose by a standing order keeps
its maximum, and a benzodiazepine as needed or repeated passes the same gate as a planned one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from taper_app.clinical.charting.doses import ChartedDose, DosePurpose, DoseStatus
from taper_app.clinical.charting.orders import Order, allowance, taken_of
from taper_app.clinical.charting.vomiting import repeat_of, route_fits
from taper_app.clinical.errors import Fault, InputRefused, NotFound, StateConflict
from taper_app.clinical.people import Actor
from taper_app.clinical.planning.answer import Pieces
from taper_app.clinical.quantities import mg_of, mg_text, plain
from taper_app.clinical.records import RecordId
from taper_app.export.dates import moment_text
from taper_app.use_cases.assessing import as_of, gate_at
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.context import App
from taper_app.use_cases.dose_clearance import require_cleared, require_not_advised_against
from taper_app.use_cases.dose_entry import GIVING, DoseEntry, Judged, body_of, piece_faults_of, refuse

_NOT_WITHOUT_AN_ORDER = (
    "There is no such order in force, so nothing is given as needed or for comfort; a prescriber writes the order "
    "first. What was ordered by word of mouth in an emergency is charted as a dose outside the plan."
)


def unplanned_dose(
    app: App,
    actor: Actor,
    chart: Chart,
    entry: DoseEntry,
    happened_at: datetime,
    corrects: RecordId | None,
    faults: list[Fault],
) -> Judged:
    """The body of a dose outside the plan. ``faults`` are those found before.

    Raises InputRefused with all faults, StateConflict past an order's maximum, DoseNotCleared, NotAllowed.
    """
    if entry.planned_for is not None:
        faults.append(Fault("planned_for", "A dose outside the plan has no planned time; leave it out."))
    known = app.protocols.medicine_named(entry.medicine)
    medicine = known.id if known else entry.medicine.strip()
    refuse([*faults, *piece_faults_of(app, entry, medicine)])
    then = as_of(chart, happened_at, replaced=corrects)
    if entry.vomited_dose:
        return _vomited(chart, entry, happened_at)
    if entry.purpose.is_by_order and entry.status in (*GIVING, DoseStatus.VOMITED):
        _require_within_order(app, actor, chart, then, entry, happened_at, corrects)
    if entry.purpose is DosePurpose.REPEAT:
        _require_repeatable(app, actor, chart, then, entry, medicine, happened_at, corrects)
    return Judged(body_of(entry, medicine=medicine, pieces=_pieces(entry)), corrects)


def filled_from_order(chart: Chart, written: Mapping[str, Any]) -> dict[str, Any]:
    """What was written, with what its order decides: nobody types medicine, amount or route of an order again."""
    if not written.get("order"):
        return dict(written)
    order = _order(chart, RecordId(str(written["order"])))
    decided = {
        "purpose": order.body.kind.purpose.value,
        "medicine": order.body.medicine,
        "route": order.body.route.value,
        "ordered_by": order.record.author.name,
    }
    return {"mg": plain(mg_of(order.body.tenth_mcg))} | dict(written) | decided


def _order(chart: Chart, order_id: RecordId) -> Order:
    found = next((order for order in chart.orders if order.id == order_id), None)
    if found is None:
        raise NotFound("There is no such order for this patient.")
    return found


def _pieces(entry: DoseEntry) -> tuple[Pieces, ...]:
    return entry.pieces or ()


def _require_within_order(
    app: App,
    actor: Actor,
    chart: Chart,
    then: Chart,
    entry: DoseEntry,
    happened_at: datetime,
    corrects: RecordId | None,
) -> None:
    """The order was in force, its amount is kept, its maximum is not passed, and nothing speaks against it now."""
    if entry.order is None:
        raise StateConflict(_NOT_WITHOUT_AN_ORDER)
    order = _order(chart, entry.order)
    if not order.is_in_force(happened_at):
        raise StateConflict("This order was not in force then; choose one that was, or ask for a new order.")
    refuse(_amount_faults(order, entry))
    _require_below_maximum(chart, order, happened_at, corrects)
    if entry.purpose is DosePurpose.COMFORT:
        require_not_advised_against(actor, then, entry.medicine, entry.override_reason)
    else:
        require_cleared(actor, gate_at(app, then, happened_at).answer, entry.override_reason, chart.episode.unit_id)


def _amount_faults(order: Order, entry: DoseEntry) -> list[Fault]:
    ordered = mg_of(order.body.tenth_mcg)
    if entry.status is DoseStatus.PARTLY_GIVEN and entry.mg >= ordered:
        return [Fault("mg", f"A part is less than the ordered {mg_text(ordered)}; write what was taken.")]
    if entry.status is not DoseStatus.PARTLY_GIVEN and entry.mg != ordered:
        return [Fault("mg", f"The order says {mg_text(ordered)}, not {mg_text(entry.mg)}; give what was ordered.")]
    return []


def _require_below_maximum(chart: Chart, order: Order, happened_at: datetime, corrects: RecordId | None) -> None:
    taken = taken_of(order.body, _without(chart.doses, corrects), _without(chart.comfort_doses, corrects))
    found = allowance(order.body, taken, happened_at)
    if found.is_possible(happened_at):
        return
    most, had = mg_text(mg_of(order.body.most_tenth_mcg)), mg_text(mg_of(found.taken_tenth_mcg))
    apart = f", at least {order.body.hours_between} h apart" if order.body.hours_between else ""
    raise StateConflict(
        f"{order.body.medicine}: {had} taken in the 24 hours before, and the order allows at most {most} in 24 "
        f"hours{apart}. The next one is possible {moment_text(found.possible_at, chart.unit.zone)}; for more a "
        "prescriber writes a new order."
    )


def _without(doses: list[ChartedDose], corrects: RecordId | None) -> list[ChartedDose]:
    return [charted for charted in doses if charted.record.id != corrects]


def _require_repeatable(
    app: App,
    actor: Actor,
    chart: Chart,
    then: Chart,
    entry: DoseEntry,
    medicine: str,
    happened_at: datetime,
    corrects: RecordId | None,
) -> None:
    """One repeat of a vomited dose, of the same amount, on a prescriber's word, behind the gate."""
    doses = _without(chart.doses, corrects)
    vomited = next(
        (dose for dose in doses if dose.record.id == entry.repeats and dose.body.status is DoseStatus.VOMITED), None
    )
    if vomited is None:
        raise StateConflict("No vomited dose is named that could be given once more.")
    repeat = repeat_of(vomited, doses, app.protocols.rules.gate.vomited)
    if not repeat.is_possible:
        raise StateConflict(repeat.sentence)
    if not route_fits(repeat, entry.route):
        raise InputRefused([Fault("route", repeat.sentence)])
    if medicine != vomited.body.medicine or entry.mg != mg_of(vomited.body.tenth_mcg):
        sentence = f"The repeat is {vomited.body.medicine} {mg_text(mg_of(vomited.body.tenth_mcg))}, as it was vomited."
        raise InputRefused([Fault("mg", sentence)])
    if happened_at < vomited.at:
        raise InputRefused([Fault("happened_at", "The repeat lies before the vomiting; check the time.")])
    gate = gate_at(app, then, happened_at, vomiting_is_answered=True)
    require_cleared(actor, gate.answer, entry.override_reason, chart.episode.unit_id)


def _vomited(chart: Chart, entry: DoseEntry, happened_at: datetime) -> Judged:
    """A given dose outside the plan was vomited: the same dose goes on from the entry that says so."""
    given = next((dose for dose in chart.doses if dose.record.id == entry.vomited_dose), None)
    if given is None or given.body.status not in GIVING or given.body.purpose is DosePurpose.PLANNED:
        raise StateConflict("There is no such given dose outside the plan.")
    if happened_at < given.at:
        raise InputRefused([Fault("happened_at", "The vomiting lies before the dose; check the time.")])
    body = given.body.model_copy(
        update={
            "status": DoseStatus.VOMITED,
            "reason": entry.reason.strip(),
            "vomited_after_minutes": int((happened_at - given.at).total_seconds() // 60),
            "tablet_seen": entry.tablet_seen,
        }
    )
    return Judged(body, given.record.id)
