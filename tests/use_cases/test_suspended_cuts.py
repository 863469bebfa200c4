"""A cut that fell due while it was suspended never comes by itself afterwards."""

from __future__ import annotations

from datetime import date

import pytest

from taper_app.clinical.people import Role
from taper_app.use_cases.alerts import acknowledge_alert, resolve_alert
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.context import new_id
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.plan_taper import propose_change, propose_plan, sign_plan, try_plan

ASKED = {
    "protocol": "asam-2025",
    "equivalence": "ashton-2002",
    "start_on": "2027-01-11",
    "products": ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"],
}


@pytest.fixture
def episode(ward):
    """Version 1 is signed; its second cut falls on 25 January. On 20 January she trembles."""
    episode = ward.admit_her()
    physician = ward.person(Role.PHYSICIAN)
    plan = try_plan(ward, physician, episode, ASKED)
    record = propose_plan(ward, physician, episode, ASKED, entry_id=new_id())
    sign_plan(ward, physician, episode, record, plan.codes_to_sign, entry_id=new_id())
    now = ward.clock.pass_time(days=9)
    chart_observation(
        ward, ward.person(Role.NURSE), episode, {"symptoms": {"tremor": 3}}, entry_id=new_id(), happened_at=now
    )
    return episode


def resolve_all(ward, episode, role):
    for alert in open_chart(ward, ward.person(role), episode).alerts:
        acknowledge_alert(ward, ward.person(role), episode, alert.id, entry_id=new_id())
        resolve_alert(ward, ward.person(role), episode, alert.id, "seen and talked over", entry_id=new_id())


def dose_on(ward, episode, day):
    step = open_chart(ward, ward.person(Role.PHYSICIAN), episode).step_on(day)
    return str(step.daily_of("clonazepam"))


def test_a_finding_suspends_the_cut_and_keeps_the_dose_past_its_day(ward, episode):
    ward.clock.pass_time(days=7)
    assert dose_on(ward, episode, date(2027, 1, 27)) == "1.875"


def test_a_nurse_who_resolves_does_not_let_the_cut_go_on(ward, episode):
    resolve_all(ward, episode, Role.NURSE)
    assert open_chart(ward, ward.person(Role.NURSE), episode).standing.next_cut == "suspended"


def test_a_prescriber_who_resolves_before_the_cut_is_due_lets_it_go_on(ward, episode):
    ward.clock.pass_time(days=1)
    resolve_all(ward, episode, Role.PHYSICIAN)
    assert open_chart(ward, ward.person(Role.NURSE), episode).standing.next_cut == "as_planned"
    assert dose_on(ward, episode, date(2027, 1, 25)) == "1.75"


def test_resolving_after_the_cut_was_due_keeps_the_dose_until_new_dates_are_signed(ward, episode):
    ward.clock.pass_time(days=21)
    resolve_all(ward, episode, Role.PHYSICIAN)
    chart = open_chart(ward, ward.person(Role.PHYSICIAN), episode)
    assert chart.standing.next_cut == "suspended"
    assert "sign a new version" in chart.standing.because
    assert dose_on(ward, episode, date(2027, 2, 10)) == "1.875", "two cuts would otherwise come at once"


def test_a_new_version_ends_it(ward, episode):
    ward.clock.pass_time(days=21)
    resolve_all(ward, episode, Role.PHYSICIAN)
    physician = ward.person(Role.PHYSICIAN)
    change = {
        "kind": "restabilise",
        "on": "2027-02-10",
        "daily_mg": "1.875",
        "keep_days": 14,
        "reason": "tremor settled",
    }
    record = propose_change(ward, physician, episode, change, entry_id=new_id())
    version = open_chart(ward, physician, episode).versions[-1]
    sign_plan(ward, physician, episode, record, version.plan.codes_to_sign, entry_id=new_id())
    assert open_chart(ward, physician, episode).standing.next_cut == "as_planned"
    assert dose_on(ward, episode, date(2027, 2, 24)) == "1.75"
