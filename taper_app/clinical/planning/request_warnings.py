"""Warnings about what was asked as a whole: other times of day, another medicine, a ladder's end, a long plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from taper_app.clinical.planning.answer import PlanWarning, Severity, StepKind
from taper_app.clinical.planning.equivalents import by_table
from taper_app.clinical.planning.facts import HOUSE_RULES
from taper_app.clinical.planning.pace import Ladder
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.timeline import Timeline
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, mg_text, percent_text

LONG_PLAN = "long-plan"
DAYS_PER_MONTH = Fraction(36525, 1200)
#: What begins when the present dose has been kept and the medicine has been changed.
_AFTER_LEAD_IN = (StepKind.CUT, StepKind.STOP, StepKind.KEEP)


def warnings_by_request(settled: Settled, timeline: Timeline) -> Iterator[PlanWarning]:
    if settled.changes_medicine:
        yield from _warnings_of_change(settled, timeline)
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


def _warnings_of_change(settled: Settled, timeline: Timeline) -> Iterator[PlanWarning]:
    first = next(i + 1 for i, segment in enumerate(timeline.segments) if segment.kind is StepKind.CROSSOVER)
    apart, watched = settled.limits.tables_disagree_from, settled.limits.sedation_watch_after_slot
    for medicine in settled.start_amounts:
        if medicine == settled.medicine.id:
            continue
        figures = {
            table.short: by_table(table, {medicine: TENTH_MCG_PER_MG})
            for table in settled.converter.tables_listing({medicine: 1})
        }
        if figures and max(figures.values()) >= Fraction(apart.factor) * min(figures.values()):
            high, low = max(figures, key=lambda n: figures[n]), min(figures, key=lambda n: figures[n])
            yield _warning(
                "conversion-differs-between-sources",
                Severity.SIGN,
                first,
                f"Sources differ {apart.in_words} on {medicine}: 1 mg equals {percent_text(figures[high])} mg diazepam "
                f"({high}) or {percent_text(figures[low])} mg ({low}). "
                f"Watch for sedation for {watched.hours} h after each slot.",
                _source_of_table(settled, high),
            )
        if not settled.protocols.medicines[medicine].acting.short_acting:
            yield _warning(
                "switch-from-long-acting",
                Severity.SIGN,
                first,
                f"{medicine} is already long-acting: a change of medicine needs a reason.",
                HOUSE_RULES,
            )


def _source_of_table(settled: Settled, short: str) -> str:
    return next(table.entries[0].source for table in settled.converter.tables if table.short == short)


def _warning(code: str, severity: Severity, step: int | None, message: str, source: str = HOUSE_RULES) -> PlanWarning:
    return PlanWarning(code=code, severity=severity, step=step, message=message, source=source)
