"""Turns that hardly any request takes, each said once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.build import attempt_plan
from taper_app.clinical.planning.makeable import Makeable
from taper_app.clinical.planning.pace import PercentOfCurrent
from taper_app.clinical.planning.path import NoPath, PathRules, Start
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.planning.search import find_path
from taper_app.clinical.planning.slots import SlotSplitter
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Product, Split
from taper_app.clinical.protocol.tapers import PacePercentOfCurrent, SlotRule
from taper_app.clinical.quantities import MedicineId, ProductId

Build = Callable[[dict[str, Any]], Plan]


@pytest.mark.parametrize("change", [None, [], "keep", 1])
def test_a_change_that_is_no_object_is_refused(change: object) -> None:
    with pytest.raises(InputRefused, match="JSON object"):
        parse_change(change)


def test_after_the_stop_there_is_no_dose_to_keep(plan_of: Build, written: dict[str, Any], protocols: Protocols) -> None:
    plan = plan_of(written)
    on = plan.steps[-1].starts_on + timedelta(days=1)
    change = parse_change({"kind": "keep_days", "on": str(on), "days": 7, "reason": "not sleeping"})
    with pytest.raises(InputRefused, match="No dose is taken on that day"):
        amend_plan(plan, change, protocols)


def test_a_dose_ordered_that_no_tablet_makes_is_refused_with_the_dose(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    """By hand: 1.7 mg over two times is 0.85 and 0.85 mg, no number of 0.0625 mg pieces."""
    change = {"kind": "restabilise", "on": "2027-01-20", "daily_mg": "1.7", "reason": "as ordered"}
    outcome = amend_plan(plan_of(written), parse_change(change), protocols)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "not-makeable"
    assert "0.85 mg of clonazepam" in outcome.message


def _without_products(written: dict[str, Any], *lines: tuple[str, str, str]) -> dict[str, Any]:
    """The request of the worked story for other (drug, mg, time) lines, of whatever tablets the market has."""
    left = {name: value for name, value in written.items() if name not in ("products", "times", "taper_drug")}
    return left | {"current": [{"drug": drug, "mg": mg, "time": time} for drug, mg, time in lines]}


def test_a_change_of_medicine_that_is_itself_too_large_a_cut_says_so(
    written: dict[str, Any], protocols: Protocols
) -> None:
    """By the VA 42.5 mg diazepam-equivalent becomes 21.25: no step may rise above the start by the highest table."""
    lines = (("clorazepate", "15", "20:00"), ("clorazepate", "48.75", "08:00"))
    request = _without_products(written, *lines) | {"taper_drug": "clonazepam", "equivalence": "va-dod-2021"}
    outcome = attempt_plan(parse_request(request, protocols), protocols).outcome
    assert isinstance(outcome, Refusal)
    assert outcome.code == "first-cut"
    assert "The change to clonazepam takes 50 % of it" in outcome.message


def test_a_ladder_scaled_by_a_table_that_no_other_contradicts_needs_no_signature_for_that(
    plan_of: Build, written: dict[str, Any]
) -> None:
    request = _without_products(written, ("chlordiazepoxide", "25", "20:00"))
    for name in ("cut_percent", "longest_step_days"):
        del request[name]
    plan = plan_of(request | {"protocol": "nice-cks-ladder", "equivalence": "ashton-2002"})
    assert "conversion-differs-between-sources" not in plan.codes_to_sign


@pytest.mark.parametrize(("mg", "is_said"), [("5", True), ("20", False)])
def test_a_short_use_of_two_medicines_together_may_need_no_taper_unless_the_sum_is_high(
    mg: str, is_said: bool, plan_of: Build, written: dict[str, Any]
) -> None:
    """By hand: 7.5 mg temazepam is at most 5 mg diazepam; with 5 mg that is no high dose, with 20 mg it is."""
    request = _without_products(written, ("temazepam", "7.5", "22:00"), ("diazepam", mg, "08:00"))
    request |= {"taper_drug": "diazepam", "equivalence": "ashton-2002", "patient": {**written["patient"]}}
    request["patient"] |= {"months_of_use": 0}
    plan = plan_of(request)
    assert any(warning.code == "taper-may-not-be-needed" for warning in plan.warnings) == is_said


def test_the_dose_that_was_asked_to_stay_on_is_not_offered_again(written: dict[str, Any], protocols: Protocols) -> None:
    written |= {"products": ["clonazepam-tablet-0.5mg"], "split": "none", "target_daily_mg": "1"}
    outcome = build_plan(parse_request(written, protocols), protocols)
    assert isinstance(outcome, Refusal)
    offered = [remedy.change["target_daily_mg"] for remedy in outcome.remedies if "target_daily_mg" in remedy.change]
    assert "1" not in offered


def test_nobody_asks_for_the_time_of_a_rise(protocols: Protocols) -> None:
    printed = protocols.tapers["asam-2025"].pace
    assert isinstance(printed, PacePercentOfCurrent)
    assert PercentOfCurrent(Decimal(10), 14, printed).days_needed(100, Fraction(100)) == 0


def _made_of(strength_mg: str, split: Split) -> Makeable:
    product = Product(
        form="tablet",  # type: ignore[arg-type]
        strength_mg=strength_mg,  # type: ignore[arg-type]
        splits_into=Split.QUARTER,
        markets=("us",),
        source="none",
        where="made up",
    )
    stocked = StockedProduct(ProductId("x-tablet"), MedicineId("x"), product)
    return Makeable(MedicineId("x"), [stocked], split, most_pieces=1, up_to=100)


def test_a_part_finer_than_the_unit_is_not_offered() -> None:
    """0.0002 mg can be halved to 0.0001 mg and no further; 0.0001 mg not at all."""
    assert _made_of("0.0002", Split.QUARTER).doses == (0, 1, 2)
    assert _made_of("0.0001", Split.HALF).doses == (0, 1)


def test_the_pieces_of_a_dose_that_cannot_be_made_are_no_answer() -> None:
    with pytest.raises(KeyError):
        _made_of("0.0002", Split.NONE).pieces_of(1)


class _SlowStop:
    """A pace whose stop from 2 takes 200 days, and everything else 14."""

    has_no_end = False

    def least_days(self, dose: int) -> int:
        return 14

    def days_needed(self, dose: int, lower: Fraction) -> int:
        return 200 if (dose, lower) == (2, 0) else 14

    def lowest_after(self, dose: int) -> Fraction:
        return Fraction(dose - 1)

    def stop_needs_until(self, last_dose: int) -> Fraction:
        return Fraction(0)


RULES = PathRules(_SlowStop(), longest_step_days=365, target=0, smallest=1, stop_allowed_up_to=Fraction(2))  # type: ignore[arg-type]


@pytest.mark.parametrize(("start", "daily"), [(2, [1]), (3, [1, 2])])
def test_a_lower_dose_comes_first_where_the_stop_from_this_one_would_take_longer(start: int, daily: list[int]) -> None:
    splitter = SlotSplitter(_made_of("0.0001", Split.NONE), SlotRule.EVEN)
    given = find_path(Start((start,), start, 1, is_first_step=True), daily, splitter, RULES)
    assert given[-1].daily == 1


class _NoSplit(SlotSplitter):
    """Times of day that can never follow."""

    def split(self, daily: int, before: tuple[int, ...]) -> None:
        return None


def test_without_a_way_for_the_times_of_day_there_is_no_plan() -> None:
    with pytest.raises(NoPath):
        find_path(Start((3, 3), 6, 2), [1, 2, 3, 4, 5], _NoSplit(_made_of("0.0001", Split.NONE), SlotRule.EVEN), RULES)


def test_before_the_first_cut_on_a_ward_the_target_is_the_present_dose(plan_of: Build, written: dict[str, Any]) -> None:
    stabilise = plan_of(written | {"setting": "inpatient"}).steps[0]
    assert (stabilise.kind, stabilise.target_daily_mg) == ("stabilise", Decimal(2))


def test_a_new_dose_below_the_named_tables_equivalent_says_that_the_highest_tables_allow_no_more(
    plan_of: Build, written: dict[str, Any]
) -> None:
    """By hand: by VA/DoD 20 mg diazepam is 2 mg clonazepam; by the tables with 20 mg diazepam to 1 mg it is 1 mg."""
    change = {
        "current": [{"drug": "diazepam", "mg": "20", "time": "20:00", "source": "prescribed"}],
        "times": ["20:00"],
        "equivalence": "va-dod-2021",
        "override_reason": "The patient asked for it.",
    }
    said = [reason.text for reason in plan_of(written | change).steps[0].reasons]
    by_both = "By VA/DoD diazepam 20 mg is 2 mg of clonazepam; by the highest tables it is at most 1 mg"
    assert f"{by_both}, of which 1 mg is made." in said
