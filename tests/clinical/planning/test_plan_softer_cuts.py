"""What a signature in the end zone names: only products that really make a smaller cut from the doses of that day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from taper_app.clinical.planning.answer import Plan, PlanWarning
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.planning.settled import settle
from taper_app.clinical.planning.softer import smaller_cuts, unlisted_products, what_would_soften
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import tenth_mcg_of

Build = Callable[[dict[str, Any]], Plan]


def request_of(drug: str, mg: str, *products: str, **fields: Any) -> dict[str, Any]:
    return {
        "current": [{"drug": drug, "mg": mg, "time": "22:00"}],
        "protocol": "asam-2025",
        "start_on": "2027-01-11",
        "override_reason": "Nothing else can be had.",
        **({"products": list(products)} if products else {}),
        **fields,
    }


def end_zone_warnings(plan: Plan) -> list[PlanWarning]:
    return [warning for warning in plan.warnings if warning.code == "ceiling-in-end-zone"]


def test_the_smallest_cut_and_every_product_that_softens_it_are_named(plan_of: Build) -> None:
    """2 mg diazepam on whole 2 mg tablets: the 5 mg tablet's half is 2.5 mg, no help; the liquid gives 0.5 mg steps."""
    plan = plan_of(request_of("diazepam", "4", "diazepam-tablet-2mg", split="none"))
    messages = [warning.message for warning in end_zone_warnings(plan)]
    assert messages
    assert all("2 mg is the smallest cut" in message for message in messages)
    assert all("The oral liquid 1 mg per mL" in message for message in messages)
    assert not any("5 mg tablet" in message or "10 mg tablet" in message for message in messages)


def test_a_strength_that_helps_only_beside_a_listed_one_is_named(protocols: Protocols) -> None:
    """From 30 mg on 15 mg capsules the smallest cut is 15; one 22.5 mg capsule is 7.5 mg less, though it is larger."""
    settled = settle(parse_request(request_of("temazepam", "30", "temazepam-capsule-15mg"), protocols), protocols)
    words = what_would_soften(settled, {"22:00": {"temazepam": tenth_mcg_of(settled.request.current[0].mg)}}, 150_000)
    assert words == "The 7.5 mg capsule or the 22.5 mg capsule would soften it."


def test_a_liquid_that_helps_only_beside_a_tablet_is_named(protocols: Protocols) -> None:
    """From 10 mg on whole 2 mg tablets: the concentrate alone gives 7.5 mg, with three of the tablets 8.5 mg."""
    request = request_of("diazepam", "10", "diazepam-tablet-2mg", split="none")
    settled, concentrate = settle(parse_request(request, protocols), protocols), "diazepam-liquid-5mg-per-ml"
    liquid = next(product for product in unlisted_products(settled, "diazepam") if product.id == concentrate)
    assert smaller_cuts(settled, liquid, 100_000, 20_000)


def test_a_strength_that_makes_no_smaller_cut_is_not_named(protocols: Protocols) -> None:
    """From 15 mg on 7.5 mg capsules nothing else of temazepam comes between 7.5 and 15 mg, and there is no liquid."""
    settled = settle(parse_request(request_of("temazepam", "15", "temazepam-capsule-7.5mg"), protocols), protocols)
    words = what_would_soften(settled, {"22:00": {"temazepam": 150_000}}, 75_000)
    assert words == "A liquid would soften it."


def test_where_a_liquid_is_sold_that_does_not_help_nothing_is_promised(plan_of: Build) -> None:
    """Lorazepam 2 mg per mL is measured by half a millilitre, 1 mg: no smaller than half a 1 mg tablet."""
    plan = plan_of(request_of("lorazepam", "2"))
    assert all(
        "No other product known here makes a smaller one." in warning.message for warning in end_zone_warnings(plan)
    )


def test_a_product_beyond_the_pieces_of_a_dose_does_not_count(protocols: Protocols) -> None:
    """4 mg of clonazepam on 2 mg tablets: 3.5 mg would take fourteen of the 0.25 mg tablet; a dose has six pieces."""
    request = request_of("clonazepam", "4", "clonazepam-tablet-2mg", split="none")
    settled = settle(parse_request(request, protocols), protocols)
    small = next(p for p in unlisted_products(settled, "clonazepam") if p.id == "clonazepam-odt-0.25mg")
    # 2 mg and five times 0.25 mg make 3.25 mg in six pieces: 0.75 mg less, and no less than that.
    assert smaller_cuts(settled, small, tenth_mcg_of(settled.request.current[0].mg), 7_501)
    assert not smaller_cuts(settled, small, tenth_mcg_of(settled.request.current[0].mg), 7_500)


@pytest.mark.parametrize(
    ("drug", "mg", "products"),
    [
        ("clonazepam", "0.5", ["clonazepam-tablet-0.5mg"]),
        ("diazepam", "5", ["diazepam-tablet-5mg"]),
        ("alprazolam", "1", ["alprazolam-tablet-1mg"]),
        ("oxazepam", "30", ["oxazepam-capsule-30mg"]),
        ("chlordiazepoxide", "10", ["chlordiazepoxide-capsule-10mg"]),
        ("triazolam", "0.5", ["triazolam-tablet-0.25mg"]),
    ],
)
def test_adding_a_named_product_makes_a_smaller_cut_and_adding_another_does_not(
    drug: str, mg: str, products: list[str], protocols: Protocols
) -> None:
    """Held against the doses that the products make when they are really listed."""
    settled = settle(parse_request(request_of(drug, mg, *products), protocols), protocols)
    dose = tenth_mcg_of(settled.request.current[0].mg)
    smallest = min(dose - lower for lower in settled.makeable[drug].doses if lower < dose)
    for product in unlisted_products(settled, drug):
        added = settle(parse_request(request_of(drug, mg, *products, product.id), protocols), protocols)
        reached = min(dose - lower for lower in added.makeable[drug].doses if lower < dose)
        assert smaller_cuts(settled, product, dose, smallest) == (reached < smallest), product.id
