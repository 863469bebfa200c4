"""Orders as needed and for comfort: who writes them, what they allow in 24 hours, and what a given dose sets off."""

from __future__ import annotations

from typing import Any

import pytest

import charting_ward as kit
from taper_app.clinical.charting.doses import DosePurpose
from taper_app.clinical.errors import InputRefused, NotAllowed, StateConflict
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId, RecordKind
from taper_app.use_cases.dose_clearance import DoseNotCleared
from taper_app.use_cases.orders import end_order, order_medicine, standing_orders

at, NURSE, PHYSICIAN = kit.at, kit.NURSE, kit.PHYSICIAN
LORAZEPAM = {"kind": "as_needed", "medicine": "Ativan", "mg": "0.5", "most_mg": "1", "reason": "shaking"}
CLONIDINE = {"kind": "comfort", "medicine": "clonidine", "mg": "0.1", "most_mg": "0.3", "reason": "sweating"}


@pytest.fixture
def ward() -> Any:
    return kit.new_ward()


@pytest.fixture
def episode(ward: Any) -> EpisodeId:
    return kit.with_signed_plan(ward, kit.admitted(ward))


def _order(
    ward: Any, episode: EpisodeId, order: dict[str, Any], *, by: Actor = PHYSICIAN, entry_id: str = "order"
) -> None:
    order_medicine(ward, by, episode, order, entry_id=entry_id)


def _give(ward: Any, episode: EpisodeId, clock: str, *, day: int = 1, order: str = "order", **more: Any) -> Any:
    ward.observe(episode, kit.WELL, at(day, clock))
    return ward.dose(episode, {"status": "given", "order": order} | more, at(day, clock))


def test_only_a_prescriber_writes_and_ends_an_order(ward: Any, episode: EpisodeId) -> None:
    for who in (
        NURSE,
        kit.PHARMACIST,
        Actor("c", "C.", Role.CHARGE_NURSE, "unit-1"),
        Actor("p", "P", Role.PLANNER, "unit-1"),
    ):
        with pytest.raises(NotAllowed):
            _order(ward, episode, LORAZEPAM, by=who)
    _order(ward, episode, LORAZEPAM)
    with pytest.raises(NotAllowed):
        end_order(ward, NURSE, episode, "order", "no longer needed", entry_id="end")
    assert ward.count(episode, RecordKind.ORDER) == 1
    assert ward.count(episode, RecordKind.ORDER_ENDED) == 0


def test_a_second_submit_of_an_order_adds_nothing(ward: Any, episode: EpisodeId) -> None:
    _order(ward, episode, LORAZEPAM)
    _order(ward, episode, LORAZEPAM)
    assert ward.count(episode, RecordKind.ORDER) == 1


def test_an_order_says_everything_that_is_wrong_with_it(ward: Any, episode: EpisodeId) -> None:
    for order, fields in (
        (LORAZEPAM | {"mg": ".5", "most_mg": "1e3"}, {"mg", "most_mg"}),
        (LORAZEPAM | {"mg": "2", "reason": ""}, {"most_mg", "reason"}),
        (LORAZEPAM | {"medicine": "clonidine", "mg": "0"}, {"medicine", "mg"}),
        (CLONIDINE | {"medicine": "Valium"}, {"medicine"}),
        (CLONIDINE | {"medicine": "clo\u202enidine"}, {"medicine"}),
    ):
        with pytest.raises(InputRefused) as refused:
            _order(ward, episode, order)
        assert {fault.field for fault in refused.value.faults} == fields
    assert ward.count(episode, RecordKind.ORDER) == 0


def test_one_medicine_has_one_order_in_force(ward: Any, episode: EpisodeId) -> None:
    _order(ward, episode, LORAZEPAM)
    with pytest.raises(InputRefused, match="end that one first"):
        _order(ward, episode, LORAZEPAM | {"medicine": "lorazepam"}, entry_id="second")
    ward.now = at(1, "09:00")
    end_order(ward, PHYSICIAN, episode, "order", "another amount", entry_id="end")
    _order(ward, episode, LORAZEPAM | {"medicine": "lorazepam"}, entry_id="second")
    assert [standing.order.id for standing in standing_orders(ward.chart(episode))] == ["second"]


def test_a_dose_as_needed_is_refused_past_the_maximum_with_the_next_possible_moment(
    ward: Any, episode: EpisodeId
) -> None:
    _order(ward, episode, LORAZEPAM)
    kept = _give(ward, episode, "10:00")
    assert (kept.body.medicine, kept.body.ordered_by, kept.body.order) == ("lorazepam", "Dr. Ames", "order")
    _give(ward, episode, "16:00")
    with pytest.raises(StateConflict) as refused:
        _give(ward, episode, "23:30")
    assert "1 mg taken in the 24 hours before, and the order allows at most 1 mg in 24 hours" in str(refused.value)
    assert "The next one is possible Tue 12 Jan 2027 10:00" in str(refused.value)
    with pytest.raises(StateConflict):
        _give(ward, episode, "09:59", day=2)
    _give(ward, episode, "10:00", day=2)


def test_a_new_order_does_not_empty_the_window(ward: Any, episode: EpisodeId) -> None:
    _order(ward, episode, LORAZEPAM)
    _give(ward, episode, "10:00")
    _give(ward, episode, "11:00")
    end_order(ward, PHYSICIAN, episode, "order", "written anew", entry_id="end")
    _order(ward, episode, LORAZEPAM, entry_id="second")
    with pytest.raises(StateConflict, match="at most 1 mg"):
        _give(ward, episode, "12:00", order="second")


