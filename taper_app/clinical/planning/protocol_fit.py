"""Whether a protocol may be used for this request at all: its medicine, its setting, its floor."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from taper_app.clinical.planning.answer import LimitBroken, Refusal
from taper_app.clinical.planning.falls import daily_mg_of
from taper_app.clinical.planning.request import Setting
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.protocol.tapers import PaceFixedMg, PaceLadder, PaceOccupancy, PaceTable
from taper_app.clinical.quantities import mg_text, percent_text

AT_OR_BELOW_FLOOR = "at-or-below-floor"
INPATIENT_ONLY = "inpatient-only"
NEEDS_TABLE = "ladder-needs-diazepam"


def refusal_by_protocol(settled: Settled) -> Refusal | None:
    """The first reason why the chosen protocol cannot be used."""
    for refusal in _refusals(settled):
        return refusal
    return None


def _refusals(settled: Settled) -> Iterator[Refusal]:
    yield from _other_medicine(settled)
    yield from _no_table(settled)
    yield from _floor(settled)
    if settled.taper.is_inpatient_only and settled.request.setting is not Setting.INPATIENT:
        yield Refusal(code=INPATIENT_ONLY, message=f"{settled.taper.name} is for hospital only, with daily review.")


def _other_medicine(settled: Settled) -> Iterator[Refusal]:
    only, pace = set(settled.taper.only_medicines), settled.taper.pace
    involved = {*settled.start_amounts, settled.medicine.id}
    if not only and isinstance(pace, PaceFixedMg):
        only, involved = {pace.medicine}, {settled.medicine.id}
    if others := sorted(involved - only) if only else []:
        yield Refusal(
            code="protocol-not-for-this-medicine",
            message=f"{settled.taper.name} is written for {', '.join(sorted(only))}, not for {', '.join(others)}.",
        )


def _no_table(settled: Settled) -> Iterator[Refusal]:
    written_in = medicine_of_pace(settled)
    if written_in not in (None, settled.medicine.id) and settled.converter.named is None:
        yield Refusal(
            code=NEEDS_TABLE,
            message=(
                f"{settled.taper.name} goes down in milligrams of {written_in}; "
                f"for {settled.medicine.name} a table of equivalents has to be named."
            ),
        )


def medicine_of_pace(settled: Settled) -> str | None:
    """The medicine whose milligrams the pace is written in; None for a percentage."""
    pace = settled.taper.pace
    if isinstance(pace, (PaceLadder, PaceTable)):
        return pace.medicine
    return "diazepam" if isinstance(pace, PaceOccupancy) else None


def _floor(settled: Settled) -> Iterator[Refusal]:
    floor = settled.taper.floor
    if floor is None:
        return
    start_mg = settled.converter.chosen_mg(settled.start_amounts)
    if start_mg <= Fraction(floor.diazepam_mg):
        then = settled.protocols.tapers[floor.then_protocol].name
        limit = f"{mg_text(floor.diazepam_mg)} diazepam-equivalent"
        yield Refusal(
            code=AT_OR_BELOW_FLOOR,
            message=(
                f"{percent_text(start_mg)} mg diazepam-equivalent is not above {limit}, where {settled.taper.name} "
                f"ends; from there {then} takes over."
            ),
            limits=(
                LimitBroken(
                    limit=f"above {limit} at the start",
                    needed=f"{percent_text(start_mg)} mg",
                    at_daily_mg=daily_mg_of(settled.start_amounts),
                    source=floor.source,
                ),
            ),
        )
    elif not settled.target:
        yield Refusal(
            code="not-makeable",
            message=(
                f"The listed products make no daily dose at or below {mg_text(floor.diazepam_mg)} "
                "diazepam-equivalent, where this protocol ends."
            ),
        )
