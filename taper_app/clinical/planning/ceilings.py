"""What a plan may not do: each breach is refused, or it passes as a warning that a prescriber signs.

Here is the ceiling on the fall in so many days (interfaces, "Ceilings"); ``outer_limits`` and ``other_tables``
hold what is judged beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.planning.answer import LimitBroken, PlanWarning, Refusal, Severity, StepKind
from taper_app.clinical.planning.falls import Fall, daily_mg_of, fall_words, falls, in_end_zone, warning_on
from taper_app.clinical.planning.other_tables import other_tables
from taper_app.clinical.planning.outer_limits import first_cut, stop_from_too_high, too_much_outside_hospital
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.softer import what_would_soften
from taper_app.clinical.planning.timeline import Timeline
from taper_app.clinical.protocol.tapers import Ceiling
from taper_app.clinical.quantities import mg_of, mg_text, percent_text

#: One signature for a whole plan: of a published ladder, of an inpatient protocol.
PLAN_ABOVE_CEILING = ("published-ladder-above-ceiling", "inpatient-pace-above-ceiling")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The first reason to refuse (None when there is none), and what passes with a warning."""

    refusal: Refusal | None
    warnings: tuple[PlanWarning, ...]


def judge(settled: Settled, timeline: Timeline) -> Judgement:
    """Hold a finished timeline against every ceiling."""
    warnings: list[PlanWarning] = []
    for finding in _findings(settled, timeline):
        if isinstance(finding, Refusal):
            return Judgement(finding, tuple(warnings))
        warnings.append(finding)
    return Judgement(None, tuple(warnings))


def _findings(settled: Settled, timeline: Timeline) -> Iterator[Refusal | PlanWarning]:
    yield from too_much_outside_hospital(settled, timeline)
    yield from first_cut(settled, timeline)
    own = settled.taper.own_ceiling
    general = settled.protocols.tapers[settled.limits.ceiling_protocol].own_ceiling
    assert general is not None, "the protocol whose ceiling judges the others has one"
    if own:
        yield from _own_ceiling(settled, timeline, own)
    if own is None or (own.percent, -own.in_days) > (general.percent, -general.in_days):
        yield from _general_ceiling(settled, timeline, general)
    yield from stop_from_too_high(settled, timeline)
    yield from _cuts_above_printed_maximum(settled, timeline, own or general)
    yield from other_tables(settled, timeline, own or general)


def _own_ceiling(settled: Settled, timeline: Timeline, ceiling: Ceiling) -> Iterator[Refusal | PlanWarning]:
    for fall in falls(settled, timeline, ceiling):
        if fall.percent <= Fraction(ceiling.percent):
            continue
        if in_end_zone(settled, fall.earlier):
            yield _in_end_zone(settled, timeline, fall, ceiling)
        elif settled.has_override:
            yield _overridden(settled, timeline, fall, ceiling)
        else:
            yield _refused(settled, timeline, fall, ceiling)


def _general_ceiling(settled: Settled, timeline: Timeline, ceiling: Ceiling) -> Iterator[Refusal | PlanWarning]:
    """A protocol without a ceiling of its own, or with a wider one, is judged by the general one as well."""
    months = settled.request.patient.months_of_use
    long_or_unknown = months is None or months >= settled.limits.long_use.months
    is_exempt = settled.taper.is_published_ladder or settled.taper.is_inpatient_only
    plan_wide_given = False
    for fall in falls(settled, timeline, ceiling):
        if fall.percent <= Fraction(ceiling.percent):
            continue
        if is_exempt and _is_own_pace(timeline, fall.index, ceiling.in_days):
            if not plan_wide_given:
                plan_wide_given = True
                yield _own_pace_above_ceiling(settled, ceiling)
            yield warning_on(
                "ladder-step-above-ceiling" if settled.taper.is_published_ladder else "inpatient-step-above-ceiling",
                Severity.WARN,
                fall.index,
                f"{fall_words(timeline, fall, ceiling)}; the protocol's own pace asks for it.",
                ceiling.source,
            )
        elif in_end_zone(settled, fall.earlier):
            yield _in_end_zone(settled, timeline, fall, ceiling)
        elif settled.has_override:
            yield _overridden(settled, timeline, fall, ceiling)
        elif long_or_unknown or is_exempt:
            yield _refused(settled, timeline, fall, ceiling)
        else:
            yield warning_on(
                "above-general-ceiling",
                Severity.SIGN,
                fall.index,
                f"{fall_words(timeline, fall, ceiling)}; this protocol prints no ceiling of its own.",
                ceiling.source,
            )


def _is_own_pace(timeline: Timeline, index: int, in_days: int) -> bool:
    """Whether every change in so many days up to a step is a cut no bigger than the protocol's pace asks.

    A change of medicine is none, because nobody asked for what its rounding takes away; nor is a dose that a
    prescriber has ordered.
    """
    since = timeline.segments[index].starts_on - timedelta(days=in_days)
    recent = [segment for segment in timeline.segments[: index + 1] if segment.starts_on > since]
    others = (StepKind.CROSSOVER, StepKind.RESTABILISE)
    return not any(segment.is_bigger_than_asked or segment.kind in others for segment in recent)


