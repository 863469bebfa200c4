"""Reading the rules, counting what they asked of a unit, and trying a changed number on what was recorded."""

from __future__ import annotations

from decimal import Decimal

import pytest

from charting_ward import (
    NURSE,
    OTHER_NURSE,
    PHARMACIST,
    PHYSICIAN,
    UNIT,
    WELL,
    WELL_VITALS,
    admitted,
    at,
    new_ward,
    with_signed_plan,
)
from taper_app.clinical.charting.case import AssessmentCase
from taper_app.clinical.errors import InputRefused, NotAllowed, NotFound
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.protocol.thresholds import book_with, with_threshold
from taper_app.clinical.records import Author
from taper_app.clinical.shifts import NurseOfBeds, Shift
from taper_app.use_cases.alerts import acknowledge_alert, resolve_alert
from taper_app.use_cases.plan_taper import request_plan_change
from taper_app.use_cases.read_rules import read_rules, run_self_test, units_to_count
from taper_app.use_cases.rule_burden import rule_burden
from taper_app.use_cases.rule_dry_run import try_threshold

ADMIN = Actor("admin-1", "I. Tee", Role.ADMIN, "")
PLANNER = Actor("planner-1", "P. Lan", Role.PLANNER, "unit-1")
AUDITOR = Actor("auditor-1", "Au. Dit", Role.AUDITOR, "")
ELSEWHERE = Actor("nurse-9", "Z. Far", Role.NURSE, "unit-9")
FAST = WELL | {"vitals": WELL_VITALS | {"pulse": 115}}
FASTER = WELL | {"vitals": WELL_VITALS | {"pulse": 125}}


@pytest.fixture
def ward():
    return new_ward()


def by_rule(burden):
    return {one.rule: one for one in burden.by_rule}


def test_rules_and_self_test_are_for_who_works_with_charts_and_for_an_administrator(ward):
    for who in (NURSE, PHYSICIAN, PHARMACIST, ADMIN):
        assert read_rules(ward, who).rules.rules
    assert run_self_test(ward, ADMIN).all_caught
    for who in (PLANNER, AUDITOR):
        with pytest.raises(NotAllowed):
            read_rules(ward, who)
        with pytest.raises(NotAllowed):
            run_self_test(ward, who)


def test_only_who_may_open_every_chart_of_a_unit_counts_over_it(ward):
    assert [unit.id for unit in units_to_count(ward, NURSE)] == [UNIT.id]
    assert list(units_to_count(ward, ADMIN)) == list(units_to_count(ward, ELSEWHERE)) == []
    for who in (ADMIN, PLANNER, AUDITOR, ELSEWHERE):
        with pytest.raises(NotAllowed):
            rule_burden(ward, who, UNIT.id)
        with pytest.raises(NotAllowed):
            try_threshold(ward, who, UNIT.id, "R31", "when.at_least", "100")


def test_a_pharmacist_counts_over_every_unit_their_own_first(ward):
    ward.store.transact(lambda writing: writing.add_unit(UNIT.model_copy(update={"id": "unit-0", "name": "2 West"})))
    assert [unit.id for unit in units_to_count(ward, PHARMACIST)] == ["unit-1", "unit-0"]
    with pytest.raises(NotFound):
        rule_burden(ward, PHARMACIST, "unit-77")


def test_what_fired_what_was_raised_and_what_was_done_about_it(ward):
    episode = with_signed_plan(ward, admitted(ward))
    ward.observe(episode, WELL, at(1, "08:00"))
    ward.observe(episode, FAST, at(1, "12:00"))
    seen = {"events": [{"kind": "hallucination", "insight": True}], "rass": 0}
    charted = ward.observe(episode, seen, at(1, "13:00"), by=OTHER_NURSE)
    acknowledge_alert(ward, NURSE, episode, f"{charted.record_id}-alert", entry_id="a-1")
    ward.now = at(1, "13:20")
    request_plan_change(ward, PHYSICIAN, episode, "saw insects", entry_id="k-1")
    resolve_alert(ward, PHYSICIAN, episode, f"{charted.record_id}-alert", "dose kept", entry_id="a-2")
    ward.now = at(2, "07:00")
    burden = rule_burden(ward, NURSE, UNIT.id)
    assert burden.sets == 3
    seven, pulse = by_rule(burden)["R07"], by_rule(burden)["R31"]
    assert (seven.fired, seven.alerts, seven.acknowledged, seven.with_action) == (1, 1, 1, 1)
    assert (seven.plan_changed, seven.acted_on) == (1, 1)
    assert (pulse.fired, pulse.alerts) == (1, 1)
    assert not burden.by_shift
    (day,) = burden.by_span
    assert day.alerts == burden.alerts
    assert day.span.nurses == {"nurse-1", "nurse-2"}


