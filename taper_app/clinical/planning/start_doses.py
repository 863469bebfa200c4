"""The doses that a plan begins with: what is taken now, or a part of it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil

from taper_app.clinical.planning.makeable import Makeable

#: What is taken at one time of day, in tenth_mcg by medicine.
AmountsAt = Mapping[str, int]


def doses_at_start(
    percent: Decimal | None, taken_now: Mapping[str, AmountsAt], makeable: Mapping[str, Makeable]
) -> Mapping[str, AmountsAt]:
    """What the plan begins with, by time of day in tenth_mcg; all of what is taken now when no percentage is asked.

    Each dose is rounded up to a makeable one that is not above the patient's own. Where there is none the exact
    part stays, and the plan is refused as not makeable.
    """
    if percent is None:
        return taken_now
    part = Fraction(percent) / 100
    return {
        time: {name: _rounded_up(ceil(amount * part), amount, makeable[name]) for name, amount in amounts.items()}
        for time, amounts in taken_now.items()
    }


def _rounded_up(wanted: int, own: int, makeable: Makeable) -> int:
    position = bisect_left(makeable.doses, wanted)
    enough = makeable.doses[position : position + 1]
    return enough[0] if enough and enough[0] <= own else wanted
