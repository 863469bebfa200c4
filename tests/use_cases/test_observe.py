"""Charting observation sets: what is kept, what the answer says, which alert is raised, who may do it."""

from __future__ import annotations

from typing import Any

import pytest

import charting_ward as kit
from taper_app.clinical.errors import InputRefused, NotAllowed, StateConflict
from taper_app.clinical.records import EpisodeId, RecordKind
from taper_app.use_cases.alerts import resolve_alert
from taper_app.use_cases.observe import readings_to_confirm

at, NURSE, OTHER_NURSE, PHYSICIAN = kit.at, kit.NURSE, kit.OTHER_NURSE, kit.PHYSICIAN


@pytest.fixture
def ward() -> Any:
    return kit.new_ward()


@pytest.fixture
def episode(ward: Any) -> EpisodeId:
    return kit.with_signed_plan(ward, kit.admitted(ward))


def _day_3(ward: Any, episode: EpisodeId) -> Any:
    kit.with_doses_given(ward, episode, 1, 2)
    day_3 = kit.WELL | {
        "ciwa_b": kit.DAY_3_CIWA_B,
        "symptoms": {"tremor": 3, "stomach_cramps": 2, "muscle_cramps": 2},
    }
    ward.observe(episode, kit.WELL, at(3, "07:55"))
    ward.dose(episode, kit.planned(ward, episode, 3, "08:00"), at(3, "08:00"))
    return ward.observe(episode, day_3, at(3, "10:00"))


def _rules(charted: Any) -> set[str]:
    return {reason.rule for reason in charted.alert.reasons} if charted.alert else set()


def test_day_3_an_incomplete_ciwa_b_shows_least_and_most_and_no_band(ward: Any, episode: EpisodeId) -> None:
    score = _day_3(ward, episode).assessment.scores.ciwa_b
    assert (score.total, score.band, score.complete) == (None, None, False)
    assert score.missing == ("17",)
    assert (score.least, score.most) == (21, 25)


def test_day_3_tremor_of_3_raises_level_2_and_suspends_the_next_cut_while_the_dose_goes_on(
    ward: Any, episode: EpisodeId
) -> None:
    charted = _day_3(ward, episode)
    chart = ward.chart(episode)
    assert charted.assessment.level == 2
    assert "N20" in _rules(charted)
    assert chart.standing.next_cut == "suspended"
    assert chart.standing.dose_in_words == "Give the planned dose."
    assert chart.standing.plan_is_current
    assert chart.row.next_cut == "suspended"
    assert chart.row.level == 2


def test_day_4_a_hallucination_with_insight_is_level_3_for_the_prescriber(ward: Any, episode: EpisodeId) -> None:
    _day_3(ward, episode)
    kit.with_doses_given(ward, episode, 3, 3)
    event = {"kind": "hallucination", "insight": True, "modality": "visual"}
    charted = ward.observe(episode, {"events": [event]}, at(4, "11:00"))
    assert charted.alert.level == 3
    assert charted.alert.headline == "Hallucination with insight."
    assert charted.assessment.taper.this_dose == "give"
    assert charted.alert.respond_by == at(4, "12:00")


def test_day_5_a_seizure_is_level_4_although_ciwa_b_is_incomplete(ward: Any, episode: EpisodeId) -> None:
    kit.with_doses_given(ward, episode, 1, 4)
    seizure = {"kind": "seizure", "duration_minutes": 2, "ongoing": False, "recovered": True}
    charted = ward.observe(episode, {"events": [seizure], "ciwa_b": {"1": 2}}, at(5, "13:52"))
    chart = ward.chart(episode)
    assert charted.assessment.level == 4
    assert charted.alert.level == 4
    assert "cause not yet known" in charted.alert.headline
    assert "Do not omit" in chart.standing.dose_in_words
    assert charted.assessment.taper.this_dose == "give_do_not_omit"
    assert not chart.standing.plan_is_current
    assert chart.row.headline.startswith("Seizure")