def test_nothing_is_given_as_needed_without_an_order_in_force(ward: Any, episode: EpisodeId) -> None:
    bare = {"status": "given", "purpose": "prn", "medicine": "lorazepam", "mg": "1", "ordered_by": "Dr. Ames"}
    with pytest.raises(StateConflict, match="no such order in force"):
        ward.dose(episode, bare, at(1, "10:00"))
    _order(ward, episode, LORAZEPAM)
    ward.now = at(1, "11:00")
    end_order(ward, PHYSICIAN, episode, "order", "calm now", entry_id="end")
    with pytest.raises(StateConflict, match="not in force"):
        _give(ward, episode, "12:00")
    assert _give(ward, episode, "10:30").body.order == "order", "a late entry of what was given while it was in force"


def test_any_dose_as_needed_suspends_the_cut_and_two_in_a_day_say_the_dose_is_too_low(
    ward: Any, episode: EpisodeId
) -> None:
    _order(ward, episode, LORAZEPAM)
    first = _give(ward, episode, "10:00")
    assert "N24" in {reason.rule for reason in first.judged.alert.reasons}
    assert ward.chart(episode).standing.next_cut == "suspended"
    second = _give(ward, episode, "16:00")
    assert second.judged.alert.level == 3
    assert "the dose is too low" in second.judged.alert.reasons[0].action


def test_one_dose_as_needed_on_three_days_running_says_so_too(ward: Any, episode: EpisodeId) -> None:
    _order(ward, episode, LORAZEPAM)
    for day in (1, 2):
        kit.with_doses_given(ward, episode, day, day)
        kept = _give(ward, episode, "22:00", day=day)
        assert kept.judged is not None
        assert "N24H" not in {finding.rule for finding in kept.judged.assessment.findings}
    kit.with_doses_given(ward, episode, 3, 3)
    third = _give(ward, episode, "23:00", day=3)
    assert "N24H" in {finding.rule for finding in third.judged.assessment.findings}


def test_a_sedated_patient_gets_no_benzodiazepine_as_needed(ward: Any, episode: EpisodeId) -> None:
    _order(ward, episode, LORAZEPAM)
    with pytest.raises(DoseNotCleared, match="Sedation score missing"):
        ward.dose(episode, {"status": "given", "order": "order"}, at(1, "10:00"))
    ward.observe(episode, kit.WELL | {"rass": -2}, at(1, "10:00"))
    with pytest.raises(DoseNotCleared, match="RASS -2"):
        ward.dose(episode, {"status": "given", "order": "order"}, at(1, "10:01"))


def test_a_comfort_medicine_counts_for_its_maximum_and_never_as_a_benzodiazepine(ward: Any, episode: EpisodeId) -> None:
    _order(ward, episode, CLONIDINE)
    before = ward.chart(episode).last_dose_at
    for clock in ("10:00", "12:00", "14:00"):
        assert _give(ward, episode, clock).judged is None
    with pytest.raises(StateConflict, match=r"clonidine: 0\.3 mg taken"):
        _give(ward, episode, "16:00")
    chart = ward.chart(episode)
    assert (chart.doses, chart.last_dose_at) == ([], before)
    assert {dose.body.purpose for dose in chart.comfort_doses} == {DosePurpose.COMFORT}
    assert chart.standing.next_cut == "as_planned"


def test_clonidine_is_not_given_while_an_open_alert_names_it(ward: Any, episode: EpisodeId) -> None:
    _order(ward, episode, CLONIDINE)
    slow = kit.WELL | {"vitals": kit.WELL_VITALS | {"pulse": 38}}
    ward.observe(episode, slow, at(1, "10:00"))
    dose = {"status": "given", "order": "order"}
    with pytest.raises(StateConflict, match="Withhold clonidine and propranolol"):
        ward.dose(episode, dose, at(1, "10:05"))
    decided = dose | {"override_reason": "pulse 38 is usual for her"}
    with pytest.raises(StateConflict):
        ward.dose(episode, decided, at(1, "10:05"))
    assert ward.dose(episode, decided, at(1, "10:05"), by=PHYSICIAN).body.medicine == "clonidine"


def test_an_older_adults_clonidine_is_ordered_only_with_a_signed_caution(ward: Any) -> None:
    from datetime import date

    older = kit.admitted(ward, "8", record_number="0099", born_on=date(1950, 1, 1))
    with pytest.raises(InputRefused, match="From 65 years clonidine is not used as a comfort medicine"):
        _order(ward, older, CLONIDINE)
    _order(ward, older, CLONIDINE | {"accepted": ["older-adult-comfort-medicine"]})
    assert ward.chart(older).orders[0].body.accepted == ("older-adult-comfort-medicine",)


def test_a_dose_as_needed_that_is_vomited_is_charted_from_its_own_entry(ward: Any, episode: EpisodeId) -> None:
    _order(ward, episode, LORAZEPAM)
    given = _give(ward, episode, "10:00")
    written = {"status": "vomited", "purpose": "prn", "medicine": "lorazepam", "mg": "0.5", "ordered_by": "Dr. Ames"}
    vomited = written | {"reason": "at once", "vomited_dose": given.record_id}
    kept = ward.dose(episode, vomited, at(1, "10:10"))
    assert (kept.body.vomited_after_minutes, kept.body.order) == (10, "order")
    assert "N04" in {finding.rule for finding in kept.judged.assessment.findings}
    assert [dose.record.id for dose in ward.chart(episode).doses] == [kept.record_id]
