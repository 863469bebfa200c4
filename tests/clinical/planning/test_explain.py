"""Each step of a plan in plain sentences: which rule, tablets, rounding and source, how long and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import DoseAt, Pieces, Plan, StepKind
from taper_app.clinical.planning.explain import (
    StepExplained,
    evidence_of,
    explain_pace,
    explain_plan,
    explain_step,
    pace_evidence,
)
from taper_app.clinical.planning.tablet_words import pieces_in_words
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.library import Protocols
from taper_app.export.plan_sheets import plan_text

Build = Callable[[dict[str, Any]], Plan]
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


def diazepam(mg: str, protocol: str, **fields: Any) -> dict[str, Any]:
    """A request for one dose of diazepam in the evening."""
    return {
        "current": [{"drug": "diazepam", "mg": mg, "time": "22:00"}],
        "protocol": protocol,
        "start_on": "2027-01-11",
        "patient": FACTS,
        **fields,
    }


@pytest.fixture
def plan(plan_of: Build, written: dict[str, Any]) -> Plan:
    """The worked story: clonazepam 2 mg a day to nothing, by ASAM 2025."""
    return plan_of(written)


def explained(plan: Plan, number: int, protocols: Protocols) -> StepExplained:
    return explain_step(plan, plan.steps[number - 1], protocols)


def test_a_step_can_be_read_aloud(plan: Plan, protocols: Protocols) -> None:
    assert explained(plan, 9, protocols).read_aloud == (
        "10 % less than 1 mg is 0.9 mg, which these products cannot make; the smallest cut they allow is to 0.875 mg, "
        "so the dose before it was given for 18 days, as long as the pace itself would take. (ASAM 2025 p. 3) "
        "Rounded down from 0.9 mg to 0.875 mg a day, because no smaller cut can be made. "
        "At 08:00, clonazepam 0.375 mg: half a 0.5 mg tablet and one 0.125 mg orally disintegrating tablet. "
        "At 20:00, clonazepam 0.5 mg: one 0.5 mg tablet. "
        "This dose is given for 21 days instead of 14: the next cut is bigger than asked, so it comes later."
    )


def test_the_first_step_says_what_was_rounded_up_and_that_the_interval_is_the_usual_one(
    plan: Plan, protocols: Protocols
) -> None:
    step = explained(plan, 1, protocols)
    assert str(step.why[1]) == "Rounded up from 1.8 mg to 1.875 mg a day, the gentler way."
    assert str(step.how_long) == "This dose is given for 14 days, the interval between cuts."


def test_what_was_rounded_is_told_to_three_decimals_like_the_reason_beside_it(plan: Plan, protocols: Protocols) -> None:
    reason, rounded = explained(plan, 2, protocols).why
    assert "is 1.688 mg" in reason.text
    assert str(rounded) == "Rounded up from 1.688 mg to 1.75 mg a day, the gentler way."


def test_a_dose_that_is_made_exactly_is_not_called_rounded(plan: Plan, protocols: Protocols) -> None:
    (only,) = explained(plan, 7, protocols).why
    assert only.text.startswith("10 % less than 1.25 mg is 1.125 mg")


def test_a_bounded_step_says_that_it_is_as_long_as_one_dose_is_given(plan: Plan, protocols: Protocols) -> None:
    assert str(explained(plan, 12, protocols).how_long) == (
        "This dose is given for 28 days, the longest that one dose is given: the next cut is bigger than asked, "
        "so it comes later."
    )


def test_the_last_dose_says_how_the_protocol_ends_and_that_nobody_verified_it(
    plan_of: Build, protocols: Protocols
) -> None:
    ladder = plan_of(diazepam("5", "nice-cks-ladder"))
    assert str(explained(ladder, len(ladder.steps) - 1, protocols).how_long) == (
        "This last dose is given for 14 days: as long as the pace takes from it to zero, and no shorter than the "
        "interval between cuts. (Local default, unverified)"
    )


def test_the_last_dose_of_a_percentage_is_given_as_long_as_the_pace_takes_to_half_of_it(
    plan_of: Build, written: dict[str, Any], protocols: Protocols
) -> None:
    """14 x ln 2 / ln(1/0.9) = 92.1 days, where a step may last that long."""
    plan = plan_of(written | {"longest_step_days": 120})
    assert str(explained(plan, len(plan.steps) - 1, protocols).how_long) == (
        "This last dose is given for 93 days: as long as the pace takes from it to half of it, and no shorter than the "
        "interval between cuts. (Local default, unverified)"
    )


def test_the_first_day_without_has_a_reason_and_no_length(plan: Plan, protocols: Protocols) -> None:
    step = explained(plan, len(plan.steps), protocols)
    assert step.how_long is None
    assert step.doses == ()
    assert "first day without clonazepam" in step.read_aloud


def test_every_step_of_every_plan_says_why_with_a_source(plan: Plan, plan_of: Build, protocols: Protocols) -> None:
    plans = [
        plan,
        plan_of(diazepam("30", "australian-inpatient", setting="inpatient")),
        plan_of(diazepam("40", "va-ncptsd")),
        plan_of(diazepam("7", "hyperbolic-occupancy")),
        plan_of(diazepam("20", "dutch-25-percent-weekly", override_reason="The trial's own pace is meant.")),
    ]
    for one in plans:
        for step, words in zip(one.steps, explain_plan(one, protocols), strict=True):
            assert words.number == step.number
            assert words.why[0].source
            assert len(words.doses) == len(step.doses)
            assert (words.how_long is None) == (step.kind is StepKind.STOP)
            assert "hold" not in words.read_aloud.lower().split()


def test_a_table_tells_its_lines_and_that_they_were_read_in_a_copy(plan_of: Build, protocols: Protocols) -> None:
    table = plan_of(diazepam("40", "va-ncptsd"))
    assert str(explained(table, 1, protocols).why[0]) == (
        "After 40 mg the table prints 35 mg. (VA NCPTSD (copy); second-hand copy)"
    )
    assert str(explained(table, 4, protocols).how_long) == (
        "This dose is given for 35 days, as long as the pace itself takes to the next dose."
    )


def test_a_percentage_of_the_start_names_the_dose_that_the_cuts_began_from(
    plan_of: Build, protocols: Protocols
) -> None:
    dutch = plan_of(diazepam("20", "dutch-25-percent-weekly", override_reason="The trial's own pace is meant."))
    assert (
        explained(dutch, 2, protocols)
        .why[0]
        .text.startswith("25 % of the starting dose of 20 mg is 5 mg, and that much less than 15 mg is 10 mg;")
    )


def test_an_occupancy_curve_says_where_it_stands_and_is_marked_as_a_local_default(
    plan_of: Build, protocols: Protocols
) -> None:
    curve = plan_of(diazepam("7", "hyperbolic-occupancy"))
    first = explained(curve, 1, protocols).why[0]
    assert first.text.startswith("2.5 percentage points of occupancy less than the 90.9 % at 7 mg is 88.4 %, reached")
    assert first.evidence is Evidence.UNVERIFIED
    assert str(first).endswith("(Local default, unverified)")
    warning = next(warning for warning in curve.to_sign if warning.code == "contested-constant")
    assert "0.7 mg diazepam" in warning.message
    assert "contested" in warning.message


def test_a_floor_says_that_it_is_kept_and_what_takes_over(plan_of: Build, protocols: Protocols) -> None:
    ward = plan_of(diazepam("30", "australian-inpatient", setting="inpatient"))
    last = explained(ward, len(ward.steps), protocols)
    assert "ends at 20 mg diazepam-equivalent: keep this dose; from here ASAM 2025 takes over." in last.read_aloud
    assert "kept until a prescriber changes the plan" in str(last.how_long)
    assert "(Local default, unverified)" in explained(ward, 1, protocols).read_aloud


def test_a_step_that_was_ended_by_a_change_says_so(plan: Plan, protocols: Protocols) -> None:
    change = parse_change({"kind": "keep_days", "on": "2027-01-20", "days": 7, "reason": "not sleeping"})
    changed = amend_plan(plan, change, protocols)
    assert isinstance(changed, Plan)
    assert str(explained(changed, 1, protocols).how_long) == "This lasts 9 days, until the plan was changed."
    assert str(explained(changed, 2, protocols).how_long) == "This lasts 12 days."


def test_an_old_plan_is_not_explained_by_a_newer_edition_of_its_file(plan: Plan, protocols: Protocols) -> None:
    newer = replace(protocols, sha256={**protocols.sha256, "asam-2025": "0" * 64})
    assert explain_pace(plan, newer) == ()
    assert str(explained(plan, 15, newer).how_long) == "This last dose is given for 28 days."


def test_the_pace_is_told_as_it_is_printed_with_what_was_read_into_it(plan: Plan, protocols: Protocols) -> None:
    pace, note = map(str, explain_pace(plan, protocols))
    assert pace == "Prints 5 to 10 % every 14 to 28 days. (ASAM 2025 p. 3)"
    assert "local reading" in note


def test_a_pace_that_was_read_in_a_copy_says_so(plan_of: Build, protocols: Protocols) -> None:
    pace, _ = map(str, explain_pace(plan_of(diazepam("40", "va-ncptsd")), protocols))
    assert pace.endswith("(VA NCPTSD (copy); second-hand copy)")


@pytest.mark.parametrize(
    ("protocol", "evidence"),
    [
        ("asam-2025", Evidence.READ),
        ("nice-cks-ladder", Evidence.READ),
        ("va-ncptsd", Evidence.SECOND_HAND),
        ("nardi-2010", Evidence.SECOND_HAND),
        ("hyperbolic-occupancy", Evidence.UNVERIFIED),
    ],
)
def test_a_pace_is_marked_by_its_weakest_number(protocol: str, evidence: Evidence, protocols: Protocols) -> None:
    assert pace_evidence(protocols.tapers[protocol]) is evidence


def test_a_number_of_this_project_is_unverified_and_an_unknown_source_is_taken_as_read(
    plan: Plan, protocols: Protocols
) -> None:
    assert evidence_of("local-default", plan, protocols) is Evidence.UNVERIFIED
    assert evidence_of("asam-2025-pocket-p3", plan, protocols) is Evidence.READ
    assert evidence_of("a-source-of-another-file", plan, protocols) is Evidence.READ


@pytest.mark.parametrize(
    ("product", "count", "words"),
    [
        ("clonazepam-tablet-0.5mg", "0.5", "half a 0.5 mg tablet"),
        ("clonazepam-tablet-0.5mg", "1", "one 0.5 mg tablet"),
        ("clonazepam-tablet-0.5mg", "1.5", "one and a half 0.5 mg tablets"),
        ("clonazepam-tablet-0.5mg", "0.25", "a quarter of a 0.5 mg tablet"),
        ("clonazepam-tablet-0.5mg", "2.75", "two and three quarters 0.5 mg tablets"),
        ("clonazepam-odt-0.125mg", "3", "three 0.125 mg orally disintegrating tablets"),
        ("diazepam-liquid-1mg-per-ml", "2.5", "2.5 mL (2.5 mg) of the oral liquid 1 mg per mL"),
        ("diazepam-tablet-2mg", "13", "13 x 2 mg tablet"),
        ("clonazepam-tablet-0.5mg", "0.3", "0.3 x 0.5 mg tablet"),
        ("of-another-pharmacy", "2", "2 of of-another-pharmacy"),
    ],
)
def test_pieces_are_said_in_words(product: str, count: str, words: str, protocols: Protocols) -> None:
    dose = DoseAt(time="22:00", drug="x", mg=Decimal(1), pieces=(Pieces(product=product, count=Decimal(count)),))
    assert pieces_in_words(dose, protocols) == words


def test_three_kinds_of_pieces_are_joined_as_in_a_sentence(protocols: Protocols) -> None:
    products = ("clonazepam-tablet-1mg", "clonazepam-tablet-0.5mg", "clonazepam-odt-0.125mg")
    pieces = tuple(Pieces(product=product, count=Decimal(1)) for product in products)
    dose = DoseAt(time="22:00", drug="clonazepam", mg=Decimal("1.625"), pieces=pieces)
    assert pieces_in_words(dose, protocols) == (
        "one 1 mg tablet, one 0.5 mg tablet and one 0.125 mg orally disintegrating tablet"
    )


def test_the_printed_sheet_carries_the_explanation_of_every_step(plan: Plan, protocols: Protocols) -> None:
    sheet = plan_text(plan, protocols)
    assert "Prints 5 to 10 % every 14 to 28 days. (ASAM 2025 p. 3)" in sheet
    for step in explain_plan(plan, protocols):
        for sentence in (*step.why, *([step.how_long] if step.how_long else [])):
            assert str(sentence) in sheet
        for dose in step.doses:
            assert f"{dose.time}  {dose.dose}: {dose.pieces}" in sheet
