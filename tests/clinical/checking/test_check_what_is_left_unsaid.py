"""Plans of other people leave things out: what cannot be judged is named, and what can be judged still is."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from taper_app.clinical.checking import CheckResult, check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.protocol.library import Protocols
from worked_examples import WORKED_EXAMPLES
from written_plans import Plan, dose_row, redate, warning_row, written_plan

Judged = Callable[[object], CheckResult]
RIGHT = {
    case["name"]: case
    for case in tomllib.loads((WORKED_EXAMPLES / "checked_plans_right.toml").read_text(encoding="utf-8"))["plan"]
}


@pytest.fixture
def right(protocols: Protocols) -> Callable[[str], Plan]:
    """A right plan of the worked examples, by a part of its name."""

    def find(part: str) -> Plan:
        (case,) = (case for name, case in RIGHT.items() if part in name)
        return written_plan(
            [(kind, days, [dose_row(dose) for dose in doses]) for kind, days, _, doses in case["steps"]],
            request=case["request"],
            factors=case["factors"],
            targets=[None if target == "-" else target for _, _, target, _ in case["steps"]],
            protocols=protocols,
            warnings=[warning_row(warning) for warning in case.get("warnings", ())],
        )

    return find


def rules(result: CheckResult) -> set[str]:
    return {finding.rule for finding in result.violations}


def says(result: CheckResult, words: str) -> bool:
    return any(words in sentence for sentence in result.not_judged)


def test_without_request_and_starting_dose_the_first_step_has_nothing_to_be_compared_with(
    taper: Plan, judged: Judged
) -> None:
    del taper["request"], taper["starting_daily_mg"]
    result = judged(taper)
    assert result.ok
    assert says(result, "the first step has nothing to be compared with")


def test_steps_without_numbers_are_counted(taper: Plan, judged: Judged) -> None:
    for step in taper["steps"]:
        del step["number"]
    result = judged(taper)
    assert result.ok
    assert says(result, "not numbered")


def test_a_dose_that_does_not_say_its_pieces_is_named_and_so_is_what_is_dispensed(taper: Plan, judged: Judged) -> None:
    del taper["steps"][4]["doses"][1]["pieces"]
    result = judged(taper)
    assert result.ok
    assert says(result, "Step 5 does not say the pieces of the dose at 20:00")
    assert says(result, "What is dispensed cannot be compared")


def test_a_plan_that_nowhere_says_when_it_starts_is_dated_by_its_first_step(taper: Plan, judged: Judged) -> None:
    del taper["starts_on"], taper["request"]["start_on"]
    assert says(judged(taper), "on which day it was to start")


def test_a_start_before_the_year_2000_or_after_2200_is_no_start(taper: Plan, judged: Judged) -> None:
    taper["starts_on"] = taper["request"]["start_on"] = "2201-01-12"
    assert rules(judged(redate(taper))) == {"start-date"}


def test_a_protocol_without_its_fingerprint_is_named(taper: Plan, judged: Judged) -> None:
    del taper["protocol"]["sha256"]
    assert says(judged(taper), "fingerprint of asam-2025")


def test_whether_a_patient_is_in_hospital_may_be_unsaid(right: Callable[[str], Plan], judged: Judged) -> None:
    plan = right("ends at the floor")
    del plan["request"]
    result = judged(plan)
    assert result.ok
    assert says(result, "for inpatients")


def test_more_pieces_than_are_handled_are_too_many_with_or_without_a_list_of_products(
    taper: Plan, judged: Judged
) -> None:
    pieces = [{"product": "clonazepam-odt-0.125mg", "count": "7"}]
    taper["steps"][0]["doses"][0]["pieces"] = pieces
    assert "pieces-per-dose" in rules(judged(taper))

    del taper["request"]
    assert "pieces-per-dose" not in rules(judged(taper)), "nobody can tell whether the current dose needs them"

    pieces[0]["count"] = "13"
    assert "pieces-per-dose" in rules(judged(taper))


def test_a_request_that_lists_no_products_may_use_what_the_market_has(taper: Plan, judged: Judged) -> None:
    del taper["request"]["products"]
    assert judged(taper).ok


def test_without_a_percentage_older_adults_and_patients_after_a_seizure_have_the_gentler_default(
    taper: Plan, judged: Judged
) -> None:
    del taper["request"]["cut_percent"]
    assert judged(taper).ok

    taper["request"]["patient"]["age_years"] = 70
    assert {"cut-too-early", "target-figure"} <= rules(judged(taper))

    taper["request"]["patient"] |= {"age_years": 50, "seizure_history": "yes", "specialist": "Dr Example"}
    assert {"cut-too-early", "target-figure"} <= rules(judged(taper))


def test_without_a_percentage_a_ladder_keeps_its_own_cuts(right: Callable[[str], Plan], judged: Judged) -> None:
    plan = right("highest band has no upper end")
    plan["request"]["patient"]["age_years"] = 70
    assert judged(plan).ok


def test_the_tables_of_plan_and_request_must_be_one(crossover: Plan, judged: Judged) -> None:
    crossover["equivalence"] = "va-dod-2021"
    assert "equivalence-unknown" in rules(judged(crossover))


def test_a_change_of_medicine_in_a_plan_without_request_or_start_is_judged_by_its_steps(
    crossover: Plan, judged: Judged
) -> None:
    del crossover["request"], crossover["starting_daily_mg"]
    result = judged(crossover)
    assert result.ok
    assert says(result, "the most diazepam a day is not judged")


def test_an_unsigned_list_of_warnings_is_not_the_same_as_none(crossover: Plan, judged: Judged) -> None:
    crossover["request"]["patient"]["age_years"] = 70
    without = {**crossover, "warnings": []}
    assert {"conversion-differs-between-sources", "switch-in-older-adult"} <= rules(judged(without))

    del without["warnings"]
    result = judged(without)
    assert not {"conversion-differs-between-sources", "switch-in-older-adult"} & rules(result)
    assert says(result, "no list of warnings")


def test_a_signature_that_lists_too_little_or_two_signatures_do_not_name_every_fact(
    taper: Plan, judged: Judged
) -> None:
    taper["request"]["patient"] |= {"pregnant": "not_assessed", "other_sedatives": None}
    sign = warning_row("sign - facts-not-assessed: Pregnancy was not assessed.")
    taper["warnings"].append(sign)
    assert rules(judged(taper)) == {"facts-not-assessed"}

    taper["warnings"].append({**sign, "message": "Other sedatives were not assessed."})
    assert [each.message for each in judged(taper).violations] == [
        "Facts that are not assessed share one sign warning."
    ]


def test_a_part_of_reported_use_whose_products_and_equivalents_nobody_knows(
    right: Callable[[str], Plan], judged: Judged
) -> None:
    plan = right("half of a reported dose")
    for dose in plan["request"]["current"]:
        dose["drug"] = "examplazepam"
    result = judged(plan)
    assert "medicine-unknown" in rules(result)
    assert says(result, "high enough to begin with a part of it is not judged")


def test_a_fraction_in_a_plan_whose_steps_take_no_products(right: Callable[[str], Plan], judged: Judged) -> None:
    plan = right("half of a reported dose")
    plan["request"]["start_fraction_percent"] = "45"
    assert [(each.rule, each.step) for each in judged(plan).violations] == [("target-figure", 1)], (
        "0.9 mg is made of 1 mg"
    )


def test_a_part_of_use_before_a_change_of_medicine_may_leave_its_target_open(
    right: Callable[[str], Plan], judged: Judged
) -> None:
    plan = right("half of a reported dose")
    plan["steps"][0]["target_daily_mg"] = None
    assert rules(judged(plan)) == {"target-figure"}

    plan["steps"][1]["kind"] = "crossover"
    found = judged(plan).violations
    assert not any(each.rule == "target-figure" and each.step == 1 for each in found)


def test_a_floor_is_not_judged_where_no_table_lists_the_medicine(
    right: Callable[[str], Plan], judged: Judged, protocols: Protocols
) -> None:
    plan = right("ends at the floor")
    plan["equivalence"] = plan["request"]["equivalence"] = "who-2009"
    everywhere = [plan["starting_daily_mg"], *(step["daily_mg"] for step in plan["steps"])]
    for amounts in everywhere:
        amounts["clonazepam"] = amounts.pop("diazepam")
    for dose in [*plan["request"]["current"], *(dose for step in plan["steps"] for dose in step["doses"])]:
        dose["drug"] = "clonazepam"
    result = judged(plan)
    assert says(result, "the start lies above the protocol's floor is not judged")
    assert says(result, "ends at the protocol's floor is not judged")


def test_a_maintenance_dose_above_the_floor_is_the_end(right: Callable[[str], Plan], judged: Judged) -> None:
    plan = right("ends at the floor")
    del plan["steps"][-1], plan["warnings"][0], plan["warnings"][-1]
    plan["steps"][-1] |= {"kind": "keep", "days": 0}
    plan["request"]["target_daily_mg"] = "20.7"
    assert rules(judged(redate(plan))) == set()

    plan["request"]["target_daily_mg"] = "20.2"
    assert rules(judged(redate(plan))) == {"target"}, "half a 5 mg tablet and four of 2 mg make 10.5 mg"

    plan["request"]["target_daily_mg"] = "22"
    found = [(each.rule, each.message) for each in judged(redate(plan)).violations if each.rule == "ends-at-floor"]
    assert found == [
        (
            "ends-at-floor",
            "The plan ends on 21 mg of diazepam a day, its floor is 22 mg; 22 mg is the highest dose that can be made"
            " at or below it.",
        )
    ]


def test_a_floor_in_a_plan_without_a_list_of_products_is_held_against_the_dose_alone(
    right: Callable[[str], Plan], judged: Judged
) -> None:
    plan = right("ends at the floor")
    del plan["request"]
    plan["steps"][-1]["doses"][0] |= {"mg": "9", "pieces": [{"product": "diazepam-tablet-2mg", "count": "4.5"}]}
    assert "ends-at-floor" not in rules(judged(plan))
    plan["steps"][-1]["doses"][0] |= {"mg": "10.5", "pieces": [{"product": "diazepam-tablet-2mg", "count": "5.25"}]}
    assert "ends-at-floor" in rules(judged(plan))


def test_a_floor_reached_with_other_times_of_day_is_any_sum_of_them(
    right: Callable[[str], Plan], judged: Judged
) -> None:
    plan = right("ends at the floor")
    del plan["steps"][1:5], plan["warnings"][2:]
    plan["request"] |= {"times": ["12:00"], "override_reason": "Ordered."}
    plan["steps"][-1]["doses"] = [
        {
            "time": "12:00",
            "drug": "diazepam",
            "mg": "19",
            "pieces": [{"product": "diazepam-tablet-2mg", "count": "9.5"}],
        }
    ]
    assert "ends-at-floor" in rules(judged(redate(plan)))


@pytest.mark.parametrize("ceiling_protocol", ["none-is-shipped", "hyperbolic-occupancy"])
def test_without_a_general_ceiling_the_others_still_judge(
    right: Callable[[str], Plan], crossover: Plan, protocols: Protocols, ceiling_protocol: str
) -> None:
    limits = protocols.limits.model_copy(update={"ceiling_protocol": ceiling_protocol})
    bare = dataclasses.replace(protocols, limits=limits)
    for plan in (right("a quarter of the starting dose"), crossover):
        result = check_plan(plan, bare)
        assert result.ok
        assert says(result, "No general ceiling is shipped.")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("request.setting", "home"),
        ("request.times", "08:00"),
        ("request.current", "clonazepam"),
        ("request.current.0", "clonazepam"),
        ("protocol.id", 7),
        ("steps.3.doses.0.pieces.0", "half a tablet"),
        ("steps.3.doses.0.pieces.0.count", "-1"),
        ("steps.3.doses.0.pieces.0.product", "x" * 6_000),
        ("request.current.0.source", "found"),
        ("request.start_on", "2027-02-30"),
        ("starts_on", "1999-12-31"),
        ("steps.0.starts_on", "2027-1-11"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_with_its_path(
    taper: Plan, judged: Judged, path: str, value: object
) -> None:
    *outer, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = taper
    for part in outer:
        place = place[part]
    place[last] = value
    with pytest.raises(InputRefused) as refusal:
        judged(taper)
    assert [fault.field for fault in refusal.value.faults] == [path]


@pytest.mark.parametrize(
    "path",
    [
        "request.current.0.mg",
        "steps.2.doses.0.drug",
        "steps.2.kind",
        "steps.2.doses.0.pieces.0.count",
        "dispense.0.count",
    ],
)
def test_what_no_plan_can_do_without_is_asked_for_by_its_path(taper: Plan, judged: Judged, path: str) -> None:
    *outer, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = taper
    for part in outer:
        place = place[part]
    del place[last]
    with pytest.raises(InputRefused) as refusal:
        judged(taper)
    assert [fault.field for fault in refusal.value.faults] == [path]


def test_a_dose_of_nothing_is_no_dose(taper: Plan, judged: Judged) -> None:
    taper["steps"][-1]["doses"] = [{"time": "20:00", "drug": "clonazepam", "mg": "0", "pieces": []}]
    assert judged(taper).ok


def test_a_medicine_that_is_said_to_be_taken_at_zero_is_not_taken(taper: Plan, judged: Judged) -> None:
    taper["starting_daily_mg"]["diazepam"] = "0"
    assert judged(taper).ok


def test_other_sedatives_that_rule_nothing_out_are_no_reason_to_refuse(taper: Plan, judged: Judged) -> None:
    taper["request"]["patient"]["other_sedatives"] = ["zopiclone"]
    assert judged(taper).ok


def test_a_seizure_history_is_judged_only_by_a_protocol_that_is_shipped(taper: Plan, judged: Judged) -> None:
    taper["request"]["patient"] |= {"seizure_history": "yes", "specialist": "Dr Example"}
    taper["protocol"]["id"] = taper["request"]["protocol"] = "asam-2052"
    assert "seizure-history-pace" not in rules(judged(taper))