def test_one_set_raises_one_alert_with_its_other_findings_as_reasons(ward: Any, episode: EpisodeId) -> None:
    charted = ward.observe(
        episode,
        {"events": [{"kind": "hallucination", "insight": True}], "symptoms": {"tremor": 4}},
        at(4, "11:00"),
    )
    assert ward.count(episode, RecordKind.ALERT) == 1
    assert {"R07", "N20"} <= _rules(charted)
    assert all(reason.level >= 2 for reason in charted.alert.reasons)


def test_a_quiet_set_raises_no_alert(ward: Any, episode: EpisodeId) -> None:
    charted = ward.observe(episode, kit.WELL | {"dose_due": False}, at(1, "10:00"))
    assert charted.alert is None
    assert charted.assessment.level == 1
    assert ward.count(episode, RecordKind.ALERT) == 0


def test_the_same_finding_again_stays_in_the_assessment_while_its_alert_is_open(ward: Any, episode: EpisodeId) -> None:
    first = ward.observe(episode, {"symptoms": {"tremor": 3}}, at(1, "10:00"))
    again = ward.observe(episode, {"symptoms": {"tremor": 3}}, at(1, "10:30"))
    assert first.alert
    assert again.alert is None
    assert "N20" in {finding.rule for finding in again.assessment.findings}
    assert ward.count(episode, RecordKind.ALERT) == 1


def test_the_same_finding_after_its_alert_was_resolved_raises_a_new_one(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, {"symptoms": {"tremor": 3}}, at(1, "10:00"))
    alert = ward.chart(episode).alerts[0]
    resolve_alert(ward, PHYSICIAN, episode, alert.id, "Seen, comfort measures.", entry_id="resolved")
    assert ward.observe(episode, {"symptoms": {"tremor": 3}}, at(1, "14:30")).alert


def test_a_second_fall_raises_its_own_alert_although_the_first_is_open(ward: Any, episode: EpisodeId) -> None:
    fall = {"events": [{"kind": "fall", "head_strike": "no"}]}
    assert ward.observe(episode, fall, at(1, "10:00")).alert
    assert ward.observe(episode, fall, at(1, "15:00")).alert


def test_a_seizure_that_was_answered_is_not_raised_again_by_the_next_quiet_set(ward: Any, episode: EpisodeId) -> None:
    seizure = {"kind": "seizure", "duration_minutes": 2, "recovered": True}
    ward.observe(episode, {"events": [seizure]}, at(5, "13:52"))
    alert = ward.chart(episode).alerts[0]
    resolve_alert(ward, PHYSICIAN, episode, alert.id, "Restabilised, neurologist called.", entry_id="resolved")
    later = ward.observe(episode, kit.WELL, at(5, "18:00"))
    assert "R03" in {finding.rule for finding in later.assessment.findings}
    assert not _rules(later) & {"R03"}
    assert ward.chart(episode).standing.plan_is_current


def test_a_second_seizure_within_a_day_is_raised_although_the_first_was_answered(ward: Any, episode: EpisodeId) -> None:
    seizure = {"kind": "seizure", "duration_minutes": 2, "recovered": True}
    ward.observe(episode, {"events": [seizure]}, at(5, "13:52"))
    resolve_alert(ward, PHYSICIAN, episode, ward.chart(episode).alerts[0].id, "Seen.", entry_id="resolved")
    second = ward.observe(episode, {"events": [seizure]}, at(5, "20:00"))
    assert second.alert.level == 4
    assert "N06" in _rules(second)


def test_every_fault_is_named_at_once_and_nothing_is_kept(ward: Any, episode: EpisodeId) -> None:
    bad = {"vitals": {"respiratory_rate": 99, "spo2": "12,5"}, "symptoms": {"tremor": 7}}
    with pytest.raises(InputRefused) as refused:
        ward.observe(episode, bad, at(1, "10:00"))
    fields = {fault.field for fault in refused.value.faults}
    assert fields == {"vitals.respiratory_rate", "vitals.spo2", "symptoms.tremor"}
    assert ward.count(episode, RecordKind.OBSERVATION) == 0
    assert ward.chart(episode).row.last_observation_at is None


def test_an_empty_set_is_refused(ward: Any, episode: EpisodeId) -> None:
    with pytest.raises(InputRefused, match="Nothing is charted yet"):
        ward.observe(episode, {"vitals": {}, "signs": {"ataxia": "not_assessed"}}, at(1, "10:00"))


