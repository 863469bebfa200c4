"""Equivalents are ranges: each table under its own name, each medicine with its own range, the direction in words."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.conversions import conversion, direction_in_words, directions_of_plan
from taper_app.clinical.planning.equivalent_ranges import range_of_day, range_of_plan
from taper_app.clinical.planning.equivalents import Converter, by_table
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols

EXAMPLES = Path(__file__).parents[2] / "worked_examples"
CASES = tomllib.loads((EXAMPLES / "equivalent_ranges.toml").read_text())["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_days_dose_is_worth_what_was_worked_by_hand(case: dict[str, Any], protocols: Protocols) -> None:
    assert case["worked_by"].strip(), "every case says how it was worked"
    converter = Converter.of(protocols, case.get("equivalence"))
    found = range_of_day({name: Decimal(mg) for name, mg in case["daily_mg"].items()}, converter)
    assert list(found.in_words) == case["lines"]
    assert (found.total.low, found.total.high) == (Decimal(case["low"]), Decimal(case["high"]))
    # Without a named table the range alone is meant, and the chosen figure is the high one.
    assert found.total.chosen == Decimal(case.get("chosen", case["high"]))


@pytest.mark.parametrize(
    ("medicine", "into", "table", "words"),
    [
        ("lorazepam", "diazepam", "va-dod-2021", "VA/DoD gives the smaller dose of diazepam"),
        ("lorazepam", "diazepam", "ashton-2002", "Ashton gives the larger dose of diazepam: too much risks sedation."),
        ("triazolam", "diazepam", "va-dod-2021", "VA/DoD gives the larger dose"),
        ("chlordiazepoxide", "diazepam", "va-dod-2021", ""),
        ("lorazepam", "diazepam", None, ""),
    ],
)
def test_the_direction_of_a_switch_is_said_in_words(
    medicine: str, into: str, table: str | None, words: str, protocols: Protocols
) -> None:
    found = conversion(Converter.of(protocols, table), medicine, into)
    assert found is not None
    said = direction_in_words(found)
    assert said.startswith(words) if words else said == ""


def test_a_table_between_the_ends_may_err_both_ways(protocols: Protocols) -> None:
    """Lormetazepam: 1-2 mg against 10 by Ashton and Scotland (5 to 10 mg a mg), 1.5 mg by WHO (6.67)."""
    found = conversion(Converter.of(protocols, "who-2009"), "lormetazepam", "diazepam")
    assert found is not None
    assert direction_in_words(found) == (
        "WHO lies between the others: too little of diazepam risks withdrawal and a seizure, too much sedation."
    )


def test_no_table_that_lists_both_is_no_conversion(protocols: Protocols) -> None:
    """Oral midazolam stands in WHO alone, which has no clonazepam."""
    assert conversion(Converter.of(protocols, None), "midazolam", "clonazepam") is None


def test_a_plan_says_its_present_doses_and_directions(
    written: dict[str, Any], plan_of: Callable[[dict[str, Any]], Plan], protocols: Protocols
) -> None:
    switch = {
        **written,
        "taper_drug": "diazepam",
        "equivalence": "va-dod-2021",
        "products": None,
        "target_daily_mg": "18",
    }
    plan = plan_of(switch)
    found = range_of_plan(plan, protocols)
    assert found is not None
    assert found.in_words[0].startswith("clonazepam 2 mg = 20 to 40 mg diazepam")
    assert directions_of_plan(plan, protocols) == (
        "clonazepam: VA/DoD gives the smaller dose of diazepam: too little risks withdrawal and a seizure.",
    )


def test_a_taper_of_the_present_medicine_has_a_range_and_no_direction(
    written: dict[str, Any], plan_of: Callable[[dict[str, Any]], Plan], protocols: Protocols
) -> None:
    plan = plan_of(written)
    assert directions_of_plan(plan, protocols) == ()
    assert range_of_plan(plan, protocols) is not None


def test_a_plan_with_a_medicine_that_no_table_lists_any_more_has_no_range(
    written: dict[str, Any], plan_of: Callable[[dict[str, Any]], Plan], protocols: Protocols
) -> None:
    old = plan_of(written).model_copy(update={"starting_daily_mg": {"forgottenzepam": Decimal(1)}})
    assert range_of_plan(old, protocols) is None
    assert directions_of_plan(old.model_copy(update={"equivalence": "gone-1990"}), protocols) == ()


def test_a_ladder_scaled_by_a_table_between_the_ends_names_both_directions(
    written: dict[str, Any], protocols: Protocols
) -> None:
    """WHO with 0.75 mg lorazepam against 5: 6.67 mg a mg, between Ashton's 10 and VA/DoD's 5."""
    who = protocols.equivalence["who-2009"]
    entries = tuple(
        entry.model_copy(update={"printed_mg_low": Decimal("0.75"), "printed_mg_high": Decimal("0.75")})
        if entry.medicine == "lorazepam"
        else entry
        for entry in who.entries
    )
    tables = {**protocols.equivalence, "who-2009": who.model_copy(update={"entries": entries})}
    changed = replace(protocols, equivalence=tables)
    request = {
        "current": [{"drug": "lorazepam", "mg": "2", "time": "22:00"}],
        "protocol": "nice-cks-ladder",
        "equivalence": "who-2009",
        "start_on": "2027-01-11",
        "target_daily_mg": "1.5",
        "patient": written["patient"],
    }
    plan = build_plan(parse_request(request, changed), changed)
    assert isinstance(plan, Plan)
    (differs,) = [warning for warning in plan.warnings if warning.code == "conversion-differs-between-sources"]
    assert differs.step is None
    assert "by Ashton the cuts would be smaller, by VA/DoD larger" in differs.message


def test_a_pace_written_in_a_medicine_that_the_named_table_lacks_is_refused(protocols: Protocols) -> None:
    """A site's ladder in mg flurazepam cannot be scaled by a table without flurazepam."""
    ladder = protocols.tapers["nice-cks-ladder"]
    own = ladder.model_copy(update={"pace": ladder.pace.model_copy(update={"medicine": "flurazepam"})})
    changed = replace(protocols, tapers={**protocols.tapers, "nice-cks-ladder": own})
    request = {
        "current": [{"drug": "alprazolam", "mg": "2", "time": "22:00"}],
        "protocol": "nice-cks-ladder",
        "equivalence": "etg-nsw",
        "start_on": "2027-01-11",
    }
    with pytest.raises(InputRefused) as refused:
        parse_request(request, changed)
    assert [fault.field for fault in refused.value.faults] == ["equivalence"]
    assert "has no flurazepam" in refused.value.faults[0].message
    parse_request({**request, "equivalence": "va-dod-2021"}, changed)


def test_a_table_without_the_medicine_is_not_guessed_from(protocols: Protocols) -> None:
    with pytest.raises(KeyError, match="clonazepam"):
        by_table(protocols.equivalence["who-2009"], {"clonazepam": 10_000})
