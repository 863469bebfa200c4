"""The way down spoiled: rises, cuts that come too early or are too big, stops from too high, times of day."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plan_mutants import (
    HALF,
    ODT,
    REDATED,
    WHOLE,
    Mutants,
    Mutate,
    Plan,
    dose,
    give,
    parameters,
    step,
    without_steps,
    without_warning,
)

Broken = Callable[[object], set[str]]
Redated = Callable[[Plan], Plan]


def a_dose_rises(plan: Plan) -> None:
    give(plan, 6, 0, "0.875", (HALF, "1.5"), (ODT, "1"))
    step(plan, 6)["daily_mg"] = {"clonazepam": "1.5"}


def one_time_of_day_rises(plan: Plan) -> None:
    give(plan, 4, 0, "0.5", (HALF, "1"))
    give(plan, 4, 1, "1", (WHOLE, "1"))


def a_dropped_time_comes_back(plan: Plan) -> None:
    without_warning(plan, 14)
    step(plan, 14)["doses"] = [dose(plan, 14, 1)]
    give(plan, 14, 0, "0.25", (HALF, "0.5"))
    dose(plan, 15, 0)["time"] = "08:00"


def a_dose_at_an_unknown_time(plan: Plan) -> None:
    dose(plan, 15, 0)["time"] = "13:00"


def cut_two_days_early(plan: Plan) -> None:
    step(plan, 7)["days"] = 14


def cut_before_the_interval(plan: Plan) -> None:
    step(plan, 2)["days"] = 13


def one_day_less_than_the_longest_interval(plan: Plan) -> None:
    step(plan, 13)["days"] = 27


def a_step_of_sixty_days(plan: Plan) -> None:
    step(plan, 3)["days"] = 60


def a_step_is_skipped(plan: Plan) -> None:
    without_steps(plan, 3, 3)


def stop_from_half_a_milligram(plan: Plan) -> None:
    without_steps(plan, 13, 15)


def stop_before_the_smallest_dose(plan: Plan) -> None:
    without_steps(plan, 15, 15)


def the_first_cut_is_huge(plan: Plan) -> None:
    without_steps(plan, 1, 6)


def cut_from_the_later_of_two_equal_doses(plan: Plan) -> None:
    give(plan, 1, 0, "1", (WHOLE, "1"))
    give(plan, 1, 1, "0.875", (HALF, "1.5"), (ODT, "1"))


def cut_from_the_smaller_dose(plan: Plan) -> None:
    give(plan, 2, 0, "0.75", (HALF, "1.5"))
    give(plan, 2, 1, "1", (WHOLE, "1"))


def a_cut_called_keep(plan: Plan) -> None:
    step(plan, 5)["kind"] = "keep"


def a_cut_called_stabilise(plan: Plan) -> None:
    step(plan, 5)["kind"] = "stabilise"


MUTANTS: Mutants = {
    a_dose_rises: ("daily-dose-rises", REDATED),
    one_time_of_day_rises: ("time-rises", REDATED),
    a_dropped_time_comes_back: ("time-returns", REDATED),
    a_dose_at_an_unknown_time: ("time-not-asked-for", False),
    cut_two_days_early: ("cut-too-early", REDATED),
    cut_before_the_interval: ("cut-too-early", REDATED),
    one_day_less_than_the_longest_interval: ("cut-too-early", REDATED),
    a_step_of_sixty_days: ("step-too-long", REDATED),
    a_step_is_skipped: ("cut-bigger-than-asked", REDATED),
    stop_from_half_a_milligram: ("stop-from-high-dose", REDATED),
    stop_before_the_smallest_dose: ("stop-not-from-smallest-dose", REDATED),
    the_first_cut_is_huge: ("first-cut", REDATED),
    cut_from_the_later_of_two_equal_doses: ("slot-order", REDATED),
    cut_from_the_smaller_dose: ("slot-order", REDATED),
    a_cut_called_keep: ("kind", False),
    a_cut_called_stabilise: ("kind", False),
}
#: Mutants of which nothing but the one rule may complain: the rule is seen to act alone.
ALONE: tuple[Mutate, ...] = (
    one_time_of_day_rises,
    cut_two_days_early,
    cut_before_the_interval,
    one_day_less_than_the_longest_interval,
    a_step_of_sixty_days,
    cut_from_the_later_of_two_equal_doses,
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


def test_a_redated_plan_without_a_mutation_stays_correct(taper: Plan, broken: Broken, redated: Redated) -> None:
    assert redated(taper)["dispense"] == taper["dispense"]
    assert broken(redated(taper)) == set()


def test_an_override_reason_lifts_refusals_but_never_a_missing_signature(
    taper: Plan, broken: Broken, redated: Redated
) -> None:
    the_first_cut_is_huge(taper)
    taper["request"]["override_reason"] = "Agreed with the patient's neurologist."
    rules = broken(redated(taper))
    assert "first-cut" not in rules
    assert "ceiling" in rules