def shift(number, begins, ends, *nurses, set_at):
    """One that was set for the unit; each nurse has one bed."""
    people = [Author.of(nurse) for nurse in nurses]
    return Shift(
        id=f"shift-{number}",
        unit_id=UNIT.id,
        begins_at=begins,
        ends_at=ends,
        in_charge=people[0],
        prescriber=Author.of(PHYSICIAN),
        nurses=tuple(NurseOfBeds(nurse=nurse, beds=(str(bed),)) for bed, nurse in enumerate(people, 1)),
        set_by=people[0],
        recorded_at=set_at,
    )


def test_alerts_are_counted_for_each_nurse_of_the_shift_in_which_they_were_raised(ward):
    set_shifts = (
        shift(1, at(1, "07:00"), at(1, "19:00"), NURSE, set_at=at(1, "07:00")),
        shift(2, at(1, "07:00"), at(1, "19:00"), NURSE, OTHER_NURSE, set_at=at(1, "08:00")),
        shift(3, at(1, "19:00"), at(2, "07:00"), OTHER_NURSE, set_at=at(1, "19:00")),
    )
    for one in set_shifts:
        ward.store.transact(lambda writing, one=one: writing.add_shift(one))
    for bed, moment in (("5", at(1, "09:00")), ("6", at(1, "10:00")), ("7", at(1, "19:00")), ("8", at(2, "08:00"))):
        ward.observe(admitted(ward, bed), FAST, moment)
    ward.now = at(2, "09:00")
    burden = rule_burden(ward, NURSE, UNIT.id)
    assert burden.by_shift
    found = [(one.alerts, len(one.span.nurses), one.per_nurse) for one in burden.by_span]
    assert found == [(1, 1, 1), (2, 2, 1)], "what was set last of a shift counts"
    assert burden.outside == 1, "raised when nobody had set the next shift"


def test_what_later_sets_found_again_and_was_acted_on_counts_for_the_open_alert(ward):
    episode = admitted(ward)
    ward.observe(episode, FAST, at(1, "08:00"))
    ward.observe(episode, FASTER, at(1, "09:00"))
    ward.now = at(1, "10:00")
    pulse = by_rule(rule_burden(ward, NURSE, UNIT.id))["R31"]
    assert (pulse.fired, pulse.alerts, pulse.acted_on) == (2, 1, 0)


def test_another_units_patients_and_what_lies_longer_back_are_not_counted(ward):
    ward.store.transact(lambda writing: writing.add_unit(UNIT.model_copy(update={"id": "unit-2", "name": "4 West"})))
    ward.observe(admitted(ward), FAST, at(1, "08:00"))
    ward.now = at(31, "07:00")
    assert rule_burden(ward, NURSE, UNIT.id).sets == 1
    assert rule_burden(ward, PHARMACIST, "unit-2").sets == 0
    ward.now = at(31, "09:00")
    assert rule_burden(ward, NURSE, UNIT.id).sets == 0


def test_a_corrected_set_counts_once_and_the_alert_that_it_raised_stays_one(ward):
    episode = admitted(ward)
    first = ward.observe(episode, FAST, at(1, "08:00"))
    ward.observe(episode, WELL, at(1, "08:00"), corrects=first.record_id, reason="wrong pulse")
    burden = rule_burden(ward, NURSE, UNIT.id)
    assert burden.sets == 1
    assert (by_rule(burden)["R31"].fired, by_rule(burden)["R31"].alerts) == (0, 1), "the alert had been raised"


def test_a_lower_threshold_says_how_many_recorded_sets_it_would_have_called_for(ward):
    episode = with_signed_plan(ward, admitted(ward))
    for clock, observation in (("08:00", WELL), ("12:00", FAST), ("16:00", FASTER)):
        ward.observe(episode, observation, at(1, clock))
    records = ward.chart(episode).changes
    tried = try_threshold(ward, NURSE, UNIT.id, "R31", "when.at_least", "60")
    assert (tried.counts.sets, tried.stays) == (3, 1)
    assert (tried.counts.fired_before, tried.counts.fired_after) == (2, 3)
    assert tried.counts.added == {2: 1}
    assert not tried.counts.gone
    assert tried.counts.levels == {(1, 2): 1}
    assert (tried.counts.alerts_added, tried.counts.alerts_gone) == (1, 0)
    assert not tried.loosens
    assert not tried.refused
    assert ward.chart(episode).changes == records, "nothing was kept"
    assert ward.protocols.rules.rule("R31").when.at_least == 111


def test_a_higher_threshold_says_which_it_would_have_missed(ward):
    episode = with_signed_plan(ward, admitted(ward))
    ward.observe(episode, FAST, at(1, "12:00"))
    ward.observe(episode, FASTER, at(1, "16:00"))
    tried = try_threshold(ward, NURSE, UNIT.id, "R31", "when.at_least", "120")
    assert tried.counts.gone == {2: 1}
    assert tried.loosens
    assert not tried.refused, "a site may write down a looser rule of level 2"


