"""The cuts from the present dose (or the last slot of a cross-over) down to the stop or the dose to stay on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from taper_app.clinical.planning.answer import Reason, StepKind
from taper_app.clinical.planning.crossover import SlotNotMakeable
from taper_app.clinical.planning.makeable import daily_doses
from taper_app.clinical.planning.pace import Table
from taper_app.clinical.planning.path import Given, PathRules, Start, days_of_start
from taper_app.clinical.planning.search import find_path
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.slots import SlotSplitter
from taper_app.clinical.planning.steps import (
    TARGET_REACHED,
    reason_for_cut,
    reason_for_floor,
    reason_for_stop,
)
from taper_app.clinical.planning.timeline import Segment
from taper_app.clinical.quantities import TENTH_MCG_PER_MG


def cuts_after(
    settled: Settled, doses_now: dict[str, int], first_cut: date, before: list[Segment], is_first_step: bool
) -> list[Segment]:
    """The cuts down to the target. ``before`` may lose days: the last cross-over slot lasts as rule 2 says."""
    makeable = settled.makeable[settled.medicine.id]
    if makeable.smallest is None:
        raise SlotNotMakeable(settled.medicine.id, sum(doses_now.values()))
    rules = PathRules(
        pace=settled.pace,
        longest_step_days=settled.longest_step_days,
        target=settled.target,
        smallest=makeable.smallest,
        stop_allowed_up_to=_stop_allowed_up_to(settled),
    )
    same_times = set(doses_now) == set(settled.times)
    start_doses = tuple(doses_now[time] for time in settled.times) if same_times else None
    start = Start(start_doses, sum(doses_now.values()), len(settled.times), is_first_step, may_end=_is_kept(before))
    daily = daily_doses(makeable, len(settled.times), up_to=start.daily)
    splitter = SlotSplitter(makeable, settled.taper.slots, settled.medicine.acting.short_acting)
    given = find_path(start, daily, splitter, rules)
    starts_on = first_cut
    days_before: int | None = None
    if is_first_step:
        days_before = days_of_start(start, given, rules)
        last = before[-1]
        before[-1] = replace(last, days=max(last.days, days_before))
        starts_on = before[-1].starts_on + timedelta(days=before[-1].days)
    if rules.target == start.daily:
        return [_stay(settled, rules, doses_now, starts_on)]
    return list(_steps_down(settled, rules, start.daily, given, daily, starts_on, days_before))


def _steps_down(
    settled: Settled,
    rules: PathRules,
    dose: int,
    given: Sequence[Given],
    makeable_daily: Sequence[int],
    starts_on: date,
    days_before: int | None,
) -> Iterator[Segment]:
    """A segment for each dose that is given after ``dose``, then the stop when the target is zero."""
    for step in given:
        is_end = bool(rules.target) and step.daily == rules.target
        asked = max(rules.pace.lowest_after(dose), Fraction(rules.target))
        yield Segment(
            kind=StepKind.KEEP if is_end else StepKind.CUT,
            starts_on=starts_on,
            days=step.days,
            doses={time: {settled.medicine.id: amount} for time, amount in zip(settled.times, step.doses, strict=True)},
            target=asked,
            reasons=(
                reason_for_cut(settled, rules, dose, step.daily, days_before, makeable_daily),
                *(reason_for_floor(settled) if is_end else ()),
            ),
            is_bigger_than_asked=step.daily < rules.pace.lowest_after(dose),
        )
        starts_on += timedelta(days=step.days)
        dose, days_before = step.daily, step.days
    if not rules.target:
        yield _stop(settled, rules, dose, days_before or 0, starts_on)


def _is_kept(before: Sequence[Segment]) -> bool:
    """Whether the cuts go on from a step of the old plan that is only kept longer: it may be the last one."""
    return bool(before) and before[-1].kind is StepKind.KEEP


def _stay(settled: Settled, rules: PathRules, doses_now: Mapping[str, int], starts_on: date) -> Segment:
    """The dose after a change of medicine is already the one to stay on."""
    return Segment(
        kind=StepKind.KEEP,
        starts_on=starts_on,
        days=0,
        doses={time: {settled.medicine.id: amount} for time, amount in doses_now.items()},
        target=Fraction(rules.target),
        reasons=tuple(reason_for_floor(settled)) or (Reason(text=TARGET_REACHED, source=rules.pace.source),),
    )


def _stop_allowed_up_to(settled: Settled) -> Fraction:
    """The highest dose (tenth_mcg) that is still within the limit by the highest shipped table.

    A printed table is followed to its last line: a higher stop would leave lines out.
    """
    limit_mg = Fraction(settled.limits.stop_may_follow_at_most_diazepam_mg.mg)
    up_to = limit_mg / settled.converter.high_factor(settled.medicine.id) * TENTH_MCG_PER_MG
    return min(up_to, settled.pace.last_line) if isinstance(settled.pace, Table) else up_to


def _stop(settled: Settled, rules: PathRules, last: int, days: int, starts_on: date) -> Segment:
    return Segment(
        kind=StepKind.STOP,
        starts_on=starts_on,
        days=0,
        doses={},
        target=Fraction(0),
        reasons=(reason_for_stop(settled, rules, last, days),),
        is_bigger_than_asked=rules.pace.lowest_after(last) > 0,
    )
