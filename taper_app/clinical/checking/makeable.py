"""Which single doses a list of products can make: a bit for each dose, worked by shifting whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from taper_app.clinical.checking.shapes import Slots
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form, Split
from taper_app.clinical.quantities import LARGEST_INPUT_MG, TENTH_MCG_PER_MG


@dataclass(frozen=True, slots=True)
class MakeableDoses:
    """Doses of one medicine at one time of day from the listed products, nothing included.

    Bit n of ``bits`` says that n times ``unit`` (a whole number of 0.0001 mg) can be made.
    """

    unit: int
    bits: int

    def can_make(self, mg: Fraction) -> bool:
        place = mg * TENTH_MCG_PER_MG / self.unit
        return place.denominator == 1 and bool(self.bits >> place.numerator & 1)

    def largest_below(self, mg: Fraction) -> Fraction:
        """The next makeable dose under ``mg``, which is above zero."""
        place = mg * TENTH_MCG_PER_MG / self.unit
        return self._highest(-(-place.numerator // place.denominator))

    def largest_at_most(self, mg: Fraction) -> Fraction:
        place = mg * TENTH_MCG_PER_MG / self.unit
        return self._highest(place.numerator // place.denominator + 1)

    def smallest(self) -> Fraction | None:
        """The smallest dose above zero, None when the products make nothing."""
        rest = self.bits >> 1
        return self._mg((rest & -rest).bit_length()) if rest else None

    def of_a_day(self, times: int, *, up_to: Fraction) -> MakeableDoses:
        """What so many doses of a day, some of them nothing, add up to: daily doses of at most ``up_to``."""
        most = (up_to * TENTH_MCG_PER_MG / self.unit).__floor__()
        mask = (1 << (most + 1)) - 1
        singles = [place for place in range(min(most + 1, self.bits.bit_length())) if self.bits >> place & 1]
        reached = 1
        for _ in range(times):
            longer = 0
            for place in singles:
                longer |= reached << place & mask
            reached = longer
        return MakeableDoses(self.unit, reached)

    def _highest(self, places: int) -> Fraction:
        return self._mg((self.bits & ((1 << places) - 1)).bit_length() - 1)

    def _mg(self, place: int) -> Fraction:
        return Fraction(place * self.unit, TENTH_MCG_PER_MG)


def makeable_doses(
    products: Iterable[StockedProduct], *, split: Split, pieces: int, with_liquids: bool = True
) -> MakeableDoses:
    """All doses of at most ``pieces`` pieces; at most one piece is a liquid, in whole smallest volumes."""
    listed = tuple(products)
    solid = sorted({part for stocked in listed for part in _parts(stocked, split)})
    volumes = sorted({_smallest_volume(stocked) for stocked in listed if with_liquids and _is_liquid(stocked)})
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


def smallest_cut(slots: Slots, makeable: dict[str, MakeableDoses]) -> Fraction | None:
    """The least by which a day's doses (of one medicine) can go down, no time of day rising; None: nothing makeable.

    A dose that the products cannot make must go down in any case. Dropping a time of day counts only
    when nothing smaller than that is left to do.
    """
    forced: list[Fraction] = []
    gaps: list[Fraction] = []
    drops: list[Fraction] = []
    for (_, medicine), mg in slots.items():
        doses = makeable.get(medicine)
        if doses is None:
            return None
        below = doses.largest_below(mg)
        if not doses.can_make(mg):
            forced.append(mg - below)
        elif below:
            gaps.append(mg - below)
        else:
            drops.append(mg)
    if forced:
        return sum(forced, Fraction(0))
    return min(gaps or drops, default=None)


def smallest_cut_at_other_times(daily: Fraction, doses: MakeableDoses, times: int) -> Fraction | None:
    """The least by which a daily dose can go down when its times of day change with the cut.

    Nothing is bound to the doses before: any sum of ``times`` makeable doses will do. None: nothing makeable.
    """
    below = doses.of_a_day(times, up_to=daily).largest_below(daily)
    return daily - below if below else None


def pieces_in(count: Fraction, *, is_liquid: bool) -> int:
    """How many pieces a count is: each whole, half or quarter is one; three quarters are two; a volume is one."""
    if is_liquid:
        return 1
    whole, rest = divmod(count, 1)
    return int(whole) + (0 if rest == 0 else 2 if rest == Fraction(3, 4) else 1)


def parts_of(stocked: StockedProduct, split: Split) -> int:
    """Into how many parts one piece of the product may be divided: the file and the request must both allow it."""
    return min(stocked.product.splits_into.parts, split.parts)


def _parts(stocked: StockedProduct, split: Split) -> Iterator[int]:
    if _is_liquid(stocked):
        return
    whole = Fraction(stocked.product.strength_mg) * TENTH_MCG_PER_MG
    for parts in (1, 2, 4):
        part = whole / parts
        if parts <= parts_of(stocked, split) and part.denominator == 1 and part:
            yield part.numerator


def _smallest_volume(stocked: StockedProduct) -> int:
    volume = Fraction(stocked.product.strength_mg) * Fraction(stocked.product.smallest_ml or 0) * TENTH_MCG_PER_MG
    return -(-volume.numerator // volume.denominator)


def _is_liquid(stocked: StockedProduct) -> bool:
    return stocked.product.form is Form.LIQUID


def _with_one_liquid(solid: int, volume: int, unit: int) -> int:
    """Every solid dose with one to many smallest volumes more, up to the largest dose that may be written."""
    most = int(LARGEST_INPUT_MG) * TENTH_MCG_PER_MG // unit
    mask = (1 << (most + 1)) - 1
    reached = solid << volume & mask
    step = volume
    while step <= most:
        reached |= reached << step & mask
        step *= 2
    return reached
