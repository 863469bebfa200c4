"""What a figure draws of levels and symptoms beneath a plan: ready lists on one axis, and the words beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from taper_app.clinical.kinetics.level_bands import HOURLY, PARENT, LevelBand, PlanLevels, plan_levels
from taper_app.clinical.kinetics.level_words import cited_words
from taper_app.clinical.kinetics.symptom_windows import AfterCut, after_cuts
from taper_app.clinical.kinetics.taken import MINUTES_A_DAY
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.time_course import TimeCourse

if TYPE_CHECKING:
    from taper_app.clinical.kinetics.superposition import Floats

#: More points than this would be finer than a screen; a longer stretch is drawn by its daily means. No clinical number.
MOST_POINTS = 1500
ALL_TOGETHER = "all medicines together"
WHAT_IT_IS = (
    "Levels are worked out from the plan and the printed half-lives, as if every dose is taken and the doses before "
    "the plan had been taken long enough. They are relative, and no measurement of this patient."
)


@dataclass(frozen=True, slots=True)
class BandLine:
    """One band: ``low`` and ``high`` in percent at each of the panel's ``times``, rounded to a tenth."""

    name: str
    low: tuple[float, ...]
    high: tuple[float, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EffectPanel:
    """``times`` are local clock times without a zone; ``after_cuts`` those whose days touch the panel's.

    ``is_hourly``: else each value is the mean of a day. ``no_level``: which medicine has no level, and why.
    """

    times: tuple[datetime, ...]
    is_hourly: bool
    bands: tuple[BandLine, ...]
    after_cuts: tuple[AfterCut, ...]
    what_it_is: tuple[str, ...]
    no_level: tuple[str, ...]
    protracted: str

    @property
    def words(self) -> tuple[str, ...]:
        """All that stands beside the panel."""
        return (*self.what_it_is, *self.no_level, self.protracted)


def effect_panel(
    plan: Plan, protocols: Protocols, time_course: TimeCourse, *, first_day: date, last_day: date
) -> EffectPanel:
    """From ``first_day`` to ``last_day``, both included: by the hour, or by daily means where hours are too many.

    Raises ValueError when the last day is before the first.
    """
    hours = ((last_day - first_day).days + 1) * MINUTES_A_DAY // HOURLY
    is_hourly = hours <= MOST_POINTS
    levels = plan_levels(
        plan, protocols, first_day=first_day, last_day=last_day, every_minutes=HOURLY if is_hourly else None
    )
    return EffectPanel(
        times=levels.times(),
        is_hourly=is_hourly,
        bands=tuple(_lines(levels)),
        after_cuts=tuple(
            after
            for after in after_cuts(plan, protocols, time_course)
            if after.first_day <= last_day and first_day <= after.last_day
        ),
        what_it_is=(WHAT_IT_IS, "Levels by the hour." if is_hourly else "The mean level of each day."),
        no_level=tuple(missing.words for missing in levels.missing),
        protracted=_protracted_words(time_course, protocols),
    )


def _protracted_words(time_course: TimeCourse, protocols: Protocols) -> str:
    """What no window can show."""
    protracted = time_course.protracted
    return f"Protracted signs last {protracted.in_words} ({cited_words(protracted, protocols)})."


def _lines(levels: PlanLevels) -> Iterator[BandLine]:
    for band in levels.bands:
        yield _line(_name(band), band.low_percent, band.high_percent, band.words)
    if levels.total is not None:
        total = levels.total
        yield _line(ALL_TOGETHER, total.low_percent, total.high_percent, (total.words,))


def _line(name: str, low: Floats, high: Floats, words: tuple[str, ...]) -> BandLine:
    # Differences of exponentials leave traces below zero, which rounding would show as minus zero.
    return BandLine(name, tuple(abs(low.round(1)).tolist()), tuple(abs(high.round(1)).tolist()), words)


def _name(band: LevelBand) -> str:
    return band.medicine if band.substance == PARENT else f"active metabolite of {band.medicine}"
