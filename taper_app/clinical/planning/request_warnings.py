"""Warnings about what was asked as a whole: other times of day, a ladder's end, a long plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from taper_app.clinical.planning.answer import PlanWarning, Severity, StepKind
from taper_app.clinical.planning.facts import HOUSE_RULES
from taper_app.clinical.planning.pace import Ladder
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.timeline import Timeline
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.quantities import mg_text

LONG_PLAN = "long-plan"
DAYS_PER_MONTH = Fraction(36525, 1200)
#: What begins when the present dose has been kept and the medicine has been changed.
_AFTER_LEAD_IN = (StepKind.CUT, StepKind.STOP, StepKind.KEEP)


def warnings_by_request(settled: Settled, timeline: Timeline) -> Iterator[PlanWarning]:
    if set(settled.times) != set(settled.taken_now):
        first_cut = next(i for i, segment in enumerate(timeline.segments, start=1) if segment.kind in _AFTER_LEAD_IN)
        yield _warning(
            "times-of-day-change",
            Severity.WARN,
            first_cut,
            "The times of day change with the first cut; tell the patient.",
        )
    if isinstance(settled.pace, Ladder):
        start = settled.start_amounts.get(settled.medicine.id) or 0
        highest = max((segment.daily.get(settled.medicine.id, 0) for segment in timeline.segments), default=0)
        if settled.pace.is_above_highest_band(max(start, highest)):
            top = settled.pace.printed.bands[0]
            yield _warning(
                "above-highest-band",
                Severity.WARN,
                None,
                f"The ladder prints nothing above {mg_text(top.from_mg)}; its highest band's step is used there.",
                top.source,
            )
    yield from warnings_of_length(timeline.segments[0].starts_on, timeline.segments[-1].starts_on, settled.limits)


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
