"""Plans that are right come out as ok, with their signed breaches listed; what they leave unsaid is named."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from taper_app.clinical.checking import CheckResult
from taper_app.clinical.errors import InputRefused

Plan = dict[str, Any]
Judged = Callable[[object], CheckResult]
Written = Callable[..., Plan]


def test_the_clonazepam_taper_is_ok_and_its_last_three_falls_are_signed_for(taper: Plan, judged: Judged) -> None:
    result = judged(taper)

    assert result.as_json()["violations"] == []
    assert [(each.rule, each.step) for each in result.accepted] == [("ceiling", 14), ("ceiling", 15), ("ceiling", 16)]
    assert result.not_judged == ()
    assert result.ok


def test_the_crossover_is_ok_and_the_rise_by_both_other_tables_is_signed_for(crossover: Plan, judged: Judged) -> None:
    result = judged(crossover)

    assert result.as_json()["violations"] == []
    assert {each.rule for each in result.accepted} == {"conversion-differs-between-sources", "rise-by-another-table"}
    by_table = " ".join(each.message for each in result.accepted)
    assert "VA/DoD" in by_table
    assert "eTG/NSW" in by_table


def test_judging_does_not_change_the_plan(taper: Plan, judged: Judged) -> None:
    before = copy.deepcopy(taper)
    judged(taper)
    assert taper == before


@pytest.mark.parametrize("sha256", ["0" * 64, "ab" * 32])
def test_a_plan_from_another_edition_is_judged_and_says_so(taper: Plan, judged: Judged, sha256: str) -> None:
    taper["protocol"]["sha256"] = sha256
    result = judged(taper)
    assert result.ok
    assert any("another edition of asam-2025" in sentence for sentence in result.not_judged)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("dispense", "dispensed"),
        ("starting_daily_mg", "starting daily dose"),
        ("first_day_without_drug", "first day without"),
        ("protocol", "which edition"),
    ],
)
def test_a_part_that_is_left_out_is_named_and_no_violation(taper: Plan, judged: Judged, part: str, said: str) -> None:
    del taper[part]
    result = judged(taper)
    assert result.ok
    assert any(said in sentence for sentence in result.not_judged)


@pytest.mark.parametrize("part", ["target_daily_mg", "daily_mg", "diazepam_equivalent_mg", "cut_percent_of_start"])
def test_a_step_that_leaves_a_figure_out_is_named(taper: Plan, judged: Judged, part: str) -> None:
    del taper["steps"][3][part]
    result = judged(taper)
    assert result.ok
    assert any("Step 4" in sentence for sentence in result.not_judged)


def test_without_its_request_a_plan_is_still_held_against_the_ceiling(taper: Plan, judged: Judged) -> None:
    del taper["request"]
    bare = judged(taper)
    assert bare.ok
    assert any("no request" in sentence for sentence in bare.not_judged)

    taper["warnings"] = []
    assert "ceiling" in {finding.rule for finding in judged(taper).violations}


def test_without_request_and_protocol_the_general_ceiling_still_judges(taper: Plan, judged: Judged) -> None:
    del taper["request"], taper["protocol"]
    taper["warnings"] = [each for each in taper["warnings"] if each["step"] != 15]
    result = judged(taper)
    assert [(each.rule, each.step) for each in result.violations] == [("ceiling-general", 15)]


def test_numbers_may_be_exact_json_numbers_and_brand_names_are_understood(taper: Plan, judged: Judged) -> None:
    taper["steps"][3]["doses"][0]["drug"] = "Klonopin"
    taper["steps"][7]["doses"][0]["pieces"][0]["count"] = 1
    assert judged(taper).ok


def tablets(morning: str, night: str) -> list[tuple[str, str, str, tuple[tuple[str, str], ...]]]:
    """Diazepam twice a day from 2 mg tablets and their halves."""
    doses: list[tuple[str, str, str, tuple[tuple[str, str], ...]]] = []
    for time, mg in (("08:00", morning), ("22:00", night)):
        if mg != "0":
            count = {"1": "0.5", "2": "1", "3": "1.5", "4": "2"}[mg]
            doses.append((time, "diazepam", mg, (("diazepam-tablet-2mg", count),)))
    return doses


LADDER_REQUEST = {
    "current": [
        {"drug": "diazepam", "mg": "2", "time": "08:00", "source": "prescribed"},
        {"drug": "diazepam", "mg": "2", "time": "22:00", "source": "prescribed"},
    ],
    "protocol": "nice-cks-ladder",
    "every_days": 14,
    "products": ["diazepam-tablet-2mg"],
}
LADDER_STEPS = [
    ("cut", 14, tablets("1", "2")),
    ("cut", 14, tablets("0", "2")),
    ("cut", 14, tablets("0", "1")),
    ("stop", 0, []),
]
LADDER_SIGN = {
    "code": "published-ladder-above-ceiling",
    "severity": "sign",
    "step": None,
    "message": "The ladder's last cuts are above 25 % in 14 days.",
    "source": "asam-2025-pocket-p3",
}


def caution(step: int) -> dict[str, Any]:
    return {
        "code": "fall-of-the-ladder",
        "severity": "warn",
        "step": step,
        "message": "Large fall.",
        "source": "nice-cks",
    }


@pytest.fixture
def ladder(written: Written) -> Plan:
    return written(
        LADDER_STEPS,
        request=LADDER_REQUEST,
        factors=("1", "1"),
        targets=["3", "2", "1", "0"],
        warnings=[LADDER_SIGN, caution(2), caution(3), caution(4)],
    )


def test_a_published_ladder_to_zero_is_accepted_with_one_signature_and_a_caution_a_step(
    ladder: Plan, judged: Judged
) -> None:
    result = judged(ladder)
    assert result.as_json()["violations"] == []
    assert [(each.rule, each.step) for each in result.accepted] == [("ceiling-general", step) for step in (2, 3, 4)]


def test_a_ladder_without_its_signature_or_without_a_steps_caution_is_not(ladder: Plan, judged: Judged) -> None:
    unsigned = {**ladder, "warnings": ladder["warnings"][1:]}
    assert [each.step for each in judged(unsigned).violations] == [2, 3, 4]

    silent = {**ladder, "warnings": [each for each in ladder["warnings"] if each["step"] != 3]}
    assert [(each.rule, each.step) for each in judged(silent).violations] == [("ceiling-general", 3)]


def test_the_signature_for_facts_nobody_asked_about_is_no_signature_for_the_ladder(
    ladder: Plan, judged: Judged
) -> None:
    ladder["warnings"][0] = {**LADDER_SIGN, "code": "facts-not-assessed", "message": "Pregnancy was not assessed."}
    assert {each.rule for each in judged(ladder).violations} == {"ceiling-general"}


def test_exactly_a_quarter_less_in_fourteen_days_keeps_the_ceiling(ladder: Plan, judged: Judged) -> None:
    result = judged(ladder)
    assert 1 not in {each.step for each in result.accepted}


def label_plan(written: Written, **more: Any) -> Plan:
    """The label's fastest pace, from 1 mg clonazepam: 0.25 mg every 3 days, far above the ceiling."""

    def doses(mg: str, *pieces: tuple[str, str]) -> list[Any]:
        return [("20:00", "clonazepam", mg, pieces)]

    half, odt = "clonazepam-tablet-0.5mg", "clonazepam-odt-0.25mg"
    request = {
        "current": [{"drug": "clonazepam", "mg": "1", "time": "20:00", "source": "prescribed"}],
        "protocol": "fda-klonopin-panic",
        "every_days": 3,
        "products": [half, odt],
        **more,
    }
    signs = [
        {"code": "above-ceiling", "severity": "sign", "step": step, "message": "Above 25 % in 14 days.", "source": "x"}
        for step in (2, 3, 4)
    ]
    return written(
        [
            ("cut", 3, doses("0.75", (half, "1.5"))),
            ("cut", 3, doses("0.5", (half, "1"))),
            ("cut", 3, doses("0.25", (half, "0.5"))),
            ("stop", 0, []),
        ],
        request=request,
        factors=("10", "20"),
        targets=["0.75", "0.5", "0.25", "0"],
        warnings=signs,
    )


