"""Warnings about what was asked as a whole: other times of day, another medicine, a ladder's end, a long plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from taper_app.clinical.planning.answer import PlanWarning, Severity, StepKind
from taper_app.clinical.planning.equivalents import by_table
from taper_app.clinical.planning.facts import HOUSE_RULES
from taper_app.clinical.planning.pace import Ladder, Occupancy, Table
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
    yield from _above_highest_printed(settled, timeline)
    yield from _contested(settled)
    yield from warnings_of_length(timeline.segments[0].starts_on, timeline.segments[-1].starts_on, settled.limits)


def _above_highest_printed(settled: Settled, timeline: Timeline) -> Iterator[PlanWarning]:
    """A start above everything that a ladder or a table prints."""
    pace, name = settled.pace, settled.medicine.id
    if not isinstance(pace, (Ladder, Table)) or pace.highest_printed_mg is None:
        return
    highest = max(settled.start_amounts.get(name, 0), *(segment.daily.get(name, 0) for segment in timeline.segments))
    if pace.is_above_highest(highest):
        what, goes_on = ("ladder", "highest band's step") if isinstance(pace, Ladder) else ("table", "first cut")
        yield _warning(
            "above-highest-band",
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
