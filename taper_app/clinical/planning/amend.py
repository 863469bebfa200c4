"""Replacing a plan by a new one: the past is frozen, the rest is made anew, the old plan stays as it was.

Two changes are built so far: keep the dose for some days (a later start of the cuts), and restabilise on
whatever dose a prescriber now orders.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, ValidationError

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.planning.answer import Amends, Plan, Reason, Refusal, Step, StepKind
from taper_app.clinical.planning.build import LeadIn, attempt_plan
from taper_app.clinical.planning.request import ClockTime, PlanRequest, parse_request
from taper_app.clinical.planning.steps import count_pieces
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import Milligrams, PlainNumber, mg_text
from taper_app.clinical.records import Frozen

ORDERED = "local-default"


class KeepDays(Frozen):
    """Stay on the dose of that day for some days, then go on at the same pace."""

    kind: Literal["keep_days"]
    on: date
    days: int = Field(ge=1, le=365)
    reason: str = Field(min_length=3, max_length=400)
    override_reason: str | None = Field(default=None, max_length=400)


class Restabilise(Frozen):
    """A daily dose that a prescriber orders now, kept for some days, then a (slower) pace.

    ``keep_days`` without a number: the shipped days without a cut after a seizure.
     ``daily_mg`` is split evenly over ``times``, which are the plan's unless others are named. ``patient`` holds
    only the facts that changed.
    """

    kind: Literal["restabilise"]
    on: date
    daily_mg: Milligrams = Field(gt=0)
    times: tuple[ClockTime, ...] | None = Field(default=None, min_length=1, max_length=4)
    keep_days: int | None = Field(default=None, ge=1, le=365)
    cut_percent: PlainNumber | None = None
    every_days: int | None = Field(default=None, ge=1, le=365)
    patient: dict[str, Any] = Field(default_factory=dict)
    reason: str = Field(min_length=3, max_length=400)
    override_reason: str | None = Field(default=None, max_length=400)


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

    Raises InputRefused when the day lies outside the plan or the changed request has a fault.
    """
    if change.on < plan.starts_on:
        raise InputRefused(
            [Fault("on", f"The change lies before the plan's start on {plan.starts_on}; choose a later day.")]
        )
    if isinstance(change, KeepDays):
        written, lead_in = _keep(plan, change)
    else:
        written, lead_in = _restabilise(plan, change, protocols)
    request = parse_request(written, protocols)
    outcome = attempt_plan(request, protocols, lead_in=lead_in).outcome
    if isinstance(outcome, Refusal):
        return outcome
    return _joined(plan, change, outcome)


def _keep(plan: Plan, change: KeepDays) -> tuple[dict[str, Any], LeadIn]:
    step = plan.step_on(change.on)
    if step is None or not step.doses:
        raise InputRefused(
            [Fault("on", "No dose is taken on that day, so there is none to keep; choose an earlier day.")]
        )
    current = [{"drug": dose.drug, "mg": dose.mg, "time": dose.time, "source": "prescribed"} for dose in step.doses]
    # The rest is shifted by the days of keeping: what was left of this step is given first.
    left = (step.starts_on + timedelta(days=step.days) - change.on).days if step.days else 0
    days = max(left, 0) + change.days
    text = f"The dose is kept {change.days} days longer, without a cut, as a prescriber ordered: {change.reason}"
    return (
        _request_from(plan.request, change.on, days, current, change.override_reason),
        LeadIn(StepKind.KEEP, change.on, days, Reason(text=text, source=ORDERED)),
    )


def _restabilise(plan: Plan, change: Restabilise, protocols: Protocols) -> tuple[dict[str, Any], LeadIn]:
    drug = plan.request.taper_drug or plan.request.current[0].drug
    times = change.times or plan.request.times or tuple(line.time for line in plan.request.current)
    shares = _even_shares(change.daily_mg, len(times))
    current = [
        {"drug": drug, "mg": mg, "time": time, "source": "prescribed"}
        for time, mg in zip(sorted(times), shares, strict=True)
        if mg
    ]
    keep_days = change.keep_days or protocols.limits.after_seizure_no_cut.days
    written = _request_from(plan.request, change.on, keep_days, current, change.override_reason)
    written["times"] = sorted(times)
    if change.cut_percent is not None:
        written["cut_percent"] = change.cut_percent
    if change.every_days is not None:
        written["every_days"] = change.every_days
    if change.cut_percent is not None or change.every_days is not None:
        written.pop("longest_step_days", None)
    written["patient"] = {**written["patient"], **change.patient}
    text = f"{mg_text(change.daily_mg)} a day for {keep_days} days, as a prescriber ordered: {change.reason}"
    return written, LeadIn(StepKind.RESTABILISE, change.on, keep_days, Reason(text=text, source=ORDERED))


def _even_shares(daily_mg: Decimal, times: int) -> list[Decimal]:
    """The day's dose in equal shares to 0.0001 mg; what is left over goes to the last (the evening)."""
    share = (daily_mg / times).quantize(Decimal("0.0001"))
    shares = [share] * (times - 1)
    return [*shares, daily_mg - sum(shares)]


def _request_from(
    request: PlanRequest, on: date, days: int, current: list[dict[str, Any]], override_reason: str | None
) -> dict[str, Any]:
    """The old request with a new present dose; its first cut is the day after the lead-in."""
    written = request.as_json()
    written["current"] = [{**line, "mg": _written(line["mg"])} for line in current]
    written["start_on"] = (on + timedelta(days=days)).isoformat()
    written["override_reason"] = override_reason
    return written


def _written(mg: Decimal) -> str:
    return mg_text(mg).removesuffix(" mg")


def _joined(old: Plan, change: Change, new: Plan) -> Plan:
    """The frozen past in front of the new steps, numbered anew."""
    past = [_ended(step, change.on) for step in old.steps if step.starts_on < change.on]
    steps = tuple(_numbered(step, number) for number, step in enumerate([*past, *new.steps], start=1))
    shift = len(past)
    warnings = tuple(
        warning.model_validate({**warning.model_dump(), "step": warning.step + shift if warning.step else None})
        for warning in new.warnings
    )
    return Plan(
        request=new.request,
        protocol=new.protocol,
        equivalence=new.equivalence,
        starting_daily_mg=old.starting_daily_mg,
        starts_on=steps[0].starts_on,
        first_day_without_drug=new.first_day_without_drug,
        steps=steps,
        dispense=count_pieces(steps),
        warnings=warnings,
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
