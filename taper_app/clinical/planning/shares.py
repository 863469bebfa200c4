"""How a total is shared over several times of day when each share has to be makeable and above zero.

Each function gives the one sharing that is best by its own measure, found exactly, or None when there is none.
``bounds`` are the largest shares allowed, one a time of day. Amounts are tenth_mcg.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from taper_app.clinical.planning.makeable import Makeable
from taper_app.clinical.planning.sums import lowest_in, mask_up_to, plus_one_of, runs_of

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
        self._reversed: dict[SharesOf, tuple[int, int]] = {}
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
        *lower, highest = bounds
        if not lower:
            return (total,) if total <= highest and total in self._makeable else None
        unit = self._makeable.unit
        peaks = self._peaks(total, bounds)
        while peaks:
            peak = lowest_in(peaks) * unit
            if len(lower) == 1:
                return (total - peak, peak)
            rest = self.flattest_ascending(total - peak, tuple([min(bound, peak) for bound in lower]))
            if rest is not None:
                return (*rest, peak)
            peaks &= peaks - 1
        return None

    def _peaks(self, total: int, bounds: SharesOf) -> int:
        """The mask of what may be the largest share: the others carry the rest within their own bounds."""
        units, remainder = divmod(total, self._makeable.unit)
        if remainder or total > sum(bounds):
            return 0
        least = -(-_least_peak(total, bounds) // self._makeable.unit)
        from_highest, highest = self._from_highest_total(bounds[:-1])
        apart = units - highest
        left_by_others = from_highest << apart if apart >= 0 else from_highest >> -apart
        within = self._bits & left_by_others & mask_up_to(bounds[-1] // self._makeable.unit)
        return within >> least << least

    def _from_highest_total(self, bounds: SharesOf) -> tuple[int, int]:
        """Every total within the bounds, as a mask that counts down from the highest one, and that one (in units)."""
        if bounds not in self._reversed:
            written = bin(self._totals_within(bounds))
            self._reversed[bounds] = int(written[:1:-1], 2), len(written) - 3
        return self._reversed[bounds]

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
    """The shares at times with these bounds, the earlier ones as small as can be.

    Then each time, from the last one on, takes the largest of the shares left that it may: the others fit as well.
    """
    left, placed = list(ascending), []
    for bound in reversed(bounds):
        placed.append(left.pop(bisect_right(left, bound) - 1))
    return tuple(reversed(placed))


def _least_peak(total: int, bounds: Sequence[int]) -> int:
    """No largest share is below this: the others have to carry what the lowest bounds leave."""
    number, left = len(bounds), total
    least = 0
    for full, bound in enumerate(sorted(bounds)):
        least = max(least, -(-left // (number - full)))
        left -= bound
    return least
