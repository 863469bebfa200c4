"""Segments: stretches of days on one dose, before they are written out as steps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from taper_app.clinical.planning.answer import Reason, StepKind


@dataclass(frozen=True)
class Segment:
    """Doses by time of day and medicine (tenth_mcg) from a day on. ``days`` is 0 when no end is planned."""

    kind: StepKind
    starts_on: date
    days: int
    doses: Mapping[str, Mapping[str, int]]
    target: Fraction | None
    reasons: tuple[Reason, ...]
    is_bigger_than_asked: bool = False

    @cached_property
    def daily(self) -> Mapping[str, int]:
        """The daily dose by medicine, without those at zero."""
        total: dict[str, int] = {}
        for amounts in self.doses.values():
            for medicine, tenth_mcg in amounts.items():
                total[medicine] = total.get(medicine, 0) + tenth_mcg
        return {medicine: amount for medicine, amount in total.items() if amount}


@dataclass(frozen=True)
class Timeline:
    """What is taken on any day: the dose ``before`` the plan, for an amended plan the daily doses of its
    ``earlier`` steps from the day each began, then the segments. ``goes_on``: their cuts go on with those of the
    earlier steps, so that none of them is a first one."""

    before: Mapping[str, int]
    segments: Sequence[Segment]
    earlier: Sequence[tuple[date, Mapping[str, int]]] = ()
    goes_on: bool = False

    def daily_on(self, day: date) -> Mapping[str, int]:
        if day >= self.segments[0].starts_on:
            return self.segments[self.index_on(day)].daily
        for starts_on, daily in reversed(self.earlier):
            if starts_on <= day:
                return daily
        return self.before

    def index_on(self, day: date) -> int:
        """The segment in force on a day that is not before the first."""
        return bisect_right(self._first_days, day) - 1

    @cached_property
    def _first_days(self) -> list[date]:
        return [segment.starts_on for segment in self.segments]

    def days_to_judge(self, window_days: int) -> list[date]:
        """The days on which the fall over the window can become larger: a change, or a change leaving the window."""
        starts = {segment.starts_on for segment in self.segments} | {starts_on for starts_on, _ in self.earlier}
        leaving = {start + timedelta(days=window_days) for start in starts}
        last = self.segments[-1].starts_on
        return sorted(
            day for day in starts | leaving if self.segments[0].starts_on <= day <= last + timedelta(window_days)
        )

    def daily_before(self, index: int) -> Mapping[str, int]:
        """What was taken in the segment before."""
        if index:
            return self.segments[index - 1].daily
        return self.earlier[-1][1] if self.earlier else self.before
