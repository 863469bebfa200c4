"""The days between pick-ups: counted from the plan's first day, never more at once than was asked."""

from __future__ import annotations

from taper_app.clinical.checking.case import Case


def judge_pick_ups(case: Case) -> None:
    request = case.plan.request
    days = request.supply.period_days if request is not None else None
    if days is None:
        return
    first_day = case.plan.steps[0].starts_on
    for row in case.plan.dispense or ():
        begins_after = (row.first_day - first_day).days
        if begins_after % days:
            _violated(case, f"{row.product} is dispensed on {row.first_day}, which is no day of a pick-up.")
        elif (row.last_day - row.first_day).days >= days:
            _violated(
                case,
                f"{row.product} is dispensed from {row.first_day} to {row.last_day}, more than {days} days at once.",
            )


def _violated(case: Case, sentence: str) -> None:
    case.findings.violated("pick-ups", None, sentence)