def test_a_set_that_could_not_be_done_is_kept_with_its_reason(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, {"not_done": {"reason": "asleep"}}, at(1, "10:00"))
    assert ward.chart(episode).sets[-1].observation.not_done.reason == "asleep"


def test_a_time_ahead_or_long_before_the_admission_is_refused(ward: Any, episode: EpisodeId) -> None:
    ward.now = at(1, "10:00")
    for wrong in (at(1, "10:01"), at(1, "07:00").replace(year=2026)):
        with pytest.raises(InputRefused) as refused:
            kit.chart_observation(ward, NURSE, episode, kit.WELL, entry_id="x", happened_at=wrong)
        assert [fault.field for fault in refused.value.faults] == ["happened_at"]
    assert ward.count(episode, RecordKind.OBSERVATION) == 0


def test_a_late_entry_keeps_both_times_and_is_judged_by_what_had_happened_by_then(
    ward: Any, episode: EpisodeId
) -> None:
    ward.observe(episode, {"events": [{"kind": "seizure", "duration_minutes": 2}]}, at(1, "15:00"))
    late = ward.observe(episode, kit.WELL, at(1, "09:00"))
    kept = next(found.record for found in ward.chart(episode).sets if found.record.id == late.record_id)
    assert (kept.happened_at, kept.recorded_at) == (at(1, "09:00"), at(1, "15:00"))
    assert "R03" not in {finding.rule for finding in late.assessment.findings}
    assert ward.chart(episode).sets[0].observation.at.isoformat() == "2027-01-11T09:00:00-05:00"


def test_a_second_submit_of_the_same_entry_adds_nothing_and_answers_the_same(ward: Any, episode: EpisodeId) -> None:
    once = ward.observe(episode, {"symptoms": {"tremor": 3}}, at(1, "10:00"), entry_id="same")
    twice = ward.observe(episode, {"symptoms": {"tremor": 3}}, at(1, "10:00"), entry_id="same")
    assert once == twice
    assert [ward.count(episode, kind) for kind in (RecordKind.OBSERVATION, RecordKind.ASSESSMENT)] == [1, 1]
    assert ward.count(episode, RecordKind.ALERT) == 1


def test_a_correction_keeps_the_original_and_is_judged_anew(ward: Any, episode: EpisodeId) -> None:
    first = ward.observe(episode, {"symptoms": {"tremor": 1}}, at(1, "10:00"))
    corrected = ward.observe(
        episode, {"symptoms": {"tremor": 3}}, at(1, "10:00"), corrects=first.record_id, reason="tapped the wrong number"
    )
    chart = ward.chart(episode)
    assert [found.record.id for found in chart.sets] == [corrected.record_id]
    assert [record.id for record in chart.history_of(corrected.record_id)] == [first.record_id]
    assert chart.sets[0].observation.correction_reason == "tapped the wrong number"
    assert corrected.alert
    assert first.alert is None
    assert ward.count(episode, RecordKind.OBSERVATION) == 2


def test_a_corrected_seizure_counts_once(ward: Any, episode: EpisodeId) -> None:
    seizure = {"kind": "seizure", "duration_minutes": 1, "recovered": True}
    first = ward.observe(episode, {"events": [seizure]}, at(5, "13:52"))
    longer = seizure | {"duration_minutes": 2}
    again = ward.observe(episode, {"events": [longer]}, at(5, "13:52"), corrects=first.record_id, reason="longer")
    assert {"N06", "R02"}.isdisjoint(finding.rule for finding in again.assessment.findings)


def test_only_the_author_corrects_and_says_why(ward: Any, episode: EpisodeId) -> None:
    first = ward.observe(episode, kit.WELL, at(1, "10:00"))
    with pytest.raises(NotAllowed, match="Only the author"):
        ward.observe(episode, kit.WELL, at(1, "10:00"), by=OTHER_NURSE, corrects=first.record_id, reason="not mine")
    with pytest.raises(InputRefused, match="why the entry is corrected"):
        ward.observe(episode, kit.WELL, at(1, "10:00"), corrects=first.record_id, reason=" ")
    ward.observe(episode, kit.WELL, at(1, "10:00"), corrects=first.record_id, reason="wrong pulse")
    with pytest.raises(StateConflict, match="corrected already"):
        ward.observe(episode, kit.WELL, at(1, "10:00"), corrects=first.record_id, reason="once more")
    assert ward.count(episode, RecordKind.OBSERVATION) == 2


