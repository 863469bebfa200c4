"""How far and how soon: each dose given long enough, no cut bigger than asked without need, and the stop.

Judged on runs of days with the same daily dose. Source: interfaces.md, "How the steps follow the pace", 1, 2 and 4.
"""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.course import Run
from taper_app.clinical.checking.equivalents import differ
from taper_app.clinical.checking.makeable import smallest_cut, smallest_cut_at_other_times
from taper_app.clinical.checking.pace import AskedPace
from taper_app.clinical.checking.shapes import RAISING_KINDS, Amounts, RequestRead, StepRead
from taper_app.clinical.checking.times import times_asked, times_change
from taper_app.clinical.checking.wording import day_dose, mg
from taper_app.clinical.protocol.tapers import PublishedTaper


def judge_pacing(case: Case) -> None:
    _judge_stop(case)
    _judge_stabilise(case)
    _judge_maintenance(case)
    pace = case.pace
    if case.taper is None or pace is None:
        case.findings.not_judged("The pace is not judged: no shipped protocol and usable cut are named.")
        return
    runs = case.course.runs()
    for position, run in enumerate(runs):
        following = runs[position + 1] if position + 1 < len(runs) else None
        if following is not None and not case.is_past(_index(case, following.first_step)):
            _judge_duration(case, pace, run, following)
        _judge_size(case, pace, run)


def _judge_duration(case: Case, pace: AskedPace, run: Run, following: Run) -> None:
    if following.first_step.kind == "crossover":
        if run.first_step.kind == "crossover":
            _judge_slot_days(case, pace, run)
        return
    if following.first_step.kind in RAISING_KINDS or _is_current_use(case, run):
        return
    dose, lower = case.paced(run.amounts), case.paced(following.amounts)
    if dose is None or lower is None or lower >= dose:
        return
    longest = case.longest_step_days
    step = following.first_step
    if run.days < pace.every_days:
        case.findings.violated(
            "cut-too-early",
            step.number,
            f"{day_dose(run.amounts)} is given for {run.days} days; the interval is {pace.every_days} days.",
        )
    elif (longest is None or run.days < longest) and not pace.is_long_enough(dose, lower, run.days):
        case.findings.violated(
            "cut-too-early",
            step.number,
            f"{day_dose(run.amounts)} is given for {run.days} days, less than the pace itself takes"
            f" to {day_dose(following.amounts)}.",
        )
    if longest is not None and run.days > longest and all(each.kind == "cut" for each in run.steps):
        case.findings.violated(
            "step-too-long",
            run.last_step.number,
            f"{day_dose(run.amounts)} is given for {run.days} days; a step lasts at most {longest}.",
        )


def _judge_slot_days(case: Case, pace: AskedPace, run: Run) -> None:
    """A slot of a cross-over that another slot follows.

    Days for which a prescriber ordered to keep the dose make up for days that the slot still lacked, but they
    never make it too long.
    """
    limit = case.limits.crossover_slot
    least = min(max(pace.every_days, limit.at_least_days), limit.at_most_days)
    ordered = sum(step.days for step in run.steps if step.kind == "keep")
    if run.days < least or run.days - ordered > limit.at_most_days:
        case.findings.violated(
            "crossover-days",
            run.last_step.number,
            f"This slot lasts {run.days} days; from {least} to {limit.at_most_days} are asked.",
        )


def _judge_size(case: Case, pace: AskedPace, run: Run) -> None:
    step = run.first_step
    index = _index(case, step)
    before = case.course.amounts_before(index)
    if step.kind not in ("cut", "keep") or before is None or case.is_past(index) or differ(before, run.amounts):
        return
    dose, lower = case.paced(before), case.paced(run.amounts)
    if dose is None or lower is None or not lower < dose or lower >= pace.asked(dose)[0]:
        return
    least = _smallest_cut_in(case, index, before)
    if least is None:
        case.findings.not_judged(f"Whether a smaller cut could be made in step {step.number} is not judged.")
        return
    cut = sum(before.values(), Fraction(0)) - sum(run.amounts.values(), Fraction(0))
    if cut > least:
        case.findings.violated(
            "cut-bigger-than-asked",
            step.number,
            f"{day_dose(before)} falls by {mg(cut)}, more than the pace asks; these products allow {mg(least)}.",
        )


def _smallest_cut_in(case: Case, index: int, before: Amounts) -> Fraction | None:
    """The least by which this step can go down; None when the plan does not say what is needed to tell."""
    makeable = {medicine: doses for medicine in before if (doses := case.makeable(medicine, index)) is not None}
    if len(before) == 1 and makeable and times_change(case, index):
        ((medicine, dose),) = before.items()
        return smallest_cut_at_other_times(dose, makeable[medicine], len(times_asked(case) or ()))
    slots = case.course.slots_before(index)
    return smallest_cut(slots, makeable) if slots is not None else None


