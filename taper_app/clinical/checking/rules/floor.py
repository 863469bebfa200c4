"""A protocol with a floor: it ends by keeping a dose, and another protocol takes over from there.

Source: interfaces.md, "How the steps follow the pace", 7.
"""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.numbers import exact_units
from taper_app.clinical.checking.rules.ending import judge_maintenance_dose
from taper_app.clinical.checking.start_and_end import floor_in
from taper_app.clinical.checking.times import times_asked, times_change
from taper_app.clinical.checking.wording import mg
from taper_app.clinical.protocol.tapers import Floor

ENDS_AT_FLOOR = "protocol-ends-at-floor"


def judge_floor(case: Case) -> None:
    floor = case.taper.floor if case.taper is not None else None
    if floor is None:
        return
    _judge_start(case, floor)
    last = case.plan.steps[-1]
    kept = case.equivalents.chosen(last.amounts)
    if kept is None or kept <= exact_units(floor.diazepam_mg):
        _judge_caution(case, floor)
    if last.kind == "stop":
        case.findings.violated(
            "ends-at-floor",
            last.number,
            f"This protocol ends at {floor.diazepam_mg} mg diazepam-equivalent by keeping the dose;"
            f" {floor.then_protocol} takes over.",
        )
    elif len(last.amounts) == 1 and not case.is_amended:
        _judge_last_dose(case)


def _judge_start(case: Case, floor: Floor) -> None:
    start = case.equivalents.chosen(case.course.start) if case.course.start is not None else None
    if start is None:
        case.findings.not_judged("Whether the start lies above the protocol's floor is not judged.")
    elif start <= exact_units(floor.diazepam_mg):
        case.findings.violated(
            "ends-at-floor",
            1,
            f"{mg(start)} diazepam-equivalent is not above the floor of {floor.diazepam_mg} mg;"
            f" begin with {floor.then_protocol}.",
        )


def _judge_caution(case: Case, floor: Floor) -> None:
    """A warning, or the last step's own reasons, say that the dose is kept here and what takes over."""
    warnings = case.plan.warnings
    says_so = any(w.mentions(ENDS_AT_FLOOR, "floor", floor.then_protocol) for w in warnings or ())
    then = case.protocols.tapers.get(floor.then_protocol)
    names = (floor.then_protocol, then.name if then is not None else floor.then_protocol)
    says_so = says_so or any(name in reason for reason in case.plan.last_reasons for name in names)
    if warnings is not None and not says_so:
        case.findings.violated(
            ENDS_AT_FLOOR, None, f"Nothing says that this protocol ends at its floor and that {names[1]} follows."
        )


def _judge_last_dose(case: Case) -> None:
    """The last dose is the highest makeable one at or below the floor, or the maintenance dose above it."""
    last = case.plan.steps[-1]
    ((medicine, dose),) = last.amounts.items()
    end = floor_in(case, medicine)
    if end is None:
        case.findings.not_judged("Whether the plan ends at the protocol's floor is not judged.")
        return
    target = case.request.target_daily if case.request is not None else 0
    if target > end and dose > target:
        judge_maintenance_dose(case, target)
        return
    end = max(end, Fraction(target))
    highest = _highest_at_most(case, medicine, end)
    if dose > end or (highest is not None and dose < highest):
        can = "" if highest is None else f"; {mg(highest)} is the highest dose that can be made at or below it"
        case.findings.violated(
            "ends-at-floor",
            last.number,
            f"The plan ends on {mg(dose)} of {medicine} a day, its floor is {mg(end)}{can}.",
        )


def _highest_at_most(case: Case, medicine: str, end: Fraction) -> int | None:
    """The highest daily dose up to ``end`` that the last step could give, no time of day rising."""
    place = len(case.plan.steps) - 1
    doses, slots = case.makeable(medicine, place), case.course.slots_before(place)
    if doses is None or slots is None:
        return None
    most_at_each = [dose for (_, name), dose in slots.items() if name == medicine]
    if times_change(case, place):
        most_at_each = [sum(most_at_each)] * len(times_asked(case) or ())
    return doses.of_a_day(most_at_each).largest_at_most(end)
