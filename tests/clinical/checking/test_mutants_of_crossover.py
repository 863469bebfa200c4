"""A change of medicine spoiled: two slots at once, a cut with it, too soon, by a table nobody named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plan_mutants import Plan, dose, give, step, without_steps

Broken = Callable[[object], set[str]]
Redated = Callable[[Plan], Plan]


def two_slots_at_once(plan: Plan) -> None:
    without_steps(plan, 1, 1)


def a_slot_and_a_cut_in_one_step(plan: Plan) -> None:
    give(plan, 2, 0, "4", ("diazepam-tablet-2mg", "2"))


def a_slot_and_most_of_the_dose_in_one_step(plan: Plan) -> None:
    give(plan, 2, 0, "1", ("diazepam-tablet-2mg", "0.5"))


def more_than_the_table_matches(plan: Plan) -> None:
    give(plan, 2, 0, "6", ("diazepam-tablet-2mg", "3"))


def a_slot_of_five_days(plan: Plan) -> None:
    step(plan, 1)["days"] = 5


def a_slot_of_three_weeks(plan: Plan) -> None:
    step(plan, 1)["days"] = 21


def a_first_cut_too_soon_after_the_crossover(plan: Plan) -> None:
    step(plan, 2)["days"] = 13


def no_signature_for_the_other_table(plan: Plan) -> None:
    plan["warnings"] = [warning for warning in plan["warnings"] if warning["step"] == 9]


def a_signature_that_names_no_table(plan: Plan) -> None:
    for warning in plan["warnings"]:
        warning["message"] = "Sources differ."


def no_table_named(plan: Plan) -> None:
    plan["equivalence"] = plan["request"]["equivalence"] = None


def a_table_that_lacks_the_medicine(plan: Plan) -> None:
    plan["equivalence"] = plan["request"]["equivalence"] = "who-2009"
    dose(plan, 1, 0)["drug"] = "clonazepam"


def a_target_in_a_crossover(plan: Plan) -> None:
    step(plan, 1)["target_daily_mg"] = "9"


def below_the_maintenance_dose(plan: Plan) -> None:
    plan["request"]["target_daily_mg"] = "7"


def above_the_maintenance_dose(plan: Plan) -> None:
    plan["request"]["target_daily_mg"] = "5"


def a_new_medicine_without_a_crossover(plan: Plan) -> None:
    step(plan, 1)["kind"] = "keep"


def diazepam_in_liver_impairment(plan: Plan) -> None:
    plan["request"]["patient"]["hepatic_impairment"] = "yes"


def too_much_diazepam_at_home(plan: Plan) -> None:
    for number in (1, 2):
        give(plan, number, -1, "50", ("diazepam-tablet-10mg", "5"))


@pytest.mark.parametrize(
    ("mutate", "rule"),
    [
        (two_slots_at_once, "crossover-slot"),
        (a_slot_and_a_cut_in_one_step, "crossover-rounding"),
        (a_slot_and_most_of_the_dose_in_one_step, "first-cut"),
        (more_than_the_table_matches, "crossover-rounding"),
        (a_slot_of_five_days, "crossover-days"),
        (a_slot_of_three_weeks, "crossover-days"),
        (a_first_cut_too_soon_after_the_crossover, "cut-too-early"),
        (no_signature_for_the_other_table, "rise-by-another-table"),
        (a_signature_that_names_no_table, "rise-by-another-table"),
        (no_table_named, "equivalence-missing"),
        (a_table_that_lacks_the_medicine, "equivalence-missing"),
        (a_target_in_a_crossover, "target-figure"),
        (below_the_maintenance_dose, "target"),
        (above_the_maintenance_dose, "target"),
        (a_new_medicine_without_a_crossover, "kind"),
        (diazepam_in_liver_impairment, "no-automatic-plan"),
        (too_much_diazepam_at_home, "too-much-diazepam"),
    ],
    ids=lambda value: value.__name__ if callable(value) else value,
)
def test_the_rule_that_is_meant_catches_the_mutant_of_a_crossover(
    crossover: Plan, broken: Broken, redated: Redated, mutate: Callable[[Plan], None], rule: str
) -> None:
    mutate(crossover)
    assert rule in broken(redated(crossover))
