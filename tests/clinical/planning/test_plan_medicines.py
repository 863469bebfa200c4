"""Plans with every shipped medicine in every market: a checked plan or a refusal in words, never a crash."""

from __future__ import annotations

import json
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import plain
from taper_app.protocol_files import load_protocols

MARKETS = {market: load_protocols(market=market) for market in ("us", "uk", "au")}
FACTS = {
    "age_years": 44,
    "months_of_use": 18,
    "use_verified": "yes",
    "seizure_history": "no",
    "taken_for_epilepsy": "no",
    "hepatic_impairment": "no",
    "pregnant": "no",
    "opioid_co_use": "no",
    "alcohol_co_use": "no",
    "other_sedatives": [],
}


def asked(drug: str, mg: str, **more: Any) -> dict[str, Any]:
    return {
        "current": [{"drug": drug, "mg": mg, "time": "22:00", "source": "prescribed"}],
        "protocol": "asam-2025",
        "start_on": "2027-01-11",
        "patient": FACTS,
    } | more


def largest_strength(medicine: str, library: Protocols) -> str:
    """The largest plain strength on the market; 5 mg where none is known."""
    solid = [p.product.strength_mg for p in library.products_of(medicine) if p.product.form.is_immediate_release_solid]
    return plain(max(solid)) if solid else "5"


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("medicine", MARKETS["us"].medicines)
def test_every_medicine_is_planned_or_refused_in_words(medicine: str, market: str) -> None:
    library = MARKETS[market]
    request = parse_request(asked(medicine, largest_strength(medicine, library)), library)
    outcome = build_plan(request, library)
    if isinstance(outcome, Plan):
        assert check_plan(json.loads(json.dumps(outcome.as_json())), library).as_json()["violations"] == []
        listed = {product.id for product in library.products_of(medicine)}
        assert {piece.product for step in outcome.steps for dose in step.doses for piece in dose.pieces} <= listed
    else:
        assert bool(outcome.remedies) != bool(outcome.whom_to_ask)
        assert outcome.message.endswith(".")


def test_a_medicine_without_a_product_is_refused_with_a_change_to_diazepam() -> None:
    outcome = build_plan(parse_request(asked("Mogadon", "10"), MARKETS["us"]), MARKETS["us"])
    assert isinstance(outcome, Refusal)
    assert outcome.code == "not-makeable"
    assert "nitrazepam" in outcome.message
    assert [remedy.change["taper_drug"] for remedy in outcome.remedies] == ["diazepam"]


def test_it_can_be_crossed_over_to_diazepam_when_it_is_taken_once_a_day() -> None:
    request = asked("Mogadon", "10", taper_drug="diazepam", equivalence="scotland-2024")
    outcome = build_plan(parse_request(request, MARKETS["us"]), MARKETS["us"])
    assert isinstance(outcome, Plan)
    assert outcome.as_json()["steps"][0]["daily_mg"] == {"diazepam": "10"}


def test_the_same_tablet_is_halved_where_its_market_allows_it_and_not_elsewhere() -> None:
    """2 mg diazepam tablets: scored in the US; halving them is off-licence in the UK, where 4 to 2 mg is too much."""
    request = asked("diazepam", "4", products=["diazepam-tablet-2mg"])
    in_us, in_uk = (build_plan(parse_request(request, MARKETS[market]), MARKETS[market]) for market in ("us", "uk"))
    assert isinstance(in_us, Plan)
    assert in_us.as_json()["steps"][0]["daily_mg"] == {"diazepam": "3"}
    assert isinstance(in_uk, Refusal)
    assert in_uk.code == "first-cut"


def refused(request: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InputRefused) as caught:
        parse_request(request, MARKETS["us"])
    return {fault.field: fault.message for fault in caught.value.faults}


def test_a_table_that_is_only_for_reference_is_refused_with_those_that_convert() -> None:
    assert refused(asked("lorazepam", "1", taper_drug="diazepam", equivalence="clincalc")) == {
        "equivalence": "ClinCalc is shown for reference and never converts; "
        "use one of ashton-2002, etg-nsw, scotland-2024, va-dod-2021, who-2009."
    }


def test_a_table_that_lacks_the_medicine_is_refused_with_those_that_have_it() -> None:
    assert refused(asked("bromazepam", "6", taper_drug="diazepam", equivalence="va-dod-2021")) == {
        "equivalence": "VA/DoD 2021 has no bromazepam; tables that list it: ashton-2002, who-2009, etg-nsw."
    }


def test_a_misspelt_medicine_is_answered_with_the_closest_names() -> None:
    assert "names close to it: clonazepam" in refused(asked("clonazapam", "1"))["current.0.drug"]
