"""Changing to another medicine, one time of day after the other: never a cut and a change in one step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from taper_app.clinical.planning.answer import Reason, Refusal, StepKind
from taper_app.clinical.planning.pace import shown_mg
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.start_doses import AmountsAt
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


def refusal_by_change(settled: Settled) -> Refusal | None:
    """Nobody is changed to a medicine whose own doses wear off within the day, or that has no small steps."""
    targets = settled.limits.crossover_targets.medicines
    if not settled.changes_medicine or settled.medicine.id in targets:
        return None
    return Refusal(
        code="crossover-target",
        message=(
            f"Nobody is changed to {settled.medicine.name}; it goes to {', '.join(targets[:-1])} or {targets[-1]}."
        ),
        whom_to_ask="A pharmacist or an addiction specialist for another way to taper.",
    )


def cross_over(settled: Settled, starts_on: date) -> Crossover:
    """Night first, then the others from late to early. Raises SlotNotMakeable.

    Each time of day lasts ``every_days``, within the shipped least and most. A slot's new dose is rounded
    down to a makeable one, so that the total never rises by the chosen table, nor by the highest ones.
    """
    taken: dict[str, AmountsAt] = {time: dict(amounts) for time, amounts in settled.taken_now.items()}
    slot = settled.limits.crossover_slot
    days = min(max(settled.pace.every_days, slot.at_least_days), slot.at_most_days)
    segments = []
    to_change = [time for time in sorted(taken, reverse=True) if set(taken[time]) != {settled.medicine.id}]
    for position, time in enumerate(to_change):
        dose, rounded_from = _new_dose(settled, taken[time])
        rounding = _rounding(settled, taken[time], dose, rounded_from)
        taken[time] = {settled.medicine.id: dose}
        doses = {at: dict(amounts) for at, amounts in taken.items()}
        _require_makeable(settled, doses)
        segments.append(
            Segment(
                kind=StepKind.CROSSOVER,
                starts_on=starts_on + timedelta(days=days * position),
                days=days,
                doses=doses,
                target=None,
                reasons=(_reason(settled, len(to_change)), *rounding),
                is_bigger_than_asked=bool(rounding),
            )
        )
    return Crossover(tuple(segments), {time: amounts[settled.medicine.id] for time, amounts in taken.items()})


def _new_dose(settled: Settled, amounts: AmountsAt) -> tuple[int, Fraction]:
    """The slot's dose in the new medicine (tenth_mcg), and the exact equivalent that it was rounded down from.

    Equivalent by the chosen table, but never more than by the highest tables: the table that made a conversion
    hides its own error.
    """
    name = settled.medicine.id
    wanted = _equivalent(amounts, settled.converter.chosen_factor) / settled.converter.chosen_factor(name)
    most = _equivalent(amounts, settled.converter.high_factor) / settled.converter.high_factor(name)
    dose = settled.makeable[name].largest_up_to(int(min(wanted, most)))
    if dose == 0:
        raise SlotNotMakeable(name, int(min(wanted, most)))
    return dose, wanted


def _equivalent(amounts: AmountsAt, factor: Callable[[str], Fraction]) -> Fraction:
    return sum((amount * factor(name) for name, amount in amounts.items()), Fraction(0))


def _rounding(settled: Settled, amounts: AmountsAt, dose: int, exact: Fraction) -> tuple[Reason, ...]:
    """Said only where the new dose is less than the equivalent by the chosen table."""
    if dose == exact:
        return ()
    named = settled.converter.named
    assert named is not None, "a change of medicine names its table"
    taken = " and ".join(f"{name} {mg_text(mg_of(amount))}" for name, amount in amounts.items())
    most = _equivalent(amounts, settled.converter.high_factor) / settled.converter.high_factor(settled.medicine.id)
    why = (
        f"{mg_text(mg_of(dose))} is the largest dose these products make of it"
        if most >= exact
        else f"by the highest tables it is at most {shown_mg(most)}, of which {mg_text(mg_of(dose))} is made"
    )
    text = f"By {named.short} {taken} is {shown_mg(exact)} of {settled.medicine.name}; {why}."
    entry = named.entry(next(iter(amounts)))
    return (Reason(text=text, source=entry.source if entry else settled.pace.source),)


def _require_makeable(settled: Settled, doses: dict[str, dict[str, int]]) -> None:
    for amounts in doses.values():
        for medicine, tenth_mcg in amounts.items():
            if tenth_mcg not in settled.makeable[medicine]:
                raise SlotNotMakeable(medicine, tenth_mcg)


def _reason(settled: Settled, slots: int) -> Reason:
    text = "One dose at a time, night first; no cut in the same step." if slots > 1 else "No cut in the same step."
    return Reason(text=text, source=settled.pace.source)
