"""Which doses products make, of which pieces, and how a day's dose is shared over the times of day."""

from __future__ import annotations

from decimal import Decimal

import pytest

from taper_app.clinical.planning.makeable import Makeable, daily_doses
from taper_app.clinical.planning.slots import SlotSplitter
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form, Product, Split
from taper_app.clinical.protocol.tapers import SlotRule
from taper_app.clinical.quantities import MedicineId

MEDICINE = MedicineId("examplazepam")
MG = 10_000


def stocked(form: str, mg: str, splits_into: str = "none", smallest_ml: str | None = None) -> StockedProduct:
    product = Product(
        form=Form(form),
        strength_mg=Decimal(mg),
        splits_into=Split(splits_into),
        smallest_ml=Decimal(smallest_ml) if smallest_ml else None,
        markets=("us",),
        source="made-up",
        where="made up",
    )
    return StockedProduct(product.product_id(MEDICINE), MEDICINE, product)


def makeable_of(*products: StockedProduct, most_pieces: int = 6, up_to: int = 20 * MG) -> Makeable:
    return Makeable(MEDICINE, products, Split.QUARTER, most_pieces=most_pieces, up_to=up_to)


def pieces(makeable: Makeable, mg: str) -> dict[str, str]:
    found = makeable.pieces_of(int(Decimal(mg) * MG))
    return {piece.product.removeprefix("examplazepam-"): str(piece.count) for piece in found}


def test_fewest_pieces_then_fewest_strengths_then_larger_strengths_are_taken():
    tablets = makeable_of(
        stocked("tablet", "1", "half"), stocked("tablet", "2", "half"), stocked("tablet", "5", "half")
    )
    assert pieces(tablets, "5") == {"tablet-5mg": "1"}
    assert pieces(tablets, "6") == {"tablet-5mg": "1", "tablet-2mg": "0.5"}, "the larger strengths"
    assert pieces(tablets, "2.5") == {"tablet-5mg": "0.5"}
    assert pieces(tablets, "4") == {"tablet-2mg": "2"}
    assert pieces(tablets, "7") == {"tablet-2mg": "1", "tablet-5mg": "1"}
    assert pieces(tablets, "1") == {"tablet-2mg": "0.5"}, "of two ways with one piece the larger strength"


def test_three_quarters_of_a_tablet_are_two_pieces():
    two_pieces = makeable_of(stocked("tablet", "1", "quarter"), most_pieces=2)
    assert pieces(two_pieces, "0.75") == {"tablet-1mg": "0.75"}
    assert 17_500 not in two_pieces, "one whole and three quarters are three"


def test_a_part_finer_than_a_ten_thousandth_of_a_milligram_is_not_offered():
    assert makeable_of(stocked("tablet", "0.0625", "half"), most_pieces=1).doses == (0, 625)
    assert makeable_of(stocked("tablet", "0.125", "quarter"), most_pieces=1).doses == (0, 625, 1250)


def test_a_liquid_makes_only_what_tablets_cannot_and_as_little_as_possible():
    both = makeable_of(stocked("tablet", "2"), stocked("liquid", "1", smallest_ml="0.5"))
    assert pieces(both, "4") == {"tablet-2mg": "2"}
    assert pieces(both, "4.5") == {"tablet-2mg": "2", "liquid-1mg-per-ml": "0.5"}


def test_of_two_liquids_the_one_that_can_make_it_is_measured():
    two = makeable_of(
        stocked("tablet", "2"), stocked("liquid", "3", smallest_ml="1"), stocked("liquid", "1", smallest_ml="0.5")
    )
    assert pieces(two, "2.5") == {"tablet-2mg": "1", "liquid-1mg-per-ml": "0.5"}
    assert pieces(two, "3") == {"tablet-2mg": "1", "liquid-1mg-per-ml": "1"}, "1 mg of liquid rather than 3"


