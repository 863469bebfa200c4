"""A plan that begins with a part of reported use: only where that is allowed, and by exactly that part.

Source: clinical_rules.md section 2, "Fractions of reported intake"; the numbers are those of ``limits.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.numbers import PER_ONE, exact_units, half_even
from taper_app.clinical.checking.shapes import PRESCRIBED, RequestRead, amounts_of
from taper_app.clinical.checking.start_and_end import parts_asked, slots_at_part
from taper_app.clinical.checking.wording import day_dose, mg, number
from taper_app.clinical.quantities import plain

RULE = "start-fraction"
SIGNED_AS = "start-at-fraction"


def judge_start_fraction(case: Case) -> None:
    percent, request = parts_asked(case), case.request
    if percent is None or request is None:
        return
    for sentence in _not_allowed(case, request, percent):
        case.findings.violated(RULE, None, sentence)
    if not case.is_past(0):
        _judge_first_step(case, request, percent)
    signs = [w for w in case.plan.warnings or () if w.is_signed_for and w.mentions(SIGNED_AS, "fraction")]
    sentence = f"The plan begins with {number(percent * PER_ONE)} % of reported use."
    if signs:
        case.findings.accepted(SIGNED_AS, signs[0].step, f"{sentence} Signed for as {signs[0].code}.")
    else:
        case.findings.violated(SIGNED_AS, 1, f"{sentence} No sign warning names it.")


def _not_allowed(case: Case, request: RequestRead, percent: Fraction) -> Iterator[str]:
    limit = case.limits.start_at_fraction
    if request.setting != "inpatient":
        yield "Only an inpatient plan may begin with a part of reported use."
    if any(dose.source == PRESCRIBED for dose in request.current) or request.patient.answers["use_verified"] != "no":
        yield "Only use that is reported or not prescribed, and not verified, may begin with a part of it."
    if len({dose.time for dose in request.current}) < limit.at_least_doses_a_day:
        yield f"A part of reported use is given in at least {limit.at_least_doses_a_day} doses a day."
    amounts = amounts_of(request.slots)
    known = case.equivalents.low(amounts) if case.equivalents.chosen_table is None else case.equivalents.chosen(amounts)
    if known is None:
        case.findings.not_judged("Whether reported use is high enough to begin with a part of it is not judged.")
    elif known <= exact_units(limit.above_diazepam_mg):
        yield (
            f"Reported use of {mg(known)} diazepam-equivalent is not above {plain(limit.above_diazepam_mg)} mg:"
            " the plan begins with the whole of it."
        )
    least = Fraction(limit.at_least_percent)
    if not least <= percent < 100 and not case.has_override and not case.is_amended:
        yield f"A plan begins with {plain(limit.at_least_percent)} % or more of reported use, and less than all of it."


def _judge_first_step(case: Case, request: RequestRead, percent: Fraction) -> None:
    first = case.plan.steps[0]
    if first.kind != "stabilise":
        case.findings.violated(
            RULE, first.number, "A plan that begins with a part of reported use begins to stabilise."
        )
        return
    right = slots_at_part(case, request, percent)
    if first.slots != right:
        case.findings.violated(
            RULE,
            first.number,
            f"{number(percent * PER_ONE)} % of each dose, rounded up, is {day_dose(amounts_of(right))} a day"
            f" by the same times; this step gives {day_dose(first.amounts)}.",
        )
    _judge_target(case, request, percent)


def _judge_target(case: Case, request: RequestRead, percent: Fraction) -> None:
    """What the first step aims at is the part of reported use; before a change of medicine it may be left open."""
    first, amounts = case.plan.steps[0], amounts_of(request.slots)
    is_open = first.target_daily is None and any(step.kind == "crossover" for step in case.plan.steps)
    part = sum(amounts.values()) * percent / 100
    is_right = first.target_daily == half_even(part.numerator, part.denominator)
    if len(amounts) == 1 and first.says_target and not is_right and not is_open:
        case.findings.violated(
            "target-figure", first.number, f"The target of the first step is {mg(part)}, the part of reported use."
        )
