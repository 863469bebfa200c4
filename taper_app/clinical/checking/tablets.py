"""Of which tablets a dose is best made: fewest pieces, then fewest strengths, then as much as can be of the larger.

Amounts are whole numbers of 0.0001 mg. A tablet and an orally disintegrating one of the same strength are one strength.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import gcd
from typing import NamedTuple

from taper_app.clinical.checking.makeable import divisions_of, is_liquid
from taper_app.clinical.checking.numbers import exact_units
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Split


class Strength(NamedTuple):
    """A whole piece, and into how many parts it may be divided: 1, 2 or 4."""

    whole: int
    parts: int

    @property
    def part(self) -> int:
        return self.whole // self.parts

    def pieces_for(self, amount: int) -> int | None:
        """How many pieces of this strength make an amount; three quarters are two. None when they do not."""
        if amount % self.part:
            return None
        whole, rest = divmod(amount, self.whole)
        return whole + (0 if not rest else 2 if rest * 4 == 3 * self.whole else 1)


#: The amount that comes from each strength, the larger strengths first.
Way = tuple[tuple[Strength, int], ...]


class Tablets:
    """The strengths of one medicine that may be used, the largest first."""

    def __init__(self, strengths: tuple[Strength, ...], most_pieces: int) -> None:
        self.strengths = strengths
        self._by_whole = {strength.whole: strength for strength in strengths}
        single = {strength.whole // parts for strength in strengths for parts in (1, 2, 4) if parts <= strength.parts}
        self._unit = gcd(*single) or 1
        # By number of pieces: the doses (a bit each) that no more of them make.
        self._made = [1]
        for _ in range(most_pieces):
            fewer = self._made[-1]
            reached = fewer
            for amount in single:
                reached |= fewer << amount // self._unit
            self._made.append(reached)

    def of(self, whole: int) -> Strength | None:
        return self._by_whole.get(whole)

    def can_make(self, dose: int, pieces: int) -> bool:
        """Whether so many pieces, or fewer, make the dose."""
        place, rest = divmod(dose, self._unit)
        return not rest and bool(self._made[pieces] >> place & 1)

    def largest(self, pieces: int) -> int:
        """The most that so many pieces make."""
        return self.strengths[0].whole * pieces if self.strengths else 0

    def fewest(self, dose: int) -> int:
        """The fewest pieces that make a dose that can be made."""
        return next(pieces for pieces in range(len(self._made)) if self.can_make(dose, pieces))

    def best(self, dose: int, pieces: int, most_strengths: int) -> Way:
        """Of the fewest pieces that make a dose the best way; at most so many strengths are enough for one."""
        ways = (self._way(0, dose, pieces, strengths) for strengths in range(1, most_strengths + 1))
        return next(way for way in ways if way is not None)

    def _way(self, first: int, dose: int, pieces: int, strengths: int) -> Way | None:
        """Of exactly so many strengths from the one at ``first`` on: as much as can be of the largest, and so on."""
        for place in range(first, len(self.strengths) - strengths + 1):
            strength = self.strengths[place]
            if strength.whole * pieces < dose:
                return None  # those that come after it are smaller still
            if strengths == 1:
                needed = strength.pieces_for(dose)
                if needed is not None and needed <= pieces:
                    return ((strength, dose),)
                continue
            part = strength.part
            most = min((dose - 1) // part, (pieces - strengths + 1) * strength.parts)
            for amount in range(most * part, 0, -part):
                left = pieces - (strength.pieces_for(amount) or 0)
                rest = self._way(place + 1, dose - amount, left, strengths - 1) if left >= strengths - 1 else None
                if rest is not None:
                    return ((strength, amount), *rest)
        return None


def tablets_of(products: Iterable[StockedProduct], split: Split, most_pieces: int) -> Tablets:
    """Of a medicine's products; of equal strengths the one that may be divided furthest stands for all."""
    parts: dict[int, int] = {}
    for stocked in products:
        whole = exact_units(stocked.product.strength_mg)
        if not is_liquid(stocked) and whole.denominator == 1 and whole:
            divided = divisions_of(stocked, split)[-1]
            parts[whole.numerator] = max(parts.get(whole.numerator, 1), divided)
    return _tablets(tuple(Strength(whole, parts[whole]) for whole in sorted(parts, reverse=True)), most_pieces)


@lru_cache(maxsize=256)
def _tablets(strengths: tuple[Strength, ...], most_pieces: int) -> Tablets:
    return Tablets(strengths, most_pieces)
