"""What a cut will have done by a day: how much lower the level is, of the level that the dose before would hold.

The mean of the 24 hours that end when the first lower dose of that day is due: it does not depend on which dose of the
day was cut. Adding up the doses, that mean comes to the cut times the part of a lasting change that has shown so long
after it (``Chain.done_after``), exactly. Earlier and later cuts are left out: this is what the one cut does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from taper_app.clinical.kinetics.chains import Chain
from taper_app.clinical.kinetics.falls import Fall, falls_of
from taper_app.clinical.kinetics.level_bands import METABOLITE, PARENT
from taper_app.clinical.kinetics.level_words import why_no_level
from taper_app.clinical.kinetics.samples import sampled_chains
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import percent_text

_HOURS = 24


@dataclass(frozen=True, slots=True)
class CutEffect:
    """Percent by which the level has fallen, least and greatest over the ranges of the medicine's file."""

    step: int
    medicine: str
    substance: str
    day: int
    cut_percent: Fraction
    low_percent: float
    high_percent: float

    @property
    def in_words(self) -> str:
        """``By day 5 clonazepam has fallen by 4.6–6.1 %, of 6.2 % in the end.``"""
        low, high = (percent_text(Fraction(percent)) for percent in (self.low_percent, self.high_percent))
        range_text = low if low == high else f"{low}–{high}"
        name = self.medicine if self.substance == PARENT else f"the active metabolite of {self.medicine}"
        return (
            f"By day {self.day} {name} has fallen by {range_text} %, of {percent_text(self.cut_percent)} % in the end."
        )


def effect_by_day(plan: Plan, protocols: Protocols, *, step: int, day: int) -> tuple[CutEffect, ...]:
    """For each medicine whose daily dose falls in the step, and its active metabolite; the day of the cut is day 1.

    Empty where the dose does not fall or no level can be worked out. Raises ValueError for a day before the first.
    """
    if day < 1:
        raise ValueError("The day of the cut is day 1.")
    found = []
    for fall in falls_of(plan, protocols):
        if fall.step.number != step or why_no_level(plan, fall.medicine, protocols) is not None:
            continue
        sampled = sampled_chains(protocols.medicines[fall.medicine])
        for substance, chains in ((PARENT, sampled.parent), (METABOLITE, sampled.metabolite)):
            if chains:
                found.append(_effect(fall, substance, chains, day))
    return tuple(found)


def _effect(fall: Fall, substance: str, chains: Sequence[Chain], day: int) -> CutEffect:
    hours = _HOURS * (day - 1)
    before = float(fall.mg_before)
    percents = [
        100 * sum(mg * chain.done_after(hours - after) for after, mg in fall.less_at_hours) / before for chain in chains
    ]
    return CutEffect(
        step=fall.step.number,
        medicine=fall.medicine,
        substance=substance,
        day=day,
        cut_percent=100 * (1 - Fraction(fall.mg_after) / Fraction(fall.mg_before)),
        low_percent=min(percents),
        high_percent=max(percents),
    )
