"""Of which pieces a dose is made.

Fewest pieces (half a tablet is one piece), then fewest strengths, then larger strengths. A liquid is used
only for what tablets cannot make, at most one in a dose, and then as little of it as possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from taper_app.clinical.planning.sums import has
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Split
from taper_app.clinical.quantities import tenth_mcg_of

#: How many pieces so many quarters of one tablet are: three quarters are a half and a quarter.
_PIECES_OF_QUARTERS = (0, 1, 1, 2)


@dataclass(frozen=True, slots=True)
class SolidChoice:
    """How a tablet or capsule can enter a dose: its smallest part in tenth_mcg, how many parts make a whole."""

    stocked: StockedProduct
    part_tenth_mcg: int
    parts_per_whole: int

    @classmethod
    def of(cls, stocked: StockedProduct, split: Split) -> SolidChoice:
        parts = min(split.parts, stocked.product.splits_into.parts)
        whole = tenth_mcg_of(stocked.product.strength_mg)
        while whole % parts:  # a part finer than 0.0001 mg cannot be written down, so it is not offered
            parts //= 2
        return cls(stocked, whole // parts, parts)

    def pieces(self, parts: int) -> int:
        whole, rest = divmod(parts, self.parts_per_whole)
        return whole + _PIECES_OF_QUARTERS[rest * 4 // self.parts_per_whole]

    def count(self, parts: int) -> Decimal:
        return Decimal(parts) / self.parts_per_whole


@dataclass(frozen=True, slots=True)
class LiquidChoice:
    """An oral liquid: the amount in its smallest measurable volume, in tenth_mcg."""

    stocked: StockedProduct
    volume_tenth_mcg: int
    smallest_ml: Decimal

    @classmethod
    def of(cls, stocked: StockedProduct) -> LiquidChoice:
        smallest_ml = stocked.product.smallest_ml
        assert smallest_ml is not None, "every liquid has a smallest volume; its file is checked for it"
        return cls(stocked, tenth_mcg_of(stocked.product.strength_mg * smallest_ml), smallest_ml)


@dataclass(frozen=True, slots=True)
class _Way:
    """Parts of each product from one on; fewer strengths first, then more of the larger strengths."""

    strengths: int
    parts: tuple[int, ...]

    @property
    def key(self) -> tuple[int, tuple[int, ...]]:
        return self.strengths, tuple(-count for count in self.parts)


class SolidDoses:
    """What tablets and capsules make, with how few pieces. Doses are counted in ``unit`` tenth_mcg."""

    def __init__(self, choices: Sequence[SolidChoice], unit: int, most_pieces: int) -> None:
        """``choices``: larger strengths first."""
        self._choices = choices
        self._unit = unit
        # [i][k]: the doses (as a bit mask) that at most k pieces of the products from i on make.
        self._reach: list[list[int]] = [[1] * (most_pieces + 1)]
        for choice in reversed(choices):
            self._reach.insert(0, self._with_one_more(choice, self._reach[0]))
        self._best: dict[tuple[int, int, int], _Way] = {}

    def of_at_most(self, pieces: int) -> int:
        """The mask of all doses of at most so many pieces."""
        return self._reach[0][pieces] if pieces >= 0 else 0

    def parts_for(self, dose: int) -> tuple[int, ...]:
        """Parts of each product that make a makeable dose (in units), in the order of the choices."""
        fewest = next(pieces for pieces, reached in enumerate(self._reach[0]) if has(reached, dose))
        return self._best_way(0, dose, fewest).parts

    def _with_one_more(self, choice: SolidChoice, without: Sequence[int]) -> list[int]:
        part = choice.part_tenth_mcg // self._unit
        fractions = [(parts * part, choice.pieces(parts)) for parts in range(1, choice.parts_per_whole)]
        reached: list[int] = []
        for pieces, bits in enumerate(without):
            for amount, needed in fractions:
                if needed <= pieces:
                    bits |= without[pieces - needed] << amount
            if pieces:
                bits |= reached[-1] << part * choice.parts_per_whole
            reached.append(bits)
        return reached

    def _best_way(self, position: int, dose: int, pieces: int) -> _Way:
        """The best way to make ``dose`` of at most ``pieces`` of the products from ``position`` on."""
        if position == len(self._choices):
            return _Way(0, ())
        known = self._best.get((position, dose, pieces))
        if known is not None:
            return known
        choice, ways = self._choices[position], []
        part = choice.part_tenth_mcg // self._unit
        for parts in range(min(dose // part, pieces * choice.parts_per_whole) + 1):
            rest, left = dose - parts * part, pieces - choice.pieces(parts)
            if left >= 0 and has(self._reach[position + 1][left], rest):
                way = self._best_way(position + 1, rest, left)
                ways.append(_Way(way.strengths + (parts > 0), (parts, *way.parts)))
        best = min(ways, key=lambda way: way.key)
        self._best[position, dose, pieces] = best
        return best
