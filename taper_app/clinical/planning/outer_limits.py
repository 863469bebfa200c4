"""Limits that hold whatever the pace: diazepam outside hospital, the first cut, the dose before the stop."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from taper_app.clinical.planning.answer import LimitBroken, PlanWarning, Refusal, Severity, StepKind
from taper_app.clinical.planning.falls import daily_mg_of, fall_percent, warning_on
from taper_app.clinical.planning.request import Setting
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.timeline import Timeline
from taper_app.clinical.quantities import mg_of, mg_text, percent_text

#: What every plan comes to when the present dose has been kept and the medicine has been changed.
_AFTER_LEAD_IN = (StepKind.CUT, StepKind.STOP, StepKind.KEEP)


def too_much_outside_hospital(settled: Settled, timeline: Timeline) -> Iterator[Refusal]:
    """Of the first step that is above it."""
    limit = settled.limits.outpatient_at_most_diazepam_mg
    given = (mg_of(segment.daily.get("diazepam", 0)) for segment in timeline.segments)
    too_much = next((mg for mg in given if mg > limit.mg), None)
    if too_much is not None and settled.request.setting is not Setting.INPATIENT:
        yield Refusal(
            code="too-much-diazepam-outside-hospital",
            message=f"{mg_text(too_much)} diazepam a day is above {mg_text(limit.mg)}, the most outside hospital.",
            limits=(
                LimitBroken(
                    limit=f"{mg_text(limit.mg)} diazepam a day outside hospital",
                    needed=mg_text(too_much),
                    at_daily_mg=too_much,
                    source=limit.source,
                ),
            ),
        )


def first_cut(settled: Settled, timeline: Timeline) -> Iterator[Refusal | PlanWarning]:
    """No protocol may begin with a cut of more than a quarter, end zone or not."""
    limit = settled.limits.first_cut_at_most
    if timeline.goes_on:
        return
    index = next(index for index, segment in enumerate(timeline.segments) if segment.kind in _AFTER_LEAD_IN)
    before = settled.converter.chosen_mg(settled.start_amounts)
    percent = fall_percent(before, settled.converter.chosen_mg(timeline.segments[index].daily))
    if percent <= Fraction(limit.percent):
        return
    message = (
        f"The first cut is {percent_text(percent)} % below current use; "
        f"the limit is {percent_text(limit.percent)} %.{_taken_by_the_change(settled, timeline, index)}"
    )
    if settled.has_override:
        yield warning_on("first-cut-overridden", Severity.SIGN, index, message, limit.source)
    else:
        yield Refusal(
            code="first-cut",
            message=message,
            limits=(
                LimitBroken(
                    limit=f"{percent_text(limit.percent)} % at the first cut",
                    needed=f"{percent_text(percent)} %",
                    at_daily_mg=daily_mg_of(timeline.daily_before(index)),
                    source=limit.source,
                ),
            ),
        )


def _taken_by_the_change(settled: Settled, timeline: Timeline, first: int) -> str:
    """How much of it a change of medicine took already, where its doses had to be smaller than the equivalent."""
    if not first or timeline.segments[first - 1].kind is not StepKind.CROSSOVER:
        return ""
    before = settled.converter.chosen_mg(settled.start_amounts)
    percent = fall_percent(before, settled.converter.chosen_mg(timeline.segments[first - 1].daily))
    if percent <= 0:
        return ""
    return (
        f" The change to {settled.medicine.name} takes {percent_text(percent)} % of it, because the new doses are "
        "rounded down and never above the equivalent by the highest tables."
    )


def stop_from_too_high(settled: Settled, timeline: Timeline) -> Iterator[Refusal | PlanWarning]:
    limit = settled.limits.stop_without_override_at_most_diazepam_mg
    last = len(timeline.segments) - 1
    if timeline.segments[last].kind is not StepKind.STOP:
        return
    before = timeline.daily_before(last)
    highest = settled.converter.highest_mg(before)
    if highest <= Fraction(limit.mg):
        return
    message = (
        f"The last dose, {mg_text(daily_mg_of(before))} a day, "
        f"is up to {percent_text(highest)} mg diazepam-equivalent; "
        f"a stop from more than {mg_text(limit.mg)} is refused."
    )
    if settled.has_override:
        yield warning_on("stop-from-high-dose", Severity.SIGN, last, message, limit.source)
    else:
        yield Refusal(
            code="stop-from-high-dose",
            message=message,
            limits=(
                LimitBroken(
                    limit=f"{mg_text(limit.mg)} diazepam-equivalent before the stop",
                    needed=f"{percent_text(highest)} mg",
                    at_daily_mg=daily_mg_of(before),
                    source=limit.source,
                ),
            ),
        )