def test_a_pharmacist_or_another_unit_charts_nothing(ward: Any, episode: EpisodeId) -> None:
    stranger = kit.Actor("nurse-9", "Z. Far", kit.Role.NURSE, "unit-2")
    for actor in (kit.PHARMACIST, stranger):
        with pytest.raises(NotAllowed):
            ward.observe(episode, kit.WELL, at(1, "10:00"), by=actor)
    assert ward.count(episode, RecordKind.OBSERVATION) == 0
    with ward.store.reading() as reading:
        refused = [entry for entry in reading.audit_entries() if entry.outcome == "refused"]
    assert [entry.action for entry in refused] == ["chart_observation", "chart_observation"]


def test_the_doses_block_is_counted_from_the_chart(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "13:00"))
    doses = ward.chart(episode).sets[-1].observation.doses
    assert doses.late_minutes == 5 * 60
    assert str(doses.hours_since_last) == "6.5"
    assert (doses.withheld_or_missed_24h, doses.prn_24h, doses.prn_days_running) == (0, 0, 0)


def test_what_a_nurse_counts_by_hand_stands_against_the_chart(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL | {"doses": {"hours_since_last": "1"}}, at(1, "13:00"))
    doses = ward.chart(episode).sets[-1].observation.doses
    assert str(doses.hours_since_last) == "1"
    assert doses.late_minutes == 5 * 60


def test_an_event_between_two_sets_never_puts_the_next_set_off(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL | {"dose_due": False}, at(1, "07:30"))
    due = ward.chart(episode).next_set_due_at
    ward.observe(episode, {"symptoms": {"tremor": 1}}, at(1, "10:00"))
    assert ward.chart(episode).next_set_due_at == due == ward.chart(episode).row.next_due_at


def test_the_planned_dose_stays_the_same_past_the_day_of_a_suspended_cut(ward: Any, episode: EpisodeId) -> None:
    second_cut = ward.chart(episode).signed.cuts()[1]
    ward.observe(episode, {"symptoms": {"tremor": 3}}, at(3, "10:00"))
    chart = ward.chart(episode)
    first_dose = chart.planned_between(kit.FIRST_DAY, kit.FIRST_DAY)
    on_the_day = chart.planned_between(second_cut, second_cut)
    assert [due.dose.mg for due in on_the_day] == [due.dose.mg for due in first_dose]
    assert chart.signed.step_on(second_cut).daily_mg != chart.step_on(second_cut).daily_mg
    resolve_alert(ward, PHYSICIAN, episode, chart.alerts[0].id, "Seen; cuts go on.", entry_id="resolved")
    after = ward.chart(episode)
    assert after.step_on(second_cut) == after.signed.step_on(second_cut)


def test_unusual_readings_and_no_breath_are_to_be_confirmed() -> None:
    limits = kit.PROTOCOLS.vital_limits
    assert readings_to_confirm({"vitals": {"respiratory_rate": 16, "pulse": 70}}, limits) == ()
    zero = readings_to_confirm({"vitals": {"respiratory_rate": 0, "temperature_c": "41.5"}}, limits)
    assert len(zero) == 2
    assert "Respiratory rate 0" in zero[0]


def test_nobody_is_asked_to_confirm_a_reading_that_is_refused_anyway() -> None:
    limits = kit.PROTOCOLS.vital_limits
    for impossible in ({"spo2": 9}, {"temperature_c": "98.6"}, {"temperature_f": "37"}):
        assert readings_to_confirm({"vitals": impossible | {"pulse": 0}}, limits) == ()


def test_no_breath_is_kept_as_an_emergency(ward: Any, episode: EpisodeId) -> None:
    charted = ward.observe(episode, {"vitals": {"respiratory_rate": 0}}, at(1, "10:00"))
    assert charted.alert.level == 4
