"""The calendar: numbered steps on contiguous days, one end, and dates that agree with each other."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.shapes import StepRead

#: Input limits of a plan's start (interfaces.md, request).
FIRST_START_YEAR, LAST_START_YEAR = 2000, 2200


def judge_dates(case: Case) -> None:
    _judge_numbers(case)
    _judge_contiguous(case)
    _judge_lengths(case)
    _judge_start(case)
    _judge_first_day_without(case)


def _judge_numbers(case: Case) -> None:
    steps = case.plan.steps
    if not any(step.is_numbered for step in steps):
        case.findings.not_judged("The steps are not numbered.")
        return
    for position, step in enumerate(steps, start=1):
        if not step.is_numbered or step.number != position:
            case.findings.violated("numbering", step.number, f"The step in place {position} must bear that number.")


def _judge_contiguous(case: Case) -> None:
    for step, following in pairwise(case.plan.steps):
        expected = step.starts_on + timedelta(days=step.days)
        if following.starts_on != expected:
            case.findings.violated(
                "dates-contiguous",
                following.number,
                f"Step {step.number} lasts until {expected} begins, but this one starts on {following.starts_on}.",
            )


def _judge_lengths(case: Case) -> None:
    *earlier, last = case.plan.steps
    for step in earlier:
        if step.days == 0:
            case.findings.violated("step-without-days", step.number, "Only the last step may have 0 days.")
    if last.days != 0:
        case.findings.violated(
            "last-step-days", last.number, f"The last step has 0 days, not {last.days}: it has no end of its own."
        )
    longest = case.limits.longest_plan.days
    total = sum(step.days for step in case.plan.steps)
    if total > longest:
        case.findings.violated("plan-too-long", None, f"The plan takes {total} days; at most {longest} are planned.")


def _judge_start(case: Case) -> None:
    first = case.plan.steps[0]
    asked = case.request.start_on if case.request is not None else None
    said = case.plan.starts_on
    if said is None and asked is None:
        case.findings.not_judged("The plan does not say on which day it was to start.")
    if not FIRST_START_YEAR <= first.starts_on.year <= LAST_START_YEAR:
        case.findings.violated("start-date", first.number, f"A plan cannot start on {first.starts_on}.")
    if said is not None and said != first.starts_on:
        _judge_said(case, first, f"the plan says {said}")
    if asked is not None and asked != first.starts_on and not case.is_amended:
        _judge_said(case, first, f"the request asks for {asked}")


def _judge_said(case: Case, first: StepRead, otherwise: str) -> None:
    case.findings.violated("start-date", first.number, f"The first step starts on {first.starts_on}, {otherwise}.")


def _judge_first_day_without(case: Case) -> None:
    if not case.plan.says_first_day_without_drug:
        case.findings.not_judged("The plan does not say which is the first day without the medicine.")
        return
    last = case.plan.steps[-1]
    expected = last.starts_on if last.kind == "stop" else None
    said = case.plan.first_day_without_drug
    if said != expected:
        case.findings.violated(
            "first-day-without-drug",
            last.number,
            f"The first day without the medicine is {_shown(expected)}, not {_shown(said)}.",
        )


def _shown(day: date | None) -> str:
    return "none (null)" if day is None else day.isoformat()
