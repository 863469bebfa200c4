"""How soon: each dose given long enough, no step longer than it may be, and days on the dose before the first cut.

Judged on runs of days with the same daily dose. Source: interfaces.md, "How the steps follow the pace", 2, 4 and 7.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.course import Run
from taper_app.clinical.checking.numbers import Exact
from taper_app.clinical.checking.paces import AskedPace, interval_of, is_usable
from taper_app.clinical.checking.shapes import RAISING_KINDS, StepRead
from taper_app.clinical.checking.wording import day_dose
from taper_app.clinical.protocol.tapers import TimeToStop


def judge_durations(case: Case) -> None:
    _judge_stabilise(case)
    if case.taper is None or not is_usable(case.taper.pace, case.asked):
        case.findings.not_judged("The pace is not judged: no shipped protocol and usable cut are named.")
        return
    runs = case.course.runs()
    for run, following in pairwise(runs):
        if case.is_past(following.places[0]):
            continue
        is_followed_by_a_slot = following.first_step.kind == "crossover"
        is_ended_by_order = following.first_step.kind in RAISING_KINDS
        if any(step.kind == "restabilise" for step in run.steps):
            continue  # how long is for the prescriber to say who ordered the dose
        if run.first_step.kind == "crossover" and not is_ended_by_order:
            every_days = interval_of(case.taper.pace, case.asked)
            _judge_slot_days(case, run, every_days, has_another=is_followed_by_a_slot and len(run.amounts) > 1)
        if is_followed_by_a_slot or is_ended_by_order or _is_current_use(case, run):
            continue
        _judge_run(case, run, following)


def _judge_run(case: Case, run: Run, following: Run) -> None:
    pace = case.pace_from(run.amounts, following.places[0])
    if pace is None or {*following.amounts} - {*run.amounts}:
        case.findings.not_judged(
            f"How long {day_dose(run.amounts)} has to be given before step {following.first_step.number} is not judged."
        )
        return
    ((_, dose),) = run.amounts.items()
    lower = sum(following.amounts.values())
    if lower < dose:
        _judge_days(case, pace, run, following, dose, lower)


def _judge_days(case: Case, pace: AskedPace, run: Run, following: Run, dose: int, lower: int) -> None:
    longest, least = case.longest_step_days(pace), pace.least_days(dose)
    if run.days < least:
        _violated(case, "cut-too-early", run, following.first_step, f"the interval is {least} days")
    elif (longest is None or run.days < longest) and not pace.is_long_enough(dose, _end(case, dose, lower), run.days):
        why = f"the pace itself takes longer to {day_dose(following.amounts)}"
        _violated(case, "cut-too-early", run, following.first_step, why)
    is_cut_only = all(each.kind == "cut" and not case.began_before_the_change(each) for each in run.steps)
    if longest is not None and run.days > longest and is_cut_only:
        _violated(case, "step-too-long", run, run.last_step, f"a step lasts at most {longest}")


def _violated(case: Case, rule: str, run: Run, step: StepRead, why: str) -> None:
    case.findings.violated(rule, step.number, f"{day_dose(run.amounts)} is given for {run.days} days; {why}.")


def _end(case: Case, dose: int, lower: int) -> Exact:
    """Down to where the pace's time is counted: the lower dose, and before the stop what the protocol says."""
    if lower or case.taper is None or case.taper.stop.time_to is TimeToStop.ZERO:
        return lower
    return Fraction(dose, 2)


def _judge_slot_days(case: Case, run: Run, every_days: int, *, has_another: bool) -> None:
    """A slot of a cross-over; the last one is also the first dose of the taper and may last longer, also where
    another change of medicine follows.

    Days for which a prescriber ordered to keep the dose make up for days that the slot still lacked, but they
    never make it too long.
    """
    limit = case.limits.crossover_slot
    every_days = 0 if case.began_before_the_change(run.first_step) else every_days  # it was another one then
    least = min(max(every_days, limit.at_least_days), limit.at_most_days)
    ordered = sum(step.days for step in run.steps if step.kind == "keep")
    if run.days < least or (has_another and run.days - ordered > limit.at_most_days):
        case.findings.violated(
            "crossover-days",
            run.last_step.number,
            f"This slot lasts {run.days} days; from {least} to {limit.at_most_days} are asked.",
        )


def _judge_stabilise(case: Case) -> None:
    """An inpatient plan, and one of a protocol that asks for it, begins with days at the present dose."""
    least = _stabilisation_days(case)
    if not least or case.is_amended:
        return
    first = case.plan.steps[0]
    is_present_dose = first.kind == "restabilise" or case.course.start is None or first.amounts == case.course.start
    if not is_present_dose or (first.days < least and len(case.plan.steps) > 1):
        case.findings.violated(
            "inpatient-stabilise",
            first.number,
            f"This plan has to begin with {least} days or more at the present dose.",
        )


def _stabilisation_days(case: Case) -> int:
    days = [0]
    if case.taper is not None and case.taper.stabilisation is not None:
        days.append(case.taper.stabilisation.days)
    if case.request is not None and case.request.setting == "inpatient":
        days.append(case.limits.inpatient_stabilise.days)
    return max(days)


def _is_current_use(case: Case, run: Run) -> bool:
    """The dose taken before the plan counts as given long enough."""
    return run.places[0] == 0 and case.course.start is not None and run.amounts == case.course.start
