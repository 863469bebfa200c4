"""Which cuts the times of day can follow, and how long each takes: what the search over the day's doses asks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from fractions import Fraction

from taper_app.clinical.planning.path import PathRules, Start
from taper_app.clinical.planning.slots import DayDoses, SlotSplitter
from taper_app.clinical.planning.tails import cost_of


class DayCuts:
    """Cuts to the daily doses at ``daily`` (ascending, tenth_mcg), which are meant by their position there."""

    def __init__(self, start: Start, daily: Sequence[int], splitter: SlotSplitter, rules: PathRules) -> None:
        self.start = start
        self.daily = daily
        self.splitter = splitter
        self.rules = rules
        # Many ways lead by the same doses: each split is worked out once.
        self._split: dict[tuple[int, DayDoses | None], DayDoses | None] = {}

    def split(self, position: int, before: DayDoses | None) -> DayDoses | None:
        """The doses at each time after ``before`` (None: the times change), or None when none can follow."""
        key = position, before
        if key not in self._split:
            daily, times = self.daily[position], self.start.times
            found = self.splitter.first_split(daily, times) if before is None else self.splitter.split(daily, before)
            self._split[key] = found
        return self._split[key]

    def within_asked(self, dose: int, *, is_timed: bool) -> list[tuple[int, int]]:
        """Cost and position of each cut from ``dose`` that is no bigger than asked, the lowest dose first.

        A lower dose never comes sooner than a higher one: from the first that comes in the shortest time all do.
        """
        found, shortest = [], self.rules.least_days(dose) if is_timed else 0
        days = None
        for position in self._positions_within(dose):
            if days != shortest:
                days = self.days(dose, position, is_timed=is_timed)
            found.append((cost_of(days, 1), position))
        return found

    def below_asked(self, dose: int) -> range:
        """Positions of the cuts bigger than asked, the smallest of them first."""
        return range(min(self._positions_within(dose).start, bisect_left(self.daily, dose)) - 1, -1, -1)

    def next_lower(self, dose: int, before: DayDoses | None) -> int | None:
        """Position of the smallest cut bigger than asked that the times of day can follow."""
        return next((position for position in self.below_asked(dose) if self.split(position, before)), None)

    def can_follow(self, positions: Iterable[int], before: DayDoses | None) -> bool:
        return any(self.split(position, before) for position in positions)

    def days(self, dose: int, position: int, *, is_timed: bool = True) -> int:
        return self.rules.days_before(dose, Fraction(self.daily[position])) if is_timed else 0

    def _positions_within(self, dose: int) -> range:
        return range(bisect_left(self.daily, self.rules.lowest_within_asked(dose)), bisect_left(self.daily, dose))