def _judge_stop(case: Case) -> None:
    """The stop follows the smallest makeable dose or one that is small by the highest table."""
    index = len(case.plan.steps) - 1
    last = case.plan.steps[index]
    before = case.course.amounts_before(index)
    if last.kind != "stop" or last.amounts or not before:
        return
    high = case.equivalents.high(before)
    if high is None:
        case.findings.not_judged("The stop is not judged in diazepam-equivalents: no table lists the last medicine.")
    else:
        _judge_high_stop(case, last, high)
    if high is not None and high <= Fraction(case.limits.stop_may_follow_at_most_diazepam_mg.mg):
        return
    smallest = [doses.smallest() for medicine in before if (doses := case.makeable(medicine, index)) is not None]
    if len(smallest) != 1 or smallest[0] is None:
        if case.products is not None and len(before) == 1:
            case.findings.violated(
                "stop-not-from-smallest-dose", last.number, "The listed products make no dose of the last medicine."
            )
        return
    dose = sum(before.values(), Fraction(0))
    if dose > smallest[0]:
        case.findings.violated(
            "stop-not-from-smallest-dose",
            last.number,
            f"The stop follows {day_dose(before)}; these products make {mg(smallest[0])}.",
        )


def _judge_high_stop(case: Case, last: StepRead, high: Fraction) -> None:
    most = Fraction(case.limits.stop_without_override_at_most_diazepam_mg.mg)
    if high <= most or case.has_override:
        return
    case.findings.violated(
        "stop-from-high-dose",
        last.number,
        f"The stop follows {mg(high)} diazepam-equivalent by the highest table;"
        f" more than {mg(most)} needs an override reason.",
    )


def _judge_stabilise(case: Case) -> None:
    """An inpatient plan begins with days at the present dose."""
    request = case.request
    if request is None or request.setting != "inpatient" or case.plan.changed_on is not None:
        return
    first = case.plan.steps[0]
    least = case.limits.inpatient_stabilise.days
    is_present_dose = first.kind == "restabilise" or case.course.start is None or first.amounts == case.course.start
    if not is_present_dose or (first.days < least and len(case.plan.steps) > 1):
        case.findings.violated(
            "inpatient-stabilise",
            first.number,
            f"An inpatient plan begins with {least} days or more at the present dose.",
        )


def _judge_maintenance(case: Case) -> None:
    """A plan to a maintenance dose ends on it, or on the lowest makeable dose above it."""
    request, last = case.request, case.plan.steps[-1]
    if request is None or not request.target_daily_mg or last.kind == "stop" or len(last.amounts) != 1:
        return
    if case.plan.changed_on is not None:
        return
    ((medicine, dose),) = last.amounts.items()
    target = request.target_daily_mg
    if dose < target:
        case.findings.violated(
            "target", last.number, f"The plan ends on {mg(dose)} of {medicine} a day, below the {mg(target)} asked for."
        )
    doses = case.makeable(medicine, len(case.plan.steps) - 1)
    least = smallest_cut(last.slots, {medicine: doses}) if doses is not None else None
    if dose > target and least is not None and dose - least >= target:
        case.findings.violated(
            "target",
            last.number,
            f"The plan ends on {mg(dose)} of {medicine} a day;"
            f" {mg(target)} is asked and {mg(dose - least)} can be made.",
        )


def _is_current_use(case: Case, run: Run) -> bool:
    """The dose taken before the plan counts as given long enough."""
    return run.first_day == 0 and case.course.start is not None and run.amounts == case.course.start


def _index(case: Case, step: StepRead) -> int:
    return next(index for index, each in enumerate(case.plan.steps) if each is step)


def judge_asked_pace(case: Case) -> None:
    """The request's own figures against what the protocol prints."""
    request, taper = case.request, case.taper
    if taper is None or request is None:
        return
    if case.pace is None:
        case.findings.violated(
            "pace-outside-printed-range", None, "The cut asked for cannot be used; name one above zero."
        )
        return
    if request.longest_step_days is not None and request.longest_step_days < case.pace.every_days:
        case.findings.violated(
            "pace-outside-printed-range", None, "The longest step is shorter than the interval between two cuts."
        )
    if not case.has_override:
        for sentence in _outside(case.pace.every_days, request, taper):
            case.findings.violated("pace-outside-printed-range", None, sentence)


def _outside(every: int, request: RequestRead, taper: PublishedTaper) -> list[str]:
    """A sentence for each figure that the protocol does not print."""
    pace, sentences = taper.pace, []
    most_every = pace.most_every_days
    if every < pace.least_every_days or (most_every is not None and every > most_every):
        sentences.append(f"{taper.name} prints no interval of {every} days; an override reason is needed.")
    asked_mg = request.cut_mg
    if pace.model == "percent_of_current":
        percent = request.cut_percent
        if percent is not None and not (pace.least_cut_percent or 0) <= percent <= pace.most_cut_percent:
            sentences.append(f"{taper.name} prints no such cut in percent; an override reason is needed.")
    elif pace.model == "fixed_mg":
        if asked_mg is not None and not (pace.least_cut_mg or 0) <= asked_mg <= pace.most_cut_mg:
            sentences.append(f"{taper.name} prints no cut of {mg(asked_mg)}; an override reason is needed.")
    elif asked_mg is not None and asked_mg > max(band.most_cut_mg for band in pace.bands):
        sentences.append(f"{taper.name} prints no cut as large as {mg(asked_mg)}; an override reason is needed.")
    return sentences
