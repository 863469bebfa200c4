"""Charting doses: the signed plan, the gate and who may overrule it, what was not given, and doses outside the plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import charting_ward as kit
from taper_app.clinical.charting.doses import DoseStatus
from taper_app.clinical.errors import InputRefused, NotAllowed, StateConflict
from taper_app.clinical.quantities import mg_of
from taper_app.clinical.records import EpisodeId, RecordKind
from taper_app.use_cases.dose_clearance import DoseNotCleared, gates_of_due_doses
from taper_app.use_cases.dose_entry import NotFromThePlan
from taper_app.use_cases.orders import order_dose

at, NURSE, OTHER_NURSE, PHYSICIAN = kit.at, kit.NURSE, kit.OTHER_NURSE, kit.PHYSICIAN
SEIZURE = {"kind": "seizure", "duration_minutes": 2, "ongoing": False, "recovered": True}

EMERGENCY = {
    "status": "given",
    "purpose": "emergency",
    "medicine": "lorazepam",
    "mg": "2",
    "route": "into a vein",
    "ordered_by": "Dr. Ames",
}


@pytest.fixture
def ward() -> Any:
    return kit.new_ward()


@pytest.fixture
def episode(ward: Any) -> EpisodeId:
    return kit.with_signed_plan(ward, kit.admitted(ward))


def _drowsy(ward: Any, episode: EpisodeId, when: Any, rass: int = -1) -> None:
    ward.observe(episode, kit.WELL | {"rass": rass}, when)


def _dose(ward: Any, episode: EpisodeId, clock: str = "08:00", day: int = 1, **changes: Any) -> dict[str, Any]:
    planned: dict[str, Any] = kit.planned(ward, episode, day, clock, **changes)
    return planned


def test_a_due_dose_is_given_after_a_set_that_clears_it(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    ward.dose(episode, _dose(ward, episode), at(1, "08:00"))
    charted = ward.chart(episode).doses[-1].body
    assert (charted.status, charted.plan_version, charted.pieces) == (
        DoseStatus.GIVEN,
        1,
        ward.chart(episode).step_on(kit.FIRST_DAY).doses[0].pieces,
    )
    assert ward.chart(episode).due_doses == []


def test_without_sedation_breathing_and_oxygen_the_dose_waits_for_the_assessment(ward: Any, episode: EpisodeId) -> None:
    with pytest.raises(DoseNotCleared, match="Sedation score missing; Respiratory rate missing; SpO2 missing"):
        ward.dose(episode, _dose(ward, episode), at(1, "08:00"))
    with pytest.raises(NotAllowed):
        ward.dose(episode, _dose(ward, episode, override_reason="she is fine"), at(1, "08:00"), by=PHYSICIAN)
    assert ward.count(episode, RecordKind.DOSE) == 0


def test_readings_older_than_half_an_hour_do_not_clear_a_dose(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:40"))
    with pytest.raises(DoseNotCleared, match="missing"):
        ward.dose(episode, _dose(ward, episode), at(1, "08:11"))
    ward.dose(episode, _dose(ward, episode), at(1, "08:10"))


def test_a_symptom_charted_after_the_vitals_does_not_make_them_missing(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    ward.observe(episode, {"symptoms": {"tremor": 1}}, at(1, "07:55"))
    kept = ward.dose(episode, _dose(ward, episode), at(1, "08:00"))
    assert kept.body.status is DoseStatus.GIVEN
    assert ward.count(episode, RecordKind.DOSE) == 1


def test_slurred_speech_seen_before_the_newest_set_still_asks_to_assess_first(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL | {"signs": {"slurred_speech": "yes"}}, at(1, "07:50"))
    ward.observe(episode, {"symptoms": {"tremor": 1}}, at(1, "07:55"))
    with pytest.raises(DoseNotCleared, match="Slurred speech"):
        ward.dose(episode, _dose(ward, episode), at(1, "08:00"))


def test_at_rass_minus_1_a_nurse_may_give_with_a_reason(ward: Any, episode: EpisodeId) -> None:
    _drowsy(ward, episode, at(1, "07:50"))
    with pytest.raises(DoseNotCleared, match="A nurse may give it"):
        ward.dose(episode, _dose(ward, episode), at(1, "08:00"))
    kept = ward.dose(episode, _dose(ward, episode, override_reason="just woken, easily roused"), at(1, "08:00"))
    assert kept.body.reason == "Given all the same: just woken, easily roused"


def test_at_rass_minus_2_only_a_physician_may_give_with_a_reason(ward: Any, episode: EpisodeId) -> None:
    _drowsy(ward, episode, at(1, "07:50"), rass=-2)
    dose = _dose(ward, episode, override_reason="seen at the bedside")
    with pytest.raises(NotAllowed, match="Only a prescriber"):
        ward.dose(episode, dose, at(1, "08:00"))
    assert ward.dose(episode, dose, at(1, "08:00"), by=PHYSICIAN).body.status is DoseStatus.GIVEN


def test_a_dose_that_differs_from_the_plan_is_refused(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    for wrong in ({"mg": "2"}, {"medicine": "diazepam"}, {"planned_for": at(1, "09:00").isoformat()}):
        with pytest.raises(InputRefused):
            ward.dose(episode, _dose(ward, episode, **wrong), at(1, "08:00"))
    with pytest.raises(InputRefused, match="too early"):
        ward.dose(episode, _dose(ward, episode, "20:00"), at(1, "08:00"))
    assert ward.count(episode, RecordKind.DOSE) == 0


def test_a_badly_written_dose_is_refused_with_every_fault(ward: Any, episode: EpisodeId) -> None:
    for written in ("-1", "1e3", "NaN", "0,5", ".5"):
        with pytest.raises(InputRefused) as refused:
            ward.dose(episode, EMERGENCY | {"mg": written, "route": "by post"}, at(1, "08:00"))
        assert {fault.field for fault in refused.value.faults} == {"mg", "route"}
    with pytest.raises(InputRefused) as refused:
        ward.dose(episode, EMERGENCY | {"mg": "0", "ordered_by": ""}, at(1, "08:00"))
    assert {fault.field for fault in refused.value.faults} == {"mg", "ordered_by"}
    assert ward.count(episode, RecordKind.DOSE) == 0


def test_without_a_signed_plan_no_planned_dose_is_given_but_an_admission_dose_is(ward: Any) -> None:
    unplanned = kit.admitted(ward, "8", record_number="9")
    dose = {"status": "given", "medicine": "clonazepam", "mg": "1", "planned_for": at(1, "08:00").isoformat()}
    with pytest.raises(StateConflict, match="no signed plan"):
        ward.dose(unplanned, dose, at(1, "08:00"))
    ordered = {"status": "given", "purpose": "admission", "medicine": "Klonopin", "mg": "1", "ordered_by": "Dr. Ames"}
    assert ward.dose(unplanned, ordered, at(1, "08:00")).body.medicine == "clonazepam"


def test_a_planned_dose_is_charted_once(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    ward.dose(episode, _dose(ward, episode), at(1, "08:00"))
    with pytest.raises(StateConflict, match=r"charted already: given at .* by A\. Ng, nurse"):
        ward.dose(episode, _dose(ward, episode), at(1, "08:05"), by=OTHER_NURSE)
    assert ward.count(episode, RecordKind.DOSE) == 1


def test_a_second_submit_of_the_same_dose_adds_nothing(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    dose = _dose(ward, episode)
    once = ward.dose(episode, dose, at(1, "08:00"), entry_id="same")
    assert ward.dose(episode, dose, at(1, "08:00"), entry_id="same") == once
    assert ward.count(episode, RecordKind.DOSE) == 1


def test_a_withheld_dose_needs_a_reason_and_reopens_after_an_hour(ward: Any, episode: EpisodeId) -> None:
    with pytest.raises(InputRefused, match="why the dose was withheld"):
        ward.dose(episode, _dose(ward, episode, status="withheld"), at(1, "08:00"))
    kept = ward.dose(episode, _dose(ward, episode, status="withheld", reason="RASS -2"), at(1, "08:00"))
    assert kept.body.recheck_at == at(1, "09:00")
    ward.observe(episode, kit.WELL, at(1, "08:55"))
    assert [due.planned_for for due in ward.chart(episode).due_doses] == [at(1, "08:00")]
    ward.dose(episode, _dose(ward, episode), at(1, "09:00"))
    assert ward.chart(episode).due_doses == []
    assert ward.chart(episode).sets[-1].observation.doses.withheld_or_missed_24h == 1


def test_a_pharmacist_charts_no_dose(ward: Any, episode: EpisodeId) -> None:
    with pytest.raises(NotAllowed):
        ward.dose(episode, EMERGENCY, at(1, "08:00"), by=kit.PHARMACIST)
    assert ward.count(episode, RecordKind.DOSE) == 0


def test_a_dose_that_the_check_allows_is_withheld_only_on_a_prescribers_order(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    withheld = _dose(ward, episode, status="withheld", reason="looks sleepy")
    with pytest.raises(InputRefused, match="only a prescriber's order withholds it"):
        ward.dose(episode, withheld, at(1, "08:00"))
    assert ward.count(episode, RecordKind.DOSE) == 0
    kept = ward.dose(episode, withheld | {"ordered_by": "Dr. Ames"}, at(1, "08:00"))
    assert (kept.body.status, kept.body.ordered_by) == (DoseStatus.WITHHELD, "Dr. Ames")
    assert kept.body.recheck_at == at(1, "09:00")


def test_a_prescriber_withholds_a_dose_by_the_own_word(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    withheld = _dose(ward, episode, status="withheld", reason="seen at the bedside, too drowsy")
    assert ward.dose(episode, withheld, at(1, "08:00"), by=PHYSICIAN).body.status is DoseStatus.WITHHELD


def test_day_5_the_emergency_dose_is_charted_outside_the_plan_with_who_ordered_it(
    ward: Any, episode: EpisodeId
) -> None:
    kit.with_doses_given(ward, episode, 1, 4)
    ward.observe(episode, {"events": [SEIZURE], "rass": -2}, at(5, "13:52"))
    kept = ward.dose(episode, EMERGENCY, at(5, "13:55"))
    assert (kept.body.purpose.value, kept.body.ordered_by, mg_of(kept.body.tenth_mcg)) == ("emergency", "Dr. Ames", 2)
    assert ward.chart(episode).last_dose_at == at(5, "13:55")


def test_after_a_seizure_a_sedated_patients_dose_is_late_and_never_missed(ward: Any, episode: EpisodeId) -> None:
    kit.with_doses_given(ward, episode, 1, 4)
    ward.observe(episode, kit.WELL | {"rass": -2, "events": [SEIZURE]}, at(5, "07:58"))
    ward.now = at(5, "08:00")
    judged = gates_of_due_doses(ward, NURSE, ward.chart(episode))[(at(5, "08:00"), "clonazepam")]
    assert judged.route_to_be_ordered
    assert judged.answer.state == "assess_first"
    assert judged.answer.reason.startswith("Late, route to be ordered")
    for status in ("missed", "withheld"):
        with pytest.raises(StateConflict, match="late, route to be ordered"):
            ward.dose(episode, _dose(ward, episode, day=5, status=status, reason="asleep"), at(5, "08:00"))
    late = _dose(ward, episode, day=5, status="late_route_to_be_ordered", reason="not awake after the seizure")
    ward.dose(episode, late, at(5, "08:00"))
    assert [due.planned_for for due in ward.chart(episode).due_doses] == [at(5, "08:00")]


def test_a_missed_dose_many_hours_late_raises_an_alert(ward: Any, episode: EpisodeId) -> None:
    missed = _dose(ward, episode, status="missed", reason="was away from the ward")
    kept = ward.dose(episode, missed, at(1, "20:01"))
    assert {reason.rule for reason in kept.judged.alert.reasons} == {"N01"}
    assert ward.chart(episode).standing.next_cut == "suspended"


def test_two_doses_not_given_within_a_day_call_the_prescriber(ward: Any, episode: EpisodeId) -> None:
    first = ward.dose(episode, _dose(ward, episode, status="refused", reason="feels well"), at(1, "08:00"))
    assert first.judged.alert is None
    second = ward.dose(episode, _dose(ward, episode, "20:00", status="refused", reason="feels well"), at(1, "20:00"))
    assert second.judged.alert.level == 3
    assert "N03" in {reason.rule for reason in second.judged.alert.reasons}


def test_a_given_dose_that_is_vomited_raises_an_alert_with_the_minutes(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    given = ward.dose(episode, _dose(ward, episode), at(1, "08:00"))
    vomited = ward.dose(episode, _dose(ward, episode, status="vomited", reason="tablet not seen"), at(1, "08:20"))
    assert vomited.judged.alert.headline == "Vomited 20 minutes after a dose."
    chart = ward.chart(episode)
    assert [charted.body.status for charted in chart.doses] == [DoseStatus.VOMITED]
    assert [record.id for record in chart.history_of(vomited.record_id)] == [given.record_id]


def test_a_dose_vomited_at_once_says_after_how_many_minutes(ward: Any, episode: EpisodeId) -> None:
    with pytest.raises(InputRefused, match="how many minutes after the dose"):
        ward.dose(episode, _dose(ward, episode, status="vomited", reason="tablet seen"), at(1, "08:00"))
    dose = _dose(ward, episode, status="vomited", reason="tablet seen", vomited_after_minutes=0)
    assert "N04" in {reason.rule for reason in ward.dose(episode, dose, at(1, "08:00")).judged.alert.reasons}


def test_an_earlier_dose_is_not_given_together_with_the_next_one(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "19:50"))
    with pytest.raises(StateConflict, match="never given together"):
        ward.dose(episode, _dose(ward, episode), at(1, "19:55"))
    ward.dose(episode, _dose(ward, episode, "20:00"), at(1, "20:00"))
    with pytest.raises(StateConflict, match="never given together"):
        ward.dose(episode, _dose(ward, episode), at(1, "20:00"))
    assert ward.count(episode, RecordKind.DOSE) == 1


def test_a_dose_that_was_given_in_time_can_be_charted_late(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    ward.observe(episode, kit.WELL, at(1, "19:50"))
    ward.dose(episode, _dose(ward, episode, "20:00"), at(1, "20:00"))
    kept = ward.dose(episode, _dose(ward, episode), at(1, "08:02"))
    record = next(found.record for found in ward.chart(episode).doses if found.record.id == kept.record_id)
    assert (record.happened_at, record.recorded_at) == (at(1, "08:02"), at(1, "20:00"))


def test_a_part_of_a_dose_is_less_than_the_plan_and_says_why(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    with pytest.raises(InputRefused, match="A part is less"):
        ward.dose(episode, _dose(ward, episode, status="partly_given", reason="dropped"), at(1, "08:00"))
    part = _dose(ward, episode, status="partly_given", mg="0.5", reason="the rest fell down")
    assert ward.dose(episode, part, at(1, "08:00")).body.tenth_mcg == 5000


def test_another_route_needs_an_order(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    with pytest.raises(InputRefused, match="Another route"):
        ward.dose(episode, _dose(ward, episode, route="into the cheek"), at(1, "08:00"))


def test_who_was_awake_in_between_has_not_been_drowsy_for_an_hour(ward: Any, episode: EpisodeId) -> None:
    _drowsy(ward, episode, at(1, "07:05"))
    _drowsy(ward, episode, at(1, "07:50"), rass=0)
    _drowsy(ward, episode, at(1, "08:06"))
    given = _dose(ward, episode, override_reason="easily roused")
    assert ward.dose(episode, given, at(1, "08:07")).body.status is DoseStatus.GIVEN


def test_who_is_still_drowsy_after_an_hour_is_the_prescribers_decision(ward: Any, episode: EpisodeId) -> None:
    for clock in ("07:05", "07:35", "08:06"):
        _drowsy(ward, episode, at(1, clock))
    with pytest.raises(NotAllowed, match="still drowsy after 60 minutes: the prescriber decides"):
        ward.dose(episode, _dose(ward, episode, override_reason="easily roused"), at(1, "08:07"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dropped\x00", "without control characters"),
        ("\u202egm 1 nevig", "without control characters"),
        ("x" * 100_000, "at most 400 characters"),
    ],
)
def test_a_reason_that_cannot_be_read_back_is_refused_and_nothing_is_kept(
    ward: Any, episode: EpisodeId, text: str, sentence: str
) -> None:
    with pytest.raises(InputRefused, match=sentence):
        ward.dose(episode, _dose(ward, episode, status="refused", reason=text), at(1, "08:00"))
    assert ward.count(episode, RecordKind.DOSE) == 0


def test_a_reason_in_another_script_is_kept_exactly(ward: Any, episode: EpisodeId) -> None:
    kept = ward.dose(episode, _dose(ward, episode, status="refused", reason="אמרה לא 🙅"), at(1, "08:00"))
    assert kept.body.reason == "אמרה לא 🙅"


def test_a_dose_of_other_listed_tablets_keeps_what_was_really_used(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    planned = _dose(ward, episode)
    halves = [{"product": "clonazepam-tablet-0.5mg", "count": "1"}]
    with pytest.raises(InputRefused, match=f"make 0.5 mg, not {planned['mg']} mg"):
        ward.dose(episode, planned | {"pieces": halves}, at(1, "08:00"))
    assert ward.count(episode, RecordKind.DOSE) == 0
    used = [{"product": "clonazepam-odt-0.125mg", "count": "7"}]
    kept = ward.dose(episode, planned | {"pieces": used}, at(1, "08:00"))
    assert [(piece.product, str(piece.count)) for piece in kept.body.pieces] == [("clonazepam-odt-0.125mg", "7")]


def test_a_vomited_dose_is_given_once_more_on_order_and_only_once(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    given = ward.dose(episode, _dose(ward, episode), at(1, "08:00"))
    vomited = ward.dose(episode, _dose(ward, episode, status="vomited", reason="at once"), at(1, "08:10"))
    assert vomited.body.pieces == given.body.pieces
    repeat = {
        "status": "given",
        "purpose": "repeat",
        "medicine": "clonazepam",
        "mg": _dose(ward, episode)["mg"],
        "repeats": vomited.record_id,
    }
    with pytest.raises(InputRefused, match="write who ordered it"):
        ward.dose(episode, repeat, at(1, "08:15"))
    ordered = repeat | {"ordered_by": "Dr. Ames"}
    with pytest.raises(InputRefused, match="as it was vomited"):
        ward.dose(episode, ordered | {"mg": "2"}, at(1, "08:15"))
    ward.dose(episode, ordered, at(1, "08:15"))
    with pytest.raises(StateConflict, match="one repeat is the most"):
        ward.dose(episode, ordered, at(1, "08:16"))


def test_a_dose_vomited_after_an_hour_is_not_given_again(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    ward.dose(episode, _dose(ward, episode), at(1, "08:00"))
    vomited = ward.dose(episode, _dose(ward, episode, status="vomited", reason="late"), at(1, "09:01"))
    repeat = EMERGENCY | {"purpose": "repeat", "repeats": vomited.record_id}
    with pytest.raises(StateConflict, match="More than 60 minutes after the dose"):
        ward.dose(episode, repeat, at(1, "09:02"))


def test_after_a_day_without_a_dose_the_same_one_needs_a_prescribers_word(ward: Any, episode: EpisodeId) -> None:
    """Last dose at home at 06:30 of day 1; both doses of day 1 were refused."""
    for clock in ("08:00", "20:00"):
        ward.dose(episode, _dose(ward, episode, clock, status="refused", reason="away"), at(1, clock))
    ward.observe(episode, kit.WELL, at(2, "07:50"))
    dose = _dose(ward, episode, day=2, override_reason="seen at the bedside")
    with pytest.raises(InputRefused, match="on a prescriber's word"):
        ward.dose(episode, dose, at(2, "08:00"), by=NURSE)


def test_a_prescriber_gives_the_same_dose_again_after_a_day(ward: Any, episode: EpisodeId) -> None:
    ward.dose(episode, _dose(ward, episode, status="refused", reason="away"), at(1, "08:00"))
    ward.dose(episode, _dose(ward, episode, "20:00", status="refused", reason="away"), at(1, "20:00"))
    ward.observe(episode, kit.WELL, at(2, "07:50"))
    kept = ward.dose(episode, _dose(ward, episode, day=2, override_reason="seen"), at(2, "08:00"), by=PHYSICIAN)
    assert kept.body.status is DoseStatus.GIVEN


def test_after_more_than_72_hours_the_old_dose_is_not_restarted_and_is_offered_outside_the_plan(
    ward: Any, episode: EpisodeId
) -> None:
    for day in (1, 2, 3):
        for clock in ("08:00", "20:00"):
            ward.dose(episode, _dose(ward, episode, clock, day, status="refused", reason="away"), at(day, clock))
    ward.observe(episode, kit.WELL, at(4, "07:50"))
    dose = _dose(ward, episode, day=4, override_reason="seen", ordered_by="Dr. Ames")
    with pytest.raises(NotFromThePlan, match="the old dose is not restarted") as refused:
        ward.dose(episode, dose, at(4, "08:00"), by=PHYSICIAN)
    assert refused.value.offered["medicine"] == "clonazepam"
    assert refused.value.offered["ordered_by"] == "Dr. Ames"


def test_a_prescribers_word_lets_a_nurse_give_by_the_ordered_route(ward: Any, episode: EpisodeId) -> None:
    kit.with_doses_given(ward, episode, 1, 4)
    ward.observe(episode, kit.WELL | {"rass": -2, "events": [SEIZURE]}, at(5, "07:58"))
    ward.now = at(5, "08:00")
    order = {"planned_for": at(5, "08:00"), "medicine": "clonazepam", "route": "into the cheek", "reason": "not awake"}
    with pytest.raises(NotAllowed):
        order_dose(ward, NURSE, episode, order, entry_id="order")
    order_dose(ward, PHYSICIAN, episode, order, entry_id="order")
    with pytest.raises(InputRefused, match="The order says into the cheek"):
        ward.dose(episode, _dose(ward, episode, day=5), at(5, "08:05"))
    kept = ward.dose(episode, _dose(ward, episode, day=5, route="into the cheek"), at(5, "08:05"))
    assert (kept.body.ordered_by, kept.body.route.value) == ("Dr. Ames", "into the cheek")
    assert "not awake" in kept.body.reason


def test_a_prescribers_word_grows_as_old_as_a_reading(ward: Any, episode: EpisodeId) -> None:
    _drowsy(ward, episode, at(1, "07:50"), rass=-2)
    ward.now = at(1, "08:00")
    order = {"planned_for": at(1, "08:00"), "medicine": "clonazepam", "route": "by mouth", "reason": "always like this"}
    order_dose(ward, PHYSICIAN, episode, order, entry_id="order")
    _drowsy(ward, episode, at(1, "08:25"), rass=-2)
    with pytest.raises(DoseNotCleared):
        ward.dose(episode, _dose(ward, episode), at(1, "08:31"))
    assert ward.dose(episode, _dose(ward, episode), at(1, "08:30")).body.ordered_by == "Dr. Ames"


def test_a_dose_withheld_on_an_order_is_not_given_early_by_a_nurse(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    withheld = _dose(ward, episode, status="withheld", reason="unsteady", ordered_by="Dr. Ames")
    ward.dose(episode, withheld, at(1, "08:00"))
    with pytest.raises(InputRefused, match="Withheld on an order until Mon 11 Jan 2027 09:00"):
        ward.dose(episode, _dose(ward, episode), at(1, "08:10"))
    ward.observe(episode, kit.WELL, at(1, "08:55"))
    assert ward.dose(episode, _dose(ward, episode), at(1, "09:00")).body.status is DoseStatus.GIVEN


def test_a_withheld_dose_comes_back_on_the_board_by_itself(ward: Any, episode: EpisodeId) -> None:
    ward.dose(episode, _dose(ward, episode, status="withheld", reason="RASS -2"), at(1, "08:00"))
    ward.observe(episode, kit.WELL, at(1, "08:05"))
    row = ward.chart(episode).row
    assert row.next_due_at == at(1, "09:00")
    assert "dose withheld of 08:00, look again 09:00" in row.flags
    ward.now = at(1, "09:01")
    assert ward.chart(episode).due_doses[0].is_to_be_looked_at_again(ward.now)
    ward.dose(episode, _dose(ward, episode), at(1, "08:35"))
    assert not [flag for flag in ward.chart(episode).row.flags if flag.startswith("dose withheld")]


def test_own_dose_entries_are_corrected_with_a_reason_and_stay_readable(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "07:50"))
    given = ward.dose(episode, _dose(ward, episode), at(1, "08:00"))
    refused = _dose(ward, episode, status="refused", reason="tapped the wrong button: she refused it")
    with pytest.raises(NotAllowed, match="Only the author"):
        ward.dose(episode, refused, at(1, "08:01"), by=OTHER_NURSE, corrects=given.record_id)
    ward.dose(episode, refused, at(1, "08:01"), corrects=given.record_id)
    chart = ward.chart(episode)
    assert [charted.body.status for charted in chart.doses] == [DoseStatus.REFUSED]
    assert ward.count(episode, RecordKind.DOSE) == 2


def test_no_refusal_speaks_a_word_that_hospitals_misread(ward: Any, episode: EpisodeId) -> None:
    _drowsy(ward, episode, at(1, "07:50"), rass=-3)
    with pytest.raises(DoseNotCleared) as refused:
        ward.dose(episode, _dose(ward, episode), at(1, "08:00"))
    said = f"{refused.value} {refused.value.next_step}"
    assert "Withhold this dose until a prescriber orders." in said
    assert " hold " not in said.lower()
    assert "stop" not in said.lower()
    assert ward.chart(episode).due_doses[0].minutes_late(at(1, "08:00") + timedelta(minutes=5)) == 5


def test_a_dose_that_can_still_be_given_is_not_missed(ward: Any, episode: EpisodeId) -> None:
    missed = _dose(ward, episode, status="missed", reason="asleep")
    with pytest.raises(InputRefused, match="can still be given"):
        ward.dose(episode, missed, at(1, "08:28"))
