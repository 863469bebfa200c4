"""From segments to the steps and reasons that are shown and printed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil

from taper_app.clinical.planning.answer import DoseAt, EquivalentRange, Reason, Step
from taper_app.clinical.planning.pace import Ladder, Table, shown_mg
from taper_app.clinical.planning.pace.ladder import at_a_time
from taper_app.clinical.planning.path import PathRules
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.timeline import Segment, Timeline
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, mg_of, mg_text, rounded

TARGET_REACHED = "The dose asked for is reached: stay on it until a prescriber changes the plan."


def write_steps(settled: Settled, timeline: Timeline) -> tuple[Step, ...]:
    """The segments as numbered steps with pieces, equivalents and percentages."""
    start_mg = settled.converter.chosen_mg(timeline.before)
    steps = []
    for index, segment in enumerate(timeline.segments):
        before_mg = settled.converter.chosen_mg(timeline.daily_before(index))
        now_mg = settled.converter.chosen_mg(segment.daily)
        fall_mg = max(Fraction(0), before_mg - now_mg)
        steps.append(
            Step(
                number=index + 1,
                kind=segment.kind,
                starts_on=segment.starts_on,
                days=segment.days,
                target_daily_mg=_target_mg(segment),
                daily_mg={name: mg_of(amount) for name, amount in segment.daily.items()},
                diazepam_equivalent_mg=_equivalents(settled, segment),
                cut_percent_of_current=rounded(fall_mg / before_mg * 100 if before_mg else 0, 1),
                cut_percent_of_start=rounded(fall_mg / start_mg * 100 if start_mg else 0, 1),
                doses=tuple(_doses(settled, segment)),
                reasons=segment.reasons,
            )
        )
    return tuple(steps)


def _target_mg(segment: Segment) -> Decimal | None:
    return None if segment.target is None else rounded(segment.target / TENTH_MCG_PER_MG, 4)


def _equivalents(settled: Settled, segment: Segment) -> EquivalentRange:
    if not segment.daily:
        return EquivalentRange(low=Decimal(0), chosen=Decimal(0), high=Decimal(0))
    return settled.converter.range_of(segment.daily)


def _doses(settled: Settled, segment: Segment) -> Iterator[DoseAt]:
    for time in sorted(segment.doses):
        for medicine, tenth_mcg in sorted(segment.doses[time].items()):
            if tenth_mcg:
                yield DoseAt(
                    time=time,
                    drug=medicine,
                    mg=mg_of(tenth_mcg),
                    pieces=settled.makeable[medicine].pieces_of(tenth_mcg),
                )


def reason_for_cut(
    settled: Settled, rules: PathRules, before: int, now: int, days_before: int | None, makeable_daily: Sequence[int]
) -> Reason:
    """Why this dose follows that one. ``days_before`` is None when the present dose counts as given long enough."""
    asked = rules.pace.lowest_after(before)
    words = rules.pace.asked_in_words(before)
    if now < asked:
        return Reason(
            text=_bigger_than_asked(settled, rules, words, before, now, days_before), source=rules.pace.source
        )
    if rules.target and now == rules.target:
        text = f"{words}; the cuts end at {mg_text(mg_of(now))}." if settled.ends_at_floor else TARGET_REACHED
    elif isinstance(rules.pace, Ladder) and now == asked and settled.medicine.id == rules.pace.printed.medicine:
        text = _ladder_words(settled, rules.pace, before)
    elif isinstance(rules.pace, Table) and now == asked:
        text = f"{words}."
    elif now == makeable_daily[bisect_left(makeable_daily, ceil(asked))]:
        text = f"{words}; the lowest dose these products can make without a bigger cut is {mg_text(mg_of(now))}."
    else:
        text = f"{words}; {mg_text(mg_of(now))} is no bigger a cut, and the plan that goes by way of it ends soonest."
    return Reason(text=text, source=rules.pace.source)


def _bigger_than_asked(
    settled: Settled, rules: PathRules, words: str, before: int, now: int, days_before: int | None
) -> str:
    text = f"{words}, which these products cannot make; the smallest cut they allow is to {mg_text(mg_of(now))}, "
    if days_before is None:
        return text + "and the present dose counts as given long enough."
    why = _why_so_long(settled, rules, before, Fraction(now))
    return text + f"so the dose before it was given for {days_before} days, {why}."


def _why_so_long(settled: Settled, rules: PathRules, dose: int, lower: Fraction) -> str:
    if rules.was_bounded(dose, lower):
        return (
            "the longest interval the source prints"
            if _is_printed_longest(settled, rules)
            else "the longest step asked for"
        )
    return "as long as the pace itself would take"


def _is_printed_longest(settled: Settled, rules: PathRules) -> bool:
    return rules.longest_step_days == settled.taper.pace.most_every_days


def _ladder_words(settled: Settled, pace: Ladder, before: int) -> str:
    """``1 mg at a time between 10 and 5 mg, morning dose first.``"""
    band = pace.band_of(before)
    highest = pace.highest_printed_mg if pace.is_above_highest(before) else None
    where = at_a_time(band) if highest is None else f"at a time above {mg_text(highest)}"
    suffix = f", {settled.taper.slot_reason}" if settled.taper.slot_reason else ""
    return f"{mg_text(pace.cut_in(band))} {where}{suffix}."


def reason_for_floor(settled: Settled) -> Iterator[Reason]:
    """Why the plan ends by keeping a dose that the request did not ask for; nothing when it did."""
    floor = settled.taper.floor
    if floor is None or not settled.ends_at_floor:
        return
    then = settled.protocols.tapers[floor.then_protocol].name
    yield Reason(
        text=(
            f"{settled.taper.name} ends at {mg_text(floor.diazepam_mg)} diazepam-equivalent: keep this dose; "
            f"from here {then} takes over."
        ),
        source=floor.source,
    )


def reason_for_stop(settled: Settled, rules: PathRules, last: int, days: int) -> Reason:
    """Why the first day without the medicine comes now."""
    what = (
        f"{mg_text(mg_of(last))} is the smallest dose these products can make"
        if last == rules.smallest
        else f"{mg_text(mg_of(last))} is at most {shown_mg(_stop_up_to(settled))} diazepam by the highest table"
    )
    bounded = rules.was_bounded(last, rules.pace.stop_needs_until(last))
    how_long = _why_so_long(settled, rules, last, rules.pace.stop_needs_until(last)) if bounded else f"{days} days"
    return Reason(
        text=f"{what}; it was given for {how_long}: first day without {settled.medicine.name}.",
        source=rules.pace.source,
    )


def _stop_up_to(settled: Settled) -> Fraction:
    return Fraction(settled.limits.stop_may_follow_at_most_diazepam_mg.mg) * TENTH_MCG_PER_MG
