"""Bad requests: one sentence naming the field and the fix, every fault at once, nothing built."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols

TODAY = date(2027, 1, 11)


def faults_of(request: object, protocols: Protocols, today: date | None = TODAY) -> dict[str, str]:
    """Field to sentence; empty when the request is accepted."""
    try:
        parse_request(request, protocols, today=today)
    except InputRefused as refused:
        found = [(fault.field, fault.message) for fault in refused.faults]
    else:
        return {}
    assert len(set(found)) == len(found), "each fault once"
    return dict(found)


BAD_DOSES: list[object] = [
    "-1",
    "+1",
    "1e3",
    "1E3",
    "NaN",
    "Infinity",
    "0,5",
    ".5",
    "5.",
    "0.50",
    "1.0",
    "05",
    "00",
    "1_0",
    "1 mg",
    "1 0",
    "0x10",
    "½",
    "٠.٥",
    "１",
    "1001",
    "1000.0001",
    "0.00001",
    "",
    " ",
    "0",
    "9" * 5000,
    10**400,
    -1,
    0.5,
    float("nan"),
    Decimal("NaN"),
    Decimal("-1"),
    Decimal("0.00001"),
    None,
    True,
    [],
    {},
]


@pytest.mark.parametrize("mg", BAD_DOSES, ids=lambda mg: repr(mg)[:20])
def test_a_dose_that_is_not_a_plain_number_is_refused_by_name(
    mg: object, written: dict[str, Any], protocols: Protocols
) -> None:
    written["current"][0]["mg"] = mg
    found = faults_of(written, protocols)
    assert list(found) == ["current.0.mg"]
    assert found["current.0.mg"].endswith(".")
    assert len(found["current.0.mg"]) < 200, "what was typed is not poured into the sentence"


@pytest.mark.parametrize(
    "mg", ["1", " 1 ", "\u00a01\u202f", "0.0625", "1000", "0.0001", 1, Decimal("0.5"), Decimal("0.50")]
)
def test_a_plain_number_is_accepted(mg: object, written: dict[str, Any], protocols: Protocols) -> None:
    written["current"][0]["mg"] = mg
    assert faults_of(written, protocols) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("protocol", "asam-2024"),
        ("taper_drug", "clonazepan"),
        ("equivalence", "ashton"),
        ("start_on", "2027-02-30"),
        ("start_on", "11.01.2027"),
        ("start_on", "2027-01-11T00:00:00"),
        ("start_on", 1_800_000_000),
        ("start_on", "1999-12-31"),
        ("start_on", "2201-01-01"),
        ("cut_percent", "0"),
        ("cut_percent", "100"),
        ("cut_percent", "-5"),
        ("cut_percent", "10 %"),
        ("cut_mg", "0.25"),
        ("every_days", 0),
        ("every_days", 366),
        ("every_days", "14"),
        ("every_days", 14.5),
        ("every_days", True),
        ("longest_step_days", 7),
        ("target_daily_mg", "2"),
        ("target_daily_mg", "-1"),
        ("times", []),
        ("times", ["08:00", "08:00"]),
        ("split", "third"),
        ("setting", "prison"),
        ("products", []),
        ("current", []),
        ("current", {}),
        ("override_reason", "x" * 401),
        ("equivalence", "clincalc"),
        ("start_fraction_percent", "0"),
        ("start_fraction_percent", "100"),
        ("start_fraction_percent", "150"),
        ("start_fraction_percent", "-40"),
        ("start_fraction_percent", "40 %"),
        ("start_fraction_percent", "NaN"),
        ("start_fraction_percent", ""),
        ("start_fraction_percent", 40.5),
        ("start_fraction_percent", True),
        ("start_fraction_percent", ["40"]),
        ("colour", "blue"),
    ],
)
def test_a_bad_field_is_named(field: str, value: object, written: dict[str, Any], protocols: Protocols) -> None:
    written[field] = value
    assert list(faults_of(written, protocols)) == [field]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("current.1.drug", "clonazepan"),
        ("current.1.drug", ""),
        ("current.1.time", "8:00"),
        ("current.1.time", "24:00"),
        ("current.1.source", "street"),
        ("current.1.route", "oral"),
        ("products.1", "clonazepam-tablet-3mg"),
        ("products.1", "clonazepam-tablet-0.5mg"),
        ("products.1", "diazepam-tablet-2mg"),
        ("times.1", "20.00"),
        ("patient.age_years", 17),
        ("patient.age_years", 131),
        ("patient.age_years", "44"),
        ("patient.months_of_use", -1),
        ("patient.pregnant", "perhaps"),
        ("patient.pregnant", None),
        ("patient.weight", 60),
    ],
)
def test_a_bad_field_inside_is_named_by_its_path(
    path: str, value: object, written: dict[str, Any], protocols: Protocols
) -> None:
    *parents, name = path.split(".")
    place: Any = written
    for parent in parents:
        place = place[int(parent)] if parent.isdecimal() else place[parent]
    place[int(name) if name.isdecimal() else name] = value
    assert list(faults_of(written, protocols)) == [path]


def test_a_start_a_year_ago_is_refused_only_when_the_day_is_known(
    written: dict[str, Any], protocols: Protocols
) -> None:
    written["start_on"] = "2026-01-11"
    assert list(faults_of(written, protocols)) == ["start_on"]
    assert faults_of(written, protocols, today=None) == {}


def test_a_table_without_the_medicine_is_refused_with_those_that_have_it(
    written: dict[str, Any], protocols: Protocols
) -> None:
    written["equivalence"] = "who-2009"
    message = faults_of(written, protocols)["equivalence"]
    assert "clonazepam" in message
    assert "ashton-2002" in message
    assert "va-dod-2021" in message


def test_a_table_that_is_only_shown_is_refused_with_those_that_convert(
    written: dict[str, Any], protocols: Protocols
) -> None:
    written["equivalence"] = "clincalc"
    message = faults_of(written, protocols)["equivalence"]
    assert "never converts" in message
    assert all(table in message for table in protocols.equivalence)


def test_an_unknown_benzodiazepine_is_readable_and_hides_no_fault(
    written: dict[str, Any], protocols: Protocols
) -> None:
    """It is refused with whom to ask, not as an unknown word; what else is wrong is still told."""
    written["current"][0]["drug"] = "Designer-Benzodiazepine"
    assert faults_of(written, protocols) == {}
    written |= {"equivalence": "nope", "start_fraction_percent": "100"}
    assert set(faults_of(written, protocols)) == {"equivalence", "start_fraction_percent"}


def test_an_unknown_benzodiazepine_to_taper_with_is_readable_too(written: dict[str, Any], protocols: Protocols) -> None:
    written["taper_drug"] = "etizolam"
    assert faults_of(written, protocols) == {}


def test_a_change_of_medicine_needs_a_named_table(written: dict[str, Any], protocols: Protocols) -> None:
    del written["equivalence"], written["products"]
    written["taper_drug"] = "diazepam"
    assert list(faults_of(written, protocols)) == ["equivalence"]


def test_a_change_that_no_table_can_convert_says_so(written: dict[str, Any], protocols: Protocols) -> None:
    """Oral midazolam stands in WHO alone, which has no clonazepam."""
    del written["equivalence"], written["products"]
    written |= {"current": [{"drug": "midazolam", "mg": "5", "time": "22:00"}], "taper_drug": "clonazepam"}
    assert "no shipped table lists clonazepam and midazolam together" in faults_of(written, protocols)["equivalence"]


def test_several_medicines_need_the_one_to_taper_with(written: dict[str, Any], protocols: Protocols) -> None:
    del written["taper_drug"], written["products"]
    written["current"][0] = {"drug": "lorazepam", "mg": "1", "time": "08:00"}
    assert list(faults_of(written, protocols)) == ["taper_drug"]


def test_required_fields_are_named_when_they_are_missing(protocols: Protocols) -> None:
    assert set(faults_of({}, protocols)) == {"current", "protocol", "start_on"}


@pytest.mark.parametrize("request_", [None, [], "plan", 1])
def test_what_is_no_object_is_refused(request_: object, protocols: Protocols) -> None:
    assert list(faults_of(request_, protocols)) == [""]


def test_every_fault_is_told_at_once(protocols: Protocols) -> None:
    """Faults of the shape do not hide faults of the meaning, and the other way round."""
    request = {
        "current": [
            {"drug": "clonazepan", "mg": "1e3", "time": "8:00"},
            {"drug": "clonazepam", "mg": 0.5, "time": "20:00", "src": 1},
        ],
        "protocol": "asam",
        "start_on": "2020-01-01",
        "equivalence": "nope",
        "every_days": True,
        "products": ["x", "clonazepam-tablet-1mg"],
        "patient": {"age_years": 12, "seizures": "no"},
        "cutt": 1,
    }
    assert set(faults_of(request, protocols)) == {
        "current.0.drug",
        "current.0.mg",
        "current.0.time",
        "current.1.mg",
        "current.1.src",
        "protocol",
        "start_on",
        "equivalence",
        "every_days",
        "products.0",
        "patient.age_years",
        "patient.seizures",
        "cutt",
    }


@pytest.mark.parametrize(
    ("protocol", "field", "value"),
    [
        ("nice-cks-ladder", "cut_percent", "10"),
        ("nice-cks-ladder", "cut_mg", "0"),
        ("va-ncptsd", "cut_percent", "10"),
        ("va-ncptsd", "cut_mg", "5"),
    ],
)
def test_a_cut_that_does_not_belong_to_the_protocol_is_named(
    protocol: str, field: str, value: str, written: dict[str, Any], protocols: Protocols
) -> None:
    del written["cut_percent"], written["longest_step_days"]
    assert list(faults_of({**written, "protocol": protocol, field: value}, protocols)) == [field]


def test_more_than_four_times_of_day_ask_for_fewer(written: dict[str, Any], protocols: Protocols) -> None:
    del written["times"]
    times = ("06:00", "10:00", "14:00", "18:00", "22:00")
    written["current"] = [{"drug": "clonazepam", "mg": "0.5", "time": time} for time in times]
    assert list(faults_of(written, protocols)) == ["times"]


def test_an_unknown_medicine_does_not_hide_a_pace_of_the_wrong_kind(
    written: dict[str, Any], protocols: Protocols
) -> None:
    written["current"][0]["drug"] = "clonazepan"
    written["cut_mg"] = "0.25"
    assert set(faults_of(written, protocols)) == {"current.0.drug", "cut_mg"}


def test_a_stand_in_for_an_unreadable_dose_makes_no_fault_of_its_own(
    written: dict[str, Any], protocols: Protocols
) -> None:
    """The target of 1.5 mg lies below the 2 mg that were meant; nobody knows what the unreadable dose was."""
    written["current"] = [{"drug": "clonazepam", "mg": "2,0", "time": "20:00"}]
    written["target_daily_mg"] = "1.5"
    assert list(faults_of(written, protocols)) == ["current.0.mg"]


def _structures() -> Iterator[object]:
    yield from ({"current": [[]]}, {"current": "x"}, {"patient": []}, {"products": "x"}, {"times": {"a": 1}})
    yield from ({"current": [{"drug": 1, "mg": [], "time": {}}]}, {"current": [None]}, {1: 2})


@pytest.mark.parametrize("change", list(_structures()), ids=repr)
def test_a_wrong_structure_is_a_fault_and_never_a_crash(
    change: dict[str, Any], written: dict[str, Any], protocols: Protocols
) -> None:
    assert faults_of({**written, **change}, protocols)
