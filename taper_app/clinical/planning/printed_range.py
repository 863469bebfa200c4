"""A pace outside what the source prints is refused unless a prescriber gives an override reason."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.planning.answer import LimitBroken, Refusal
from taper_app.clinical.planning.pace import FixedMg, Ladder, Occupancy, PercentOfCurrent, PercentOfStart
from taper_app.clinical.planning.pace.asked import range_in_words
from taper_app.clinical.planning.pace.ladder import at_a_time
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.protocol.tapers import LadderBand
from taper_app.clinical.quantities import mg_of, percent_text, plain


def refusal_by_printed_range(settled: Settled) -> Refusal | None:
    if settled.has_override:
        return None
    broken = (*_broken_cut(settled), *_broken_days(settled))
    if not broken:
        return None
    return Refusal(
        code="pace-outside-printed-range",
        message=" ".join(f"Asked for {limit.needed}; {settled.taper.name} prints {limit.limit}." for limit in broken),
        limits=broken,
    )


def _broken_cut(settled: Settled) -> Iterator[LimitBroken]:
    pace = settled.pace
    if isinstance(pace, (PercentOfCurrent, PercentOfStart, Occupancy)):
        printed = pace.printed
        unit = "percentage points" if isinstance(pace, Occupancy) else "%"
        yield from _cut(pace.cut_percent, printed.least_cut_percent, printed.most_cut_percent, unit, pace.source)
    elif isinstance(pace, FixedMg):
        yield from _cut(mg_of(pace.cut), pace.printed.least_cut_mg, pace.printed.most_cut_mg, "mg", pace.source)
    elif isinstance(pace, Ladder) and pace.cut_mg is not None:
        # One figure for every band: the first band that does not print it says why not.
        medicine = pace.printed.medicine
        unit = "mg" if medicine == settled.medicine.id else f"mg {medicine}"
        for band in _bands_in_use(settled, pace):
            limits = band.least_cut_mg, band.most_cut_mg
            if broken := tuple(_cut(pace.cut_mg, *limits, unit, band.source, when=at_a_time(band))):
                yield from broken
                break


def _broken_days(settled: Settled) -> Iterator[LimitBroken]:
    printed, asked = settled.taper.pace, settled.pace.asked_figures().every_days
    least, most = printed.least_every_days, printed.most_every_days
    if asked < least or (most is not None and asked > most):
        yield LimitBroken(limit=_days_in_words(least, most), needed=_every(asked), source=printed.source)


def _days_in_words(least: int, most: int | None) -> str:
    if most is None:
        return f"{_every(least)} or slower"
    return _every(least) if least == most else f"every {least} to {most} days"


def _every(days: int) -> str:
    return "every day" if days == 1 else f"every {days} days"


def _bands_in_use(settled: Settled, pace: Ladder) -> Iterator[LadderBand]:
    """The bands between the present dose and the target; above the highest band its own figures go on."""
    present_mg = settled.converter.chosen_mg(settled.start_amounts) / settled.converter.chosen_factor(
        pace.printed.medicine
    )
    target_mg = Fraction(mg_of(settled.target)) * pace.scale
    for position, band in enumerate(pace.printed.bands):
        goes_on_above = position == 0 or band.from_mg is None
        if present_mg > Fraction(band.to_mg) and (goes_on_above or target_mg < Fraction(band.from_mg or 0)):
            yield band


def _cut(
    asked: Decimal, least: Decimal | None, most: Decimal, unit: str, source: str, *, when: str = "at a time"
) -> Iterator[LimitBroken]:
    if (least is None or least <= asked) and asked <= most:
        return
    write = plain if unit.startswith("mg") else percent_text
    printed = range_in_words(None if least is None else write(least), write(most), unit)
    yield LimitBroken(limit=f"{printed} {when}", needed=f"{write(asked)} {unit}", source=source)
