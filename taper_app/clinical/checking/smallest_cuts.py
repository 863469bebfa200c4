"""The least by which a day's doses can go down with the listed products."""

from __future__ import annotations

from collections.abc import Mapping

from taper_app.clinical.checking.makeable import MakeableDoses
from taper_app.clinical.checking.shapes import Slots


def smallest_cut(slots: Slots, makeable: Mapping[str, MakeableDoses]) -> int | None:
    """No time of day rising; None: nothing is taken, or the products of a medicine are not known.

    A dose that the products cannot make must go down in any case. Dropping a time of day counts only
    when nothing smaller than that is left to do.
    """
    forced: list[int] = []
    gaps: list[int] = []
    drops: list[int] = []
    for (_, medicine), dose in slots.items():
        doses = makeable.get(medicine)
        if doses is None:
            return None
        below = doses.largest_below(dose)
        if not doses.can_make(dose):
            forced.append(dose - below)
        elif below:
            gaps.append(dose - below)
        else:
            drops.append(dose)
    if forced:
        return sum(forced)
    return min(gaps or drops, default=None)


def smallest_cut_at_other_times(daily: int, doses: MakeableDoses, times: int) -> int | None:
    """When the times of day change with the cut nothing is bound to the doses before: any sum of ``times`` will do.

    None: nothing makeable.
    """
    below = doses.of_a_day([daily] * times).largest_below(daily)
    return daily - below if below else None