def _own_pace_above_ceiling(settled: Settled, ceiling: Ceiling) -> PlanWarning:
    """One signature for the whole plan of a published ladder or an inpatient protocol."""
    is_ladder = settled.taper.is_published_ladder
    how = "goes down in milligrams" if is_ladder else "cuts quickly, in hospital"
    return PlanWarning(
        code=PLAN_ABOVE_CEILING[0 if is_ladder else 1],
        severity=Severity.SIGN,
        step=None,
        message=(
            f"{settled.taper.name} {how}: some of its own steps fall by more than "
            f"{percent_text(ceiling.percent)} % in {ceiling.in_days} days. Each is marked."
        ),
        source=ceiling.source,
    )


def _refused(settled: Settled, timeline: Timeline, fall: Fall, ceiling: Ceiling) -> Refusal:
    segment = timeline.segments[fall.index]
    before, now = timeline.daily_before(fall.index), segment.daily
    limit = f"{percent_text(ceiling.percent)} % in {ceiling.in_days} days"
    from_mg, to_mg = daily_mg_of(before), daily_mg_of(now)
    needed = f"{percent_text(fall.percent)} %"
    if segment.is_bigger_than_asked:
        message = (
            f"These products cannot keep the fall within {limit} below {mg_text(from_mg)} a day: "
            f"{_short(from_mg)} to {mg_text(to_mg)} is {needed}."
        )
    else:
        message = (
            f"This pace falls by {needed} in {ceiling.in_days} days at {mg_text(from_mg)} a day; the limit is {limit}."
        )
    return Refusal(
        code="ceiling",
        message=message,
        limits=(LimitBroken(limit=limit, needed=needed, at_daily_mg=from_mg, source=ceiling.source),),
    )


def _in_end_zone(settled: Settled, timeline: Timeline, fall: Fall, ceiling: Ceiling) -> PlanWarning:
    doses_before = timeline.segments[fall.index - 1].doses if fall.index else settled.taken_now
    cut = _smallest_cut(settled, timeline, fall) or settled.makeable[settled.medicine.id].smallest or 0
    return warning_on(
        "ceiling-in-end-zone",
        Severity.SIGN,
        fall.index,
        f"{fall_words(timeline, fall, ceiling)}; {mg_text(mg_of(cut))} is the smallest cut "
        f"these products can make. {what_would_soften(settled, doses_before, cut)}",
        ceiling.source,
    )


def _smallest_cut(settled: Settled, timeline: Timeline, fall: Fall) -> int:
    """How far the dose before has to fall at least: to the next makeable daily dose below it, or to nothing."""
    before = timeline.daily_before(fall.index).get(settled.medicine.id, 0)
    doses = settled.makeable[settled.medicine.id].doses
    by_time = timeline.segments[fall.index - 1].doses.values() if fall.index else settled.taken_now.values()
    cuts: list[int] = []
    for amounts in by_time:
        at_this_time = amounts.get(settled.medicine.id, 0)
        cuts.extend(at_this_time - dose for dose in doses if dose < at_this_time)
    return min(cuts, default=before)


def _overridden(settled: Settled, timeline: Timeline, fall: Fall, ceiling: Ceiling) -> PlanWarning:
    return warning_on(
        "ceiling-overridden",
        Severity.SIGN,
        fall.index,
        f"{fall_words(timeline, fall, ceiling)}, above the ceiling of {percent_text(ceiling.percent)} % in "
        f"{ceiling.in_days} days; an override reason was given.",
        ceiling.source,
    )


def _cuts_above_printed_maximum(settled: Settled, timeline: Timeline, ceiling: Ceiling) -> Iterator[PlanWarning]:
    """A makeable cut above the printed maximum, but within the ceiling, is worth knowing."""
    above_ceiling = {
        fall.index for fall in falls(settled, timeline, ceiling) if fall.percent > Fraction(ceiling.percent)
    }
    name = settled.medicine.id
    for index, segment in enumerate(timeline.segments):
        if segment.kind not in (StepKind.CUT, StepKind.KEEP) or index in above_ceiling:
            continue
        before, now = timeline.daily_before(index).get(name, 0), segment.daily.get(name, 0)
        if before > now and settled.pace.is_above_printed_maximum(before, now):
            percent = percent_text(Fraction(before - now, before) * 100)
            cause = (
                "These products cannot make a smaller cut." if segment.is_bigger_than_asked else "The request asks it."
            )
            yield warning_on(
                "cut-above-printed-maximum",
                Severity.WARN,
                index,
                f"This step is {percent} % below the dose before it; the source prints "
                f"{settled.pace.printed_range(before)}. {cause}",
                settled.pace.source,
            )


def _short(mg: Decimal) -> str:
    return mg_text(mg).removesuffix(" mg")