def test_a_label_pace_after_long_use_needs_an_override_reason(written: Written, judged: Judged) -> None:
    refused = judged(label_plan(written))
    assert ("ceiling-general", 2) in {(each.rule, each.step) for each in refused.violations}

    allowed = judged(label_plan(written, override_reason="Taken for ten weeks only, says the pharmacy."))
    assert allowed.as_json()["violations"] == []
    assert [each.step for each in allowed.accepted] == [2, 3, 4]


def test_a_label_pace_after_short_use_passes_when_each_fall_is_signed(written: Written, judged: Judged) -> None:
    from_short_use = {
        **label_plan(written)["request"]["patient"],
        "months_of_use": 2,
    }
    assert judged(label_plan(written, patient=from_short_use)).ok


def test_an_inpatient_plan_begins_with_days_at_the_present_dose(written: Written, judged: Judged) -> None:
    request = {**LADDER_REQUEST, "setting": "inpatient", "target_daily_mg": "3"}
    steps = [("stabilise", 3, tablets("2", "2")), ("keep", 0, tablets("1", "2"))]
    plan = written(steps, request=request, factors=("1", "1"), targets=[None, "3"])
    assert judged(plan).as_json()["violations"] == []

    at_once = written(steps[1:], request=request, factors=("1", "1"), targets=["3"])
    assert {each.rule for each in judged(at_once).violations} == {"inpatient-stabilise"}


