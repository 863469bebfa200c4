"""While medicines differ: what the tables of equivalents that were not chosen say of the fall and the rise.

The table that made a conversion hides its own error. A finding here is signed, never refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from taper_app.clinical.planning.answer import PlanWarning, Severity
from taper_app.clinical.planning.equivalents import by_table
from taper_app.clinical.planning.falls import Amounts, fall_percent, warning_on
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.timeline import Timeline
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.tapers import Ceiling
from taper_app.clinical.quantities import percent_text


def other_tables(settled: Settled, timeline: Timeline, ceiling: Ceiling) -> Iterator[PlanWarning]:
    """While medicines differ, a breach or a rise by a table that was not chosen is signed, never refused."""
    yield from _rises_by_other_tables(settled, timeline)
    fallen: dict[int, list[tuple[str, Fraction]]] = {}
    for day in timeline.days_to_judge(ceiling.in_days):
        index = timeline.index_on(day)
        earlier, now = timeline.daily_on(day - timedelta(days=ceiling.in_days)), timeline.daily_on(day)
        if not now or _is_one_medicine(earlier, now):
            continue
        for table in _tables_not_chosen(settled, {**earlier, **now}):
            percent = fall_percent(by_table(table, earlier), by_table(table, now))
            if percent > Fraction(ceiling.percent):
                fallen.setdefault(index, []).append((table.id, percent))
    for index, fallen_by in sorted(fallen.items()):
        names = " and ".join(dict.fromkeys(name for name, _ in fallen_by))
        yield warning_on(
            "fall-by-another-table",
            Severity.SIGN,
            index,
            f"By {names} this step falls by {percent_text(max(p for _, p in fallen_by))} % in {ceiling.in_days} days.",
            ceiling.source,
        )


def _rises_by_other_tables(settled: Settled, timeline: Timeline) -> Iterator[PlanWarning]:
    """One warning for the whole change, on the step where the rise above the dose before it is largest."""
    limit = 1 + Fraction(settled.limits.rise_by_another_table_at_most.percent) / 100
    risen: list[tuple[Fraction, int, EquivalenceTable]] = []
    for index, segment in enumerate(timeline.segments):
        now = segment.daily
        if _is_one_medicine(timeline.before, now):
            continue
        for table in _tables_not_chosen(settled, {**timeline.before, **now}):
            start_mg = by_table(table, timeline.before)
            if by_table(table, now) > start_mg * limit:
                risen.append((by_table(table, now) / start_mg, index, table))
    if not risen:
        return
    _, index, table = max(risen, key=lambda rise: (rise[0], -rise[1]))
    names = " and ".join(dict.fromkeys(each.id for _, _, each in risen))
    start_mg, now_mg = by_table(table, timeline.before), by_table(table, timeline.segments[index].daily)
    yield warning_on(
        "rise-by-another-table",
        Severity.SIGN,
        index,
        f"By {names} the cross-over raises the dose from {percent_text(start_mg)} to "
        f"{percent_text(now_mg)} mg diazepam-equivalent.",
        table.entries[0].source,
    )


def _is_one_medicine(earlier: Amounts, now: Amounts) -> bool:
    """Whether milligrams alone say how the dose changed, whatever a table says."""
    return len({*earlier, *now}) <= 1


def _tables_not_chosen(settled: Settled, medicines: Amounts) -> Iterator[EquivalenceTable]:
    for table in settled.converter.tables_listing(medicines):
        if settled.converter.named is None or table.id != settled.converter.named.id:
            yield table
