"""Each way in which a correct plan can be spoiled is caught by the rule that is meant for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

Plan = dict[str, Any]
Broken = Callable[[object], set[str]]
Redated = Callable[[Plan], Plan]
HALF, WHOLE, ODT = "clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"


def step(plan: Plan, number: int) -> dict[str, Any]:
    found: dict[str, Any] = plan["steps"][number - 1]
    return found


def dose(plan: Plan, number: int, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = step(plan, number)["doses"][place]
    return found


def give(plan: Plan, number: int, place: int, mg: str, *pieces: tuple[str, str]) -> None:
    """Another dose, made from these pieces."""
    dose(plan, number, place).update(mg=mg, pieces=[{"product": name, "count": count} for name, count in pieces])


def without_warning(plan: Plan, number: int) -> None:
    plan["warnings"] = [warning for warning in plan["warnings"] if warning["step"] != number]


def without_steps(plan: Plan, first: int, last: int) -> None:
    del plan["steps"][first - 1 : last]


# Each mutant changes a plan in place. Where dates and dispensing would go astray with it, they are set right again,
# so that the rule that is meant has to notice by itself.
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


def a_gap(plan: Plan) -> None:
    step(plan, 6)["starts_on"] = "2027-03-23"


def a_day_twice(plan: Plan) -> None:
    step(plan, 6)["starts_on"] = "2027-03-21"


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


def a_dose_at_an_unknown_time(plan: Plan) -> None:
    dose(plan, 15, 0)["time"] = "13:00"


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


def a_cut_called_keep(plan: Plan) -> None:
    step(plan, 5)["kind"] = "keep"


def a_cut_called_stabilise(plan: Plan) -> None:
    step(plan, 5)["kind"] = "stabilise"


def a_plan_of_eleven_years(plan: Plan) -> None:
    step(plan, 3)["days"] = 4000


def a_plan_of_two_years(plan: Plan) -> None:
    step(plan, 3)["days"] = 400


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


def an_unknown_protocol(plan: Plan) -> None:
    plan["protocol"]["id"] = plan["request"]["protocol"] = "asam-2052"


def another_protocol_than_asked(plan: Plan) -> None:
    plan["request"]["protocol"] = "nice-cks-ladder"


def a_broken_fingerprint(plan: Plan) -> None:
    plan["protocol"]["sha256"] = "deadbeef"


def a_fingerprint_of_another_version(plan: Plan) -> None:
    plan["protocol"]["version"] = "1999.01"


def an_unknown_table(plan: Plan) -> None:
    plan["equivalence"] = plan["request"]["equivalence"] = "ashton-2020"


def pregnancy_was_not_asked_about(plan: Plan) -> None:
    plan["request"]["patient"]["pregnant"] = "not_assessed"


def nothing_was_asked(plan: Plan) -> None:
    del plan["request"]["patient"]


def a_seizure_history_without_a_specialist(plan: Plan) -> None:
    plan["request"]["patient"]["seizure_history"] = "yes"


def a_seizure_history_at_full_pace(plan: Plan) -> None:
    plan["request"]["patient"].update(seizure_history="yes", specialist="Dr Example, neurology")


def taken_for_epilepsy_without_a_neurologist(plan: Plan) -> None:
    plan["request"]["patient"]["taken_for_epilepsy"] = "yes"


def pregnant_without_a_contact(plan: Plan) -> None:
    plan["request"]["patient"]["pregnant"] = "yes"


def a_barbiturate_besides(plan: Plan) -> None:
    plan["request"]["patient"]["other_sedatives"] = ["Phenobarbital"]


def a_child(plan: Plan) -> None:
    plan["request"]["patient"]["age_years"] = 17


def faster_than_printed_without_a_reason(plan: Plan) -> None:
    plan["request"]["cut_percent"] = "20"


def more_often_than_printed_without_a_reason(plan: Plan) -> None:
    plan["request"]["every_days"] = 7


def a_cut_of_zero_percent(plan: Plan) -> None:
    plan["request"]["cut_percent"] = "0"


def a_longest_step_below_the_interval(plan: Plan) -> None:
    plan["request"]["longest_step_days"] = 13


REDATED = True
MUTANTS: dict[Callable[[Plan], None], tuple[str, bool]] = {
    a_dose_rises: ("daily-dose-rises", REDATED),
    one_time_of_day_rises: ("time-rises", REDATED),
    a_dropped_time_comes_back: ("time-returns", REDATED),
    a_gap: ("dates-contiguous", False),
    a_day_twice: ("dates-contiguous", False),
    cut_two_days_early: ("cut-too-early", REDATED),
    cut_before_the_interval: ("cut-too-early", REDATED),
    one_day_less_than_the_longest_interval: ("cut-too-early", REDATED),
    a_step_of_sixty_days: ("step-too-long", REDATED),
    a_step_is_skipped: ("cut-bigger-than-asked", REDATED),
    stop_from_half_a_milligram: ("stop-from-high-dose", REDATED),
    stop_before_the_smallest_dose: ("stop-not-from-smallest-dose", REDATED),
    the_first_cut_is_huge: ("first-cut", REDATED),
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
    a_dose_at_an_unknown_time: ("time-not-asked-for", False),
    an_unknown_medicine: ("medicine-unknown", False),
    too_many_tablets_dispensed: ("dispense", False),
    nothing_dispensed_for_one_product: ("dispense", False),
    dispensed_twice: ("dispense", False),
    dispensed_backwards: ("dispense", False),
    dispensed_beyond_the_step: ("dispense", False),
    no_signature_for_a_fall: ("ceiling", False),
    no_signature_for_the_stop: ("ceiling", False),
    a_fall_is_only_warned_of: ("ceiling", False),
    no_warnings_at_all: ("ceiling", False),
    no_caution_for_a_large_cut: ("cut-above-printed-maximum", False),
    a_caution_is_only_information: ("cut-above-printed-maximum", False),
    a_caution_without_cause: ("cut-above-printed-maximum", False),
    a_warning_of_no_step: ("warning-step", False),
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
    a_cut_called_keep: ("kind", False),
    a_cut_called_stabilise: ("kind", False),
    a_plan_of_eleven_years: ("plan-too-long", REDATED),
    a_plan_of_two_years: ("long-plan", REDATED),
    a_wrong_percentage: ("percent-figure", False),
    the_sum_of_cuts_in_place_of_this_one: ("percent-figure", False),
    a_wrong_target: ("target-figure", False),
    a_target_at_the_stop: ("target-figure", False),
    a_wrong_equivalent: ("equivalent-figure", False),
    the_lower_table_called_chosen: ("equivalent-figure", False),
    a_wrong_starting_dose: ("starting-dose", False),
    an_unknown_protocol: ("protocol-unknown", False),
    another_protocol_than_asked: ("protocol-unknown", False),
    a_broken_fingerprint: ("protocol-fingerprint", False),
    a_fingerprint_of_another_version: ("protocol-fingerprint", False),
    an_unknown_table: ("equivalence-unknown", False),
    pregnancy_was_not_asked_about: ("facts-not-assessed", False),
    nothing_was_asked: ("facts-not-assessed", False),
    a_seizure_history_without_a_specialist: ("no-automatic-plan", False),
    a_seizure_history_at_full_pace: ("seizure-history-pace", False),
    taken_for_epilepsy_without_a_neurologist: ("no-automatic-plan", False),
    pregnant_without_a_contact: ("no-automatic-plan", False),
    a_barbiturate_besides: ("no-automatic-plan", False),
    a_child: ("no-automatic-plan", False),
    faster_than_printed_without_a_reason: ("pace-outside-printed-range", False),
    more_often_than_printed_without_a_reason: ("pace-outside-printed-range", False),
    a_cut_of_zero_percent: ("pace-outside-printed-range", False),
    a_longest_step_below_the_interval: ("pace-outside-printed-range", False),
}
#: Mutants of which nothing but the one rule may complain: the rule is seen to act alone.
ALONE = (
    cut_two_days_early,
    cut_before_the_interval,
    one_day_less_than_the_longest_interval,
    a_step_of_sixty_days,
    one_time_of_day_rises,
    seven_pieces,
    a_half_of_the_unscored_tablet,
    a_quarter_where_halves_are_allowed,
    a_wrong_daily_dose,
    too_many_tablets_dispensed,
    nothing_dispensed_for_one_product,
    no_signature_for_a_fall,
    no_signature_for_the_stop,
    no_caution_for_a_large_cut,
    misnumbered,
    the_first_day_without_is_wrong,
    a_wrong_percentage,
    a_wrong_target,
    a_wrong_equivalent,
    a_wrong_starting_dose,
    pregnancy_was_not_asked_about,
    a_seizure_history_at_full_pace,
)


def _named() -> Iterator[Any]:
    for mutate, (rule, is_redated) in MUTANTS.items():
        yield pytest.param(mutate, rule, is_redated, id=mutate.__name__)


@pytest.mark.parametrize(("mutate", "rule", "is_redated"), list(_named()))
def test_the_rule_that_is_meant_catches_the_mutant(
    taper: Plan, broken: Broken, redated: Redated, mutate: Callable[[Plan], None], rule: str, is_redated: bool
) -> None:
    mutate(taper)
    assert rule in broken(redated(taper) if is_redated else taper)


@pytest.mark.parametrize("mutate", ALONE, ids=lambda mutate: mutate.__name__)
def test_no_other_rule_complains_of_it(
    taper: Plan, broken: Broken, redated: Redated, mutate: Callable[[Plan], None]
) -> None:
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


# ---- the cross-over ----
def two_slots_at_once(plan: Plan) -> None:
    without_steps(plan, 1, 1)


def a_slot_and_a_cut_in_one_step(plan: Plan) -> None:
    give(plan, 2, 0, "4", ("diazepam-tablet-2mg", "2"))


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
