"""Which doses the listed products can make at one time of day, and over all times of a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import gcd

from taper_app.clinical.planning.answer import Pieces
from taper_app.clinical.planning.pieces import LiquidChoice, SolidChoice, SolidDoses
from taper_app.clinical.planning.sums import Run, amounts_in, has, mask_up_to, plus_one_of, runs_of
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form, Split
from taper_app.clinical.quantities import LARGEST_INPUT_MG, MedicineId, tenth_mcg_of

#: No dose at one time of day is above what can be written down for one (tenth_mcg).
LARGEST_DOSE = tenth_mcg_of(LARGEST_INPUT_MG)


class Makeable:
    """All doses of one medicine that the listed products make at one time of day, in tenth_mcg, zero included.

    Inside they are a bit mask in steps of ``unit``; pieces are looked for only when a dose is asked for.
    """

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
            (SolidChoice.of(stocked, split) for stocked in solids),
            key=lambda choice: (
                -choice.stocked.product.strength_mg,
                choice.stocked.product.form is not Form.TABLET,  # of equal strengths the plain tablet
                choice.stocked.id,
            ),
        )
        self._liquids = [LiquidChoice.of(stocked) for stocked in of_medicine if stocked.product.form is Form.LIQUID]
        self.unit = (
            gcd(
                *(choice.part_tenth_mcg for choice in self._solids),
                *(choice.volume_tenth_mcg for choice in self._liquids),
            )
            or 1
        )
        self._solid_doses = SolidDoses(self._solids, self.unit, most_pieces)
        made = self._solid_doses.of_at_most(most_pieces) | self._with_liquids()
        self.bits = made & mask_up_to(LARGEST_DOSE // self.unit)
        self.doses: tuple[int, ...] = tuple(amounts_in(self.bits, self.unit))
        self._made = frozenset(self.doses)
        self._pieces: dict[int, tuple[Pieces, ...]] = {}

    def __contains__(self, tenth_mcg: int) -> bool:
        return tenth_mcg in self._made

    @property
    def smallest(self) -> int | None:
        """The smallest dose above zero, None when there is no product at all."""
        return self.doses[1] if len(self.doses) > 1 else None

    def pieces_of(self, tenth_mcg: int) -> tuple[Pieces, ...]:
        """The pieces that make the dose, larger strengths first. Raises KeyError when it is not makeable."""
        if tenth_mcg not in self._made:
            raise KeyError(tenth_mcg)
        if tenth_mcg not in self._pieces:
            self._pieces[tenth_mcg] = tuple(self._find_pieces(tenth_mcg // self.unit))
        return self._pieces[tenth_mcg]

    def largest_up_to(self, tenth_mcg: int) -> int:
        """The largest makeable dose that is not above ``tenth_mcg``; 0 when none is."""
        return max((dose for dose in self.doses if dose <= tenth_mcg), default=0)

    def _with_liquids(self) -> int:
        """Doses of a liquid and at most one piece less than allowed: the liquid counts as a piece."""
        beside = self._solid_doses.of_at_most(self.most_pieces - 1)
        volumes = []
        for liquid in self._liquids:
            volume = liquid.volume_tenth_mcg
            volumes.append(Run(volume // self.unit, self._up_to // volume, apart=volume // self.unit))
        return plus_one_of(beside, volumes) & mask_up_to(self._up_to // self.unit)

    def _find_pieces(self, dose: int) -> list[Pieces]:
        if has(self._solid_doses.of_at_most(self.most_pieces), dose):
            return self._tablets(dose)
        volumes, liquid = self._least_liquid(dose)
        tablets = self._tablets(dose - volumes * liquid.volume_tenth_mcg // self.unit)
        return [*tablets, _pieces(liquid.stocked, volumes * liquid.smallest_ml)]

    def _tablets(self, dose: int) -> list[Pieces]:
        parts = self._solid_doses.parts_for(dose)
        return [
            _pieces(choice.stocked, choice.count(count))
            for choice, count in zip(self._solids, parts, strict=True)
            if count
        ]

    def _least_liquid(self, dose: int) -> tuple[int, LiquidChoice]:
        """How many smallest volumes of which liquid: as few milligrams as possible."""
        beside = self._solid_doses.of_at_most(self.most_pieces - 1)
        found = []
        for position, liquid in enumerate(self._liquids):
            volume = liquid.volume_tenth_mcg // self.unit
            enough = (n for n in range(1, dose // volume + 1) if has(beside, dose - n * volume))
            if least := next(enough, None):
                found.append((least * volume, position, least))
        _, position, volumes = min(found)
        return volumes, self._liquids[position]


def _pieces(stocked: StockedProduct, count: Decimal) -> Pieces:
    return Pieces(product=stocked.id, count=count)


def daily_doses(makeable: Makeable, slots: int, *, up_to: int) -> Sequence[int]:
    """Every daily dose up to ``up_to`` that so many times of day can add up to, ascending, zero left out."""
    most = up_to // makeable.unit
    within = mask_up_to(most)
    runs = runs_of(makeable.bits & within)
    reached = 1
    for _ in range(slots):
        reached = plus_one_of(reached, runs) & within
    return amounts_in(reached, makeable.unit)[1:]
