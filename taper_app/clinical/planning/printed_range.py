"""A pace outside what the source prints is refused unless a prescriber gives an override reason."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.planning.answer import LimitBroken, Refusal
from taper_app.clinical.planning.equivalents import Converter
from taper_app.clinical.planning.pace import FixedMg, Ladder, PercentOfCurrent
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.protocol.tapers import LadderBand
from taper_app.clinical.quantities import mg_of, mg_text, percent_text


def refusal_by_printed_range(settled: Settled) -> Refusal | None:
    """Also refuses a protocol on a medicine it was not written for."""
    if wrong := _wrong_medicine(settled):
        return wrong
    if settled.has_override:
        return None
    broken = tuple(_broken(settled))
    if not broken:
        return None
    return Refusal(
        code="pace-outside-printed-range",
        message=" ".join(f"Asked for {limit.needed}; {settled.taper.name} prints {limit.limit}." for limit in broken),
        limits=broken,
    )


def _wrong_medicine(settled: Settled) -> Refusal | None:
    only = settled.taper.only_medicines
    others = sorted({*settled.start_amounts, settled.medicine.id} - set(only)) if only else []
    if others:
        return Refusal(
            code="protocol-not-for-this-medicine",
            message=f"{settled.taper.name} is written for {', '.join(only)}, not for {', '.join(others)}.",
        )
    if isinstance(settled.pace, Ladder) and settled.medicine.id != "diazepam" and _unnamed(settled.converter):
        return Refusal(
            code="ladder-needs-diazepam",
            message=(
                f"{settled.taper.name} goes down in milligrams of diazepam; "
                f"for {settled.medicine.name} a table of equivalents has to be named."
            ),
        )
    return None


def _unnamed(converter: Converter) -> bool:
    return converter.named is None


def _broken(settled: Settled) -> Iterator[LimitBroken]:
    pace = settled.pace
    if isinstance(pace, PercentOfCurrent):
        yield from _cut(
            pace.cut_percent, pace.printed.least_cut_percent, pace.printed.most_cut_percent, "%", pace.source
        )
    elif isinstance(pace, FixedMg):
        yield from _cut(mg_of(pace.cut), pace.printed.least_cut_mg, pace.printed.most_cut_mg, "mg", pace.source)
    elif isinstance(pace, Ladder) and pace.cut_mg is not None:
        for band in _bands_in_use(settled, pace):
            if not band.least_cut_mg <= pace.cut_mg <= band.most_cut_mg:
                yield from _cut(pace.cut_mg, band.least_cut_mg, band.most_cut_mg, "mg", band.source)
                break
    printed = settled.taper.pace
    least_days, most_days = printed.least_every_days, printed.most_every_days
    if pace.every_days < least_days or (most_days is not None and pace.every_days > most_days):
        days = f"every {least_days} to {most_days} days" if most_days else f"every {least_days} days or slower"
        yield LimitBroken(limit=days, needed=f"every {pace.every_days} days", source=printed.source)


def _bands_in_use(settled: Settled, pace: Ladder) -> Iterator[LadderBand]:
    """The bands between the present dose and the target; above the highest band its own figures go on."""
    present_mg = settled.converter.chosen_mg(settled.start_amounts)
    target_mg = settled.converter.chosen_mg({settled.medicine.id: settled.target})
    for band in pace.printed.bands:
        is_above_all = band is pace.printed.bands[0] and target_mg >= Fraction(band.from_mg)
        if is_above_all or (present_mg > Fraction(band.to_mg) and target_mg < Fraction(band.from_mg)):
            yield band


def _cut(asked: Decimal, least: Decimal | None, most: Decimal, unit: str, source: str) -> Iterator[LimitBroken]:
    if (least is None or least <= asked) and asked <= most:
        return
    write = percent_text if unit == "%" else (lambda value: mg_text(value).removesuffix(" mg"))
    printed = f"{write(least)} to {write(most)} {unit}" if least is not None else f"at most {write(most)} {unit}"
    yield LimitBroken(limit=f"{printed} at a time", needed=f"{write(asked)} {unit}", source=source)
