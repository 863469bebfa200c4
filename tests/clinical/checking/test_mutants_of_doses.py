"""Doses spoiled: parts that nobody can cut, other tablets, wrong sums, and what is handed out for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plan_mutants import HALF, ODT, REDATED, WHOLE, Mutants, Mutate, Plan, dose, give, parameters, step

Broken = Callable[[object], set[str]]
Redated = Callable[[Plan], Plan]


def a_half_of_the_odt(plan: Plan) -> None:
    give(plan, 15, 0, "0.0625", (ODT, "0.5"))


def a_half_of_the_unscored_tablet(plan: Plan) -> None:
    give(plan, 8, 0, "0.5", (WHOLE, "0.5"))


def a_quarter_where_halves_are_allowed(plan: Plan) -> None:
    give(plan, 13, 0, "0.125", (HALF, "0.25"))


def a_tenth_of_a_tablet(plan: Plan) -> None:
    dose(plan, 13, 1)["pieces"][0]["count"] = "0.1"


def a_product_nobody_makes(plan: Plan) -> None:
    dose(plan, 13, 0)["pieces"][0]["product"] = "clonazepam-tablet-0.1mg"


def a_product_not_on_hand(plan: Plan) -> None:
    give(plan, 14, 0, "0.125", ("clonazepam-odt-0.25mg", "0.5"))


def another_medicines_tablet(plan: Plan) -> None:
    dose(plan, 8, 0)["pieces"][0]["product"] = "diazepam-tablet-2mg"


def a_wrong_tablet(plan: Plan) -> None:
    dose(plan, 8, 0)["pieces"][0]["product"] = WHOLE


def one_tablet_too_few(plan: Plan) -> None:
    dose(plan, 1, 0)["pieces"].pop()


def no_pieces_at_all(plan: Plan) -> None:
    dose(plan, 1, 0)["pieces"] = []


def seven_pieces(plan: Plan) -> None:
    give(plan, 1, 0, "0.875", (ODT, "7"))


def a_piece_counted_zero_times(plan: Plan) -> None:
    dose(plan, 8, 0)["pieces"].append({"product": ODT, "count": "0"})


def finer_than_can_be_measured(plan: Plan) -> None:
    dose(plan, 8, 0)["mg"] = "0.50005"


def more_than_a_gram(plan: Plan) -> None:
    dose(plan, 1, 1)["mg"] = "1001"


def a_wrong_daily_dose(plan: Plan) -> None:
    step(plan, 5)["daily_mg"] = {"clonazepam": "1.25"}


def a_dose_stands_twice(plan: Plan) -> None:
    step(plan, 5)["doses"].append(dict(dose(plan, 5, 1)))


def an_unknown_medicine(plan: Plan) -> None:
    dose(plan, 15, 0)["drug"] = "examplazepam"


def too_many_tablets_dispensed(plan: Plan) -> None:
    plan["dispense"][1]["count"] = "22"


def nothing_dispensed_for_one_product(plan: Plan) -> None:
    del plan["dispense"][0]


def dispensed_twice(plan: Plan) -> None:
    plan["dispense"].append(dict(plan["dispense"][0]))


def dispensed_backwards(plan: Plan) -> None:
    plan["dispense"][0].update({"from": "2027-01-24", "to": "2027-01-11"})


def dispensed_beyond_the_step(plan: Plan) -> None:
    plan["dispense"][0]["to"] = "2027-01-25"


MUTANTS: Mutants = {
    a_half_of_the_odt: ("piece-not-splittable", REDATED),
    a_half_of_the_unscored_tablet: ("piece-not-splittable", REDATED),
    a_quarter_where_halves_are_allowed: ("piece-not-splittable", REDATED),
    a_tenth_of_a_tablet: ("piece-not-splittable", REDATED),
    a_product_nobody_makes: ("product-unknown", REDATED),
    a_product_not_on_hand: ("product-not-listed", REDATED),
    another_medicines_tablet: ("product-of-another-medicine", REDATED),
    a_wrong_tablet: ("pieces-sum", REDATED),
    one_tablet_too_few: ("pieces-sum", REDATED),
    no_pieces_at_all: ("pieces-sum", REDATED),
    seven_pieces: ("pieces-per-dose", REDATED),
    a_piece_counted_zero_times: ("piece-count", REDATED),
    finer_than_can_be_measured: ("dose-valid", False),
    more_than_a_gram: ("dose-valid", False),
    a_wrong_daily_dose: ("daily-sum", False),
    a_dose_stands_twice: ("dose-repeated", REDATED),
    an_unknown_medicine: ("medicine-unknown", False),
    too_many_tablets_dispensed: ("dispense", False),
    nothing_dispensed_for_one_product: ("dispense", False),
    dispensed_twice: ("dispense", False),
    dispensed_backwards: ("dispense", False),
    dispensed_beyond_the_step: ("dispense", False),
}
#: Mutants of which nothing but the one rule may complain: the rule is seen to act alone.
ALONE: tuple[Mutate, ...] = (
    a_half_of_the_unscored_tablet,
    a_quarter_where_halves_are_allowed,
    seven_pieces,
    a_wrong_daily_dose,
    too_many_tablets_dispensed,
    nothing_dispensed_for_one_product,
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


# ---- liquids ----
def liquid_plan(crossover: Plan, mg: str, *pieces: tuple[str, str]) -> Plan:
    """The last step's morning dose made otherwise, with both liquids at hand."""
    crossover["request"]["products"] += ["diazepam-liquid-1mg-per-ml", "diazepam-liquid-5mg-per-ml"]
    last = len(crossover["steps"])
    give(crossover, last, 0, mg, *pieces)
    return crossover


@pytest.mark.parametrize(
    ("mg", "pieces", "rule"),
    [
        ("1", (("diazepam-liquid-1mg-per-ml", "1"),), "liquid-not-needed"),
        ("0.4", (("diazepam-liquid-1mg-per-ml", "0.4"),), "liquid-volume"),
        ("3.5", (("diazepam-liquid-1mg-per-ml", "1"), ("diazepam-liquid-5mg-per-ml", "0.5")), "liquid-twice"),
    ],
)
def test_a_liquid_is_measurable_alone_and_used_only_when_needed(
    crossover: Plan, broken: Broken, mg: str, pieces: tuple[tuple[str, str], ...], rule: str
) -> None:
    assert rule in broken(liquid_plan(crossover, mg, *pieces))