def test_facts_that_nobody_asked_about_pass_with_one_signature_that_lists_them(taper: Plan, judged: Judged) -> None:
    taper["request"]["patient"]["pregnant"] = "not_assessed"
    taper["request"]["patient"]["months_of_use"] = None
    taper["warnings"].append(
        {
            "code": "not-assessed",
            "severity": "sign",
            "step": None,
            "message": "Not assessed: months of use, pregnancy.",
            "source": "local-default",
        }
    )
    result = judged(taper)
    assert result.ok
    assert "facts-not-assessed" in {each.rule for each in result.accepted}


def test_a_raised_dose_ordered_by_a_prescriber_is_no_rise(written: Written, judged: Judged) -> None:
    request = {**LADDER_REQUEST, "target_daily_mg": "3"}
    steps = [
        ("cut", 14, tablets("1", "2")),
        ("restabilise", 28, tablets("2", "2")),
        ("keep", 0, tablets("1", "2")),
    ]
    plan = written(steps, request=request, factors=("1", "1"), targets=["3", None, "3"])
    assert judged(plan).as_json()["violations"] == []


def test_the_past_of_an_amended_plan_keeps_its_own_pace(taper: Plan, judged: Judged) -> None:
    taper["request"]["every_days"] = 28
    assert "cut-too-early" in {each.rule for each in judged(taper).violations}

    taper["amends"] = {"sha256": "ab" * 32, "change": {"on": taper["steps"][10]["starts_on"], "kind": "slow"}}
    early = [each for each in judged(taper).violations if each.rule == "cut-too-early"]
    assert [each.step for each in early] == [11]


@pytest.mark.parametrize(
    "unreadable",
    [None, 7, "a plan", [], {}, {"steps": []}, {"steps": "many"}, {"refused": {"code": "ceiling"}}],
)
def test_what_is_no_plan_at_all_is_refused(judged: Judged, unreadable: object) -> None:
    with pytest.raises(InputRefused) as refusal:
        judged(unreadable)
    assert refusal.value.faults


@pytest.mark.parametrize("dose", ["1e3", "-1", "NaN", "0,5", ".5", "1.50", 0.5, True, "٠.٥", "1" * 60])
def test_a_dose_that_is_no_plain_number_is_refused_with_its_path(taper: Plan, judged: Judged, dose: object) -> None:
    taper["steps"][2]["doses"][1]["mg"] = dose
    with pytest.raises(InputRefused) as refusal:
        judged(taper)
    assert [fault.field for fault in refusal.value.faults] == ["steps.2.doses.1.mg"]


def test_every_unreadable_field_is_named_at_once(taper: Plan, judged: Judged) -> None:
    taper["steps"][0]["starts_on"] = "11.01.2027"
    taper["steps"][1]["days"] = -14
    taper["steps"][2]["kind"] = "pause"
    taper["steps"][3]["doses"][0]["time"] = "8 am"
    taper["warnings"][0]["severity"] = "loud"
    taper["request"]["split"] = "eighths"
    taper["request"]["patient"]["pregnant"] = "maybe"
    with pytest.raises(InputRefused) as refusal:
        judged(taper)
    assert {fault.field for fault in refusal.value.faults} == {
        "steps.0.starts_on",
        "steps.1.days",
        "steps.2.kind",
        "steps.3.doses.0.time",
        "warnings.0.severity",
        "request.split",
        "request.patient.pregnant",
    }
