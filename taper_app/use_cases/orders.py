"""A prescriber's orders on the chart: as needed and comfort medicines with their maximum, and a word on one due dose.

The rights table has no row of its own for orders; who may sign an amended plan may write one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, Field, ValidationError

from taper_app.clinical.charting.doses import Route
from taper_app.clinical.charting.orders import (
    Allowance,
    Caution,
    DoseOrderBody,
    Order,
    OrderBody,
    OrderEndedBody,
    OrderKind,
    allowance,
    cautions_of,
    taken_of,
)
from taper_app.clinical.errors import Fault, InputRefused, NotAllowed, NotFound, StateConflict
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.medicines import folded
from taper_app.clinical.quantities import Milligrams, WorkedOutMilligrams, tenth_mcg_of
from taper_app.clinical.records import EpisodeId, Frozen, RecordId, RecordKind
from taper_app.clinical.typed_text import ONE_LINE
from taper_app.store.interface import Writing
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, opened, permitted, record
from taper_app.use_cases.dose_entry import refuse
from taper_app.use_cases.observe import SHORTEST_REASON
from taper_app.use_cases.rights import Grant, UseCase

BodyT = TypeVar("BodyT", bound=Frozen)


class OrderEntry(Frozen):
    """What a prescriber writes. ``most_mg``: of the medicine beside the plan, in any 24 hours."""

    kind: OrderKind
    medicine: Annotated[str, Field(min_length=2, max_length=80), ONE_LINE]
    mg: Milligrams
    most_mg: WorkedOutMilligrams
    hours_between: int | None = Field(default=None, ge=1, le=24)
    route: Route = Route.MOUTH
    reason: Annotated[str, Field(max_length=200), ONE_LINE] = ""
    accepted: tuple[str, ...] = ()


class DoseOrderEntry(Frozen):
    """A word on one due dose: given now by this route, although the check does not clear it."""

    planned_for: AwareDatetime
    medicine: str
    route: Route
    reason: Annotated[str, Field(max_length=300), ONE_LINE] = ""


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """An order in force with what it still allows."""

    order: Order
    allowance: Allowance


def may_order(actor: Actor, chart: Chart) -> bool:
    """Whether this person may write orders here."""
    try:
        return permitted(actor, UseCase.AMEND_PLAN, chart.episode.unit_id) is Grant.SIGN
    except NotAllowed:
        return False


def standing_orders(chart: Chart) -> Sequence[StandingOrder]:
    """Orders in force now, oldest first, each with what may still be given."""
    return [
        StandingOrder(order, allowance(order.body, taken_of(order.body, chart.doses, chart.comfort_doses), chart.now))
        for order in reversed(chart.orders)
        if order.is_in_force(chart.now)
    ]


def order_medicine(app: App, actor: Actor, episode_id: EpisodeId, order: Mapping[str, Any], *, entry_id: str) -> None:
    """Keep an order; the same ``entry_id`` again adds nothing. ``order`` is an ``OrderEntry``.

    Raises InputRefused with every fault, and while a caution was not accepted by name; NotAllowed.
    """

    def work(writing: Writing) -> None:
        chart = _opened(app, actor, writing, episode_id)
        if _is_kept(chart, entry_id):
            return
        entry = _parsed(order)
        faults = _order_faults(app, chart, entry)
        body = _body(app, entry, faults)
        faults += (
            [
                Fault("accepted", f"{caution.message} Accept it by name, or order something else.")
                for caution in cautions_of(body, chart.patient.age_on(chart.today), app.protocols.limits.older_adult)
                if caution.code not in entry.accepted
            ]
            if body
            else []
        )
        refuse(faults)
        assert body is not None, "without a fault there is a body"
        _keep(app, actor, writing, chart, RecordKind.ORDER, body, entry_id)

    change(app, actor, UseCase.AMEND_PLAN, episode_id, work, detail="order")


def cautions_before(app: App, chart: Chart, medicine: str) -> Sequence[Caution]:
    """What ordering a comfort medicine for this patient has to be accepted with."""
    if len(medicine.strip()) < 2:
        return ()
    shown = OrderBody(kind=OrderKind.COMFORT, medicine=medicine[:80], tenth_mcg=1, most_tenth_mcg=1, reason="asked")
    return cautions_of(shown, chart.patient.age_on(chart.today), app.protocols.limits.older_adult)


def end_order(app: App, actor: Actor, episode_id: EpisodeId, order_id: RecordId, reason: str, *, entry_id: str) -> None:
    """Nothing more is given by it from now on. Raises InputRefused without a reason, StateConflict when ended."""

    def work(writing: Writing) -> None:
        chart = _opened(app, actor, writing, episode_id)
        if _is_kept(chart, entry_id):
            return
        order = next((found for found in chart.orders if found.id == order_id), None)
        if order is None:
            raise NotFound("There is no such order for this patient.")
        if order.ended:
            raise StateConflict(f"The order was ended already by {order.ended.author.signature}.")
        if len(reason.strip()) < SHORTEST_REASON:
            raise InputRefused([Fault("reason", "Say in a few words why the order ends.")])
        body = _valid(OrderEndedBody, order=order_id, reason=reason.strip())
        _keep(app, actor, writing, chart, RecordKind.ORDER_ENDED, body, entry_id)

    change(app, actor, UseCase.AMEND_PLAN, episode_id, work, detail="order ended")


def order_dose(app: App, actor: Actor, episode_id: EpisodeId, order: Mapping[str, Any], *, entry_id: str) -> None:
    """A prescriber's word on one due dose, so that a nurse gives it although the check does not clear it.

    ``order`` is a ``DoseOrderEntry``. It holds as long as a reading does (``dose-gate.toml``).
    """

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.OVERRIDE_DOSE_GATE, episode_id)
        if permitted(actor, UseCase.OVERRIDE_DOSE_GATE, episode.unit_id) is not Grant.SIGN:
            raise NotAllowed("Only a prescriber orders a dose that the check does not clear.")
        chart = read_chart(writing, episode, app.clock())
        if _is_kept(chart, entry_id):
            return
        try:
            entry = DoseOrderEntry.model_validate(dict(order))
        except ValidationError as error:
            raise InputRefused(faults_of(error, order)) from None
        faults = []
        if len(entry.reason.strip()) < SHORTEST_REASON:
            faults.append(Fault("reason", "Say in a few words why the dose is given now."))
        if not any((due.planned_for, due.dose.drug) == (entry.planned_for, entry.medicine) for due in chart.due_doses):
            faults.append(Fault("planned_for", "No such dose is due; choose one that is."))
        refuse(faults)
        body = _valid(DoseOrderBody, **entry.model_dump())
        _keep(app, actor, writing, chart, RecordKind.DOSE_ORDER, body, entry_id)

    change(app, actor, UseCase.OVERRIDE_DOSE_GATE, episode_id, work, detail="order for one dose")


def _opened(app: App, actor: Actor, writing: Writing, episode_id: EpisodeId) -> Chart:
    episode = opened(writing, actor, UseCase.AMEND_PLAN, episode_id)
    if permitted(actor, UseCase.AMEND_PLAN, episode.unit_id) is not Grant.SIGN:
        raise NotAllowed("Only a prescriber writes or ends an order.")
    return read_chart(writing, episode, app.clock())


def _is_kept(chart: Chart, entry_id: str) -> bool:
    return any(kept.id == entry_id for kept in chart.records)


def _parsed(written: Mapping[str, Any]) -> OrderEntry:
    try:
        return OrderEntry.model_validate(dict(written))
    except ValidationError as error:
        raise InputRefused(faults_of(error, written)) from None


def _order_faults(app: App, chart: Chart, entry: OrderEntry) -> list[Fault]:
    faults = []
    known = app.protocols.medicine_named(entry.medicine)
    if entry.kind is OrderKind.AS_NEEDED and known is None:
        faults.append(Fault("medicine", "As needed is for benzodiazepines and Z-drugs; choose one, or order comfort."))
    if entry.kind is OrderKind.COMFORT and known is not None:
        faults.append(
            Fault("medicine", f"{known.name} is a benzodiazepine or Z-drug; order it as needed, not for comfort.")
        )
    if not entry.mg:
        faults.append(Fault("mg", "One dose is 0 mg; write how many milligrams."))
    if entry.most_mg < entry.mg:
        faults.append(Fault("most_mg", "The most in 24 hours is less than one dose; write the maximum of a day."))
    if len(entry.reason.strip()) < SHORTEST_REASON:
        faults.append(Fault("reason", "Say in a few words what it is given for."))
    name = folded(known.id if known else entry.medicine)
    if any(order.is_in_force(chart.now) and folded(order.body.medicine) == name for order in chart.orders):
        faults.append(Fault("medicine", "An order for it is in force; end that one first, so that one maximum counts."))
    return faults


def _body(app: App, entry: OrderEntry, faults: list[Fault]) -> OrderBody | None:
    if any(fault.field != "accepted" for fault in faults):
        return None
    known = app.protocols.medicine_named(entry.medicine)
    return _valid(
        OrderBody,
        kind=entry.kind,
        medicine=known.id if known else entry.medicine.strip(),
        tenth_mcg=tenth_mcg_of(entry.mg),
        most_tenth_mcg=tenth_mcg_of(entry.most_mg),
        hours_between=entry.hours_between,
        route=entry.route,
        reason=entry.reason.strip(),
        accepted=entry.accepted,
    )


def _valid(shape: type[BodyT], **fields: Any) -> BodyT:
    try:
        return shape(**fields)
    except ValidationError as error:
        raise InputRefused(faults_of(error)) from None


def _keep(
    app: App, actor: Actor, writing: Writing, chart: Chart, kind: RecordKind, body: Frozen, entry_id: str
) -> None:
    writing.add_record(record(app, actor, chart.episode_id, kind, body, record_id=entry_id))
    refresh_latest(writing, chart.episode, app.clock())
