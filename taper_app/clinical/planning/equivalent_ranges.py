"""What a day's dose is worth in diazepam, medicine by medicine and together, with every table's own figure.

For the page, the text sheet and the handoff: ``clonazepam 2 mg = 20 to 40 mg diazepam (Ashton 40, VA/DoD 20)``.
Tables are never averaged. Each medicine has its own range, and the ranges of several are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.planning.answer import EquivalentRange, Plan
from taper_app.clinical.planning.equivalents import Converter, DailyAmounts
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.equivalence import EquivalenceEntry, EquivalenceTable
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import TENTH_MCG_PER_MG, mg_of, mg_text, plain, rounded, tenth_mcg_of

REFERENCE = "diazepam"


@dataclass(frozen=True, slots=True)
class TableFigure:
    """One table's mg diazepam for a medicine's daily dose; ``low`` and ``high`` differ where it prints a range."""

    table: str
    short: str
    low: Fraction
    high: Fraction
    evidence: Evidence
    source: str
    is_chosen: bool

    @property
    def in_words(self) -> str:
        """``Ashton 40``, ``Ashton 16.67 to 20``, ``eTG/NSW 20 (second-hand)``."""
        figure = shown(self.low) if self.low == self.high else f"{shown(self.low)} to {shown(self.high)}"
        mark = "" if self.evidence is Evidence.READ else f" ({self.evidence.value})"
        return f"{self.short} {figure}{mark}"


@dataclass(frozen=True, slots=True)
class MedicineRange:
    """One medicine's daily dose (tenth_mcg) in mg diazepam, low to high over the tables that list it."""

    medicine: str
    daily: int
    range: EquivalentRange
    figures: tuple[TableFigure, ...]

    @property
    def in_words(self) -> str:
        dose = f"{self.medicine} {mg_text(mg_of(self.daily))}"
        if self.medicine == REFERENCE:
            return dose
        figures = ", ".join(figure.in_words for figure in self.figures)
        return f"{dose} = {range_in_words(self.range)} ({figures})"


@dataclass(frozen=True, slots=True)
class DayRange:
    """A day's dose: each medicine with its own range, and the sum of the ranges."""

    medicines: tuple[MedicineRange, ...]
    total: EquivalentRange

    @property
    def in_words(self) -> tuple[str, ...]:
        """A line for each medicine, and one for the sum where there are several."""
        lines = tuple(each.in_words for each in self.medicines)
        return lines if len(lines) < 2 else (*lines, f"together = {range_in_words(self.total)}")


def range_of_plan(plan: Plan, protocols: Protocols) -> DayRange | None:
    """What is taken before the plan; None when a later edition of the files lists one of the medicines no more."""
    named = plan.equivalence if plan.equivalence in protocols.equivalence else None
    converter = Converter.of(protocols, named)
    if not all(any(table.entry(medicine) for table in converter.tables) for medicine in plan.starting_daily_mg):
        return None
    return range_of_day(plan.starting_daily_mg, converter)


def range_of_day(daily_mg: Mapping[str, Decimal], converter: Converter) -> DayRange:
    """The ranges of a day's doses (mg by medicine id), as in ``daily_mg`` of a step or ``starting_daily_mg``.

    Raises KeyError for a medicine that no shipped table lists.
    """
    daily = {medicine: tenth_mcg_of(mg) for medicine, mg in daily_mg.items()}
    return DayRange(
        medicines=tuple(_range_of(medicine, amount, converter) for medicine, amount in daily.items()),
        total=converter.range_of(daily),
    )


def _range_of(medicine: str, amount: int, converter: Converter) -> MedicineRange:
    daily: DailyAmounts = {medicine: amount}
    figures = tuple(figures_of(medicine, Fraction(amount, TENTH_MCG_PER_MG), converter))
    return MedicineRange(medicine, amount, converter.range_of(daily), figures)


def figures_of(medicine: str, mg: Fraction, converter: Converter, *, into: str = REFERENCE) -> Iterator[TableFigure]:
    """What each table that lists both says of ``mg`` of one medicine, in mg of another; highest first.

    Of equal figures those that were read in their source come first.
    """
    found = [
        _figure(table, entry, mg, into, converter)
        for table in converter.tables
        if (entry := table.entry(medicine)) and (into == REFERENCE or table.entry(into))
    ]
    yield from sorted(found, key=lambda figure: (-figure.high, figure.evidence is not Evidence.READ))


def _figure(
    table: EquivalenceTable, entry: EquivalenceEntry, mg: Fraction, into: str, converter: Converter
) -> TableFigure:
    target = table.entry(into) if into != REFERENCE else None  # every table is written against diazepam
    return TableFigure(
        table=table.id,
        short=table.short,
        low=mg * entry.diazepam_mg_per_mg_low / (target.diazepam_mg_per_mg_high if target else 1),
        high=mg * entry.diazepam_mg_per_mg_high / (target.diazepam_mg_per_mg_low if target else 1),
        evidence=_weaker(entry.evidence, target.evidence) if target else entry.evidence,
        source=entry.source,
        is_chosen=converter.named is not None and table.id == converter.named.id,
    )


def _weaker(one: Evidence, other: Evidence) -> Evidence:
    order = (Evidence.READ, Evidence.DERIVED, Evidence.SECOND_HAND, Evidence.UNVERIFIED)
    return max(one, other, key=order.index)


def range_in_words(found: EquivalentRange) -> str:
    """``20 to 40 mg diazepam``; one figure where the tables agree."""
    low, high = shown(Fraction(found.low)), shown(Fraction(found.high))
    return f"{low} mg diazepam" if low == high else f"{low} to {high} mg diazepam"


def shown(mg: Fraction) -> str:
    """Milligrams for reading, at most two decimals, half to even."""
    return plain(rounded(mg, 2))
