"""Bad requests: exit 2, one sentence naming the field and the fix, every fault at once, nothing built."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bad_requests import Change, bad_requests, documents, rows, with_changes
from plan_requests import PROTOCOLS
from taper_app.__main__ import main
from taper_app.cli import plan as plan_command
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols

TODAY = date(2027, 1, 11)
BAD = bad_requests()
ONE_CHANGE = [row for row in BAD if row.is_one_change]

Plan = Callable[[str | bytes], tuple[int, str, list[dict[str, str]]]]


@pytest.fixture
def plan(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Plan:
    """``taper plan`` on a text: exit code, standard output, and the errors on standard error."""
    monkeypatch.setattr(plan_command, "site_protocols_for_plans", lambda: PROTOCOLS)

    def run(text: str | bytes) -> tuple[int, str, list[dict[str, str]]]:
        file = tmp_path / "request.json"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        code = main(["plan", str(file)])
        answer = capsys.readouterr()
        return code, answer.out, json.loads(answer.err)["errors"] if answer.err else []

    return run


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


def assert_readable(errors: list[dict[str, str]]) -> None:
    """One sentence each, short, ending in a full stop, with what to do after a semicolon, a colon or a comma."""
    for error in errors:
        message = error["message"]
        assert message.endswith(".")
        assert len(message) < 400, "what was typed is not poured into the sentence"
        assert not re.search(r"[.!?] [A-Z]", message), "one sentence"
        assert re.search(r"[;:,] |[Ww]rite |must ", message), "it names the fix"
        assert "Error" not in message
        assert "pydantic" not in message


def test_the_table_holds_more_than_two_hundred_bad_requests() -> None:
    assert len(BAD) + len(documents()) >= 200


@pytest.mark.parametrize("row", BAD, ids=lambda row: row.name)
def test_a_bad_request_exits_2_and_names_the_field_and_the_fix(row: Any, plan: Plan) -> None:
    code, out, errors = plan(row.text)
    assert (code, out) == (row.exit, "")
    assert tuple(error["field"] for error in errors) == row.fields
    assert row.says in errors[0]["message"]
    assert_readable(errors)


@pytest.mark.parametrize("document", documents(), ids=lambda document: document["name"])
def test_what_is_no_request_exits_2(document: dict[str, Any], plan: Plan) -> None:
    code, out, errors = plan(document["text"])
    assert (code, out) == (2, "")
    assert [error["field"] for error in errors] == document["fields"]
    assert document["says"] in errors[0]["message"]
    assert_readable(errors)


@pytest.mark.parametrize(
    "text",
    [b"\xff\xfe{}", '{"start_on": "2027-01-11"}'.encode("utf-16"), b"[" * 100_000, b'{"a":' * 100_000, b"\x00"],
    ids=["latin-1", "UTF-16", "lists without end", "objects without end", "a zero byte"],
)
def test_bytes_that_are_no_json_exit_2(text: bytes, plan: Plan) -> None:
    code, out, errors = plan(text)
    assert (code, out, [error["field"] for error in errors]) == (2, "", [""])
    assert_readable(errors)


@pytest.mark.parametrize("row", list(rows("accepted")), ids=lambda row: row.name)
def test_what_looks_odd_and_is_right_is_accepted(row: Any, plan: Plan) -> None:
    code, out, errors = plan(row.text)
    assert (code, errors) == (row.exit, [])
    assert json.loads(out)


def _both(one: Any, other: Any) -> tuple[Change, ...]:
    return (*one.changes, *other.changes)


@settings(max_examples=1000)
@given(st.sampled_from(ONE_CHANGE), st.sampled_from(ONE_CHANGE))
def test_of_two_faults_both_are_named(one: Any, other: Any) -> None:
    """Any two rows of the table that do not change the same block."""
    if one.changes[0].at.split(".")[0] == other.changes[0].at.split(".")[0]:
        return
    found = faults_of(_read(with_changes(_both(one, other))), PROTOCOLS, today=None)
    for row in (one, other):
        if not _depends_on(row, other if row is one else one):
            assert set(row.fields) <= set(found), f"{sorted(found)} after {one.name} and {other.name}"


def _read(text: str) -> object:
    return json.loads(text, parse_float=Decimal, parse_constant=Decimal)


def _depends_on(row: Any, other: Any) -> bool:
    """Whether a fault of the one can no longer be seen when the other makes its block unreadable."""
    needs = {
        "longest_step_days": {"every_days"},
        "target_daily_mg": {"current", "taper_drug"},
        "cut_mg": {"protocol"},
        "cut_percent": {"protocol"},
        "products": {"current", "taper_drug"},
        "equivalence": {"current", "taper_drug"},
        "stock": {"current", "taper_drug"},
    }
    compared = (
        "every_days",
        "below the present",
        "percent",
        "below 100",
        "above 0",
        "not of a medicine",
        "clonazepam",
        "another medicine",
        "another medicine than clonazepam",
    )
    return row.says in compared and other.fields[0].split(".")[0] in needs.get(row.fields[0].split(".")[0], set())


@pytest.mark.parametrize("mg", [0.5, float("nan"), Decimal("NaN"), Decimal("0.00001"), 10**400, 10**5000], ids=type)
def test_numbers_that_only_a_program_can_send_are_refused_as_well(
    mg: object, written: dict[str, Any], protocols: Protocols
) -> None:
    written["current"][0]["mg"] = mg
    assert list(faults_of(written, protocols)) == ["current.0.mg"]


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


@pytest.mark.parametrize("cut", [{"cut_percent": "150"}, {"cut_percent": "0"}, {"cut_mg": "0"}], ids=str)
def test_an_unknown_protocol_does_not_hide_an_impossible_cut(
    written: dict[str, Any], protocols: Protocols, cut: dict[str, str]
) -> None:
    del written["cut_percent"]
    written |= {"protocol": "asam", **cut}
    assert set(faults_of(written, protocols)) == {"protocol", *cut}


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
