"""A refusal offers only what was tried and works, in a fixed order, and never touches what the patient takes or is."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.end_date import attempt_in_time
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.planning.slower_pace import slower_pace
from taper_app.clinical.protocol.library import Protocols

EXAMPLES = Path(__file__).parents[2] / "worked_examples"
BASE = tomllib.loads((EXAMPLES / "plan_base.toml").read_text())


def request_of(*current: tuple[str, str, str], **fields: Any) -> dict[str, Any]:
    """A request for (drug, mg, time) lines, over the base of the worked examples."""
    lines = [{"drug": drug, "mg": mg, "time": time} for drug, mg, time in current]
    patient = {**BASE["patient"], **fields.pop("patient", {})}
    return {**BASE["request"], "current": lines, "patient": patient, **fields}


LORAZEPAM_TWICE = (("lorazepam", "2", "08:00"), ("lorazepam", "2", "22:00"))
REFUSED = {
    "products that are too large": request_of(
        ("clonazepam", "1", "08:00"),
        ("clonazepam", "1", "20:00"),
        products=["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg"],
    ),
    "short-acting, large tablets": request_of(*LORAZEPAM_TWICE, products=["lorazepam-tablet-2mg"], split="none"),
    "a change that the liver forbids": request_of(
        *LORAZEPAM_TWICE,
        taper_drug="diazepam",
        equivalence="va-dod-2021",
        products=["lorazepam-tablet-2mg", "diazepam-tablet-2mg"],
        patient={"hepatic_impairment": "yes"},
    ),
    "a ladder in another medicine": request_of(*LORAZEPAM_TWICE, protocol="nice-cks-ladder"),
    "a label's pace after long use": request_of(("clonazepam", "1", "22:00"), protocol="fda-klonopin-panic"),
    "too much diazepam outside hospital": request_of(("diazepam", "60", "22:00")),
    "too fast": request_of(("diazepam", "10", "22:00"), cut_percent="25"),
    "too fast after a seizure": request_of(
        ("diazepam", "10", "22:00"),
        protocol="nice-cks-ladder",
        patient={"seizure_history": "yes", "specialist": "Dr Neurologist"},
    ),
    "a target between the tablets": request_of(
        ("diazepam", "10", "22:00"), products=["diazepam-tablet-2mg"], target_daily_mg="5.5"
    ),
    "alcohol": request_of(("diazepam", "10", "22:00"), patient={"alcohol_co_use": "yes"}),
}
WORKED = {
    case["name"]: {
        **BASE["request"],
        **case["request"],
        "patient": {
            name: None if value == "unknown" else value
            for name, value in {**BASE["patient"], **case.get("patient", {})}.items()
        },
    }
    for path in sorted(EXAMPLES.glob("plan_*.toml"))
    for case in tomllib.loads(path.read_text()).get("case", ())
    if "refused" in case["expect"]
}
REFUSED |= WORKED
MUST_STAY = {"current", "patient", "override_reason", "start_on"}


@pytest.mark.parametrize("name", REFUSED)
def test_every_remedy_that_is_offered_gives_a_plan_when_it_is_applied(name: str, protocols: Protocols) -> None:
    request = REFUSED[name]
    refusal = build_plan(parse_request(request, protocols), protocols)
    assert isinstance(refusal, Refusal)
    assert refusal.remedies or refusal.whom_to_ask, refusal.message
    for remedy in refusal.remedies:
        changed = build_plan(parse_request({**request, **remedy.change}, protocols), protocols)
        assert isinstance(changed, Plan), f"{remedy.change}: {getattr(changed, 'message', '')}"
        assert check_plan(changed.as_json(), protocols).as_json()["violations"] == []


@pytest.mark.parametrize("name", REFUSED)
def test_no_remedy_changes_the_patient_the_use_or_a_table_that_was_named(name: str, protocols: Protocols) -> None:
    request = REFUSED[name]
    refusal = build_plan(parse_request(request, protocols), protocols)
    assert isinstance(refusal, Refusal)
    for remedy in refusal.remedies:
        assert not MUST_STAY & set(remedy.change)
        if "equivalence" in request:
            assert remedy.change.get("equivalence", request["equivalence"]) == request["equivalence"]


@pytest.mark.parametrize("name", REFUSED)
def test_remedies_come_in_one_order(name: str, protocols: Protocols) -> None:
    """Smallest added product, other form or liquid, present medicine, diazepam, inpatient, a dose to stay on."""
    request = parse_request(REFUSED[name], protocols)
    refusal = build_plan(request, protocols)
    assert isinstance(refusal, Refusal)
    places = [_place(remedy.change) for remedy in refusal.remedies]
    assert [place for place in places if place] == sorted(place for place in places if place)


def _place(change: dict[str, Any]) -> int:
    """Where a change stands in the fixed order; 0 for a change of pace or protocol, which the order leaves open."""
    if set(change) == {"products"}:
        return 2 if "-liquid-" in change["products"][-1] else 1
    if change.get("taper_drug") == "diazepam":
        return 4
    if "taper_drug" in change:
        return 3
    if "setting" in change:
        return 5
    return 6 if "target_daily_mg" in change else 0


def test_the_smallest_product_that_helps_is_offered(protocols: Protocols) -> None:
    """For 2 mg clonazepam on 0.5 and 1 mg tablets only the 0.125 mg tablet helps; larger ones are not named."""
    refusal = build_plan(parse_request(REFUSED["products that are too large"], protocols), protocols)
    assert isinstance(refusal, Refusal)
    assert refusal.remedies[0].change["products"][-1] == "clonazepam-odt-0.125mg"


def test_a_ladder_without_a_table_offers_diazepam_and_then_the_general_protocol(protocols: Protocols) -> None:
    refusal = build_plan(parse_request(REFUSED["a ladder in another medicine"], protocols), protocols)
    assert isinstance(refusal, Refusal)
    changes = [remedy.change for remedy in refusal.remedies]
    diazepam = next(i for i, change in enumerate(changes) if change.get("taper_drug") == "diazepam")
    general = next(i for i, change in enumerate(changes) if change.get("protocol") == "asam-2025")
    assert diazepam < general


@pytest.mark.parametrize(
    "facts",
    [
        {"seizure_history": "yes"},
        {"seizure_history": "yes", "specialist": " "},
        {"pregnant": "yes"},
        {"other_sedatives": ["GHB"]},
        {"other_sedatives": ["zopiclone", "Soma (carisoprodol) 350 mg"]},
    ],
    ids=str,
)
def test_a_fact_that_needs_a_person_offers_no_remedy_but_says_whom_to_ask(
    facts: dict[str, Any], protocols: Protocols
) -> None:
    request = request_of(("diazepam", "10", "22:00"), patient=facts)
    refusal = build_plan(parse_request(request, protocols), protocols)
    assert isinstance(refusal, Refusal)
    assert refusal.remedies == ()
    assert refusal.whom_to_ask


def test_an_override_reason_never_overrides_a_person_who_has_to_be_asked(
    protocols: Protocols,
) -> None:
    request = request_of(("diazepam", "10", "22:00"), patient={"pregnant": "yes"}, override_reason="Wanted.")
    assert isinstance(build_plan(parse_request(request, protocols), protocols), Refusal)


def test_a_blank_override_reason_overrides_nothing(protocols: Protocols) -> None:
    request = {**REFUSED["products that are too large"], "override_reason": "   "}
    assert isinstance(build_plan(parse_request(request, protocols), protocols), Refusal)


def test_the_refusal_travels_without_a_null(protocols: Protocols) -> None:
    refusal = build_plan(parse_request(REFUSED["alcohol"], protocols), protocols)
    assert isinstance(refusal, Refusal)
    assert set(refusal.as_json()["refused"]) == {"code", "message", "limits", "remedies"}


def test_a_larger_cut_is_never_tried_as_a_slower_pace(protocols: Protocols) -> None:
    """Halves of 0.5 mg make nothing smaller than 0.25 mg, and 0.125 mg was asked for: only the interval is left."""
    asked = request_of(
        ("clonazepam", "0.5", "22:00"),
        protocol="fda-klonopin-panic",
        products=["clonazepam-tablet-0.5mg"],
        cut_mg="0.125",
    )
    request = parse_request(asked, protocols)
    attempt = attempt_in_time(request, protocols)
    assert attempt.refusal.code == "first-cut"
    assert [remedy.change for remedy in slower_pace(request, attempt)] == [
        {"every_days": 14, "longest_step_days": None}
    ]
