"""The request spoiled: a protocol nobody ships, facts nobody asked about, patients for whom no plan is made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plan_mutants import Mutants, Mutate, Plan, parameters

Broken = Callable[[object], set[str]]
Redated = Callable[[Plan], Plan]


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


def a_barbiturate_by_its_brand_and_dose(plan: Plan) -> None:
    plan["request"]["patient"]["other_sedatives"] = ["Luminal (phenobarbital) 60 mg at night"]


def a_designer_benzodiazepine_besides(plan: Plan) -> None:
    plan["request"]["patient"]["other_sedatives"] = ["etizolam"]


def alcohol_outside_hospital(plan: Plan) -> None:
    plan["request"]["patient"]["alcohol_co_use"] = "yes"


def another_schema(plan: Plan) -> None:
    plan["schema"] = 2


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


MUTANTS: Mutants = {
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
    a_barbiturate_by_its_brand_and_dose: ("no-automatic-plan", False),
    a_designer_benzodiazepine_besides: ("no-automatic-plan", False),
    alcohol_outside_hospital: ("no-automatic-plan", False),
    another_schema: ("schema", False),
    a_child: ("no-automatic-plan", False),
    faster_than_printed_without_a_reason: ("pace-outside-printed-range", False),
    more_often_than_printed_without_a_reason: ("pace-outside-printed-range", False),
    a_cut_of_zero_percent: ("pace-outside-printed-range", False),
    a_longest_step_below_the_interval: ("pace-outside-printed-range", False),
}
#: Mutants of which nothing but the one rule may complain: the rule is seen to act alone.
ALONE: tuple[Mutate, ...] = (
    pregnancy_was_not_asked_about,
    a_seizure_history_at_full_pace,
    alcohol_outside_hospital,
    another_schema,
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
