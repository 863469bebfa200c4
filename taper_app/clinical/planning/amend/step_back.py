"""Back to the dose of an earlier step: a rise, named as one and signed for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.planning.amend.changes import StepBack
from taper_app.clinical.planning.amend.order import ORDERED, Order, lead_in, request_for_rest
from taper_app.clinical.planning.amend.restabilise import shared_out
from taper_app.clinical.planning.amend.standing import lines_of, standing_on, times_left
from taper_app.clinical.planning.answer import Plan, PlanWarning, Severity, Step, StepKind
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_text, plain

DOSE_RISES = "dose-rises"


def step_back(plan: Plan, change: StepBack, protocols: Protocols) -> Order:
    """That step's doses, for the whole time that the pace asks; then the cuts again.

    At its own times of day, unless the plan has gone over to others since.
    """
    present = standing_on(plan, change.on).daily_mg
    step = _step(plan, change, present)
    lines = lines_of(step)
    if not times_left(plan, step):
        ((drug, mg),) = step.daily_mg.items()
        lines = shared_out(plan.request, drug, mg, plan.request.times or (), protocols)
    reason = change.override_reason or plan.request.override_reason
    written = request_for_rest(plan.request, change.on, 0, lines, reason, protocols)
    written["times"] = [line["time"] for line in lines]
    text = f"Back to the dose of step {step.number}, as a prescriber ordered: {change.reason}"
    ordered = lead_in(plan, StepKind.STEP_BACK, change.on, 0, text, days_given=0)
    return Order(written, ordered, warnings=(rise(present, step.daily_mg, f"back to step {step.number}"),))


def rise(before: Mapping[str, Decimal], now: Mapping[str, Decimal], why: str) -> PlanWarning:
    """The rise by name, to be signed: it stands on the first new step."""
    return PlanWarning(
        code=DOSE_RISES,
        severity=Severity.SIGN,
        step=1,
        message=f"The daily dose rises from {_in_words(before)} to {_in_words(now)}, {why}.",
        source=ORDERED,
    )


def _in_words(daily_mg: Mapping[str, Decimal]) -> str:
    return " and ".join(f"{mg_text(mg)} {drug}" for drug, mg in sorted(daily_mg.items()))


def _step(plan: Plan, change: StepBack, present: Mapping[str, Decimal]) -> Step:
    """The step to go back to; raises InputRefused when it is none."""
    higher = [each.number for each in plan.steps if each.starts_on < change.on and _is_above(each, present)]
    if not 1 <= change.to_step <= len(plan.steps):
        raise _no_such_step(plan, change, present, higher)
    step = plan.steps[change.to_step - 1]
    if step.starts_on >= change.on:
        raise _fault(f"Step {step.number} has not begun by then; name one that was given before.")
    if set(step.daily_mg) != set(present) or len(present) != 1:
        raise _fault(
            f"Step {step.number} gives {_in_words(step.daily_mg) or 'nothing'}: name one of the same medicine."
        )
    if sum(step.daily_mg.values()) <= sum(present.values()):
        fix = f"name step {higher[-1]}" if higher else "order another dose by restabilise"
        raise _fault(f"Step {step.number} gives no more than the present {_in_words(present)}; {fix}.")
    if _is_above(step, plan.starting_daily_mg):
        (mg,) = step.daily_mg.values()
        raise _fault(
            f"Step {step.number} gives {mg_text(mg)}, above the starting dose of {_in_words(plan.starting_daily_mg)}; "
            f"order it by restabilise with daily_mg {plain(mg)}."
        )
    return step


def _no_such_step(plan: Plan, change: StepBack, present: Mapping[str, Decimal], higher: Sequence[int]) -> InputRefused:
    """Somebody who names no step may mean the dose before the plan, or have none to name."""
    start = plan.starting_daily_mg
    other = f"the {_in_words(start)} from before the plan, or another dose," if len(start) == 1 else "another dose"
    instead = f"{other} is ordered by restabilise"
    if higher:
        steps = f"it has steps 1 to {len(plan.steps)}; name step {higher[-1]}"
        return _fault(f"There is no step {change.to_step} in this plan: {steps}; {instead}.")
    return _fault(
        f"There is no earlier dose in this plan to go back to: no step before {change.on} gives more than the present "
        f"{_in_words(present)}; {instead}."
    )


def _is_above(step: Step, daily_mg: Mapping[str, Decimal]) -> bool:
    """Of the same single medicine, and more."""
    same = len(daily_mg) == 1 and set(step.daily_mg) == set(daily_mg)
    return same and sum(step.daily_mg.values()) > sum(daily_mg.values())


def _fault(message: str) -> InputRefused:
    return InputRefused([Fault("to_step", message)])
