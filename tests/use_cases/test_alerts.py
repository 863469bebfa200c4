"""The life of an alert: raised, found again, seen, acknowledged, acted on, resolved; and what is refused on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import charting_ward as kit
from taper_app.clinical.errors import InputRefused, NotAllowed, NotFound, StateConflict
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import RecordKind
from taper_app.store.sql import open_store
from taper_app.use_cases.alerts import (
    AcknowledgedAlready,
    AlertResolved,
    acknowledge_alert,
    note_seen,
    record_action,
    resolve_alert,
    unseen_by,
)
from taper_app.use_cases.plan_taper import propose_change, sign_plan
from taper_app.use_cases.strike_entry import propose_strike, sign_strike

at, NURSE, OTHER_NURSE, PHYSICIAN = kit.at, kit.NURSE, kit.OTHER_NURSE, kit.PHYSICIAN
TREMOR = {"symptoms": {"tremor": 3}}
HALLUCINATION = {"events": [{"kind": "hallucination", "insight": True, "modality": "visual"}]}
FAST_PULSE = {"vitals": {"pulse": 120}}
VERY_FAST_PULSE = {"vitals": {"pulse": 134}}
HIGH_PRESSURE = {"vitals": {"systolic": 190, "diastolic": 100}}
PRIVATE = "did what nobody else may read"


@pytest.fixture
def ward() -> Any:
    return kit.new_ward()


@pytest.fixture
def episode(ward):
    return kit.with_signed_plan(ward, kit.admitted(ward))


def the_alert(ward, episode):
    (alert,) = ward.chart(episode).alerts
    return alert


def acknowledge(ward, episode, by=NURSE, entry_id=None):
    alert = ward.chart(episode).alerts[0]
    acknowledge_alert(ward, by, episode, alert.id, entry_id=entry_id or f"{alert.id}-by-{by.user_id}")


def rules(alert):
    return {reason.rule for reason in alert.reasons}


# Raised once; found again without a new interruption.


def test_the_same_finding_joins_its_open_alert_with_the_moment_and_interrupts_nobody(ward, episode):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    for clock in ("14:00", "18:00"):
        assert ward.observe(episode, TREMOR, at(1, clock)).alert is None
    alert = the_alert(ward, episode)
    assert [again.at for again in alert.found_again] == [at(1, "14:00"), at(1, "18:00")]
    assert ward.count(episode, RecordKind.ALERT) == 1
    assert ward.chart(episode).row.unacknowledged_alerts == 1


def test_fewer_of_the_same_findings_join_it_too(ward, episode):
    ward.observe(episode, TREMOR | FAST_PULSE, at(1, "10:00"))
    assert ward.observe(episode, FAST_PULSE, at(1, "11:00")).alert is None
    assert len(the_alert(ward, episode).found_again) == 1


def test_another_finding_of_the_same_level_joins_and_its_effect_on_the_cut_counts(ward, episode):
    first = ward.observe(episode, FAST_PULSE, at(1, "10:00"))
    assert {reason.effect.value for reason in first.alert.reasons} == {"none"}
    assert ward.chart(episode).standing.next_cut == "as_planned"
    assert ward.observe(episode, TREMOR, at(1, "11:00")).alert is None
    chart = ward.chart(episode)
    assert {"R31", "N20"} <= rules(chart.alerts[0])
    assert chart.standing.next_cut == "suspended"
    assert "A symptom of 3 or 4" in chart.standing.because


def test_a_higher_level_raises_an_alert_of_its_own(ward, episode):
    ward.observe(episode, FAST_PULSE, at(1, "10:00"))
    risen = ward.observe(episode, VERY_FAST_PULSE, at(1, "10:30"))
    assert risen.alert.level == 3
    assert ward.observe(episode, VERY_FAST_PULSE, at(1, "11:00")).alert is None
    assert ward.count(episode, RecordKind.ALERT) == 2


def test_a_second_serious_finding_is_seen_with_the_one_that_waits(ward, episode):
    ward.observe(episode, HIGH_PRESSURE, at(1, "10:00"))
    assert ward.observe(episode, VERY_FAST_PULSE, at(1, "10:05")).alert is None
    assert "R30" in rules(the_alert(ward, episode))


def test_a_second_serious_finding_calls_anew_once_the_first_was_acknowledged(ward, episode):
    """The prescriber has answered for the pressure; nobody has been told of the pulse."""
    ward.observe(episode, HIGH_PRESSURE, at(1, "10:00"))
    acknowledge(ward, episode)
    answered = rules(the_alert(ward, episode))
    both = {"vitals": HIGH_PRESSURE["vitals"] | VERY_FAST_PULSE["vitals"]}
    called = ward.observe(episode, both, at(1, "10:30"))
    assert called.alert.level == 3
    heading = {reason.rule for reason in called.alert.reasons if reason.message == called.alert.headline}
    assert not heading & answered, "what is new, not what was answered"
    assert ward.observe(episode, HIGH_PRESSURE, at(1, "11:00")).alert is None


def test_a_fall_after_an_answered_seizure_is_an_alert_of_the_fall(ward, episode):
    ward.observe(episode, {"events": [{"kind": "seizure", "duration_minutes": 2}]}, at(1, "10:00"))
    resolve_alert(ward, PHYSICIAN, episode, the_alert(ward, episode).id, "seen, restabilised", entry_id="r")
    fall = ward.observe(episode, {"events": [{"kind": "fall", "head_strike": "no"}]}, at(1, "15:00"))
    assert fall.alert.level == 3
    assert fall.alert.headline == "Fall."
    assert "R03" not in {reason.rule for reason in fall.alert.reasons}
    assert ward.chart(episode).standing.plan_is_current


def test_found_again_after_a_new_version_was_signed_suspends_its_cut_too(ward, episode):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    change = {"kind": "keep_days", "on": "2027-01-12", "days": 7, "reason": "shaky"}
    ward.now = at(1, "12:00")
    proposal = propose_change(ward, PHYSICIAN, episode, change, entry_id="v2")
    codes = ward.chart(episode).versions[-1].plan.codes_to_sign
    sign_plan(ward, PHYSICIAN, episode, proposal, codes, entry_id="v2-signed")
    assert ward.chart(episode).standing.next_cut == "as_planned"
    assert ward.observe(episode, TREMOR, at(1, "14:00")).alert is None
    assert ward.chart(episode).standing.next_cut == "suspended"


def test_what_a_struck_set_raised_is_raised_anew_by_the_set_that_found_it_again(ward, episode):
    first = ward.observe(episode, TREMOR, at(1, "10:00"))
    acknowledge(ward, episode)
    ward.observe(episode, TREMOR, at(1, "14:00"))
    ward.now = at(1, "15:00")
    written = {"entry": first.record_id, "reason": "another patient's"}
    proposal = propose_strike(ward, NURSE, episode, written, entry_id="p")
    sign_strike(ward, PHYSICIAN, episode, proposal, entry_id="s")
    alert = the_alert(ward, episode)
    assert alert.raised_at == at(1, "15:00"), "from the moment at which it became clear"
    assert alert.acknowledged is None
    assert "N20" in rules(alert)
    assert ward.chart(episode).standing.next_cut == "suspended"


def test_a_struck_set_that_only_joined_leaves_the_alert_as_it_was(ward, episode):
    ward.observe(episode, FAST_PULSE, at(1, "10:00"))
    before = rules(the_alert(ward, episode))
    joined = ward.observe(episode, TREMOR, at(1, "11:00"))
    proposal = propose_strike(
        ward, NURSE, episode, {"entry": joined.record_id, "reason": "another patient's"}, entry_id="p"
    )
    sign_strike(ward, PHYSICIAN, episode, proposal, entry_id="s")
    alert = the_alert(ward, episode)
    assert alert.found_again == ()
    assert rules(alert) == before
    assert ward.chart(episode).standing.next_cut == "as_planned"


# Seen.


def test_seen_is_noted_once_for_each_person_who_may_acknowledge(ward, episode):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    for person in (NURSE, NURSE, PHYSICIAN):
        if unseen_by(person, ward.chart(episode)):
            note_seen(ward, person, episode)
    assert [seen.author.name for seen in the_alert(ward, episode).seen] == ["A. Ng", "Dr. Ames"]
    assert unseen_by(kit.PHARMACIST, ward.chart(episode)) == ()
    note_seen(ward, NURSE, episode)
    assert ward.count(episode, RecordKind.ALERT_ACTION) == 2


def test_seeing_is_not_acknowledging(ward, episode):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    note_seen(ward, PHYSICIAN, episode)
    assert the_alert(ward, episode).acknowledged is None
    assert ward.chart(episode).row.unacknowledged_alerts == 1


def test_what_is_resolved_is_not_noted_as_seen(ward, episode):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    resolve_alert(ward, PHYSICIAN, episode, the_alert(ward, episode).id, "seen", entry_id="r")
    note_seen(ward, NURSE, episode)
    assert the_alert(ward, episode).seen == ()


# Acknowledged, acted on, resolved.


def test_several_actions_each_keep_author_and_time_and_resolve_nothing(ward, episode):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    alert = the_alert(ward, episode)
    for clock, by, text in (("10:05", NURSE, "prescriber told"), ("10:20", PHYSICIAN, "seen at the bedside")):
        ward.now = at(1, clock)
        record_action(ward, by, episode, alert.id, text, entry_id=f"a-{clock}")
        record_action(ward, by, episode, alert.id, text, entry_id=f"a-{clock}")
    after = the_alert(ward, episode)
    assert after.is_open
    assert [(step.recorded_at, step.author.name) for step in after.actions] == [
        (at(1, "10:05"), "A. Ng"),
        (at(1, "10:20"), "Dr. Ames"),
    ]
    assert after.done == ("prescriber told", "seen at the bedside")
    assert after.acknowledged.author.name == "A. Ng", "whoever acts has acknowledged"
    assert ward.chart(episode).row.unacknowledged_alerts == 0


def test_after_an_action_it_is_resolved_without_another_word(ward, episode):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    alert = the_alert(ward, episode)
    with pytest.raises(InputRefused, match="Write what was done"):
        resolve_alert(ward, NURSE, episode, alert.id, " ", entry_id="r")
    record_action(ward, NURSE, episode, alert.id, "prescriber told", entry_id="a")
    resolve_alert(ward, PHYSICIAN, episode, alert.id, "", entry_id="r")
    assert the_alert(ward, episode).done == ("prescriber told",)
    assert not the_alert(ward, episode).is_open


@pytest.mark.parametrize("text", ["", "  ", "ok", "x" * 401, "given \u202e oot"])
def test_an_action_that_says_nothing_or_too_much_is_refused(ward, episode, text):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    for act in (record_action, resolve_alert):
        with pytest.raises(InputRefused) as refused:
            act(ward, NURSE, episode, the_alert(ward, episode).id, text, entry_id="a")
        assert [fault.field for fault in refused.value.faults] == ["action_taken"]
    assert ward.count(episode, RecordKind.ALERT_ACTION) == 0


def test_nothing_is_done_about_an_alert_that_is_resolved(ward, episode):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    alert = the_alert(ward, episode)
    resolve_alert(ward, NURSE, episode, alert.id, PRIVATE, entry_id="r")
    for act in (
        lambda: acknowledge_alert(ward, PHYSICIAN, episode, alert.id, entry_id="x"),
        lambda: record_action(ward, PHYSICIAN, episode, alert.id, "seen", entry_id="x"),
        lambda: resolve_alert(ward, PHYSICIAN, episode, alert.id, "seen", entry_id="x"),
    ):
        with pytest.raises(AlertResolved) as refused:
            act()
        assert PRIVATE not in f"{refused.value} {refused.value.next_step}"
    resolve_alert(ward, NURSE, episode, alert.id, PRIVATE, entry_id="r")
    assert ward.count(episode, RecordKind.ALERT_ACTION) == 1


def test_an_alert_of_another_patient_or_of_none_is_not_found(ward, episode):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    other = kit.admitted(ward, "6", family_name="Roe")
    for alert in (the_alert(ward, episode).id, "nothing"):
        with pytest.raises(NotFound):
            acknowledge_alert(ward, NURSE, other, alert, entry_id="x")


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.PLANNER, Role.AUDITOR, Role.ADMIN])
def test_whoever_has_no_right_does_nothing_about_an_alert(ward, episode, role):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    alert, person = the_alert(ward, episode).id, Actor("x", "X", role, "unit-1")
    for act in (
        lambda: note_seen(ward, person, episode),
        lambda: acknowledge_alert(ward, person, episode, alert, entry_id="x"),
        lambda: record_action(ward, person, episode, alert, "seen", entry_id="x"),
        lambda: resolve_alert(ward, person, episode, alert, "seen", entry_id="x"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert ward.count(episode, RecordKind.ALERT_ACTION) == 0


def test_a_colleague_of_another_unit_acknowledges_nothing(ward, episode):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    with pytest.raises(NotAllowed):
        acknowledge(ward, episode, by=Actor("x", "X", Role.NURSE, "unit-2"))


def test_of_two_people_the_first_deals_with_it_and_ones_own_second_tap_adds_nothing(ward, episode):
    ward.observe(episode, TREMOR, at(1, "10:00"))
    acknowledge(ward, episode)
    acknowledge(ward, episode)
    with pytest.raises(AcknowledgedAlready):
        acknowledge(ward, episode, by=OTHER_NURSE)
    assert the_alert(ward, episode).acknowledged.author.name == "A. Ng"
    assert ward.count(episode, RecordKind.ALERT_ACTION) == 1


def test_twice_at_once_in_a_database_one_acknowledges_and_all_others_hear_of_it(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'ward.sqlite3'}")
    store.transact(lambda writing: writing.add_unit(kit.UNIT))
    ward = kit.Ward(store=store)
    episode = kit.with_signed_plan(ward, kit.admitted(ward))
    ward.observe(episode, TREMOR, at(1, "10:00"))
    people = [Actor(f"nurse-{number}", f"Nurse {number}", Role.NURSE, "unit-1") for number in range(8)]

    def act(person):
        try:
            acknowledge(ward, episode, by=person)
        except StateConflict as refused:
            return type(refused)
        return None

    with ThreadPoolExecutor(len(people)) as several:
        outcomes = list(several.map(act, people))
    assert outcomes.count(None) == 1
    assert outcomes.count(AcknowledgedAlready) == len(people) - 1
    assert ward.count(episode, RecordKind.ALERT_ACTION) == 1
    store.close()
