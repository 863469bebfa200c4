from __future__ import annotations

from datetime import date

import pytest

from taper_app.clinical.errors import InputRefused, NotAllowed, StateConflict
from taper_app.clinical.people import Role
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.versions import VersionState
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.context import new_id
from taper_app.use_cases.plan_taper import (
    propose_change,
    propose_plan,
    request_plan_change,
    sign_plan,
    taken_now,
    try_change,
    try_plan,
)

IN_PHARMACY = ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg"]
WITH_ODT = [*IN_PHARMACY, "clonazepam-odt-0.125mg"]
ASKED = {"protocol": "asam-2025", "equivalence": "ashton-2002", "start_on": "2027-01-11", "products": WITH_ODT}


@pytest.fixture
def physician(ward):
    return ward.person(Role.PHYSICIAN)


def signed(ward, physician, episode):
    plan = try_plan(ward, physician, episode, ASKED)
    record = propose_plan(ward, physician, episode, ASKED, entry_id=new_id())
    sign_plan(ward, physician, episode, record, plan.codes_to_sign, entry_id=new_id())
    return open_chart(ward, physician, episode)


def test_her_first_request_is_refused_and_the_orally_disintegrating_tablet_is_offered(ward, physician):
    episode = ward.admit_her()
    outcome = try_plan(ward, physician, episode, ASKED | {"products": IN_PHARMACY})
    assert isinstance(outcome, Refusal)
    assert outcome.remedies[0].change == {"products": WITH_ODT}
    with pytest.raises(InputRefused):
        propose_plan(ward, physician, episode, ASKED | {"products": IN_PHARMACY}, entry_id=new_id())
    assert open_chart(ward, physician, episode).versions == ()


def test_the_chart_facts_are_used_and_not_what_a_request_claims(ward, physician):
    episode = ward.admit_her(facts={})
    plan = try_plan(ward, physician, episode, ASKED | {"patient": {"pregnant": "no"}})
    assert isinstance(plan, Plan)
    assert "facts-not-assessed" in plan.codes_to_sign


def test_a_plan_is_in_force_only_when_each_warning_was_accepted_by_name(ward, physician):
    episode = ward.admit_her()
    record = propose_plan(ward, physician, episode, ASKED, entry_id=new_id())
    with pytest.raises(InputRefused, match="ceiling-in-end-zone"):
        sign_plan(ward, physician, episode, record, (), entry_id=new_id())
    assert open_chart(ward, physician, episode).signed is None
    sign_plan(ward, physician, episode, record, ("ceiling-in-end-zone",), entry_id=new_id())
    chart = open_chart(ward, physician, episode)
    assert chart.signed is not None
    assert chart.row.plan_line == "Plan v1: 1.875 mg clonazepam a day"


def test_proposing_twice_with_one_entry_keeps_one_version(ward, physician):
    episode = ward.admit_her()
    entry = new_id()
    propose_plan(ward, physician, episode, ASKED, entry_id=entry)
    propose_plan(ward, physician, episode, ASKED, entry_id=entry)
    assert len(open_chart(ward, physician, episode).versions) == 1


def test_a_pharmacist_proposes_and_does_not_sign(ward):
    episode = ward.admit_her()
    pharmacist = ward.person(Role.PHARMACIST)
    record = propose_plan(ward, pharmacist, episode, ASKED, entry_id=new_id())
    with pytest.raises(NotAllowed):
        sign_plan(ward, pharmacist, episode, record, ("ceiling-in-end-zone",), entry_id=new_id())


def test_a_start_date_a_year_ago_is_refused(ward, physician):
    episode = ward.admit_her()
    with pytest.raises(InputRefused, match="days back"):
        try_plan(ward, physician, episode, ASKED | {"start_on": "2026-01-11"})


def test_a_plan_built_before_the_facts_changed_cannot_be_signed(ward, physician):
    from taper_app.use_cases.admit import record_facts

    episode = ward.admit_her()
    record = propose_plan(ward, physician, episode, ASKED, entry_id=new_id())
    facts = open_chart(ward, physician, episode).facts
    record_facts(ward, physician, episode, type(facts).model_validate(facts.model_dump() | {"months_of_use": 24}))
    with pytest.raises(StateConflict, match="facts have changed"):
        sign_plan(ward, physician, episode, record, ("ceiling-in-end-zone",), entry_id=new_id())


def test_restabilising_supersedes_version_1_and_leaves_it_readable(ward, physician):
    episode = ward.admit_her()
    signed(ward, physician, episode)
    ward.clock.pass_time(days=4)
    asked = {
        "kind": "restabilise",
        "on": "2027-01-15",
        "daily_mg": "2",
        "cut_percent": "5",
        "every_days": 28,
        "patient": {"seizure_history": "yes", "specialist": "Dr N. Euro"},
        "reason": "seizure on day 5",
    }
    plan = try_change(ward, physician, episode, asked)
    assert isinstance(plan, Plan)
    record = propose_change(ward, physician, episode, asked, entry_id=new_id())
    sign_plan(ward, physician, episode, record, plan.codes_to_sign, entry_id=new_id())
    first, second = open_chart(ward, physician, episode).versions
    assert (first.state, second.state) == (VersionState.SUPERSEDED, VersionState.SIGNED)
    assert "not in force" in first.in_words
    restabilise, cut = second.plan.steps[1:3]
    assert restabilise.kind.value == "restabilise"
    assert cut.starts_on == date(2027, 2, 12), "28 days after the seizure"
    assert first.plan.steps[0].starts_on == second.plan.steps[0].starts_on, "the past is frozen"


def test_a_nurse_asks_to_keep_the_dose_and_only_the_cut_is_suspended(ward, physician):
    episode = ward.admit_her()
    signed(ward, physician, episode)
    request_plan_change(ward, ward.person(Role.NURSE), episode, "shaky and sleepless", entry_id=new_id())
    chart = open_chart(ward, physician, episode)
    assert chart.row.next_cut == "suspended"
    assert chart.row.plan_line == "Plan v1: 1.875 mg clonazepam a day", "the dose itself does not change"
    assert chart.standing.plan_is_current


def test_the_board_shows_the_step_of_today_although_nobody_charted_since(ward, physician):
    from taper_app.use_cases.board import ward_board

    episode = ward.admit_her()
    signed(ward, physician, episode)
    ward.clock.pass_time(days=14)
    (row,) = ward_board(ward, ward.person(Role.NURSE), ward.unit.id)
    assert row.plan_line == "Plan v1: 1.75 mg clonazepam a day"


def test_a_new_plan_begins_with_the_dose_in_force_and_not_with_the_one_at_admission(ward, physician):
    """1.875 mg is given since the first cut: a plan that began from 2 mg again would undo it."""
    chart = signed(ward, physician, ward.admit_her())
    assert [(line.drug, str(line.mg), line.time) for line in taken_now(chart)] == [
        ("clonazepam", "0.875", "08:00"),
        ("clonazepam", "1", "20:00"),
    ]
    plan = try_plan(ward, physician, chart.episode_id, ASKED)
    assert isinstance(plan, Plan)
    assert {name: str(mg) for name, mg in plan.starting_daily_mg.items()} == {"clonazepam": "1.875"}


def test_before_a_plan_is_signed_the_present_use_is_what_was_charted(ward, physician):
    chart = open_chart(ward, physician, ward.admit_her())
    assert {line.time: str(line.mg) for line in taken_now(chart)} == {"08:00": "1", "20:00": "1"}
