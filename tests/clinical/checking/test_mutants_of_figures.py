"""Signatures, cautions and figures spoiled: what a prescriber reads before signing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plan_mutants import Mutants, Mutate, Plan, parameters, step, without_warning

Broken = Callable[[object], set[str]]
Redated = Callable[[Plan], Plan]


def no_signature_for_a_fall(plan: Plan) -> None:
    without_warning(plan, 15)


def no_signature_for_the_stop(plan: Plan) -> None:
    without_warning(plan, 16)


def a_fall_is_only_warned_of(plan: Plan) -> None:
    plan["warnings"][-3]["severity"] = "warn"


def no_warnings_at_all(plan: Plan) -> None:
    plan["warnings"] = []


def no_caution_for_a_large_cut(plan: Plan) -> None:
    without_warning(plan, 10)


def a_caution_is_only_information(plan: Plan) -> None:
    plan["warnings"][2]["severity"] = "info"


def a_caution_without_cause(plan: Plan) -> None:
    plan["warnings"][0]["step"] = 2


def a_warning_of_no_step(plan: Plan) -> None:
    plan["warnings"].append({**plan["warnings"][-1], "step": 40})


def a_wrong_percentage(plan: Plan) -> None:
    step(plan, 1)["cut_percent_of_current"] = "6.3"


def the_sum_of_cuts_in_place_of_this_one(plan: Plan) -> None:
    step(plan, 2)["cut_percent_of_start"] = "12.5"


def a_wrong_target(plan: Plan) -> None:
    step(plan, 2)["target_daily_mg"] = "1.6874"


def a_target_at_the_stop(plan: Plan) -> None:
    step(plan, 16)["target_daily_mg"] = "0.1125"


def a_wrong_equivalent(plan: Plan) -> None:
    step(plan, 3)["diazepam_equivalent_mg"]["low"] = "32.5"


def the_lower_table_called_chosen(plan: Plan) -> None:
    step(plan, 3)["diazepam_equivalent_mg"]["chosen"] = "16.25"


def a_wrong_starting_dose(plan: Plan) -> None:
    plan["starting_daily_mg"] = {"clonazepam": "1"}


MUTANTS: Mutants = {
    no_signature_for_a_fall: ("ceiling", False),
    no_signature_for_the_stop: ("ceiling", False),
    a_fall_is_only_warned_of: ("ceiling", False),
    no_warnings_at_all: ("ceiling", False),
    no_caution_for_a_large_cut: ("cut-above-printed-maximum", False),
    a_caution_is_only_information: ("cut-above-printed-maximum", False),
    a_caution_without_cause: ("cut-above-printed-maximum", False),
    a_warning_of_no_step: ("warning-step", False),
    a_wrong_percentage: ("percent-figure", False),
    the_sum_of_cuts_in_place_of_this_one: ("percent-figure", False),
    a_wrong_target: ("target-figure", False),
    a_target_at_the_stop: ("target-figure", False),
    a_wrong_equivalent: ("equivalent-figure", False),
    the_lower_table_called_chosen: ("equivalent-figure", False),
    a_wrong_starting_dose: ("starting-dose", False),
}
#: Mutants of which nothing but the one rule may complain: the rule is seen to act alone.
ALONE: tuple[Mutate, ...] = (
    no_signature_for_a_fall,
    no_signature_for_the_stop,
    no_caution_for_a_large_cut,
    a_wrong_percentage,
    a_wrong_target,
    a_wrong_equivalent,
    a_wrong_starting_dose,
)


@pytest.mark.parametrize(("mutate", "rule", "is_redated"), parameters(MUTANTS))
def test_the_rule_that_is_meant_catches_the_mutant(
    taper: Plan, broken: Broken, redated: Redated, mutate: Mutate, rule: str, is_redated: bool
) -> None:
    mutate(taper)
    assert rule in broken(redated(taper) if is_redated else taper)


@pytest.mark.parametrize("mutate", ALONE, ids=lambda mutate: mutate.__name__)
def test_no_other_rule_complains_of_it(taper: Plan, broken: Broken, redated: Redated, mutate: Mutate) -> None:
    rule, is_redated = MUTANTS[mutate]
    mutate(taper)
    assert broken(redated(taper) if is_redated else taper) == {rule}
