"""The calendar spoiled: gaps, days twice, wrong numbers, and an end that is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plan_mutants import REDATED, Mutants, Mutate, Plan, dose, parameters, step

Broken = Callable[[object], set[str]]
Redated = Callable[[Plan], Plan]


def a_gap(plan: Plan) -> None:
    step(plan, 6)["starts_on"] = "2027-03-23"


def a_day_twice(plan: Plan) -> None:
    step(plan, 6)["starts_on"] = "2027-03-21"


def misnumbered(plan: Plan) -> None:
    step(plan, 5)["number"] = 6


def days_after_the_stop(plan: Plan) -> None:
    step(plan, 16)["days"] = 14


def a_step_without_days(plan: Plan) -> None:
    step(plan, 4)["days"] = 0


def starts_a_day_late(plan: Plan) -> None:
    plan["request"]["start_on"] = "2027-01-10"


def the_plan_and_its_first_step_disagree(plan: Plan) -> None:
    plan["starts_on"] = "2027-01-12"


def the_first_day_without_is_wrong(plan: Plan) -> None:
    plan["first_day_without_drug"] = "2027-11-12"


def the_first_day_without_is_null(plan: Plan) -> None:
    plan["first_day_without_drug"] = None


def the_stop_gives_a_dose(plan: Plan) -> None:
    step(plan, 16)["doses"] = [dict(dose(plan, 15))]


def the_end_is_a_cut(plan: Plan) -> None:
    step(plan, 16)["kind"] = "cut"


def an_empty_step_in_between(plan: Plan) -> None:
    step(plan, 15)["doses"] = []


def a_stop_in_between(plan: Plan) -> None:
    step(plan, 15)["kind"] = "stop"


def zero_although_maintenance_was_asked(plan: Plan) -> None:
    plan["request"]["target_daily_mg"] = "0.25"


def a_plan_of_eleven_years(plan: Plan) -> None:
    step(plan, 3)["days"] = 4000


def a_plan_of_two_years(plan: Plan) -> None:
    step(plan, 3)["days"] = 400


MUTANTS: Mutants = {
    a_gap: ("dates-contiguous", False),
    a_day_twice: ("dates-contiguous", False),
    misnumbered: ("numbering", False),
    days_after_the_stop: ("last-step-days", False),
    a_step_without_days: ("step-without-days", REDATED),
    starts_a_day_late: ("start-date", False),
    the_plan_and_its_first_step_disagree: ("start-date", False),
    the_first_day_without_is_wrong: ("first-day-without-drug", False),
    the_first_day_without_is_null: ("first-day-without-drug", False),
    the_stop_gives_a_dose: ("ending", False),
    the_end_is_a_cut: ("ending", False),
    an_empty_step_in_between: ("ending", REDATED),
    a_stop_in_between: ("ending", False),
    zero_although_maintenance_was_asked: ("ending", False),
    a_plan_of_eleven_years: ("plan-too-long", REDATED),
    a_plan_of_two_years: ("long-plan", REDATED),
}
#: Mutants of which nothing but the one rule may complain: the rule is seen to act alone.
ALONE: tuple[Mutate, ...] = (
    misnumbered,
    the_first_day_without_is_wrong,
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
