"""What a day's doses come to in mg diazepam: low, chosen and high, and by each table under its own name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.planning.answer import EquivalentRange
from taper_app.clinical.planning.equivalents import Converter
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_text, plain, rounded, tenth_mcg_of

DailyMg = Mapping[str, Decimal]


def use_in_words(daily: DailyMg, protocols: Protocols, table: str | None) -> list[str]:
    """One sentence for the day's sum and, with several medicines, one for each of them.

    ``= 20 to 40 mg diazepam: Ashton 40, VA/DoD 20``. ``table``: the one chosen to convert with.
    """
    converter = Converter.of(protocols, table)
    lines = [_sentence(daily, converter)]
    if len(daily) > 1:
        lines.extend(_sentence({medicine: mg}, converter) for medicine, mg in daily.items())
    return lines


def range_words(range_of: EquivalentRange) -> str:
    """``20 to 40 mg diazepam``; one figure when the tables agree."""
    low, high = _short(range_of.low), _short(range_of.high)
    return f"{low} mg diazepam" if low == high else f"{low} to {high} mg diazepam"


def three_figures(range_of: EquivalentRange) -> str:
    """``20 – 40 – 40``: low, chosen, high; one figure when the tables agree."""
    figures = [_short(range_of.low), _short(range_of.chosen), _short(range_of.high)]
    return figures[0] if len(set(figures)) == 1 else " – ".join(figures)


def _sentence(daily: DailyMg, converter: Converter) -> str:
    taken = " and ".join(f"{medicine} {mg_text(mg)}" for medicine, mg in daily.items())
    unlisted = [name for name in daily if not any(table.entry(name) for table in converter.tables)]
    if unlisted:
        return f"{taken} a day. No shipped table lists {' or '.join(unlisted)}."
    range_of = converter.range_of({medicine: tenth_mcg_of(mg) for medicine, mg in daily.items()})
    by_table = "; ".join(_by_table(daily, converter))
    chosen = f"by {converter.named.short}" if converter.named else "by the highest table"
    return f"{taken} a day = {range_words(range_of)} (chosen: {_short(range_of.chosen)}, {chosen}): {by_table}."


def _by_table(daily: DailyMg, converter: Converter) -> Iterator[str]:
    for table in converter.tables:
        missing = [name for name in daily if table.entry(name) is None]
        if missing:
            yield f"{table.short} lists no {' and no '.join(missing)}"
        else:
            low, high = _table_range(table, daily)
            yield f"{table.short} {_short(low)}" if low == high else f"{table.short} {_short(low)} to {_short(high)}"


def _table_range(table: EquivalenceTable, daily: DailyMg) -> tuple[Fraction, Fraction]:
    """mg diazepam by one table that lists every medicine: both ends of what it prints."""
    entries = [(Fraction(mg), entry) for name, mg in daily.items() if (entry := table.entry(name))]
    low = sum((mg * entry.diazepam_mg_per_mg_low for mg, entry in entries), Fraction(0))
    return low, sum((mg * entry.diazepam_mg_per_mg_high for mg, entry in entries), Fraction(0))


def _short(mg: Fraction | Decimal) -> str:
    return plain(rounded(mg, 1))
