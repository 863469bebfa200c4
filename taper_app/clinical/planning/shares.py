"""How a total is shared over several times of day when each share has to be makeable and above zero.

Each function gives the one sharing that is best by its own measure, found exactly, or None when there is none.
``bounds`` are the largest shares allowed, one a time of day. Amounts are tenth_mcg.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import le

from taper_app.clinical.planning.makeable import Makeable
from taper_app.clinical.planning.sums import has, lowest_in, mask_up_to, plus_one_of, runs_of

SharesOf = tuple[int, ...]


class Shares:
    """The ways to share a total among makeable doses. Which totals can be shared at all is remembered."""

    def __init__(self, makeable: Makeable) -> None:
        self._makeable = makeable
        self._above_zero = makeable.doses[1:]
        self._bits = makeable.bits & ~1
        self._highest = max(self._bits.bit_length() - 1, 0)
        self._from_highest = int(bin(self._bits)[:1:-1], 2)  # bit n: the highest dose less n units
        self._totals: dict[tuple[int, ...], int] = {(): 1}
        self._flattest: dict[tuple[int, SharesOf], SharesOf | None] = {}
        self._lowest_peak: dict[tuple[int, int], SharesOf | None] = {}

    def can_share(self, total: int, bounds: Sequence[int]) -> bool:
        """Whether ``total`` is a sum of makeable doses, one for each bound and none above its bound."""
        units, rest = divmod(total, self._makeable.unit)
        if rest or not bounds:
            return total == 0
        *lower, highest = sorted(bounds)
        least_for_lower = max(units - highest // self._makeable.unit, 0)
        return (self._left_by_one(units) & self._totals_within(lower)) >> least_for_lower != 0

    def all_of(self, total: int, number: int) -> Iterator[SharesOf]:
        """Every sharing over so many times."""
        if number == 1:
            if total > 0 and total in self._makeable:
                yield (total,)
            return
        for share in self._between(1, total - 1):
            for rest in self.all_of(total - share, number - 1):
                yield (share, *rest)

    def all_ascending(self, total: int, number: int, least: int = 1) -> Iterator[SharesOf]:
        """Every sharing over so many times whose shares ascend, from ``least`` on."""
        if number == 1:
            if total >= least and total in self._makeable:
                yield (total,)
            return
        for share in self._between(least, total // number):
            for rest in self.all_ascending(total - share, number - 1, share):
                yield (share, *rest)

    def earliest_smallest(self, total: int, bounds: Sequence[int]) -> SharesOf | None:
        """The smallest possible share at the first time, then at the second, and so on."""
        if not self.can_share(total, bounds):
            return None
        shares: list[int] = []
        for position, bound in enumerate(bounds):
            later, left = bounds[position + 1 :], total - sum(shares)
            least = left - sum(later)
            shares.append(next(dose for dose in self._between(least, bound) if self.can_share(left - dose, later)))
        return tuple(shares)

    def flattest(self, total: int, bounds: Sequence[int]) -> SharesOf | None:
        """The smallest possible largest share, then second largest, and so on; on ties the earlier shares smaller."""
        ascending = self.flattest_ascending(total, tuple(sorted(bounds)))
        return None if ascending is None else _in_order_of(bounds, ascending)

    def flattest_ascending(self, total: int, bounds: SharesOf) -> SharesOf | None:
        """The shares of the flattest sharing, ascending. ``bounds`` ascend too.

        Shares that fit their bounds in any order fit them when both ascend, so the largest goes to the largest bound.
        """
        key = total, bounds
        if key not in self._flattest:
            self._flattest[key] = self._find_flattest(total, bounds)
        return self._flattest[key]

    def lowest_peak(self, total: int, number: int) -> SharesOf | None:
        """The smallest possible largest share; on ties the earlier shares smaller."""
        key = total, number
        if key not in self._lowest_peak:
            self._lowest_peak[key] = self._find_lowest_peak(total, number)
        return self._lowest_peak[key]

    def _find_lowest_peak(self, total: int, number: int) -> SharesOf | None:
        if not self.can_share(total, (total,) * number):
            return None
        peaks = self._between(-(-total // number), total)
        return next(shares for peak in peaks if (shares := self.earliest_smallest(total, (peak,) * number)))

    def most_even(self, total: int, number: int) -> SharesOf | None:
        """The smallest possible distance between the smallest and the largest share; on ties the smaller earlier."""
        if not self.can_share(total, (total,) * number):
            return None
        if number == 1:
            return (total,)
        best: SharesOf | None = None
        for least in reversed(list(self._between(0, total // number))):
            apart = best[-1] - best[0] if best else total
            if -(-(total - least) // (number - 1)) - least > apart:
                break
            for most in self._between(-(-(total - least) // (number - 1)), least + apart):
                between = self._ascending(total - least - most, number - 2, least, most)
                if between is not None:
                    best = (least, *between, most)
                    break
        return best

    def _ascending(self, total: int, number: int, least: int, most: int) -> SharesOf | None:
        """So many doses from ``least`` to ``most``, none below the one before it; the first ones as small as can be."""
        if number == 0:
            return () if total == 0 else None
        if number == 1:
            return (total,) if least <= total <= most and total in self._makeable else None
        for dose in self._between(max(least, total - most * (number - 1)), min(most, total // number)):
            rest = self._ascending(total - dose, number - 1, dose, most)
            if rest is not None:
                return (dose, *rest)
        return None

    def _find_flattest(self, total: int, bounds: SharesOf) -> SharesOf | None:
        if not self.can_share(total, bounds):
            return None
        if len(bounds) == 1:
            return (total,)
        if len(bounds) == 2:
            return self._flattest_of_two(total, bounds)
        unit, carried = self._makeable.unit, self._totals_within(bounds[:-1])
        for peak in self._between(_least_peak(total, bounds), bounds[-1]):
            if has(carried, (total - peak) // unit):
                rest = self.flattest_ascending(total - peak, tuple(min(bound, peak) for bound in bounds[:-1]))
                if rest is not None:
                    return (*rest, peak)
        raise AssertionError("what can be shared has a flattest sharing")

    def _flattest_of_two(self, total: int, bounds: SharesOf) -> SharesOf:
        """As it can be shared: the larger share is the lowest that leaves a makeable one within the lower bound."""
        unit = self._makeable.unit
        units, least = total // unit, -(-_least_peak(total, bounds) // unit)
        above = (self._bits & self._left_by_one(units)) >> least
        larger = (least + lowest_in(above)) * unit
        return (total - larger, larger)

    def _left_by_one(self, units: int) -> int:
        """The mask of what so many units leave when one makeable dose above zero is taken from them."""
        apart = units - self._highest
        return self._from_highest << apart if apart >= 0 else self._from_highest >> -apart

    def _between(self, least: int, most: int) -> Iterator[int]:
        """The makeable doses above zero from ``least`` to ``most``, ascending."""
        doses = self._above_zero
        for position in range(bisect_left(doses, least), bisect_right(doses, most)):
            yield doses[position]

    def _totals_within(self, bounds: Sequence[int]) -> int:
        """The mask of every total that can be shared within the bounds."""
        key = tuple(sorted(bounds))
        if key not in self._totals:
            within = mask_up_to(key[-1] // self._makeable.unit) & self._makeable.bits & ~1
            self._totals[key] = plus_one_of(self._totals_within(key[:-1]), runs_of(within))
        return self._totals[key]


def _in_order_of(bounds: Sequence[int], ascending: SharesOf) -> SharesOf:
    """The shares at times with these bounds, as they fit; the earlier shares as small as can be."""
    left, order = list(ascending), list(bounds)
    placed = []
    while order:
        bound = order.pop(0)
        for share in left:
            others = list(left)
            others.remove(share)
            if share <= bound and all(map(le, others, sorted(order))):
                placed.append(share)
                left = others
                break
    return tuple(placed)


def _least_peak(total: int, bounds: Sequence[int]) -> int:
    """No largest share is below this: the others have to carry what the lowest bounds leave."""
    ascending, number = sorted(bounds), len(bounds)
    return max(-(-(total - sum(ascending[:full])) // (number - full)) for full in range(number))
