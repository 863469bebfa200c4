"""Invariants 4, 8, 9, 12 and 20 of one plan: ceilings, days, and what a prescriber is asked to sign."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from random_runs.made import Daily, Made, chosen_diazepam_mg, daily_of, diazepam_mg, highest_diazepam_mg
from taper_app.clinical.planning.answer import Severity, StepKind
from taper_app.clinical.protocol.tapers import Ceiling


def invariant_04_every_fall_above_a_ceiling_is_signed_for(made: Made) -> Iterator[str]:
    """Worked on every day of the plan and by every table, not on the days that the builder looks at."""
    for ceiling in _ceilings(made):
        most = Fraction(ceiling.percent)
        per_day = [(0, made.counted_from)] * ceiling.in_days + list(_daily_by_day(made))
        unsigned = {
            number
            for (_, earlier), (number, now) in zip(per_day, per_day[ceiling.in_days :], strict=False)
            if now is not earlier and _largest_fall(made, earlier, now) > most and not _is_signed(made, number)
        }
        if unsigned:
            yield f"steps {sorted(unsigned)} fall by more than {ceiling.percent} % in {ceiling.in_days} days, unsigned"
    yield from _first_cut(made)
    yield from _stop(made)


def _daily_by_day(made: Made) -> Iterator[tuple[int, Daily]]:
    """The number of the step in force and what it gives, for every day, the last step's first day included."""
    for step in made.plan.steps:
        daily = daily_of(step)
        for _ in range(max(step.days, 1)):
            yield step.number, daily


def _ceilings(made: Made) -> list[Ceiling]:
    general = made.protocols.tapers[made.protocols.limits.ceiling_protocol].own_ceiling
    assert general is not None
    return [ceiling for ceiling in (made.taper.own_ceiling, general) if ceiling]


def _largest_fall(made: Made, earlier: Daily, now: Daily) -> Fraction:
    """In percent of the dose before; by every table that lists all of it where the medicines differ."""
    if len({*earlier, *now}) == 1:
        (drug,) = {*earlier, *now}
        falls = [(earlier.get(drug, Fraction(0)), now.get(drug, Fraction(0)))]
    else:
        listed = [(diazepam_mg(earlier, table), diazepam_mg(now, table)) for table in made.tables]
        falls = [(before, after) for before, after in listed if before is not None and after is not None]
    return max(((before - after) * 100 / before for before, after in falls if before), default=Fraction(0))


def _is_signed(made: Made, step: int) -> bool:
    """On the step itself; a published schedule's own steps are signed once for the plan and marked each."""
    of_plan = any(warning.step is None and warning.code.endswith("above-ceiling") for warning in made.plan.to_sign)
    marked = any(warning.step == step and warning.severity is Severity.WARN for warning in made.plan.warnings)
    return made.signed_on(step) or (of_plan and marked)


def _first_cut(made: Made) -> Iterator[str]:
    limit = made.protocols.limits.first_cut_at_most
    first = next((s for s in made.plan.steps if s.kind in (StepKind.CUT, StepKind.STOP, StepKind.KEEP)), None)
    if first is None or "start_fraction_percent" in made.plan.request.as_json():
        return
    start, now = chosen_diazepam_mg(made.start, made), chosen_diazepam_mg(daily_of(first), made)
    if (start - now) * 100 > Fraction(limit.percent) * start and not made.signs("first-cut-overridden"):
        yield f"the first cut is more than {limit.percent} % and nobody signs for it"


def _stop(made: Made) -> Iterator[str]:
    limit = made.protocols.limits.stop_without_override_at_most_diazepam_mg
    if made.plan.steps[-1].kind is not StepKind.STOP:
        return
    before = daily_of(made.plan.steps[-2]) if len(made.plan.steps) > 1 else made.start
    if highest_diazepam_mg(before, made.tables) > limit.mg and not made.signs("stop-from-high-dose"):
        yield f"it stops from more than {limit.mg} mg diazepam-equivalent and nobody signs for it"


def invariant_08_the_days_follow_each_other_without_a_gap(made: Made) -> Iterator[str]:
    steps = made.plan.steps
    if not made.plan.starts_on == made.request.start_on == steps[0].starts_on:
        yield "it does not start on the day that was asked"
    for before, now in pairwise(steps):
        if now.starts_on != before.starts_on + timedelta(days=before.days) or now.number != before.number + 1:
            yield f"step {now.number} does not follow step {before.number}"
        if before.ends_on != now.starts_on - timedelta(days=1):
            yield f"step {before.number} does not end on the day before the next"
    for line in made.plan.dispense:
        if not steps[0].starts_on <= line.starts <= line.to < steps[-1].starts_on:
            yield f"{line.product} is dispensed outside the plan's days"


def invariant_09_no_plan_is_too_long_and_no_step_too_short(made: Made) -> Iterator[str]:
    limits, every = made.protocols.limits, made.plan.request.every_days or 0
    if (made.plan.steps[-1].starts_on - made.plan.starts_on).days > limits.longest_plan.days:
        yield "it takes more than ten years"
    for step in made.plan.steps[:-1]:
        if step.kind is StepKind.CUT and step.days < every:
            yield f"step {step.number} lasts {step.days} days, less than {every}"
        if step.kind is StepKind.CROSSOVER and step.days < limits.crossover_slot.at_least_days:
            yield f"step {step.number} of the change lasts {step.days} days"


def invariant_12_days_are_dates_and_every_day_of_a_step_is_the_same(made: Made) -> Iterator[str]:
    """No moment, no offset: a night on which clocks change has as many doses as any other."""
    for step in made.answer["steps"]:
        if date.fromisoformat(step["starts_on"]).isoformat() != step["starts_on"]:
            yield f"step {step['number']} starts at a moment, not on a day"
        times = [dose["time"] for dose in step["doses"]]
        if times != sorted(times) or any(len(time) != 5 for time in times):
            yield f"step {step['number']} gives doses at {times}"


def invariant_20_facts_that_nobody_asked_about_are_signed_for(made: Made) -> Iterator[str]:
    unknown = made.plan.request.patient.not_assessed()
    found = [warning for warning in made.plan.to_sign if warning.code == "facts-not-assessed"]
    if len(found) != bool(unknown) or any(fact not in found[0].message for fact in unknown):
        yield f"not assessed: {', '.join(unknown) or 'nothing'}; signed for: {[w.message for w in found]}"
