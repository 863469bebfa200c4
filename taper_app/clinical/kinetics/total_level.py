"""Several medicines as one level: only by their equivalents, and only as a band that says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.equivalents import Converter
from taper_app.clinical.protocol.library import Protocols

if TYPE_CHECKING:
    from taper_app.clinical.kinetics.level_bands import LevelBand
    from taper_app.clinical.kinetics.superposition import Floats


@dataclass(frozen=True, slots=True, eq=False)
class TotalLevel:
    """Least and greatest, in percent of the diazepam-equivalent of the daily dose before the plan."""

    table: str
    low_percent: Floats
    high_percent: Floats
    words: str


def total_level(plan: Plan, protocols: Protocols, bands: Sequence[LevelBand]) -> TotalLevel | None:
    """The medicines' levels, each as the daily dose that would hold it, added by the plan's table of equivalents.

    How much of an effect a metabolite carries is not known: of each medicine the lower and the higher of parent and
    metabolite are taken, so that the band holds whatever the shares are. None for one medicine, whose own band says
    all, and without a table.
    """
    medicines = tuple(dict.fromkeys(band.medicine for band in bands))
    if len(medicines) < 2 or plan.equivalence is None:
        return None
    converter = Converter.of(protocols, plan.equivalence)
    diazepam_mg = {name: float(converter.chosen_factor(name)) for name in medicines}
    before = sum(diazepam_mg[name] * float(mg) for name, mg in plan.starting_daily_mg.items())
    low, high = [], []
    for name in medicines:
        own = [band for band in bands if band.medicine == name]
        weight = diazepam_mg[name] * float(own[0].reference_daily_mg) / before
        low.append(weight * _least(band.low_percent for band in own))
        high.append(weight * _greatest(band.high_percent for band in own))
    return TotalLevel(
        table=plan.equivalence,
        low_percent=_sum(low),
        high_percent=_sum(high),
        words=(
            f"All medicines together, by the equivalents of {plan.equivalence}: 100 % is the daily dose before the "
            "plan. Other tables give other totals; how much of the effect is the metabolite's is not known, so the "
            "band holds for any share."
        ),
    )


def _least(levels: Iterable[Floats]) -> Floats:
    import numpy as np

    least: Floats = np.minimum.reduce(list(levels))
    return least


def _greatest(levels: Iterable[Floats]) -> Floats:
    import numpy as np

    greatest: Floats = np.maximum.reduce(list(levels))
    return greatest


def _sum(levels: Sequence[Floats]) -> Floats:
    import numpy as np

    total: Floats = np.add.reduce(levels)
    return total
