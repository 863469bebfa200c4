"""Where a plan stands on the day of a change: which dose, for how long it is still given, and what it had already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.planning.answer import Plan, Step, StepKind
from taper_app.clinical.quantities import plain

NOTHING_TO_KEEP = "From that day the plan stays on this dose; there is nothing to keep longer."
NO_DOSE = "No dose is taken on that day any more; choose an earlier day."
KEPT_ALREADY = "The dose is kept until reviewed already; resume the plan first."
#: Kinds whose days a prescriber or the protocol has ordered, whatever the pace.
_ORDERED = (StepKind.STABILISE, StepKind.RESTABILISE)


@dataclass(frozen=True, slots=True)
class Standing:
    """``step`` is the one whose dose goes on, None for the use before the plan.

    ``days_left``: for how many days from the change the old plan gives that dose anyway; None when for good.
    ``days_given``: for how many days it was given before, where the pace has to give it its time; None where it
    counts as given long enough. While the dose is kept until reviewed, both are as they were when that began.
    """

    plan: Plan
    on: date
    step: Step | None
    days_left: int | None
    days_given: int | None
    is_suspended: bool = False

    @property
    def daily_mg(self) -> dict[str, Decimal]:
        return self.step.daily_mg if self.step else dict(self.plan.starting_daily_mg)

    @property
    def is_ordered(self) -> bool:
        """Whether the days that are left do not depend on the pace."""
        ordered = (*_ORDERED, StepKind.KEEP, StepKind.CROSSOVER)
        return self.is_suspended or (self.step is not None and self.step.kind in ordered)

    @property
    def ordered_days(self) -> int:
        """For how many days the dose is given whatever becomes of the pace."""
        return (self.days_left or 0) if self.is_ordered else 0

    def current(self) -> list[dict[str, Any]]:
        """The doses as lines of current use."""
        if self.step is None:
            return [line.model_dump(mode="json") for line in self.plan.request.current]
        return lines_of(self.step)

    def times(self) -> list[str] | None:
        """The times of day that are left to the rest; None for those that the plan asked for."""
        if self.step is None or self.step.kind in (StepKind.STABILISE, StepKind.CROSSOVER):
            return None
        return times_left(self.plan, self.step)


def standing_on(plan: Plan, on: date) -> Standing:
    """On a day that is not before the plan. A cut that is due on that very day is not made yet: what counts is the
    dose of the day before.

    Raises InputRefused when no dose is taken any more.
    """
    step = _step_to_keep(plan, on)
    if step is not None and not step.doses:
        raise InputRefused([Fault("on", NO_DOSE)])
    if step is not None and is_suspended(plan) and step.number == len(plan.steps):
        assert plan.amends is not None, "only an amended plan is suspended"
        since = step.starts_on
        return Standing(plan, on, step, plan.amends.days_left, _days_given(plan, step, since), is_suspended=True)
    return Standing(plan, on, step, _days_left(plan, step, on), _days_given(plan, step, on))


def is_suspended(plan: Plan) -> bool:
    """Whether the plan ends on a dose that is kept until a prescriber has reviewed."""
    if plan.amends is None or plan.steps[-1].kind is not StepKind.KEEP:
        return False
    return plan.amends.days_left is not None or plan.amends.change.get("kind") == "keep"


def going_on(standing: Standing) -> int:
    """The days that are left of a dose which something follows; raises InputRefused when nothing does."""
    if standing.is_suspended:
        raise InputRefused([Fault("on", KEPT_ALREADY)])
    if standing.days_left is None:
        raise InputRefused([Fault("on", NOTHING_TO_KEEP)])
    return standing.days_left


def lines_of(step: Step) -> list[dict[str, Any]]:
    """A step's doses as lines of current use."""
    return [{"drug": dose.drug, "mg": plain(dose.mg), "time": dose.time, "source": "prescribed"} for dose in step.doses]


def times_left(plan: Plan, step: Step) -> list[str] | None:
    """Those of a step, because a time that was dropped does not return; None when the times that the plan asked for
    are still to come."""
    times = {dose.time for dose in step.doses}
    return sorted(times) if times <= set(plan.request.times or times) else None


def _step_to_keep(plan: Plan, on: date) -> Step | None:
    """The step whose dose is kept; None for the use before the plan."""
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


def _days_given(plan: Plan, kept: Step | None, on: date) -> int | None:
    """Since when the daily dose is the kept one; None when it was present use, or ordered."""
    first = None
    for step in reversed(plan.steps[: kept.number if kept else 0]):
        if step.daily_mg != (kept.daily_mg if kept else {}):
            break
        first = step
        if step.kind in _ORDERED:
            return None
    if first is None or (first.number == 1 and first.daily_mg == plan.starting_daily_mg):
        return None
    return (on - first.starts_on) // timedelta(days=1)
