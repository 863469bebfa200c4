"""Stretches of numbers between two ends, for comparing what tests of a fact let through. Exact, never a float."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

#: An end: the number, and 0 where a lower end is included or an upper end is not. Tuples compare as ends do.
End = tuple[Decimal, int]
_INCLUDED_LOW, _BEHIND = 0, 1
_BEFORE = 0
_LEAST, _MOST = Decimal("-Infinity"), Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` up to, and without, ``end``: both are places between or on numbers.

    Of whole numbers the end is the next one (up to 9 is "before 10"), so that neighbours meet in the same place.
    """

    start: End
    end: End

    @classmethod
    def between(
        cls,
        *,
        at_least: Decimal | None = None,
        above: Decimal | None = None,
        at_most: Decimal | None = None,
        below: Decimal | None = None,
        whole: bool,
    ) -> Interval:
        """What all given ends let through."""
        starts = [(_LEAST, _INCLUDED_LOW)]
        ends = [(_MOST, _BEHIND)]
        if at_least is not None:
            starts.append((_up(at_least) if whole else at_least, _INCLUDED_LOW))
        if above is not None:
            starts.append((_down(above) + 1, _INCLUDED_LOW) if whole else (above, _BEHIND))
        if at_most is not None:
            ends.append((_down(at_most) + 1, _BEFORE) if whole else (at_most, _BEHIND))
        if below is not None:
            ends.append((_up(below) if whole else below, _BEFORE))
        return cls(max(starts), min(ends))

    @property
    def is_empty(self) -> bool:
        return self.start >= self.end

    def holds(self, other: Interval) -> bool:
        """Whether every number of the other one lies in this one."""
        return other.is_empty or (self.start <= other.start and other.end <= self.end)

    def common(self, other: Interval) -> Interval:
        return Interval(max(self.start, other.start), min(self.end, other.end))


def holds_all(intervals: Iterable[Interval], wanted: Interval) -> bool:
    """Whether every number of ``wanted`` lies in one of the intervals."""
    reached = wanted.start
    for found in sorted(intervals, key=lambda each: each.start):
        if found.start <= reached:
            reached = max(reached, found.end)
    return reached >= wanted.end or wanted.is_empty


def _up(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_CEILING)


def _down(number: Decimal) -> Decimal:
    return number.to_integral_value(ROUND_FLOOR)
