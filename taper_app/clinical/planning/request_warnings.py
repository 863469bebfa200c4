"""Warnings about what was asked as a whole: other times of day, a ladder's end, a long plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from taper_app.clinical.planning.answer import PlanWarning, Severity, StepKind
from taper_app.clinical.planning.facts import HOUSE_RULES
from taper_app.clinical.planning.pace import Ladder, Occupancy, Table
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.timeline import Segment, Timeline
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.quantities import mg_text

LONG_PLAN = "long-plan"
ABOVE_HIGHEST_BAND = "above-highest-band"
DAYS_PER_MONTH = Fraction(36525, 1200)
#: What begins when the present dose has been kept and the medicine has been changed.
_AFTER_LEAD_IN = (StepKind.CUT, StepKind.STOP, StepKind.KEEP)


def warnings_by_request(settled: Settled, timeline: Timeline) -> Iterator[PlanWarning]:
    first_cut = next((i for i, each in enumerate(timeline.segments, start=1) if _is_after_lead_in(each, settled)), None)
    if first_cut is not None and set(settled.times) != set(settled.taken_now):
        yield _warning(
            "times-of-day-change",
            Severity.WARN,
            first_cut,
            "The times of day change with the first cut; tell the patient.",
        )
    yield from _above_highest_printed(settled, timeline)
    yield from _contested(settled)
    yield from warnings_of_length(timeline.segments[0].starts_on, timeline.segments[-1].starts_on, settled.limits)


def _is_after_lead_in(segment: Segment, settled: Settled) -> bool:
    """A cut, or the dose to stay on; not a present dose that a prescriber has kept."""
    return segment.kind in _AFTER_LEAD_IN and segment.doses != settled.taken_now


def _above_highest_printed(settled: Settled, timeline: Timeline) -> Iterator[PlanWarning]:
    """A start above everything that a ladder or a table prints."""
    pace, name = settled.pace, settled.medicine.id
    if not isinstance(pace, (Ladder, Table)) or pace.highest_printed_mg is None:
        return
    highest = max(settled.start_amounts.get(name, 0), *(segment.daily.get(name, 0) for segment in timeline.segments))
    if pace.is_above_highest(highest):
        what, goes_on = ("ladder", "highest band's step") if isinstance(pace, Ladder) else ("table", "first cut")
        yield _warning(
            ABOVE_HIGHEST_BAND,
            Severity.WARN,
            None,
            f"The {what} prints nothing above {mg_text(pace.highest_printed_mg)}; its {goes_on} is used there.",
            pace.source,
        )


def _contested(settled: Settled) -> Iterator[PlanWarning]:
    """A model that experts dispute is accepted by name, with the constant that it stands on."""
    if not settled.taper.is_contested:
        return
    message, source = f"{settled.taper.name} is contested: {settled.taper.summary}", settled.pace.source
    if isinstance(settled.pace, Occupancy):
        constant = settled.pace.printed.half_occupancy_diazepam_mg
        source = constant.source
        message = (
            f"{settled.taper.name} stands on one contested constant: half of the receptors taken to be occupied at "
            f"{mg_text(constant.mg)} diazepam ({constant.evidence.mark}). {constant.note}".rstrip()
        )
    yield _warning("contested-constant", Severity.SIGN, None, message, source)


def warnings_of_length(first: date, last: date, limits: PlanLimits) -> Iterator[PlanWarning]:
    """A plan longer than the shipped months is worth knowing."""
    days, limit = (last - first).days, limits.long_plan_warning
    if days > limit.months * DAYS_PER_MONTH:
        yield _warning(
            LONG_PLAN,
            Severity.WARN,
            None,
            f"This plan takes {days} days, more than {limit.months} months.",
            limit.source,
        )


def _warning(code: str, severity: Severity, step: int | None, message: str, source: str = HOUSE_RULES) -> PlanWarning:
    return PlanWarning(code=code, severity=severity, step=step, message=message, source=source)
