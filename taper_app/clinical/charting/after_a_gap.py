"""Doses in between were not taken: is the next planned one given as it stands, on a word, or titrated anew?

A planned dose is never doubled, and a gap is no progress of the taper. Source: clinical rules, section 5; the hours
stand in ``limits.toml``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from taper_app.clinical.charting.doses import DueDose
from taper_app.clinical.protocol.limits import MissedDoses


class TakenUp(StrEnum):
    """How the planned dose is taken up again."""

    AS_PLANNED = "as_planned"
    ON_PRESCRIBERS_WORD = "on_prescribers_word"
    TITRATED_ANEW = "titrated_anew"


@dataclass(frozen=True, slots=True)
class AfterGap:
    """What the hours without a dose mean for the next one, with the sentence that a nurse reads."""

    taken_up: TakenUp
    hours: int
    sentence: str = ""


_NOT_CHARTED = " Doses in between are not charted: chart them first if they were given."
NO_GAP = AfterGap(TakenUp.AS_PLANNED, 0)


def after_gap(
    due: DueDose,
    planned_before: Sequence[DueDose],
    last_taken_at: datetime | None,
    at: datetime,
    *,
    shortest_half_life_hours: Decimal | None,
    limits: MissedDoses,
) -> AfterGap:
    """Judge the hours from the last dose taken to ``at``; no gap unless a planned dose in between was not taken.

    Once-a-day doses lie 24 hours apart without any gap, so the hours alone decide nothing.
    """
    if last_taken_at is None or last_taken_at >= at:
        return NO_GAP
    skipped = [
        before
        for before in planned_before
        if last_taken_at < before.planned_for < due.planned_for and not _was_taken(before)
    ]
    elapsed = at - last_taken_at
    hours = int(elapsed // timedelta(hours=1))
    if not skipped or elapsed < timedelta(hours=limits.same_dose_under_hours):
        return NO_GAP
    most, named = _same_dose_up_to(shortest_half_life_hours, limits)
    unknown = _NOT_CHARTED if any(before.charted is None for before in skipped) else ""
    if Fraction(elapsed // timedelta(seconds=1), 3600) > most:
        return AfterGap(
            TakenUp.TITRATED_ANEW,
            hours,
            f"{hours} hours without a dose, more than {named}: the old dose is not restarted. A prescriber titrates "
            f"anew, with sedation scored before each dose.{unknown}",
        )
    return AfterGap(
        TakenUp.ON_PRESCRIBERS_WORD,
        hours,
        f"{hours} hours without a dose: the same dose, never doubled, after a sedation check, on a prescriber's word."
        f"{unknown}",
    )


def _was_taken(due: DueDose) -> bool:
    return due.charted is not None and due.charted.body.was_taken


def _same_dose_up_to(shortest_half_life_hours: Decimal | None, limits: MissedDoses) -> tuple[Fraction, str]:
    most, named = Fraction(limits.same_dose_up_to_hours), f"{limits.same_dose_up_to_hours} hours"
    if shortest_half_life_hours is not None:
        washed_out = Fraction(shortest_half_life_hours) * limits.half_lives
        if washed_out < most:
            return washed_out, f"{limits.half_lives} half-lives ({int(washed_out)} hours)"
    return most, named
