"""What a finding means for the taper: which suspend the next cut, and the change that is proposed to the prescriber."""

from __future__ import annotations

from typing import Any

import pytest

import charting_ward as kit
from taper_app.clinical.errors import StateConflict
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.records import RecordKind
from taper_app.use_cases.alerts import resolve_alert
from taper_app.use_cases.export_plan import FORMATS, bridging_note, export_bridging_note, export_plan
from taper_app.use_cases.plan_taper import propose_change, request_plan_change, sign_plan, try_change
from taper_app.use_cases.taper_proposal import proposal_for, suspending_findings

at, NURSE, PHYSICIAN = kit.at, kit.NURSE, kit.PHYSICIAN
#: The doses were given; these tests are not about missed ones.
DOSED = {"doses": {"hours_since_last": "2", "late_minutes": 0}}
TREMOR = {"symptoms": {"tremor": 3}} | DOSED
HALLUCINATION = {"events": [{"kind": "hallucination", "insight": True, "modality": "visual"}]} | DOSED
SEIZURE = {"events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]} | DOSED


@pytest.fixture
def ward() -> Any:
    return kit.new_ward()


@pytest.fixture
def episode(ward):
    """2 mg before, 1.875 mg from day 1: the first cut is made."""
    return kit.with_signed_plan(ward, kit.admitted(ward))


def proposed(ward, episode):
    found = proposal_for(ward.chart(episode))
    daily = {drug: str(mg) for drug, mg in found.daily_mg.items()} if found and found.daily_mg else None
    return (found.kind, daily) if found else None


def test_while_nothing_stands_against_the_cut_nothing_is_proposed(ward, episode):
    ward.observe(episode, kit.WELL | {"dose_due": False}, at(1, "10:00"))
    assert proposed(ward, episode) is None
    assert list(suspending_findings(ward.chart(episode))) == []


def test_day_3_a_tremor_proposes_to_keep_the_dose(ward, episode):
    ward.observe(episode, TREMOR, at(3, "10:00"))
    assert proposed(ward, episode) == ("keep", None)


def test_day_4_a_hallucination_proposes_to_go_back_to_2_mg(ward, episode):
    ward.observe(episode, TREMOR, at(3, "10:00"))
    ward.observe(episode, HALLUCINATION, at(4, "11:00"))
    assert proposed(ward, episode) == ("restabilise", {"clonazepam": "2"})
    found = suspending_findings(ward.chart(episode))
    assert (found[0].rule, found[0].level) == ("R07", 3)
    assert "N20" in {one.rule for one in found}


def test_day_5_after_a_seizure_the_proposal_and_the_bridging_note_name_the_same_dose(ward, episode):
    ward.observe(episode, HALLUCINATION, at(4, "11:00"))
    ward.observe(episode, SEIZURE, at(5, "13:52"))
    chart = ward.chart(episode)
    assert proposal_for(chart).daily_mg == dict(bridging_note(chart).daily_mg)
    assert suspending_findings(chart)[0].effect is Effect.CONTINUE_AND_CALL


def test_a_wish_to_keep_the_dose_is_listed_and_proposed(ward, episode):
    ward.now = at(1, "09:00")
    request_plan_change(ward, NURSE, episode, "she asks for it", entry_id="k")
    assert [one.message for one in suspending_findings(ward.chart(episode))] == [
        "Asked to keep the dose: she asks for it"
    ]
    assert proposed(ward, episode) == ("keep", None)


def test_a_cut_that_was_overtaken_by_its_review_is_proposed_with_new_dates(ward, episode):
    ward.observe(episode, TREMOR, at(3, "10:00"))
    ward.now = at(20, "10:00")
    resolve_alert(ward, PHYSICIAN, episode, ward.chart(episode).alerts[0].id, "tremor gone", entry_id="r")
    assert proposed(ward, episode) == ("keep_days", None)


def test_a_proposal_changes_nothing_and_is_what_the_change_accepts(ward, episode):
    ward.observe(episode, HALLUCINATION, at(4, "11:00"))
    chart = ward.chart(episode)
    kept = ward.count(episode, RecordKind.PLAN)
    found = proposal_for(chart)
    asked = {"kind": found.kind, "on": "2027-01-14", "daily_mg": "2", "reason": found.reason, "keep_days": 14}
    assert try_change(ward, PHYSICIAN, episode, asked).steps
    assert ward.count(episode, RecordKind.PLAN) == kept
    assert ward.chart(episode).signed.number == 1


def test_once_a_change_waits_for_a_signature_nothing_more_is_proposed(ward, episode):
    ward.observe(episode, HALLUCINATION, at(4, "11:00"))
    asked = {"kind": "restabilise", "on": "2027-01-14", "daily_mg": "2", "reason": "as before", "keep_days": 14}
    record = propose_change(ward, PHYSICIAN, episode, asked, entry_id="v2")
    assert proposed(ward, episode) is None
    assert ward.chart(episode).standing.next_cut == "suspended", "until it is signed"
    codes = ward.chart(episode).versions[-1].plan.codes_to_sign
    sign_plan(ward, PHYSICIAN, episode, record, codes, entry_id="v2-signed")
    assert ward.chart(episode).standing.next_cut == "as_planned"


@pytest.mark.parametrize(
    "sedation",
    [{}, {"rass": -2}, {"rass": -4, "vitals": {"respiratory_rate": 8}}],
    ids=["awake", "drowsy", "not to be roused"],
)
def test_after_a_seizure_no_plan_goes_out_as_current_however_drowsy_she_is(ward, episode, sedation):
    """Withholding the next dose by mouth does not make the plan current again."""
    ward.observe(episode, SEIZURE | sedation, at(5, "13:52"))
    assert not ward.chart(episode).standing.plan_is_current
    for fmt in FORMATS:
        with pytest.raises(StateConflict, match="cannot be exported as current"):
            export_plan(ward, PHYSICIAN, episode, fmt)
    assert b"2 mg" in export_bridging_note(ward, PHYSICIAN, episode)[2]


def test_after_a_seizure_the_dose_that_waits_for_rousing_is_still_not_to_be_omitted_once_she_is_awake(ward, episode):
    ward.observe(episode, SEIZURE | {"rass": -2}, at(5, "13:52"))
    assert ward.chart(episode).standing.effect is Effect.ASSESS_THEN_DOSE
    ward.observe(episode, TREMOR | {"rass": 0}, at(5, "15:00"))
    assert ward.chart(episode).standing.effect is Effect.CONTINUE_AND_CALL
