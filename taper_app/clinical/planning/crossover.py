"""Changing to another medicine, one time of day after the other: never a cut and a change in one step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from taper_app.clinical.planning.answer import Reason, StepKind
from taper_app.clinical.planning.settled import AmountsAt, Settled
from taper_app.clinical.planning.timeline import Segment
from taper_app.clinical.quantities import mg_of, mg_text


class SlotNotMakeable(Exception):
    """A dose at one time of day that the listed products cannot make."""

    def __init__(self, medicine: str, tenth_mcg: int) -> None:
        self.medicine, self.tenth_mcg = medicine, tenth_mcg
        super().__init__(f"{medicine} {mg_text(mg_of(tenth_mcg))}")


@dataclass(frozen=True, slots=True)
class Crossover:
    """The segments of the change, and the new medicine's doses by time after it."""

    segments: tuple[Segment, ...]
    doses_after: dict[str, int]


def cross_over(settled: Settled, starts_on: date) -> Crossover:
    """Night first, then the others from late to early. Raises SlotNotMakeable.

    Each time of day lasts ``every_days``, within the shipped least and most. A slot's new dose is rounded
    down to a makeable one, so that the total never rises by the chosen table.
    """
    taken: dict[str, AmountsAt] = {time: dict(amounts) for time, amounts in settled.taken_now.items()}
    slot = settled.limits.crossover_slot
    days = min(max(settled.pace.every_days, slot.at_least_days), slot.at_most_days)
    segments = []
    to_change = [time for time in sorted(taken, reverse=True) if set(taken[time]) != {settled.medicine.id}]
    for position, time in enumerate(to_change):
        taken[time] = {settled.medicine.id: _new_dose(settled, taken[time])}
        doses = {at: dict(amounts) for at, amounts in taken.items()}
        _require_makeable(settled, doses)
        segments.append(
            Segment(
                kind=StepKind.CROSSOVER,
                starts_on=starts_on + timedelta(days=days * position),
                days=days,
                doses=doses,
                target=None,
                reasons=(_reason(settled, len(to_change)),),
            )
        )
    return Crossover(tuple(segments), {time: amounts[settled.medicine.id] for time, amounts in taken.items()})


def _new_dose(settled: Settled, amounts: AmountsAt) -> int:
    """The slot's doses in the new medicine, by the chosen table, rounded down to a makeable dose."""
    factor = settled.converter.chosen_factor(settled.medicine.id)
    wanted = sum(
        (amount * settled.converter.chosen_factor(name) / factor for name, amount in amounts.items()), Fraction(0)
    )
    dose = settled.makeable[settled.medicine.id].largest_up_to(int(wanted))
    if dose == 0:
        raise SlotNotMakeable(settled.medicine.id, int(wanted))
    return dose


def _require_makeable(settled: Settled, doses: dict[str, dict[str, int]]) -> None:
    for amounts in doses.values():
        for medicine, tenth_mcg in amounts.items():
            if tenth_mcg not in settled.makeable[medicine]:
                raise SlotNotMakeable(medicine, tenth_mcg)


def _reason(settled: Settled, slots: int) -> Reason:
    text = "One dose at a time, night first; no cut in the same step." if slots > 1 else "No cut in the same step."
    return Reason(text=text, source=settled.pace.source)
