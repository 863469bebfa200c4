"""A dose was vomited: may it be given once more? Minutes and counts stand in ``dose-gate.toml``.

Soon after, or with the tablet seen: one repeat on order. Then a prescriber decides. Later it stays as it is. Vomited
again within a day: another route.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.doses import ChartedDose, DoseStatus, Route
from taper_app.clinical.protocol.dose_gate_limits import VomitedDose


@dataclass(frozen=True, slots=True)
class Repeat:
    """Whether a vomited dose may be given once more, on whose word, and the sentence that a nurse reads."""

    is_possible: bool
    sentence: str
    not_by_mouth: bool = False


def repeat_of(vomited: ChartedDose, doses: Sequence[ChartedDose], limits: VomitedDose) -> Repeat:
    """What may be done about one vomited dose. ``doses`` are all that stand, this one among them."""
    minutes, seen = vomited.body.vomited_after_minutes, vomited.body.tablet_seen is Answer.YES
    if any(dose.body.repeats == vomited.record.id for dose in doses):
        return Repeat(False, "It was given once more already; one repeat is the most.")
    if not seen and minutes is not None and minutes > limits.prescriber_decides_up_to_minutes:
        most = limits.prescriber_decides_up_to_minutes
        return Repeat(False, f"More than {most} minutes after the dose: it is not given again.")
    if _vomited_within(vomited, doses, limits) >= limits.other_route_from_doses:
        sentence = f"Vomited again within {limits.within_hours} hours: another route, by order."
        return Repeat(True, sentence, not_by_mouth=True)
    if seen or (minutes is not None and minutes <= limits.repeat_up_to_minutes):
        why = "The tablet was seen" if seen else f"Vomited within {limits.repeat_up_to_minutes} minutes"
        return Repeat(True, f"{why}: ask the prescriber for one repeat. A dissolving tablet or liquid usually not.")
    return Repeat(True, f"Vomited {_when(minutes)}: the prescriber decides whether it is given once more.")


def route_fits(repeat: Repeat, route: Route) -> bool:
    """Whether the repeat may go this way."""
    return not (repeat.not_by_mouth and route is Route.MOUTH)


def _vomited_within(vomited: ChartedDose, doses: Sequence[ChartedDose], limits: VomitedDose) -> int:
    since = vomited.at - timedelta(hours=limits.within_hours)
    return sum(dose.body.status is DoseStatus.VOMITED and since < dose.at <= vomited.at for dose in doses)


def _when(minutes: int | None) -> str:
    return "at a time that is not known" if minutes is None else f"{minutes} minutes after the dose"
