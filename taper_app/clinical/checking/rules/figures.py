"""The figures a plan shows beside its doses: targets, percentages, equivalents, and the starting dose."""

from __future__ import annotations

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.numbers import Exact, half_even, percent_figure
from taper_app.clinical.checking.shapes import RAISING_KINDS, Amounts, EquivalentsRead, StepRead, amounts_of
from taper_app.clinical.checking.start_and_end import floor_in, parts_asked
from taper_app.clinical.checking.wording import day_dose, number


def judge_figures(case: Case) -> None:
    _judge_starting_dose(case)
    for place, step in enumerate(case.plan.steps):
        _judge_equivalents(case, step, place)
        before = case.course.amounts_before(place)
        if before is not None:
            _judge_percentages(case, step, place, before)
            if not case.is_past(place):
                _judge_target(case, step, place, before)


def _judge_starting_dose(case: Case) -> None:
    """The current use as it is said to be taken, also when the plan begins with a part of it."""
    said, request = case.plan.starting_daily, case.request
    if said is None:
        case.findings.not_judged("The plan does not say its starting daily dose.")
    elif request is not None and request.current and said != amounts_of(request.slots):
        case.findings.violated(
            "starting-dose",
            None,
            f"Current use adds up to {day_dose(amounts_of(request.slots))} a day, not to {day_dose(said)}.",
        )


def _judge_equivalents(case: Case, step: StepRead, place: int) -> None:
    """In the past of an amended plan another table may have been the chosen one."""
    said = step.equivalents
    if said is None:
        case.findings.not_judged(f"Step {step.number} does not say its diazepam-equivalent.")
        return
    right = case.equivalents.figures(step.amounts)
    if said == right:
        return
    for name, figure, exact in zip(("low", "chosen", "high"), said, right, strict=True):
        if exact is None:
            case.findings.not_judged(
                f"The {name} equivalent of step {step.number}: no table lists {day_dose(step.amounts)}."
            )
        elif figure is not None and figure != exact and not (name == "chosen" and _by_another_table(case, place, said)):
            case.findings.violated(
                "equivalent-figure",
                step.number,
                f"The {name} diazepam-equivalent of {day_dose(step.amounts)} is {number(exact)} mg,"
                f" not {number(figure)} mg.",
            )


def _by_another_table(case: Case, place: int, said: EquivalentsRead) -> bool:
    """Whether a figure of the past may come from the table that the plan before the change named."""
    low, chosen, high = said
    return case.is_past(place) and None not in said and (low or 0) <= (chosen or 0) <= (high or 0)


def _judge_percentages(case: Case, step: StepRead, place: int, before: Amounts) -> None:
    """Both are this step's own cut: in percent of the dose before it, and of the starting dose.

    Where a plan begins with a part of current use, either may be the starting dose.
    """
    start, request = case.course.start, case.request
    if step.kind in RAISING_KINDS or start is None:
        return
    if case.is_past(place) and len({*start, *before, *step.amounts}) > 1:
        return  # by the table that was named then
    now, of_start = _figures(case, start, before, step.amounts)
    right_now, right_of_start = {now}, {of_start}
    if request is not None and parts_asked(case) is not None:
        whole = amounts_of(request.slots)
        for earlier in (before, whole) if place == 0 else (before,):
            now, of_start = _figures(case, whole, earlier, step.amounts)
            right_now.add(now)
            right_of_start.add(of_start)
    _judge_percent(case, step, "cut_percent_of_current", step.cut_percent_of_current, right_now)
    _judge_percent(case, step, "cut_percent_of_start", step.cut_percent_of_start, right_of_start)


def _figures(case: Case, start: Amounts, before: Amounts, after: Amounts) -> tuple[int | None, int | None]:
    """A fall in percent of the dose before it and of the start, as printed; None where doses cannot be compared."""
    amounts = _in_one_unit(case, start, before, after)
    if amounts is None:
        return None, None
    whole, earlier, now = amounts
    fall = earlier - now
    return (percent_figure(fall, earlier) if earlier else None), (percent_figure(fall, whole) if whole else None)


def _in_one_unit(case: Case, *days: Amounts) -> list[Exact] | None:
    if len({*days[0], *days[1], *days[2]}) <= 1:
        return [sum(amounts.values()) for amounts in days]
    table = case.equivalents.chosen_table
    if table is None:
        return None
    matched = [case.equivalents.by(table, amounts) for amounts in days]
    return None if None in matched else [each for each in matched if each is not None]


def _judge_percent(case: Case, step: StepRead, name: str, said: int | None, right: set[int | None]) -> None:
    """``right``: every figure that may stand there."""
    if said in right:
        return
    known = sorted(each for each in right if each is not None)
    if said is None:
        case.findings.not_judged(f"Step {step.number} does not say {name}.")
    elif known:
        either = " or ".join(number(each) for each in known)
        case.findings.violated("percent-figure", step.number, f"{name} is {either}, not {number(said)}.")


def _judge_target(case: Case, step: StepRead, place: int, before: Amounts) -> None:
    if not step.says_target:
        case.findings.not_judged(f"Step {step.number} does not say its target.")
        return
    said = step.target_daily
    if step.kind == "crossover":
        if said is not None:
            case.findings.violated("target-figure", step.number, "The target is null in a cross-over.")
        return
    if step.kind == "stop":
        right = {0}
    elif step.kind in ("cut", "keep") and before != step.amounts:
        right = _targets(case, place, before)
    else:
        return
    if said is None and right:
        case.findings.violated("target-figure", step.number, "The target stands in every cut.")
    elif right and said not in right:
        asked = " or ".join(number(each) for each in sorted(right))
        case.findings.violated(
            "target-figure", step.number, f"The pace asks for {asked} mg, not {number(said or 0)} mg."
        )


def _targets(case: Case, place: int, before: Amounts) -> set[int]:
    """What the pace asks after a dose; also the dose at which the cuts end, where the pace would pass it."""
    pace = case.pace_from(before, place)
    if pace is None:
        return set()
    ((medicine, dose),) = before.items()
    asked = pace.asked(dose)
    ends = [case.request.target_daily if case.request is not None else 0, floor_in(case, medicine) or 0]
    return {half_even(each.numerator, each.denominator) for each in (*asked, *(max(a, e) for a in asked for e in ends))}
