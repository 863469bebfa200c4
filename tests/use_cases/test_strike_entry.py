"""An entry of the wrong patient: proposed, signed, gone from everything that counts, and judged on the right chart."""

from __future__ import annotations

from datetime import timedelta

import pytest

import charting_ward as kit
from taper_app.clinical.charting.struck import MovedEntryBody, StrikeBody, came_from, open_proposals
from taper_app.clinical.errors import InputRefused, NotAllowed, NotFound, StateConflict
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import RecordId, RecordKind, Unit
from taper_app.use_cases.alerts import acknowledge_alert
from taper_app.use_cases.assessing import dose_gate
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.chart_bedside import chart_bedside
from taper_app.use_cases.chart_scale import chart_scale
from taper_app.use_cases.day_sheet import sheet_of
from taper_app.use_cases.handoff_view import open_summary
from taper_app.use_cases.second_observer import chart_second_observer
from taper_app.use_cases.strike_entry import decline_strike, propose_strike, sign_strike
from taper_app.use_cases.weight import chart_weight

at, NURSE, PHYSICIAN = kit.at, kit.NURSE, kit.PHYSICIAN
CHARGE = Actor("charge-1", "C. Cole", Role.CHARGE_NURSE, "unit-1")
WEST = Unit(id="unit-2", name="4 West", zone="America/New_York", beds=("21", "22"), emergency_number="911")
SEIZURE = kit.WELL | {"events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]}
DROWSY = kit.WELL | {"rass": -2}


@pytest.fixture
def ward():
    return kit.new_ward()


@pytest.fixture
def wrong(ward):
    """The chart on which it was written."""
    return kit.with_signed_plan(ward, kit.admitted(ward, "7"))


@pytest.fixture
def right(ward, wrong):
    """The chart on which it belongs."""
    return kit.with_signed_plan(ward, kit.admitted(ward, "6", family_name="Roe"))


def propose(ward, wrong, entry, to=None, by=NURSE, entry_id=None, **more):
    ward.now += timedelta(minutes=1)
    written = {"entry": entry, "reason": "charted in the wrong room", "moves_to": to} | more
    return propose_strike(ward, by, wrong, written, entry_id=entry_id or ward.next_entry())


def sign(ward, wrong, proposal, by=CHARGE, entry_id=None):
    ward.now += timedelta(minutes=1)
    return sign_strike(ward, by, wrong, proposal, entry_id=entry_id or ward.next_entry())


def strike(ward, wrong, entry, to=None, **more):
    return sign(ward, wrong, propose(ward, wrong, entry, to, **more))


def test_until_it_is_signed_the_entry_counts_and_the_banner_says_what_waits(ward, wrong):
    charted = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    propose(ward, wrong, charted.record_id)
    chart = ward.chart(wrong)
    assert (chart.row.level, chart.standing.next_cut) == (4, "suspended")
    assert "an entry may be another patient's" in chart.row.flags
    assert [waiting.entry.id for waiting in open_proposals(chart.records)] == [charted.record_id]


def test_the_printed_day_says_that_an_entry_was_struck_and_nothing_of_what_it_said(ward, wrong, right):
    charted = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    strike(ward, wrong, charted.record_id, to=right)
    sheet = sheet_of(ward.chart(wrong), "A. Ng", ward.protocols)
    (line,) = [line for line in sheet.others if "STRUCK" in line.what]
    assert line.what.startswith("STRUCK, counts in nothing: observation of Mon 11 Jan 2027 08:00, charted by")
    assert line.more == "moved to another chart, because: charted in the wrong room"
    assert not sheet.sets
    assert not sheet.events
    assert "eizure" not in line.what + line.more


def test_a_nurse_proposes_and_does_not_sign(ward, wrong):
    charted = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    proposal = propose(ward, wrong, charted.record_id)
    with pytest.raises(NotAllowed, match="proposes to strike"):
        sign(ward, wrong, proposal, by=kit.OTHER_NURSE)
    assert ward.chart(wrong).row.level == 4
    sign(ward, wrong, proposal, by=PHYSICIAN)
    assert ward.chart(wrong).row.level == 1


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.PLANNER, Role.AUDITOR, Role.ADMIN])
def test_whoever_has_no_right_neither_proposes_nor_signs_nor_declines(ward, wrong, role):
    charted = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    proposal = propose(ward, wrong, charted.record_id)
    other = Actor("x", "X", role, "unit-1")
    for act in (
        lambda: propose(ward, wrong, charted.record_id, by=other),
        lambda: sign(ward, wrong, proposal, by=other),
        lambda: decline_strike(ward, other, wrong, proposal, "not so", entry_id="d"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert ward.count(wrong, RecordKind.STRIKE) == 0


def test_a_struck_seizure_is_in_no_score_alert_suspension_veto_or_board_row(ward, wrong):
    ward.observe(wrong, kit.WELL, at(1, "07:30"))
    before = ward.chart(wrong)
    charted = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    assert open_summary(ward, PHYSICIAN, wrong, audited=False).gate.veto.stands
    strike(ward, wrong, charted.record_id)
    after = ward.chart(wrong)
    assert (after.row.level, after.row.next_cut, after.row.this_dose) == (1, "as_planned", "none")
    assert after.row.unacknowledged_alerts == 0
    assert after.alerts == []
    assert after.standing.plan_is_current
    assert after.next_set_due_at == before.next_set_due_at, "the due time is again that of the set before"
    assert [kept.record.id for kept in after.sets] == [kept.record.id for kept in before.sets]
    assert not any("seizure" in flag for flag in after.row.flags)
    view = open_summary(ward, PHYSICIAN, wrong, audited=False)
    assert not view.gate.veto.stands
    assert view.composed.events.entries == ()


def test_a_struck_set_no_longer_decides_about_a_dose(ward, wrong):
    sober = ward.observe(wrong, kit.WELL, at(1, "07:50"))
    drowsy = ward.observe(wrong, DROWSY, at(1, "07:55"))
    ward.now = at(1, "08:00")
    due = ward.chart(wrong).due_doses[0]
    assert dose_gate(ward, ward.chart(wrong), ward.now, due).answer.state == "withhold"
    strike(ward, wrong, drowsy.record_id)
    assert dose_gate(ward, ward.chart(wrong), ward.now, due).answer.state == "give"
    strike(ward, wrong, sober.record_id)
    assert dose_gate(ward, ward.chart(wrong), ward.now, due).answer.state == "assess_first"


def test_a_struck_dose_is_due_again_and_is_not_the_last_dose(ward, wrong):
    ward.observe(wrong, kit.WELL, at(1, "07:55"))
    given = ward.dose(wrong, kit.planned(ward, wrong, 1, "08:00"), at(1, "08:00"))
    assert ward.chart(wrong).due_doses == []
    strike(ward, wrong, given.record_id)
    chart = ward.chart(wrong)
    assert [due.planned_for for due in chart.due_doses] == [at(1, "08:00")]
    assert chart.last_dose_at == at(1, "06:30")
    assert chart.doses == []


def test_later_sets_are_judged_anew_and_both_judgements_stay_readable(ward, wrong):
    seizure = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    later = ward.observe(wrong, kit.WELL, at(1, "09:00"))
    assert later.assessment.level == 4, "the seizure of an hour before still counts"
    strike(ward, wrong, seizure.record_id)
    chart = ward.chart(wrong)
    assert chart.sets[-1].record.id == later.record_id
    assert (chart.sets[-1].assessment["level"], chart.row.level) == (1, 1)
    assert ward.count(wrong, RecordKind.ASSESSMENT) == 3


def test_an_alert_of_a_later_set_loses_what_rested_on_the_struck_entry_and_keeps_the_rest(ward, wrong):
    ward.observe(wrong, SEIZURE, at(1, "08:00"))
    ward.chart(wrong)
    seizure = ward.chart(wrong).sets[-1].record.id
    tremor = ward.observe(wrong, kit.WELL | {"symptoms": {"tremor": 3}, "events": [{"kind": "fall"}]}, at(1, "09:00"))
    rules = {reason.rule for reason in tremor.alert.reasons}
    assert {"R03", "N20"} <= rules
    alert = ward.chart(wrong).alerts[0]
    acknowledge_alert(ward, NURSE, wrong, alert.id, entry_id="seen")
    strike(ward, wrong, seizure)
    (left,) = ward.chart(wrong).alerts
    assert left.id == alert.id
    assert left.raised_at == alert.raised_at
    assert left.acknowledged is not None, "what was done about it stays"
    assert {reason.rule for reason in left.body.reasons} == rules - {"R03"} - (rules & {"N26"})
    assert left.body.level < 4


def test_the_struck_entry_can_still_be_read_where_it_was_written(ward, wrong):
    charted = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    signed = strike(ward, wrong, charted.record_id)
    chart = ward.chart(wrong)
    assert charted.record_id in [kept.id for kept in chart.struck]
    body = next(kept for kept in chart.records if kept.id == signed).body_as(StrikeBody)
    assert (body.entry, body.reason) == (charted.record_id, "charted in the wrong room")
    with ward.store.reading() as reading:
        assert reading.record(charted.record_id) is not None


def test_a_moved_set_is_judged_on_the_right_chart_at_its_own_time_with_a_trace_on_both(ward, wrong, right):
    charted = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    strike(ward, wrong, charted.record_id, right)
    there = ward.chart(right)
    assert (there.row.level, there.standing.next_cut) == (4, "suspended")
    moved = there.sets[-1]
    assert moved.at == at(1, "08:00")
    assert moved.record.author.name == "C. Cole", "who signs writes it there"
    trace = came_from(there.records)[moved.record.id]
    assert (trace.charted_by.name, trace.was_entry, trace.came_from) == ("A. Ng", charted.record_id, wrong)
    assert "Doe" not in str(there.records), "the right chart names no other patient"
    assert ward.chart(wrong).row.level == 1
    struck = next(kept for kept in ward.chart(wrong).records if kept.kind is RecordKind.STRIKE)
    assert struck.body["moved_to"] == right
    with ward.store.reading() as reading:
        signed = [entry for entry in reading.audit_entries() if entry.action == "strike_wrong_patient_entry"]
    assert {entry.episode_id for entry in signed} == {wrong, right}


def test_a_moved_set_is_not_judged_by_the_other_patients_doses(ward, wrong, right):
    ward.observe(wrong, kit.WELL, at(1, "07:55"))
    ward.dose(wrong, kit.planned(ward, wrong, 1, "08:00"), at(1, "08:00"))
    charted = ward.observe(wrong, kit.WELL, at(1, "09:00"))
    assert ward.chart(wrong).sets[-1].observation.doses.hours_since_last == 1
    strike(ward, wrong, charted.record_id, right)
    counted = ward.chart(right).sets[-1].observation.doses
    assert (str(counted.hours_since_last), counted.late_minutes) == ("2.5", 60)


def test_a_moved_planned_dose_is_the_dose_that_the_right_plan_wanted(ward, wrong, right):
    ward.observe(wrong, kit.WELL, at(1, "07:55"))
    given = ward.dose(wrong, kit.planned(ward, wrong, 1, "08:00"), at(1, "08:00"))
    strike(ward, wrong, given.record_id, right)
    (dose,) = ward.chart(right).doses
    assert (dose.body.planned_for, dose.body.status, dose.at) == (at(1, "08:00"), "given", at(1, "08:00"))
    assert ward.chart(right).due_doses == [], "nobody gives it a second time"


def test_a_moved_refused_dose_raises_its_question_on_the_right_chart(ward, wrong, right):
    refused = kit.planned(ward, wrong, 1, "08:00", status="refused", reason="does not want it")
    charted = ward.dose(wrong, refused, at(1, "08:30"))
    strike(ward, wrong, charted.record_id, right)
    chart = ward.chart(right)
    assert chart.doses[0].body.status == "refused"
    assert chart.sets[-1].observation.doses.withheld_or_missed_24h == 1
    assert ward.chart(wrong).sets == [], "the set that counted the dose went with it"


def test_a_planned_dose_that_the_other_plan_did_not_want_is_not_moved(ward, wrong):
    other = kit.admitted(ward, "6", family_name="Roe")
    ward.observe(wrong, kit.WELL, at(1, "07:55"))
    given = ward.dose(wrong, kit.planned(ward, wrong, 1, "08:00"), at(1, "08:00"))
    proposal = propose(ward, wrong, given.record_id, other)
    with pytest.raises(StateConflict, match="as a dose outside the plan, with who ordered it"):
        sign(ward, wrong, proposal)
    assert ward.chart(wrong).doses, "nothing was struck either"
    assert ward.chart(other).doses == []


def test_a_dose_outside_the_plan_moves_with_who_ordered_it(ward, wrong, right):
    emergency = {
        "status": "given",
        "purpose": "emergency",
        "medicine": "lorazepam",
        "mg": "2",
        "route": "into a muscle",
        "ordered_by": "Dr. Ames",
    }
    given = ward.dose(wrong, emergency, at(1, "08:10"))
    strike(ward, wrong, given.record_id, right)
    assert ward.chart(right).doses[0].body.ordered_by == "Dr. Ames"
    assert ward.chart(wrong).doses == []


def test_a_weight_moves_and_stands_on_the_right_banner(ward, wrong, right):
    written = {"weight": "160", "unit": "lb", "how_it_is_known": "measured"}
    weight = chart_weight(ward, NURSE, wrong, written, entry_id="w", happened_at=at(1, "07:00"))
    strike(ward, wrong, weight, right)
    assert ward.chart(wrong).weight is None
    assert ward.chart(right).weight.body.in_words == "160 lb (72.57 kg)"


def test_an_own_supply_that_was_another_patients_moves_with_its_question_to_the_rules(ward, wrong, right):
    found = {"kind": "own_supply_search", "outcome": "found", "found": "10 tablets", "done_with_it": "locked away"}
    ward.now = at(1, "08:00")
    kept = chart_bedside(ward, NURSE, wrong, found, entry_id="search", happened_at=at(1, "08:00"))
    assert kept.judged.alert
    strike(ward, wrong, kept.record_id, right)
    assert [alert for alert in ward.chart(wrong).alerts if alert.is_open] == []
    assert ward.chart(wrong).bedside == []
    assert [moved.entry.outcome for moved in ward.chart(right).bedside] == ["found"]
    assert "N05" in {reason.rule for alert in ward.chart(right).alerts for reason in alert.body.reasons}


def test_a_word_about_another_entry_is_struck_without_moving_it(ward, wrong, right):
    ward.observe(wrong, kit.WELL, at(1, "08:00"), entry_id="first")
    chart_second_observer(ward, kit.OTHER_NURSE, wrong, RecordId("first"), {"rass": 0}, entry_id="second")
    with pytest.raises(StateConflict, match="a word about another entry"):
        strike(ward, wrong, RecordId("second-beside"), right)


def test_a_scale_of_the_stay_moves_as_it_was_answered(ward, wrong, right):
    answers = {item.id: 0 for item in kit.PROTOCOLS.scales["sds"].scored_items}
    chart_scale(ward, NURSE, wrong, "sds", answers, entry_id="sds-1", happened_at=at(1, "07:00"))
    strike(ward, wrong, "sds-1", right)
    assert ward.chart(wrong).of_kind(RecordKind.SCALE) == []
    (moved,) = ward.chart(right).of_kind(RecordKind.SCALE)
    assert moved.body["answers"] == answers


def test_a_struck_correction_lets_the_first_entry_stand_again_when_that_was_this_patients(ward, wrong):
    first = ward.observe(wrong, kit.WELL, at(1, "08:00"))
    slip = ward.observe(wrong, SEIZURE, at(1, "08:00"), corrects=first.record_id, reason="added")
    strike(ward, wrong, slip.record_id, with_earlier=False)
    assert [kept.record.id for kept in ward.chart(wrong).sets] == [first.record_id]
    assert ward.chart(wrong).row.level == 1


def test_with_everything_it_replaced_nothing_of_the_entry_stands(ward, wrong, right):
    first = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    fixed = ward.observe(wrong, SEIZURE | {"rass": -1}, at(1, "08:00"), corrects=first.record_id, reason="rescored")
    with pytest.raises(StateConflict, match="strike the newer one"):
        propose(ward, wrong, first.record_id)
    strike(ward, wrong, fixed.record_id, right)
    assert ward.chart(wrong).sets == []
    (moved,) = ward.chart(right).sets
    assert (moved.observation.rass, moved.observation.correction_reason) == (-1, "")


def test_nothing_crosses_units_without_the_right_on_both(ward, wrong):
    ward.store.transact(lambda writing: writing.add_unit(WEST))
    west_nurse = Actor("nurse-9", "W. Ito", Role.NURSE, WEST.id)
    far = kit.admission("6", unit_id=WEST.id, family_name="Roe") | {"bed": "21"}
    elsewhere = kit.admit_patient(ward, west_nurse, far)
    charted = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    with pytest.raises(NotAllowed, match="own unit"):
        propose(ward, wrong, charted.record_id, elsewhere)
    with pytest.raises(NotAllowed, match="own unit"):
        propose(ward, wrong, charted.record_id, by=west_nurse)
    assert ward.chart(wrong).row.level == 4


def test_bad_proposals_get_a_sentence_and_store_nothing(ward, wrong, right):
    charted = ward.observe(wrong, kit.WELL, at(1, "08:00"))
    entry = charted.record_id
    with pytest.raises(InputRefused, match="another patient"):
        propose(ward, wrong, entry, wrong)
    for reason in ("", "no", "x" * 401, "wrong\x00room"):
        with pytest.raises(InputRefused):
            propose(ward, wrong, entry, reason=reason)
    with pytest.raises(NotFound):
        propose(ward, wrong, "no-such-entry")
    with pytest.raises(NotFound):
        propose(ward, right, entry)
    with pytest.raises(NotFound):
        propose(ward, wrong, f"{entry}-assessment")
    assert ward.count(wrong, RecordKind.STRIKE_PROPOSAL) == 0


def test_an_entry_from_before_the_other_admission_is_not_moved(ward, wrong):
    charted = ward.observe(wrong, kit.WELL, at(1, "08:00"))
    ward.now = at(4, "08:00")
    late = kit.admitted(ward, "5", family_name="Poe", admitted_at=at(4, "07:00"))
    with pytest.raises(InputRefused, match="was not here at that time"):
        propose(ward, wrong, charted.record_id, late)


def test_allergies_and_facts_are_struck_but_not_moved(ward, wrong, right):
    facts = ward.chart(wrong).of_kind(RecordKind.FACTS)[-1].id
    with pytest.raises(InputRefused, match="asked anew"):
        propose(ward, wrong, facts, right)
    strike(ward, wrong, facts)
    assert ward.chart(wrong).facts.seizure_history == "not_assessed"


def test_a_second_proposal_a_second_signature_and_a_second_tap(ward, wrong, right):
    charted = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    proposal = propose(ward, wrong, charted.record_id, right)
    with pytest.raises(StateConflict, match="waits for a signature"):
        propose(ward, wrong, charted.record_id)
    sign(ward, wrong, proposal, entry_id="tap")
    sign(ward, wrong, proposal, entry_id="tap")
    with pytest.raises(StateConflict, match="not open any more"):
        sign(ward, wrong, proposal, by=PHYSICIAN)
    assert ward.count(right, RecordKind.OBSERVATION) == 1
    assert ward.count(right, RecordKind.MOVED_ENTRY) == 1


def test_a_declined_proposal_leaves_the_entry_with_a_reason_and_may_be_made_again(ward, wrong):
    charted = ward.observe(wrong, SEIZURE, at(1, "08:00"))
    proposal = propose(ward, wrong, charted.record_id)
    with pytest.raises(InputRefused):
        decline_strike(ward, CHARGE, wrong, proposal, " ", entry_id="d1")
    decline_strike(ward, CHARGE, wrong, proposal, "it was this patient", entry_id="d2")
    assert ward.chart(wrong).row.level == 4
    assert open_proposals(ward.chart(wrong).records) == []
    assert propose(ward, wrong, charted.record_id)


def test_a_chart_of_a_released_patient_stays_released_after_a_strike(ward, wrong):
    charted = ward.observe(wrong, SEIZURE, at(1, "08:00"))

    def release(writing):
        row = writing.latest_row(wrong)
        writing.put_latest(type(row).model_validate(row.model_dump() | {"status": "released"}))

    ward.store.transact(release)
    strike(ward, wrong, charted.record_id)
    row = open_chart(ward, NURSE, wrong, audited=False).row
    assert (row.status, row.level) == ("released", 1)


def test_the_set_that_only_counts_a_dose_is_struck_with_its_dose(ward, wrong):
    refused = kit.planned(ward, wrong, 1, "08:00", status="refused", reason="does not want it")
    charted = ward.dose(wrong, refused, at(1, "08:30"))
    with pytest.raises(StateConflict, match="strike that entry itself"):
        propose(ward, wrong, f"{charted.record_id}-set")


def test_the_trace_on_the_right_chart_has_its_own_shape(ward, wrong, right):
    charted = ward.observe(wrong, kit.WELL, at(1, "08:00"))
    strike(ward, wrong, charted.record_id, right)
    trace = next(kept for kept in ward.chart(right).records if kept.kind is RecordKind.MOVED_ENTRY)
    assert trace.body_as(MovedEntryBody).reason == "charted in the wrong room"
