"""Replacing a plan by a new one: the past is frozen, the rest is made anew, the old plan stays as it was.

Two changes are built so far: keep the dose for some days (a later start of the cuts), and restabilise on
whatever dose a prescriber now orders.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.planning.answer import Amends, Plan, PlanWarning, Reason, Refusal, Step, StepKind
from taper_app.clinical.planning.build import LeadIn, attempt_plan
from taper_app.clinical.planning.dispensing.after_change import supply_after_change
from taper_app.clinical.planning.dispensing.carry import supply_asked, without_supply
from taper_app.clinical.planning.dispensing.counts import dispense_of
from taper_app.clinical.planning.remedies import WHOM_TO_ASK
from taper_app.clinical.planning.request import ClockTime, IsoDate, PlanRequest, WholeNumber
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.planning.request_warnings import LONG_PLAN, warnings_of_length
from taper_app.clinical.planning.settled import settle
from taper_app.clinical.planning.slots import SlotSplitter
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import Milligrams, Percent, mg_of, mg_text, plain, tenth_mcg_of
from taper_app.clinical.records import Frozen
from taper_app.clinical.typed_text import SOME_LINES

ORDERED = "local-default"
WhyChanged = Annotated[str, Field(min_length=3, max_length=400), SOME_LINES]
NOTHING_TO_KEEP = "From that day the plan stays on this dose; there is nothing to keep longer."


class KeepDays(Frozen):
    """No cut for some days, then the rest of the plan at the same pace, so much later.

    Kept is the dose of that day; of the day before when a cut is due on that very day, which is then not made
    (on the first day of a plan: the present dose, so that the cuts begin later).
    """

    kind: Literal["keep_days"]
    on: IsoDate
    days: WholeNumber = Field(ge=1, le=365)
    reason: WhyChanged
    override_reason: Annotated[str, Field(max_length=400), SOME_LINES] | None = None


class Restabilise(Frozen):
    """A daily dose that a prescriber orders now, kept for some days, then a (slower) pace.

    ``keep_days`` without a number: the shipped days without a cut after a seizure.
    ``daily_mg`` is split over ``times`` (the plan's unless others are named) as evenly as the products allow.
    ``patient`` holds only the facts that changed.
    """

    kind: Literal["restabilise"]
    on: IsoDate
    daily_mg: Milligrams = Field(gt=0)
    times: tuple[ClockTime, ...] | None = Field(default=None, min_length=1, max_length=4)
    keep_days: WholeNumber | None = Field(default=None, ge=1, le=365)
    cut_percent: Percent | None = None
    every_days: WholeNumber | None = Field(default=None, ge=1, le=365)
    patient: dict[str, Any] = Field(default_factory=dict)
    reason: WhyChanged
    override_reason: Annotated[str, Field(max_length=400), SOME_LINES] | None = None


Change = KeepDays | Restabilise
_SHAPES: dict[str, type[KeepDays] | type[Restabilise]] = {"keep_days": KeepDays, "restabilise": Restabilise}


def parse_change(written: object) -> Change:
    """The change, or InputRefused with every fault."""
    if not isinstance(written, dict):
        raise InputRefused([Fault("", "The change must be a JSON object with on, kind and reason.")])
    kind = written.get("kind")
    if kind not in _SHAPES:
        raise InputRefused([Fault("kind", f"The kind of change must be one of {', '.join(sorted(_SHAPES))}.")])
    try:
        return _SHAPES[kind].model_validate(written)
    except ValidationError as error:
        raise InputRefused(faults_of(error)) from None


def amend_plan(plan: Plan, change: Change, protocols: Protocols) -> Plan | Refusal:
    """The new plan: steps before ``change.on`` as they were, then the lead-in, then the rest at its pace.

    A refusal names whom to ask; the change itself is the place to try another pace or other products.
    Raises InputRefused when the day lies outside the plan or the changed request has a fault.
    """
    if change.on < plan.starts_on:
        raise InputRefused(
            [Fault("on", f"The change lies before the plan's start on {plan.starts_on}; choose a later day.")]
        )
    if plan.amends and change.on < (earlier := date.fromisoformat(str(plan.amends.change["on"]))):
        # What a prescriber ordered from that day on would silently be gone.
        raise InputRefused([Fault("on", f"The plan was changed from {earlier} on; choose that day or a later one.")])
    if isinstance(change, KeepDays):
        written, lead_in = _keep(plan, change, protocols)
    else:
        written, lead_in = _restabilise(plan, change, protocols)
    outcome = attempt_plan(_read(written, protocols), protocols, lead_in=lead_in).outcome
    if isinstance(outcome, Refusal):
        return outcome if outcome.whom_to_ask else outcome.model_copy(update={"whom_to_ask": WHOM_TO_ASK})
    return _joined(plan, change, outcome, protocols)


def _read(written: dict[str, Any], protocols: Protocols) -> PlanRequest:
    """The changed request. The change names its day ``on``, so a fault of the day is told under that name."""
    try:
        return parse_request(written, protocols)
    except InputRefused as refused:
        faults = [Fault("on", fault.message) if fault.field == "start_on" else fault for fault in refused.faults]
        raise InputRefused(faults) from None


def _keep(plan: Plan, change: KeepDays, protocols: Protocols) -> tuple[dict[str, Any], LeadIn]:
    step = _step_to_keep(plan, change.on)
    if step is None:
        current = [line.model_dump(mode="json") for line in plan.request.current]
    elif not step.doses:
        raise InputRefused(
            [Fault("on", "No dose is taken on that day, so there is none to keep; choose an earlier day.")]
        )
    elif not step.days:
        raise InputRefused([Fault("on", NOTHING_TO_KEEP)])
    else:
        current = [
            {"drug": dose.drug, "mg": plain(dose.mg), "time": dose.time, "source": "prescribed"} for dose in step.doses
        ]
    # The rest is shifted by the days of keeping: what was left of this dose is given first.
    days_left = _days_left(plan, step, change.on)
    if days_left is None:
        raise InputRefused([Fault("on", NOTHING_TO_KEEP)])
    days = days_left + change.days
    override_reason = change.override_reason or plan.request.override_reason
    text = f"The dose is kept {change.days} days longer, without a cut, as a prescriber ordered: {change.reason}"
    written = _request_from(plan.request, change.on, days, current, override_reason, protocols)
    if step and step.kind not in (StepKind.STABILISE, StepKind.CROSSOVER):
        written["times"] = sorted({dose.time for dose in step.doses})  # a time that was dropped does not return
    return written, _lead_in(plan, StepKind.KEEP, change.on, days, text)


def _step_to_keep(plan: Plan, on: date) -> Step | None:
    """The step whose dose is kept; None for the use before the plan.

    A cut that is due on that very day is not made: kept is the dose of the day before.
    """
    index = max(index for index, step in enumerate(plan.steps) if step.starts_on <= on)
    step = plan.steps[index]
    is_cut = step.kind in (StepKind.CUT, StepKind.CROSSOVER) or not step.days
    if step.starts_on == on and is_cut:
        return plan.steps[index - 1] if index else None
    return step


def _days_left(plan: Plan, kept: Step | None, on: date) -> int | None:
    """For how many days from ``on`` the old plan gives the kept dose anyway; None when for good."""
    doses = kept.doses if kept else None
    changes = (step.starts_on for step in plan.steps if step.starts_on >= on and step.doses != doses)
    changed_on = next(changes, None)
    return None if changed_on is None else (changed_on - on).days


def _restabilise(plan: Plan, change: Restabilise, protocols: Protocols) -> tuple[dict[str, Any], LeadIn]:
    drug = plan.request.taper_drug or plan.request.current[0].drug
    times = change.times or plan.request.times or tuple(line.time for line in plan.request.current)
    keep_days = change.keep_days or protocols.limits.after_seizure_no_cut.days
    shares = _shares(plan.request, drug, change.daily_mg, len(times), protocols)
    current = [
        {"drug": drug, "mg": plain(mg), "time": time, "source": "prescribed"}
        for time, mg in zip(sorted(times), shares, strict=True)
        if mg
    ]
    written = _request_from(plan.request, change.on, keep_days, current, change.override_reason, protocols)
    written["times"] = sorted(times)
    if change.cut_percent is not None:
        written["cut_percent"] = change.cut_percent
    if change.every_days is not None:
        written["every_days"] = change.every_days
    if change.cut_percent is not None or change.every_days is not None:
        written.pop("longest_step_days", None)
    written["patient"] = {**written["patient"], **change.patient}
    text = f"{mg_text(change.daily_mg)} a day for {keep_days} days, as a prescriber ordered: {change.reason}"
    return written, _lead_in(plan, StepKind.RESTABILISE, change.on, keep_days, text)


def _lead_in(plan: Plan, kind: StepKind, on: date, days: int, text: str) -> LeadIn:
    """The ordered days, with the daily doses before them so that the ceilings can look back."""
    return LeadIn(
        kind=kind,
        starts_on=on,
        days=days,
        reason=Reason(text=text, source=ORDERED),
        before=_amounts(_daily_before(plan)),
        earlier=tuple((step.starts_on, _amounts(step.daily_mg)) for step in plan.steps if step.starts_on < on),
        cuts_began_from=_cuts_began_from(plan, on) if kind is StepKind.KEEP else None,
    )


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


def _shares(request: PlanRequest, drug: str, daily_mg: Decimal, times: int, protocols: Protocols) -> list[Decimal]:
    """The day's dose at each time as evenly as the products allow, the larger shares later in the day.

    When they cannot make it at all, in equal shares: the refusal then says which dose is not makeable.
    """
    makeable = settle(request, protocols).makeable[drug]
    splitter = SlotSplitter(makeable, protocols.tapers[request.protocol].slots)
    doses = splitter.first_split(tenth_mcg_of(daily_mg), times)
    if doses:
        return [mg_of(dose) for dose in doses]
    share = (daily_mg / times).quantize(Decimal("0.0001"))
    return [*[share] * (times - 1), daily_mg - share * (times - 1)]


def _request_from(
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
    written.pop("start_fraction_percent", None)  # the doses of that day are the present ones: no part of them again
    return written


def _joined(old: Plan, change: Change, new: Plan, protocols: Protocols) -> Plan:
    """The frozen past in front of the new steps, numbered anew."""
    past = [_ended(step, change.on) for step in old.steps if step.starts_on < change.on]
    steps = tuple(_numbered(step, number) for number, step in enumerate([*past, *new.steps], start=1))
    shift = len(past)
    of_the_past = [warning for warning in old.warnings if warning.step and warning.step <= shift]
    of_the_rest = [
        PlanWarning.model_validate({**warning.model_dump(), "step": warning.step + shift if warning.step else None})
        for warning in new.warnings
        if warning.code != LONG_PLAN
    ]
    length = warnings_of_length(steps[0].starts_on, steps[-1].starts_on, protocols.limits)
    # The request goes on naming the use before the plan, as its starting dose does; pace and facts are the new ones.
    times = change.times if isinstance(change, Restabilise) else None
    asked = PlanRequest.model_validate(
        {
            **new.request.model_dump(),
            "current": old.request.model_dump()["current"],
            "start_on": old.request.start_on,
            "start_fraction_percent": old.request.start_fraction_percent,
            "times": tuple(sorted(times)) if times else old.request.times,
            "products": old.request.products,
            **supply_asked(old.request),
        }
    )
    supply = supply_after_change(old, asked, steps, change.on, protocols)
    warnings = sorted([*length, *of_the_past, *of_the_rest, *supply], key=lambda warning: warning.step or 0)
    return Plan(
        request=asked,
        protocol=new.protocol,
        equivalence=new.equivalence,
        starting_daily_mg=old.starting_daily_mg,
        starts_on=steps[0].starts_on,
        first_day_without_drug=new.first_day_without_drug,
        steps=steps,
        dispense=dispense_of(asked, steps),
        warnings=tuple(warnings),
        amends=Amends(sha256=fingerprint(old), change=change.model_dump(mode="json", exclude_none=True)),
    )


def _ended(step: Step, on: date) -> Step:
    """A step that ends the day before the change at the latest."""
    days = (on - step.starts_on).days
    return step if step.days and step.days <= days else Step.model_validate({**step.model_dump(), "days": days})


def _numbered(step: Step, number: int) -> Step:
    return Step.model_validate({**step.model_dump(), "number": number})


def fingerprint(plan: Plan) -> str:
    """SHA-256 of a plan's canonical JSON: changes when anything in it does."""
    written = json.dumps(plan.as_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
