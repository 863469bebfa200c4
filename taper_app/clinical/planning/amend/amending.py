"""Puts a change into effect: what it orders, the rest built anew, the past in front of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.amend.allowed import faults_of_day, faults_of_edition, warnings_of_edition
from taper_app.clinical.planning.amend.changes import Change
from taper_app.clinical.planning.amend.joining import joined
from taper_app.clinical.planning.amend.keep import keep, keep_days, resume
from taper_app.clinical.planning.amend.maintain import maintain
from taper_app.clinical.planning.amend.medicine import change_medicine
from taper_app.clinical.planning.amend.missed import missed
from taper_app.clinical.planning.amend.order import Order, read_rest
from taper_app.clinical.planning.amend.pace import change_pace
from taper_app.clinical.planning.amend.products import change_products
from taper_app.clinical.planning.amend.restabilise import restabilise
from taper_app.clinical.planning.amend.step_back import step_back
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.build import attempt_plan
from taper_app.clinical.planning.remedies import WHOM_TO_ASK
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.request_faults import LATEST_START
from taper_app.clinical.protocol.library import Protocols

_ORDERED_BY: Mapping[str, Callable[[Plan, Any, Protocols], Order | Refusal]] = {
    "keep_days": keep_days,
    "keep": keep,
    "resume": resume,
    "slow": change_pace,
    "speed_up": change_pace,
    "step_back": step_back,
    "restabilise": restabilise,
    "maintain": maintain,
    "change_products": change_products,
    "change_medicine": change_medicine,
    "missed": missed,
}


def amend_plan(plan: Plan, change: Change, protocols: Protocols, *, given_up_to: date | None = None) -> Plan | Refusal:
    """The new plan: steps before ``change.on`` as they were, then the lead-in, then the rest at its pace.

    ``given_up_to`` is the last day, or the moment of the last dose, that was given. A refusal names whom to ask;
    the change itself is the place to try another pace or other products.
    Raises InputRefused with every fault: the day, the protocol's edition, the change or the request that it gives.
    """
    faults = [*faults_of_day(plan, change, given_up_to), *faults_of_edition(plan, change, protocols)]
    is_readable = plan.starts_on <= change.on <= LATEST_START and plan.protocol.id in protocols.tapers
    try:
        order, request = _ordered(plan, change, protocols) if is_readable else (None, None)
    except InputRefused as refused:
        raise InputRefused([*faults, *refused.faults]) from None
    if faults:
        raise InputRefused(faults)
    assert order is not None, "what cannot be read has a fault"
    if isinstance(order, Refusal):
        return _with_whom_to_ask(order)
    assert request is not None, "an order has its request"
    before = plan.request.current if order.has_more_pieces else ()
    outcome = attempt_plan(request, protocols, lead_in=order.lead_in, taken_before=before).outcome
    if isinstance(outcome, Refusal):
        return _with_whom_to_ask(outcome)
    order = replace(order, warnings=(*warnings_of_edition(plan, protocols), *order.warnings))
    return joined(plan, change, order, outcome, protocols)


def _ordered(plan: Plan, change: Change, protocols: Protocols) -> tuple[Order | Refusal, PlanRequest | None]:
    order = _ORDERED_BY[change.kind](plan, change, protocols)
    return order, None if isinstance(order, Refusal) else read_rest(order.written, protocols)


def _with_whom_to_ask(refusal: Refusal) -> Refusal:
    return refusal if refusal.whom_to_ask else refusal.model_copy(update={"whom_to_ask": WHOM_TO_ASK})
