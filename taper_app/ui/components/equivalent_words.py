"""What a day's doses come to in mg diazepam: low, chosen and high, and by each table under its own name."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.planning.answer import EquivalentRange
from taper_app.clinical.planning.equivalent_ranges import REFERENCE, range_in_words, range_of_day, shown
from taper_app.clinical.planning.equivalents import Converter
from taper_app.clinical.protocol.library import Protocols


def use_in_words(daily_mg: Mapping[str, Decimal], protocols: Protocols, table: str | None) -> list[str]:
    """The day's sum first; with several medicines each of them after it. ``table``: the one to convert with.

    ``clonazepam 2 mg = 20 to 40 mg diazepam (Ashton 40, VA/DoD 20); chosen 40, by the highest table``.
    """
    converter = Converter.of(protocols, table)
    day = range_of_day(daily_mg, converter)
    each = [medicine.in_words for medicine in day.medicines]
    if set(daily_mg) == {REFERENCE}:
        return each
    by = converter.named.short if converter.named else "the highest table"
    chosen = f"chosen {shown(Fraction(day.total.chosen))}, by {by}"
    if len(each) == 1:
        return [f"{each[0]}; {chosen}"]
    return [f"Together {range_in_words(day.total)}; {chosen}", *each]


def three_figures(found: EquivalentRange) -> str:
    """``20 – 40 – 40``: low, chosen, high; one figure when the tables agree."""
    figures = [shown(Fraction(mg)) for mg in (found.low, found.chosen, found.high)]
    return figures[0] if len(set(figures)) == 1 else " – ".join(figures)