def test_loosening_a_level_4_rule_may_be_looked_at_and_never_goes_live(ward):
    ward.observe(admitted(ward), WELL | {"vitals": WELL_VITALS | {"respiratory_rate": 8}}, at(1, "08:00"))
    tried = try_threshold(ward, NURSE, UNIT.id, "R11", "when.at_most", "6")
    assert tried.loosens
    assert "R11 is shipped with level 4 and may not be loosened" in tried.refused[0]
    assert tried.counts.gone == {4: 1}
    assert tried.counts.levels == {(4, 3): 1}, "the rule on a single sign of 3 is left"
    wider = try_threshold(ward, NURSE, UNIT.id, "R11", "when.at_most", "9")
    assert (wider.loosens, wider.refused) == (False, ())


def test_loosening_what_a_level_4_rule_rests_on_never_goes_live_either(ward):
    tried = try_threshold(ward, NURSE, UNIT.id, "R12", "when.at_most", "10")
    assert "R20" in tried.refused[0]


def test_a_rule_that_looks_at_the_changed_one_is_counted_too(ward):
    ward.observe(admitted(ward), WELL | {"vitals": WELL_VITALS | {"respiratory_rate": 8}}, at(1, "08:00"))
    episode = admitted(ward, "8", facts={"opioid_co_use": "yes"})
    ward.observe(episode, WELL | {"vitals": WELL_VITALS | {"respiratory_rate": 8}}, at(1, "09:00"))
    tried = try_threshold(ward, NURSE, UNIT.id, "R11", "when.at_most", "6")
    assert tried.counts.gone == {4: 2}
    assert tried.counts.other_rules == {"R20": 1}


@pytest.mark.parametrize(
    ("rule", "key", "value"),
    [("R31", "when.at_least", "60"), ("R11", "when.at_most", "6"), ("R22", "when.at_least", "1")],
)
def test_judging_only_what_a_change_can_reach_says_the_same_as_judging_everything(ward, rule, key, value):
    episode = with_signed_plan(ward, admitted(ward))
    sick = {"respiratory_rate": 8, "spo2": 93, "pulse": 118}
    for clock, observation in (("08:00", WELL), ("12:00", WELL | {"vitals": WELL_VITALS | sick}), ("16:00", FASTER)):
        ward.observe(episode, observation, at(1, clock))
    protocols, chart = ward.protocols, ward.chart(episode)
    found = protocols.rules.rule(rule)
    place = tuple(int(part) if part.isdecimal() else part for part in key.split("."))
    own = book_with(protocols.rules, with_threshold(found, place, Decimal(value)))
    sets = [charted.observation for charted in chart.sets]
    gone = added = 0
    for index, observation in enumerate(sets):
        facts = chart.facts.for_assessment(age_years=44, admitted_at=chart.episode.admitted_at)
        case = AssessmentCase(patient=facts, history=tuple(sets[:index]), observation=observation)
        rules = [
            {one.rule for one in assess(case, book, protocols.scales, protocols.vital_limits).findings}
            for book in (protocols.rules, own)
        ]
        gone += rule in rules[0] - rules[1]
        added += rule in rules[1] - rules[0]
    tried = try_threshold(ward, NURSE, UNIT.id, rule, key, value)
    assert (sum(tried.counts.added.values()), sum(tried.counts.gone.values())) == (added, gone)


@pytest.mark.parametrize(
    ("rule", "key", "typed", "refusal", "sentence"),
    [
        ("R31", "when.at_least", "111", InputRefused, "the number that stands now"),
        ("R31", "when.at_least", "fast", InputRefused, "Write the new number like 8"),
        ("R39", "when.at_least", "0", InputRefused, "cannot be less than 1"),
        ("R31", "when.at_best", "9", NotFound, "There is no such number in the rules"),
        ("R99", "when.at_least", "9", NotFound, "There is no such number in the rules"),
        ("R54", "when.at_least", "9", NotFound, "There is no such number in the rules"),
    ],
)
def test_a_change_that_cannot_be_tried_is_refused_with_the_fix(ward, rule, key, typed, refusal, sentence):
    with pytest.raises(refusal, match=sentence):
        try_threshold(ward, NURSE, UNIT.id, rule, key, typed)


def test_a_unit_without_a_set_says_so_with_zeros(ward):
    tried = try_threshold(ward, NURSE, UNIT.id, "R31", "when.at_least", "60")
    assert (tried.counts.sets, tried.stays) == (0, 0)
    assert rule_burden(ward, NURSE, UNIT.id).sets == 0
