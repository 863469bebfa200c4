"""What a change asks of the builder: the request for the rest of the plan, and how that rest begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.planning.amend.changes import Change
from taper_app.clinical.planning.amend.standing import Standing
from taper_app.clinical.planning.answer import Plan, PlanWarning, Reason, StepKind
from taper_app.clinical.planning.dispensing.carry import without_supply
from taper_app.clinical.planning.lead_in import LeadIn
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.tapers import PERCENT_MODELS
from taper_app.clinical.quantities import tenth_mcg_of

ORDERED = "local-default"


@dataclass(frozen=True, slots=True)
class Order:
    """``written`` is the request for the rest. ``echo`` holds fields of the answer's request that are neither those
    of the old plan nor of the rest. ``warnings`` stand on the first new step. ``days_left`` is set while the dose is
    kept until reviewed. ``has_more_pieces``: what was taken before the plan still says how many pieces a dose may
    have.
    """

    written: dict[str, Any]
    lead_in: LeadIn
    echo: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[PlanWarning, ...] = ()
    days_left: int | None = None
    has_more_pieces: bool = True


def request_for_rest(
    request: PlanRequest,
    on: date,
    days: int,
    current: list[dict[str, Any]],
    override_reason: str | None,
    protocols: Protocols,
) -> dict[str, Any]:
    """The old request with a new present dose; its first cut is the day after the lead-in."""
    written = without_supply(request.as_json())
    written["current"] = current
    written["start_on"] = (on + timedelta(days=days)).isoformat()
    written["override_reason"] = override_reason
    still_taken = {request.taper_drug, *(line["drug"] for line in current)}
    written["products"] = [
        product_id
        for product_id in request.products or ()
        if (stocked := protocols.product(product_id)) and stocked.medicine in still_taken
    ]
    if not written["products"]:
        del written["products"]
    written.pop("ends_by", None)  # a promise of the old plan; ``joining`` says when it is not kept
    written.pop("start_fraction_percent", None)  # the doses of that day are the present ones: no part of them again
    return written


def written_for(standing: Standing, change: Change, days: int, protocols: Protocols) -> dict[str, Any]:
    """The request for a rest that begins with the present dose and goes on under the old plan's reason, if any."""
    request = standing.plan.request
    reason = change.override_reason or request.override_reason
    written = request_for_rest(request, change.on, days, standing.current(), reason, protocols)
    if times := standing.times():
        written["times"] = times
    return written


def lead_in(plan: Plan, kind: StepKind, on: date, days: int, text: str, **more: Any) -> LeadIn:
    """The ordered days, with the daily doses before them so that the ceilings can look back.

    ``more``: other fields of ``LeadIn``. A dose that is kept goes on with the cuts that were begun.
    """
    return LeadIn(
        kind=kind,
        starts_on=on,
        days=days,
        reason=Reason(text=text, source=ORDERED),
        before=_amounts(_daily_before(plan)),
        earlier=tuple((step.starts_on, _amounts(step.daily_mg)) for step in plan.steps if step.starts_on < on),
        **{"cuts_began_from": _cuts_began_from(plan, on) if kind is StepKind.KEEP else None, **more},
    )


def keep_open(
    standing: Standing, change: Change, text: str, protocols: Protocols, *, days_left: int | None, **echo: Any
) -> Order:
    """Stay on the dose without a planned end. ``days_left`` of it come after a review, None when nothing follows."""
    written = written_for(standing, change, 0, protocols)
    written["target_daily_mg"] = "0"  # the dose itself may be the one to stay on
    return Order(
        written,
        lead_in(standing.plan, StepKind.KEEP, change.on, 0, text, is_open=True),
        echo={"target_daily_mg": standing.plan.request.target_daily_mg, **echo},
        days_left=days_left,
    )


def goes_on(standing: Standing, change: Change, text: str) -> LeadIn:
    """The present dose until it has had its time by the pace that holds now, and the days that were ordered."""
    days = standing.ordered_days
    return lead_in(standing.plan, StepKind.KEEP, change.on, days, text, days_given=standing.days_given)


def faults_of_cut(request: PlanRequest, cut_percent: Decimal | None, protocols: Protocols) -> list[Fault]:
    """A change names its cut in percent alone; other models keep theirs."""
    if cut_percent is None or protocols.tapers[request.protocol].pace.model in PERCENT_MODELS:
        return []
    return [Fault("cut_percent", f"{request.protocol} does not cut by percent; change every_days instead.")]


#: Fields of the request that a change names otherwise.
_NAMED_OTHERWISE = {"start_on": "on", "target_daily_mg": "daily_mg"}


def read_rest(written: dict[str, Any], protocols: Protocols) -> PlanRequest:
    """The request for the rest; a fault in it is told under the name that the change has for the field."""
    try:
        return parse_request(written, protocols)
    except InputRefused as refused:
        raise InputRefused(
            Fault(_NAMED_OTHERWISE.get(fault.field, fault.field), fault.message) for fault in refused.faults
        ) from None


def _cuts_began_from(plan: Plan, on: date) -> int | None:
    """The daily dose (tenth_mcg) that the cuts in force on ``on`` began from: the one a prescriber last ordered or
    changed to, or the present use. None when no dose of the tapered medicine alone was reached by then."""
    drug = plan.request.taper_drug or plan.request.current[0].drug
    ordered = (StepKind.CROSSOVER, StepKind.RESTABILISE, StepKind.STEP_BACK, StepKind.STABILISE)
    begun = [step.daily_mg for step in plan.steps if step.kind in ordered and step.starts_on < on]
    began_from = begun[-1] if begun else plan.starting_daily_mg
    return tenth_mcg_of(began_from[drug]) if set(began_from) == {drug} else None


def _daily_before(plan: Plan) -> Mapping[str, Decimal]:
    """What the plan's falls count from: current use, or the part of the reported use that it began with."""
    return plan.starting_daily_mg if plan.request.start_fraction_percent is None else plan.steps[0].daily_mg


def _amounts(daily_mg: Mapping[str, Decimal]) -> dict[str, int]:
    return {drug: tenth_mcg_of(mg) for drug, mg in daily_mg.items()}
