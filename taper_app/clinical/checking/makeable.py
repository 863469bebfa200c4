"""Which single doses a list of products can make: a bit for each dose, worked by shifting whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd

from taper_app.clinical.checking.numbers import PER_ONE, exact_units
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form, Split
from taper_app.clinical.quantities import LARGEST_INPUT_MG


@dataclass(frozen=True, slots=True)
class MakeableDoses:
    """Doses of one medicine at one time of day from the listed products, nothing included.

    Bit n of ``bits`` says that n times ``unit`` (a whole number of 0.0001 mg) can be made.
    """

    unit: int
    bits: int

    def can_make(self, dose: int) -> bool:
        place, rest = divmod(dose, self.unit)
        return not rest and place < self.bits.bit_length() and bool(self.bits >> place & 1)

    def largest_below(self, dose: int | Fraction) -> int:
        """The next makeable dose under ``dose``, which is above zero."""
        return self._highest(-(-dose // self.unit))

    def largest_at_most(self, dose: int | Fraction) -> int:
        return self._highest(dose // self.unit + 1)

    def smallest_from(self, dose: int | Fraction) -> int | None:
        """The smallest makeable dose that is not below ``dose``; None when the products reach no higher."""
        place = -(-dose // self.unit)
        rest = self.bits >> place if place < self.bits.bit_length() else 0
        return (place + (rest & -rest).bit_length() - 1) * self.unit if rest else None

    def smallest(self) -> int | None:
        """The smallest dose above zero, None when the products make nothing."""
        return self.smallest_from(1)

    def of_a_day(self, most_at_each: Sequence[int], *, none_left_out: bool = False) -> MakeableDoses:
        """What the doses of a day add up to when each is at most so much, some of them nothing unless ruled out."""
        reached = 1
        for most in most_at_each:
            singles = self._up_to(most // self.unit + 1)
            reached = sum_of_bits(reached, singles & ~1 if none_left_out else singles)
        return MakeableDoses(self.unit, reached)

    def _highest(self, places: int) -> int:
        return (self._up_to(places).bit_length() - 1) * self.unit

    def _up_to(self, places: int) -> int:
        """The lowest bits; nobody shifts by a dose of 1e22 mg."""
        return self.bits & ((1 << min(places, self.bits.bit_length())) - 1)


def sum_of_bits(one: int, other: int) -> int:
    """Every sum of a place that is set in the one and a place that is set in the other."""
    reached = 0
    while other:
        lowest = other & -other
        reached |= one << (lowest.bit_length() - 1)
        other ^= lowest
    return reached


def makeable_doses(
    products: Iterable[StockedProduct], *, split: Split, pieces: int, with_liquids: bool = True
) -> MakeableDoses:
    """All doses of at most ``pieces`` pieces; at most one piece is a liquid, in whole smallest volumes."""
    listed = tuple(products)
    solid = sorted({part for stocked in listed for part in _parts(stocked, split)})
    volumes = sorted({_smallest_volume(stocked) for stocked in listed if with_liquids and is_liquid(stocked)} - {0})
    return _made_of(tuple(solid), tuple(volumes), pieces)


@lru_cache(maxsize=256)
def _made_of(solid: tuple[int, ...], volumes: tuple[int, ...], pieces: int) -> MakeableDoses:
    unit = gcd(*solid, *volumes) or 1
    by_count = [1]
    for _ in range(pieces):
        reached = by_count[-1]
        for part in solid:
            reached |= by_count[-1] << part // unit
        by_count.append(reached)
    bits = by_count[pieces]
    for volume in volumes:
        bits |= _with_one_liquid(by_count[pieces - 1], volume // unit, unit)
    return MakeableDoses(unit, bits)


def pieces_in(count: int, *, is_liquid: bool) -> int:
    """How many pieces a count (in units) is: each whole, half or quarter one; three quarters two; a volume one."""
    if is_liquid:
        return 1
    whole, rest = divmod(count, PER_ONE)
    return whole + (0 if rest == 0 else 2 if rest * 4 == 3 * PER_ONE else 1)


def parts_of(stocked: StockedProduct, split: Split) -> int:
    """Into how many parts one piece of the product may be divided: the file and the request must both allow it."""
    return min(stocked.product.splits_into.parts, split.parts)


def is_liquid(stocked: StockedProduct) -> bool:
    return stocked.product.form is Form.LIQUID


def divisions_of(stocked: StockedProduct, split: Split) -> list[int]:
    """Into how many parts it may be taken: whole, halves, quarters, as far as a part can be written down."""
    whole, most = exact_units(stocked.product.strength_mg), parts_of(stocked, split)
    return [parts for parts in (1, 2, 4) if parts <= most and (whole / parts).denominator == 1]


def _parts(stocked: StockedProduct, split: Split) -> Iterator[int]:
    if is_liquid(stocked):
        return
    whole = exact_units(stocked.product.strength_mg)
    yield from (int(whole) // parts for parts in divisions_of(stocked, split) if whole)


def _smallest_volume(stocked: StockedProduct) -> int:
    volume = exact_units(stocked.product.strength_mg) * Fraction(stocked.product.smallest_ml or 0)
    return -(-volume.numerator // volume.denominator)


def _with_one_liquid(solid: int, volume: int, unit: int) -> int:
    """Every solid dose with one to many smallest volumes more, up to the largest dose that may be written."""
    most = int(LARGEST_INPUT_MG) * PER_ONE // unit
    mask = (1 << (most + 1)) - 1
    reached = solid << volume & mask
    step = volume
    while step <= most:
        reached |= reached << step & mask
        step *= 2
    return reached
