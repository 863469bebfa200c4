"""Bedside entries: what is kept and in which words, what is refused with which sentence, what the rules then say."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import charting_ward as kit
from taper_app.clinical.charting.bedside_standing import fluids
from taper_app.clinical.errors import InputRefused, NotAllowed, NotFound, StateConflict
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId, RecordId, RecordKind
from taper_app.export.bedside_words import entry_words
from taper_app.store.interface import Account
from taper_app.use_cases.bedside_view import open_witnessed, sleep_nights
from taper_app.use_cases.chart_bedside import chart_bedside
from taper_app.use_cases.witnesses import possible_witnesses

at, NURSE, OTHER_NURSE, PHYSICIAN = kit.at, kit.NURSE, kit.OTHER_NURSE, kit.PHYSICIAN
CHARGE_NURSE = Actor("charge-1", "C. Li", Role.CHARGE_NURSE, "unit-1")
CASES = tomllib.loads((Path(__file__).parents[1] / "worked_examples/bedside_entries.toml").read_text(encoding="utf-8"))
RULES = kit.PROTOCOLS.bedside
SIX_TABLETS = {"kind": "controlled_drug_count", "medicine": "clonazepam 0.5 mg", "counted_in": "tablets"} | {
    "expected": "6",
    "counted": "6",
    "witness": OTHER_NURSE.user_id,
}
TWO_MISSING = SIX_TABLETS | {
    "counted": "4",
    "difference_because": "not known",
    "difference_told": "C. Li, charge nurse",
}


def _account(actor: Actor) -> Account:
    return Account(
        id=actor.user_id,
        name=actor.user_id,
        display_name=actor.display_name,
        role=actor.role,
        unit_id=actor.unit_id,
        password_hash="never used",
    )


@pytest.fixture
def ward() -> Any:
    ward = kit.new_ward()
    for person in (NURSE, OTHER_NURSE, CHARGE_NURSE, PHYSICIAN, kit.PHARMACIST):
        ward.store.transact(lambda writing, person=person: writing.add_account(_account(person)))
    return ward


@pytest.fixture
def episode(ward: Any) -> EpisodeId:
    return kit.admitted(ward)


def _chart(ward: Any, episode: EpisodeId, entry: dict[str, Any], clock: str = "10:00", **more: Any) -> Any:
    moment = more.pop("when", at(1, clock))
    ward.now = max(ward.now, moment)
    actor = more.pop("by", NURSE)
    entry_id = more.pop("entry_id", None) or ward.next_entry()
    return chart_bedside(ward, actor, episode, entry, entry_id=entry_id, happened_at=moment, **more)


def _words(ward: Any, episode: EpisodeId) -> list[str]:
    chart = ward.chart(episode)
    return [entry_words(found.entry, RULES, chart.unit.zone) for found in chart.bedside]


@pytest.mark.parametrize("case", CASES["kept"], ids=lambda case: case["name"])
def test_an_entry_is_kept_and_reads_back_in_words(case: dict[str, Any], ward: Any, episode: EpisodeId) -> None:
    _chart(ward, episode, case["entry"])
    assert _words(ward, episode) == [case["words"]]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_what_cannot_be_is_refused_with_its_field_and_the_fix(
    case: dict[str, Any], ward: Any, episode: EpisodeId
) -> None:
    entry = dict(case["entry"])
    if long_note := case.get("long_note"):
        entry[long_note["field"]] = "x" * long_note["characters"]
    with pytest.raises(InputRefused) as refused:
        _chart(ward, episode, entry)
    assert [fault.field for fault in refused.value.faults] == case["fields"]
    assert case["says"] in refused.value.faults[0].message
    assert refused.value.faults[0].message[0].isupper()
    assert refused.value.faults[0].message.endswith(".")
    assert ward.count(episode, RecordKind.BEDSIDE_ENTRY) == 0


def test_a_second_submit_of_the_same_entry_adds_nothing(ward: Any, episode: EpisodeId) -> None:
    first = _chart(ward, episode, {"kind": "pain", "score": 3}, entry_id="one")
    assert _chart(ward, episode, {"kind": "pain", "score": 3}, entry_id="one") == first
    assert ward.count(episode, RecordKind.BEDSIDE_ENTRY) == 1


def test_a_time_ahead_is_refused_and_a_late_entry_keeps_both_times(ward: Any, episode: EpisodeId) -> None:
    ward.now = at(1, "12:00")
    with pytest.raises(InputRefused, match="The time lies ahead"):
        chart_bedside(ward, NURSE, episode, {"kind": "pain", "score": 3}, entry_id="x", happened_at=at(1, "12:01"))
    _chart(ward, episode, {"kind": "pain", "score": 3}, "09:00")
    kept = ward.chart(episode).bedside[0].record
    assert (kept.happened_at, kept.recorded_at) == (at(1, "09:00"), at(1, "12:00"))


def test_a_correction_keeps_the_original_and_only_its_author_makes_one(ward: Any, episode: EpisodeId) -> None:
    first = _chart(ward, episode, {"kind": "intake_output", "what": "urine", "ml": 250})
    right = {"kind": "intake_output", "what": "urine", "ml": 520}
    with pytest.raises(NotAllowed, match="Only the author"):
        _chart(ward, episode, right, by=OTHER_NURSE, corrects=first.record_id, reason="not mine")
    with pytest.raises(InputRefused, match="why the entry is corrected"):
        _chart(ward, episode, right, corrects=first.record_id)
    with pytest.raises(InputRefused, match="an entry of the same kind"):
        _chart(ward, episode, {"kind": "pain", "score": 3}, corrects=first.record_id, reason="slip")
    _chart(ward, episode, right, corrects=first.record_id, reason="digits swapped")
    assert _words(ward, episode) == ["Intake and output: urine 520 mL"]
    chart = ward.chart(episode)
    assert [old.id for old in chart.history_of(chart.bedside[0].id)] == [first.record_id]
    assert ward.count(episode, RecordKind.BEDSIDE_ENTRY) == 2


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.PLANNER, Role.AUDITOR, Role.ADMIN])
def test_who_does_not_chart_keeps_nothing(role: Role, ward: Any, episode: EpisodeId) -> None:
    with pytest.raises(NotAllowed):
        _chart(ward, episode, {"kind": "pain", "score": 3}, by=Actor("somebody", "S", role, "unit-1"))
    assert ward.count(episode, RecordKind.BEDSIDE_ENTRY) == 0


def test_a_pharmacist_records_the_last_use_that_a_pharmacy_verified(ward: Any, episode: EpisodeId) -> None:
    told = {"kind": "last_use", "substance": "z-drug", "used_about": "last night", "verified_by": "pharmacy"}
    _chart(ward, episode, told, by=kit.PHARMACIST)
    assert _words(ward, episode) == ["Last use: Z-drug, last night, how much not known, verified by the pharmacy"]


def test_nothing_is_charted_after_the_release(ward: Any, episode: EpisodeId) -> None:
    row = ward.chart(episode).row
    ward.store.transact(lambda writing: writing.put_latest(row.model_copy(update={"status": "released"})))
    with pytest.raises(StateConflict, match="the patient was released"):
        _chart(ward, episode, {"kind": "pain", "score": 3})
    with pytest.raises(StateConflict, match="the patient was released"):
        ward.observe(episode, {"events": [{"kind": "fall"}]}, at(1, "10:00"))
    assert ward.count(episode, RecordKind.OBSERVATION) == 0


def test_an_own_supply_that_was_found_raises_its_alert_at_once(ward: Any, episode: EpisodeId) -> None:
    found = {"kind": "own_supply_search", "outcome": "found", "found": "10 tablets", "done_with_it": "locked away"}
    kept = _chart(ward, episode, found)
    assert "N05" in {finding.rule for finding in kept.judged.assessment.findings}
    assert kept.judged.alert.level == 3
    assert ward.chart(episode).standing.next_cut == "suspended"


def test_nothing_found_raises_nothing(ward: Any, episode: EpisodeId) -> None:
    assert _chart(ward, episode, {"kind": "own_supply_search", "outcome": "nothing_found"}).judged is None
    assert ward.chart(episode).alerts == []


def test_a_corrected_search_takes_its_finding_back(ward: Any, episode: EpisodeId) -> None:
    found = {"kind": "own_supply_search", "outcome": "found", "found": "10 tablets", "done_with_it": "locked away"}
    first = _chart(ward, episode, found)
    nothing = {"kind": "own_supply_search", "outcome": "nothing_found"}
    again = _chart(ward, episode, nothing, corrects=first.record_id, reason="the neighbour's bag")
    assert "N05" not in {finding.rule for finding in again.judged.assessment.findings}
    assert len(ward.chart(episode).sets) == 1


@pytest.mark.parametrize(
    ("entry", "speaks"),
    [
        ({"nothing_by_mouth_24h": "yes"}, True),
        ({"little_urine": "yes"}, True),
        ({"nothing_by_mouth_24h": "no", "little_urine": "no"}, False),
        ({"what": "urine", "ml": 20}, False),
    ],
    ids=["nothing by mouth", "little urine", "asked, and no", "a small volume is not called little by itself"],
)
def test_fluids_speak_to_the_rules_only_where_somebody_was_asked(
    entry: dict[str, Any], speaks: bool, ward: Any, episode: EpisodeId
) -> None:
    kept = _chart(ward, episode, {"kind": "intake_output", **entry})
    rules = {finding.rule for finding in kept.judged.assessment.findings} if kept.judged else set()
    assert ("N25" in rules) == speaks


def test_what_was_not_measured_is_never_counted_as_nothing(ward: Any, episode: EpisodeId) -> None:
    for what, ml, clock in (("drink", 200, "08:00"), ("drink", None, "09:00"), ("urine", 150, "10:00")):
        _chart(ward, episode, {"kind": "intake_output", "what": what, **({"ml": ml} if ml else {})}, clock)
    found = fluids(ward.chart(episode).bedside, at(1, "07:00"))
    assert (found.in_ml, found.in_not_measured, found.out_ml, found.out_not_measured) == (200, 1, 150, 0)
    assert fluids(ward.chart(episode).bedside, at(1, "09:30")).in_ml == 0


def _all_done(**changes: str) -> dict[str, Any]:
    return {"kind": "seizure_workup", "items": {**dict.fromkeys(RULES.seizure_workup.labels, "done"), **changes}}


def _n07(ward: Any, episode: EpisodeId, clock: str) -> bool:
    later = ward.observe(episode, kit.WELL, at(5, clock))
    return "N07" in {finding.rule for finding in later.assessment.findings}


def test_a_work_up_that_is_not_finished_speaks_after_an_hour_and_a_finished_one_does_not(
    ward: Any, episode: EpisodeId
) -> None:
    ward.observe(episode, {"events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]}, at(5, "13:00"))
    assert not _n07(ward, episode, "14:30"), "nobody has said anything of the work-up: that is not a no"
    _chart(ward, episode, _all_done(ecg="not_done"), when=at(5, "14:35"))
    assert _n07(ward, episode, "14:40")
    _chart(ward, episode, {"kind": "seizure_workup", "items": {"ecg": "done"}}, when=at(5, "15:00"))
    assert not _n07(ward, episode, "15:05")


def test_a_work_up_from_before_the_seizure_does_not_count(ward: Any, episode: EpisodeId) -> None:
    _chart(ward, episode, _all_done(ecg="not_done"), when=at(5, "09:00"))
    ward.observe(episode, {"events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]}, at(5, "13:00"))
    assert not _n07(ward, episode, "14:30")


def test_the_hours_since_the_last_drink_are_counted_for_the_rule_on_alcohol(ward: Any) -> None:
    facts = kit.admission()["facts"] | {"alcohol_co_use": "yes"}
    episode = kit.admitted(ward, facts=facts)
    long_ago = {"kind": "last_use", "substance": "alcohol", "used_at": "2027-01-05T05:00:00-05:00"}
    _chart(ward, episode, long_ago | {"verified_by": "patient"}, "10:00")
    sober = ward.observe(episode, kit.WELL, at(1, "11:00"))
    assert "N23" not in {finding.rule for finding in sober.assessment.findings}
    _chart(ward, episode, long_ago | {"used_at": at(1, "05:00").isoformat(), "verified_by": "family"}, "12:00")
    after = ward.observe(episode, kit.WELL, at(1, "13:00"))
    assert "N23" in {finding.rule for finding in after.assessment.findings}


def test_a_count_waits_for_the_second_person_who_signs_under_their_own_name(ward: Any, episode: EpisodeId) -> None:
    kept = _chart(ward, episode, SIX_TABLETS)
    assert [work.charted.id for work in open_witnessed(ward.chart(episode))] == [kept.record_id]
    signature = {"kind": "second_signature", "of": kept.record_id, "agrees": True}
    for somebody_else in (NURSE, CHARGE_NURSE):
        with pytest.raises(NotAllowed, match="Only the second person"):
            _chart(ward, episode, signature, by=somebody_else)
    _chart(ward, episode, signature, by=OTHER_NURSE)
    assert open_witnessed(ward.chart(episode)) == []
    with pytest.raises(StateConflict, match="signed this already"):
        _chart(ward, episode, signature, by=OTHER_NURSE)


def test_a_difference_stays_open_until_somebody_else_has_settled_it(ward: Any, episode: EpisodeId) -> None:
    kept = _chart(ward, episode, TWO_MISSING)
    assert "DIFFERENCE 2 less" in _words(ward, episode)[0]
    _chart(ward, episode, {"kind": "second_signature", "of": kept.record_id, "agrees": True}, by=OTHER_NURSE)
    assert [work.differs for work in open_witnessed(ward.chart(episode))] == [True]
    settled = {"kind": "difference_settled", "of": kept.record_id, "how": "found under the shelf, counted anew"}
    with pytest.raises(NotAllowed, match="somebody else than who counted"):
        _chart(ward, episode, settled)
    _chart(ward, episode, settled, by=CHARGE_NURSE)
    assert open_witnessed(ward.chart(episode)) == []


def test_a_count_that_the_second_person_saw_otherwise_is_open(ward: Any, episode: EpisodeId) -> None:
    kept = _chart(ward, episode, SIX_TABLETS)
    no = {"kind": "second_signature", "of": kept.record_id, "agrees": False, "note": "I counted five"}
    _chart(ward, episode, no, by=OTHER_NURSE)
    assert [(work.agrees, work.differs) for work in open_witnessed(ward.chart(episode))] == [(False, True)]


def test_a_corrected_count_is_signed_anew(ward: Any, episode: EpisodeId) -> None:
    first = _chart(ward, episode, SIX_TABLETS)
    signature = {"kind": "second_signature", "of": first.record_id, "agrees": True}
    _chart(ward, episode, signature, by=OTHER_NURSE)
    again = SIX_TABLETS | {"medicine": "clonazepam 1 mg"}
    second = _chart(ward, episode, again, corrects=first.record_id, reason="wrong strength")
    assert [work.charted.id for work in open_witnessed(ward.chart(episode))] == [second.record_id]
    with pytest.raises(NotFound):
        _chart(ward, episode, {**signature, "of": RecordId("nothing")}, by=OTHER_NURSE)


def test_everybody_else_who_charts_here_can_be_the_second_person(ward: Any) -> None:
    assert {account.id for account in possible_witnesses(ward, NURSE)} == {"nurse-2", "charge-1", "physician-1"}


def test_hours_slept_are_shown_as_observed_and_as_told(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL | {"ciwa_b": {"18": "6", "1": 0}}, at(2, "08:00"))
    observed = {"kind": "sleep", "hours": "4.5", "night_to": "2027-01-12", "told_by": "observed"}
    _chart(ward, episode, observed, when=at(2, "08:30"))
    nights = sleep_nights(ward.chart(episode))
    assert [(str(night.observed), str(night.told_by_patient)) for night in nights] == [("4.5", "6")]


def test_two_nurses_who_chart_the_same_patient_at_once_both_keep_their_sets(ward: Any, episode: EpisodeId) -> None:
    ward.observe(episode, kit.WELL, at(1, "10:00"), by=NURSE, entry_id="hers")
    ward.observe(episode, kit.WELL | {"rass": 1}, at(1, "10:00"), by=OTHER_NURSE, entry_id="his")
    assert {charted.record.id for charted in ward.chart(episode).sets} == {"hers", "his"}
    assert ward.count(episode, RecordKind.OBSERVATION) == 2


def test_a_colleague_elsewhere_charts_nothing_and_is_nobodys_witness(ward: Any, episode: EpisodeId) -> None:
    stranger = Actor("nurse-9", "Z. Far", Role.NURSE, "unit-2")
    other = kit.UNIT.model_copy(update={"id": "unit-2", "name": "2 West"})
    ward.store.transact(lambda writing: (writing.add_unit(other), writing.add_account(_account(stranger))))
    with pytest.raises(NotAllowed):
        _chart(ward, episode, {"kind": "pain", "score": 3}, by=stranger)
    with pytest.raises(InputRefused, match="who charts on this unit"):
        _chart(ward, episode, SIX_TABLETS | {"witness": stranger.user_id})
