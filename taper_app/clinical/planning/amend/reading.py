"""A plan that comes from outside, as ``taper plan`` wrote it or somebody else did: read whole, or every fault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.planning.answer import Plan, Step
from taper_app.clinical.planning.request_faults import EARLIEST_START, LATEST_START
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_text

#: A step longer than that is a slip of the keyboard (an input limit, so that days can be counted at all).
_MOST_DAYS = 36_500


def read_plan(written: object, protocols: Protocols) -> Plan:
    """The plan; raises InputRefused with every fault, each field under ``plan``.

    Only what the rest is built on is looked at; whether the plan is a good one is for the checker to say.
    """
    if not isinstance(written, dict) or ("refused" in written and "steps" not in written):
        raise InputRefused([Fault("plan", "This is no plan; give the answer of `taper plan` or `taper amend`.")])
    try:
        plan = Plan.model_validate(written)
    except ValidationError as error:
        raise InputRefused(_under_plan(faults_of(error))) from None
    if faults := [
        *_faults_of_names(plan, protocols),
        *_faults_of_start(plan),
        *_faults_of_steps(plan),
        *_faults_of_amends(plan),
    ]:
        raise InputRefused(_under_plan(faults))
    return plan


def _under_plan(faults: list[Fault]) -> list[Fault]:
    return [Fault(f"plan.{fault.field}" if fault.field else "plan", fault.message) for fault in faults]


def _faults_of_names(plan: Plan, protocols: Protocols) -> Iterator[Fault]:
    """Everything that is looked up has to be known by the name that the files give it."""
    request = plan.request
    if request.protocol != plan.protocol.id:
        yield Fault("protocol.id", "The request asks for another protocol; both must be the same.")
    if request.equivalence is not None and request.equivalence not in protocols.equivalence:
        yield Fault("request.equivalence", f"There is no table of that name; use one of {_listed(protocols)}.")
    for index, product in enumerate(request.products or ()):
        if protocols.product(product) is None:
            yield Fault(f"request.products.{index}", "There is no such product; take it off the list.")
    for path, drug in _drugs(plan):
        if drug not in protocols.medicines:
            yield Fault(path, f'There is no medicine "{drug[:40]}"; use the generic name of one that is listed.')


def _faults_of_start(plan: Plan) -> Iterator[Fault]:
    total: dict[str, Decimal] = {}
    for line in plan.request.current:
        total[line.drug] = total.get(line.drug, Decimal(0)) + line.mg
    if total != plan.starting_daily_mg:
        yield Fault("starting_daily_mg", "It is not what current use adds up to; correct one of them.")


def _listed(protocols: Protocols) -> str:
    return ", ".join(sorted(protocols.equivalence))


def _drugs(plan: Plan) -> Iterator[tuple[str, str]]:
    for index, line in enumerate(plan.request.current):
        yield f"request.current.{index}.drug", line.drug
    if plan.request.taper_drug is not None:
        yield "request.taper_drug", plan.request.taper_drug
    for drug in plan.starting_daily_mg:
        yield "starting_daily_mg", drug
    for number, step in enumerate(plan.steps):
        for index, dose in enumerate(step.doses):
            yield f"steps.{number}.doses.{index}.drug", dose.drug


def _faults_of_steps(plan: Plan) -> Iterator[Fault]:
    """Numbered steps on days without a gap, of which only the last has no end, and doses that make the day."""
    if not plan.steps:
        yield Fault("steps", "A plan has at least one step; add it.")
        return
    if plan.starts_on != plan.steps[0].starts_on:
        yield Fault("starts_on", f"The first step begins on {plan.steps[0].starts_on}; write that day.")
    if not EARLIEST_START <= plan.starts_on <= LATEST_START:
        yield Fault("starts_on", "The start must lie between 2000 and 2200; check the year.")
        return
    for index, (step, following) in enumerate(pairwise(plan.steps), start=1):
        if not 1 <= step.days <= _MOST_DAYS or following.starts_on != step.starts_on + timedelta(days=step.days):
            yield Fault(f"steps.{index}.starts_on", f"Step {index} does not end where this one begins; correct one.")
    if plan.steps[-1].days:
        yield Fault(f"steps.{len(plan.steps) - 1}.days", "The last step has no end of its own; write 0 days.")
    for index, step in enumerate(plan.steps):
        if step.number != index + 1:
            yield Fault(f"steps.{index}.number", f"The step in this place bears number {index + 1}; correct it.")
        yield from _faults_of_doses(index, step)


def _faults_of_doses(index: int, step: Step) -> Iterator[Fault]:
    given: dict[str, Decimal] = {}
    for dose in step.doses:
        given[dose.drug] = given.get(dose.drug, Decimal(0)) + dose.mg
    if given != step.daily_mg:
        total = " and ".join(f"{mg_text(mg)} {drug}" for drug, mg in given.items()) or "nothing"
        yield Fault(f"steps.{index}.daily_mg", f"The doses add up to {total}; correct the doses or the sum.")


def _faults_of_amends(plan: Plan) -> Iterator[Fault]:
    changed_on: Any = plan.amends.change.get("on") if plan.amends else None
    if plan.amends is None:
        return
    try:
        date.fromisoformat(str(changed_on))
    except ValueError:
        yield Fault("amends.change.on", "The day of the change cannot be read; write it like 2027-01-11.")