def test_a_dose_that_cannot_be_made_has_no_pieces():
    with pytest.raises(KeyError):
        makeable_of(stocked("tablet", "2")).pieces_of(MG)


def test_no_dose_at_one_time_of_day_is_above_what_a_request_may_name():
    strong = makeable_of(stocked("tablet", "300"), most_pieces=6)
    assert [dose // MG for dose in strong.doses] == [0, 300, 600, 900]


def test_without_products_nothing_can_be_made():
    nothing = makeable_of()
    assert (nothing.doses, nothing.smallest, nothing.largest_up_to(MG)) == ((0,), None, 0)
    assert daily_doses(nothing, 3, up_to=10 * MG) == []


def test_daily_doses_add_up_over_the_times_of_day():
    whole = makeable_of(stocked("tablet", "2"), stocked("tablet", "5"), most_pieces=1)
    assert daily_doses(whole, 2, up_to=8 * MG) == [2 * MG, 4 * MG, 5 * MG, 7 * MG]


@pytest.mark.parametrize(
    ("daily_mg", "times", "shares_mg"),
    [
        (9, 2, (4, 5)),
        (10, 3, (2, 4, 4)),
        (7, 2, (2, 5)),
        (5, 2, (0, 5)),  # cannot be shared by two: as few times as possible are dropped
        (2, 3, (0, 0, 2)),
        (3, 2, None),
    ],
)
def test_when_the_times_change_the_day_is_shared_as_evenly_as_the_tablets_allow(daily_mg, times, shares_mg):
    splitter = SlotSplitter(makeable_of(stocked("tablet", "2"), stocked("tablet", "5"), most_pieces=2), SlotRule.EVEN)
    found = splitter.first_split(daily_mg * MG, times)
    assert found == (shares_mg and tuple(share * MG for share in shares_mg))


@pytest.mark.parametrize(
    ("rule", "keeps_all", "before", "daily_mg", "shares_mg"),
    [
        (SlotRule.EVEN, False, (4, 4, 5), 12, (4, 4, 4)),  # the cut comes from the largest dose
        (SlotRule.EVEN, False, (5, 5, 5), 14, (4, 5, 5)),  # of equal ones from the earliest
        (SlotRule.EVEN, False, (4, 2, 4), 9, (4, 0, 5)),  # when a time is dropped the rest may be merged
        (SlotRule.EVEN, False, (2, 2, 2), 4, (2, 0, 2)),  # between first and last is dropped first
        (SlotRule.EVEN, False, (2, 0, 2), 2, (0, 0, 2)),  # the last dose of the day is dropped last
        (SlotRule.EVEN, False, (4, 4), 7, (0, 7)),
        (SlotRule.EVEN, False, (2, 4), 5, (0, 5)),
        (SlotRule.EVEN, False, (2, 4), 1, None),
        (SlotRule.MORNING_FIRST, False, (4, 4), 6, (2, 4)),
        (SlotRule.MORNING_FIRST, False, (4, 4), 4, (0, 4)),  # until it is gone
        (SlotRule.MORNING_FIRST, True, (4, 4), 4, (2, 2)),  # a short-acting medicine keeps its times while it can
        (SlotRule.MORNING_FIRST, False, (2, 2, 4), 6, (2, 0, 4)),  # the midday dose goes before the night's is cut
        (SlotRule.MORNING_FIRST, True, (2, 2, 4), 6, (2, 2, 2)),
        (SlotRule.MORNING_FIRST, False, (2, 2, 4), 4, (0, 0, 4)),  # and the first dose too
    ],
)
def test_the_slots_rule_says_which_time_of_day_is_cut(rule, keeps_all, before, daily_mg, shares_mg):
    makeable = makeable_of(stocked("tablet", "2"), stocked("tablet", "5"), most_pieces=2)
    found = SlotSplitter(makeable, rule, keeps_all).split(daily_mg * MG, tuple(dose * MG for dose in before))
    assert found == (shares_mg and tuple(share * MG for share in shares_mg))
