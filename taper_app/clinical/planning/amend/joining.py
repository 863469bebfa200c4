"""The frozen past in front of the new steps, and the fingerprint by which the new plan names the old one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date

from taper_app.clinical.planning.amend.changes import Change, as_written
from taper_app.clinical.planning.amend.order import Order
from taper_app.clinical.planning.answer import Amends, Plan, PlanWarning, Severity, Step
from taper_app.clinical.planning.ceilings import PLAN_ABOVE_CEILING
from taper_app.clinical.planning.dispensing.after_change import supply_after_change
from taper_app.clinical.planning.dispensing.carry import supply_asked
from taper_app.clinical.planning.dispensing.counts import dispense_of
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.request_warnings import ABOVE_HIGHEST_BAND, LONG_PLAN, warnings_of_length
from taper_app.clinical.protocol.library import Protocols

#: Warnings without a step that the cuts of the past go on needing.
OF_THE_CUTS = frozenset({*PLAN_ABOVE_CEILING, ABOVE_HIGHEST_BAND})


def joined(old: Plan, change: Change, order: Order, new: Plan, protocols: Protocols) -> Plan:
    """Steps before the change as they were, then the rest, numbered anew."""
    past = [_ended(step, change.on) for step in old.steps if step.starts_on < change.on]
    steps = tuple(_numbered(step, number) for number, step in enumerate([*past, *new.steps], start=1))
    shift = len(past)
    of_the_past = list(_of_the_past(old, new, shift))
    of_the_rest = [
        _on_step(warning, warning.step + shift if warning.step else None)
        for warning in (*order.warnings, *new.warnings)
        if warning.code != LONG_PLAN
    ]
    length = warnings_of_length(steps[0].starts_on, steps[-1].starts_on, protocols.limits)
    asked = _echo(old.request, new.request, order)
    supply = supply_after_change(old, asked, steps, change.on, protocols)
    warnings = [*length, *_end_is_late(old, new), *of_the_past, *of_the_rest, *supply]
    return Plan(
        request=asked,
        protocol=new.protocol,
        equivalence=new.equivalence,
        starting_daily_mg=old.starting_daily_mg,
        starts_on=steps[0].starts_on,
        first_day_without_drug=new.first_day_without_drug,
        steps=steps,
        dispense=dispense_of(asked, steps),
        warnings=tuple(sorted(warnings, key=lambda warning: warning.step or 0)),
        amends=Amends(sha256=fingerprint(old), change=as_written(change), days_left=order.days_left),
    )


def _of_the_past(old: Plan, new: Plan, steps: int) -> Iterator[PlanWarning]:
    """Of the steps that stay; of the plan as a whole only what was said of its cuts. Facts are those of now."""
    said_again = {warning.code for warning in new.warnings if warning.step is None}
    cuts = OF_THE_CUTS - said_again
    for warning in old.warnings:
        if warning.code in cuts if warning.step is None else warning.step <= steps:
            yield warning


def fingerprint(plan: Plan) -> str:
    """SHA-256 of a plan's canonical JSON: changes when anything in it does."""
    written = json.dumps(plan.as_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _echo(old: PlanRequest, new: PlanRequest, order: Order) -> PlanRequest:
    """It goes on naming the use before the plan, as the starting dose does; pace and facts are the new ones."""
    kept = ("current", "start_on", "start_fraction_percent", "times", "products", "ends_by")
    of_the_old = {name: getattr(old, name) for name in kept} | supply_asked(old)
    return PlanRequest.model_validate({**new.model_dump(), **of_the_old, **order.echo})


def _end_is_late(old: Plan, new: Plan) -> Iterator[PlanWarning]:
    """A date that was asked for is not met any more."""
    by, last = old.request.ends_by, new.steps[-1]
    if by is not None and (last.starts_on > by or (last.doses and not new.request.target_daily_mg)):
        yield PlanWarning(
            code="end-date-not-met",
            severity=Severity.WARN,
            step=None,
            message=f"The plan was to end by {by}; with this change it does not.",
            source="local-default",
        )


def _on_step(warning: PlanWarning, step: int | None) -> PlanWarning:
    return PlanWarning.model_validate({**warning.model_dump(), "step": step})


def _ended(step: Step, on: date) -> Step:
    """A step that ends the day before the change at the latest."""
    days = (on - step.starts_on).days
    return step if step.days and step.days <= days else step.model_copy(update={"days": days})


def _numbered(step: Step, number: int) -> Step:
    return step.model_copy(update={"number": number})  # counted here: nothing in it needs to be read again
