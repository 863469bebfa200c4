"""Which doses the listed products can make, and of which pieces.

Fewest pieces (half a tablet is one piece), then fewest strengths, then larger strengths. A liquid is used
only for what tablets cannot make, at most one in a dose, and then as little of it as possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import gcd

from taper_app.clinical.planning.answer import Pieces
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form, Split
from taper_app.clinical.quantities import MedicineId, tenth_mcg_of

#: How many pieces so many quarters of one tablet are: three quarters are a half and a quarter.
_PIECES_OF_QUARTERS = (0, 1, 1, 2)


@dataclass(frozen=True, slots=True)
class _Choice:
    """How one product can enter a dose: the smallest part in tenth_mcg and how many parts make a whole."""

    stocked: StockedProduct
    part_tenth_mcg: int
    parts_per_whole: int

    def pieces(self, parts: int) -> int:
        whole, rest = divmod(parts, self.parts_per_whole)
        return whole + _PIECES_OF_QUARTERS[rest * 4 // self.parts_per_whole]

    def count(self, parts: int) -> Decimal:
        return Decimal(parts) / self.parts_per_whole


# One way to make a dose, compared as a tuple: liquid, pieces, strengths, then fewer of the larger strengths is worse.
_Key = tuple[int, int, int, tuple[int, ...]]
_Way = tuple[_Key, tuple[int, ...]]


class Makeable:
    """All doses of one medicine that the listed products make at one time of day."""

    def __init__(
        self, medicine: MedicineId, products: Iterable[StockedProduct], split: Split, *, most_pieces: int, up_to: int
    ) -> None:
        """``up_to`` (tenth_mcg) bounds the volumes of liquids that are tried: no dose above it is wanted."""
        of_medicine = [stocked for stocked in products if stocked.medicine == medicine]
        solids = [stocked for stocked in of_medicine if stocked.product.form is not Form.LIQUID]
        self.medicine = medicine
        self.most_pieces = most_pieces
        self._up_to = up_to
        self._solids = sorted(
            (_solid_choice(stocked, split) for stocked in solids),
            key=lambda choice: (-choice.stocked.product.strength_mg, choice.stocked.id),
        )
        self._liquids = [stocked for stocked in of_medicine if stocked.product.form is Form.LIQUID]
        self._ways = self._all_ways()
        self.doses: tuple[int, ...] = tuple(sorted(self._ways))

    def __contains__(self, tenth_mcg: int) -> bool:
        return tenth_mcg in self._ways

    @property
    def smallest(self) -> int | None:
        """The smallest dose above zero, None when there is no product at all."""
        return next((dose for dose in self.doses if dose > 0), None)

    @property
    def unit(self) -> int:
        """The greatest common divisor of all doses (1 when there are none)."""
        return gcd(*self.doses) or 1

    def pieces_of(self, tenth_mcg: int) -> tuple[Pieces, ...]:
        """The pieces that make the dose, larger strengths first. Raises KeyError when it is not makeable."""
        parts = self._ways[tenth_mcg][1]
        found = [
            Pieces(product=choice.stocked.id, count=choice.count(count))
            for choice, count in zip(self._solids, parts, strict=False)
            if count
        ]
        for liquid, volumes in zip(self._liquids, parts[len(self._solids) :], strict=True):
            if volumes:
                found.append(Pieces(product=liquid.id, count=volumes * _smallest_ml(liquid)))
        return tuple(found)

    def largest_up_to(self, tenth_mcg: int) -> int:
        """The largest makeable dose that is not above ``tenth_mcg``; 0 when none is."""
        return max((dose for dose in self.doses if dose <= tenth_mcg), default=0)

    def _all_ways(self) -> dict[int, _Way]:
        width = len(self._solids)
        ways: dict[int, _Way] = {0: ((0, 0, 0, (0,) * width), (0,) * width)}
        for position, choice in enumerate(self._solids):
            ways = self._with_product(ways, position, choice)
        solid_ways = {dose: (key, parts + (0,) * len(self._liquids)) for dose, (key, parts) in ways.items()}
        return self._with_liquids(solid_ways)

    def _with_product(self, ways: dict[int, _Way], position: int, choice: _Choice) -> dict[int, _Way]:
        better = dict(ways)
        for dose, (key, parts) in ways.items():
            liquid, pieces, strengths, larger = key
            for count in range(1, (self.most_pieces - pieces) * choice.parts_per_whole + 1):
                added = choice.pieces(count)
                if pieces + added > self.most_pieces:
                    continue
                weight = (*larger[:position], -count, *larger[position + 1 :])
                way: _Way = (
                    (liquid, pieces + added, strengths + 1, weight),
                    (*parts[:position], count, *parts[position + 1 :]),
                )
                total = dose + count * choice.part_tenth_mcg
                if total not in better or way[0] < better[total][0]:
                    better[total] = way
        return better

    def _with_liquids(self, solid_ways: dict[int, _Way]) -> dict[int, _Way]:
        ways = dict(solid_ways)
        for position, liquid in enumerate(self._liquids):
            volume = tenth_mcg_of(liquid.product.strength_mg * _smallest_ml(liquid))
            for dose, (key, parts) in solid_ways.items():
                if key[1] >= self.most_pieces:
                    continue
                for volumes in range(1, (self._up_to - dose) // volume + 1):
                    total = dose + volumes * volume
                    if total in solid_ways:
                        continue
                    at = len(self._solids) + position
                    way: _Way = (
                        (volumes * volume, key[1] + 1, key[2] + 1, key[3]),
                        (*parts[:at], volumes, *parts[at + 1 :]),
                    )
                    if total not in ways or way[0] < ways[total][0]:
                        ways[total] = way
        return ways


def _solid_choice(stocked: StockedProduct, split: Split) -> _Choice:
    parts = min(split.parts, stocked.product.splits_into.parts)
    whole = tenth_mcg_of(stocked.product.strength_mg)
    while whole % parts:  # a part finer than 0.0001 mg cannot be written down, so it is not offered
        parts //= 2
    return _Choice(stocked, whole // parts, parts)


def _smallest_ml(liquid: StockedProduct) -> Decimal:
    assert liquid.product.smallest_ml is not None, "every liquid has a smallest volume; its file is checked for it"
    return liquid.product.smallest_ml


def daily_doses(makeable: Makeable, slots: int, *, up_to: int) -> Sequence[int]:
    """Every daily dose that so many times of day can add up to, ascending, zero left out.

    Worked on a bit mask: bit n stands for n units, one shift per makeable dose and time of day.
    """
    unit = makeable.unit
    mask_limit = (1 << (up_to // unit + 1)) - 1
    singles = [dose // unit for dose in makeable.doses if dose <= up_to]
    reached = 1
    for _ in range(slots):
        reached |= _shifted(reached, singles) & mask_limit
    return [bit * unit for bit in range(1, reached.bit_length()) if reached >> bit & 1]


def _shifted(reached: int, singles: Sequence[int]) -> int:
    result = 0
    for single in singles:
        result |= reached << single
    return result
