"""From which time of day a cut is taken: the one that the protocol's slots rule names, where it can be.

Source: interfaces.md, "How the steps follow the pace", 5.
"""

from __future__ import annotations

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.shapes import Slots
from taper_app.clinical.checking.times import times_change
from taper_app.clinical.checking.wording import mg
from taper_app.clinical.protocol.tapers import PublishedTaper, SlotRule


def judge_slot_order(case: Case) -> None:
    for place, step in enumerate(case.plan.steps):
        before = case.course.slots_before(place)
        if case.taper is None or not before or step.kind not in ("cut", "keep") or case.is_past(place):
            continue
        if times_change(case, place) or not _falls_at_the_same_times(step.slots, before):
            continue
        wanted = _cut_from_one_dose(case, case.taper, place, before)
        if wanted is not None and dict(step.slots) != wanted:
            ((time, _), left) = next((slot, dose) for slot, dose in wanted.items() if dose != before[slot])
            case.findings.violated(
                "slot-order",
                step.number,
                f"{case.taper.name} takes this cut from the dose at {time}, down to {mg(left)}.",
            )


def _falls_at_the_same_times(now: Slots, before: Slots) -> bool:
    """A time that is dropped or whose dose rises is judged by rules of its own."""
    return now.keys() == before.keys() and all(dose <= before[slot] for slot, dose in now.items())


def _cut_from_one_dose(
    case: Case, taper: PublishedTaper, place: int, before: Slots
) -> dict[tuple[str, str], int] | None:
    """The day's doses when the whole cut is taken from the dose that the rule names.

    None when they are of several medicines, when nothing would be left of that dose, and when the products cannot
    make what is left: then other times of day have to give.
    """
    medicines = {medicine for _, medicine in before}
    made = case.makeable(next(iter(medicines)), place) if len(medicines) == 1 else None
    if made is None:
        return None
    named = _named_dose(taper, before)
    left = before[named] - (sum(before.values()) - sum(case.plan.steps[place].slots.values()))
    doses = {**before, named: left}
    can_be_made = 0 < left < before[named] and all(made.can_make(dose) for dose in doses.values())
    return doses if can_be_made else None


def _named_dose(taper: PublishedTaper, before: Slots) -> tuple[str, str]:
    """The earliest dose of the day, or the largest, of equal ones the earliest."""
    in_order = sorted(before)
    if taper.slots is SlotRule.MORNING_FIRST:
        return in_order[0]
    return max(in_order, key=lambda slot: before[slot])
