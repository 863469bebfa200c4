"""Two records of one person: one proposes, another confirms, and nothing is lost."""

from __future__ import annotations

import pytest

from taper_app.clinical.charting.merging import MergeBody, open_merges
from taper_app.clinical.errors import InputRefused, NotAllowed, StateConflict
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import RecordKind
from taper_app.use_cases.board import ward_board
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.context import new_id
from taper_app.use_cases.find_patient import NobodyFits, find_patient
from taper_app.use_cases.merge_pairs import find_other_record, merge_pair
from taper_app.use_cases.merge_patients import confirm_merge, decline_merge, propose_merge

NUMBER_RETYPED = {"record_number": "0123", "born_on": "1982-03-14"}


def release(ward, episode):
    def close(writing):
        row = writing.latest_row(episode)
        writing.put_latest(type(row).model_validate(row.model_dump() | {"status": "released"}))

    ward.store.transact(close)


@pytest.fixture
def earlier(ward):
    """A stay under a record number with a lost zero, and released."""
    episode = ward.admit_her(record_number="0123", given_name="Jayne", allergies="penicillin (rash)")
    release(ward, episode)
    return episode


@pytest.fixture
def stay(ward, earlier):
    """The stay now, under the right number."""
    return ward.admit_her(episode_id=new_id(), allergies="latex")


def patient_of(ward, episode):
    with ward.store.reading() as reading:
        return reading.episode(episode).patient_id


def chart_of(ward, episode):
    return open_chart(ward, ward.person(Role.NURSE), episode)


def propose(ward, stay, other, role=Role.NURSE, reason="same person, number mistyped"):
    return propose_merge(ward, ward.person(role), stay, other, reason, entry_id=new_id())


def confirm(ward, stay, proposal, role=Role.CHARGE_NURSE, entry_id=None):
    return confirm_merge(ward, ward.person(role), stay, proposal, entry_id=entry_id or new_id())


def test_the_other_record_is_found_by_two_identifiers_and_shown_side_by_side(ward, stay):
    pair = find_other_record(ward, ward.person(Role.NURSE), stay, NUMBER_RETYPED)
    assert (pair.kept.record_number, pair.merged.record_number) == ("00123", "0123")
    assert [(found.field, found.kept, found.merged) for found in pair.differences] == [("given name", "Jane", "Jayne")]
    with pytest.raises(NobodyFits):
        find_other_record(ward, ward.person(Role.NURSE), stay, NUMBER_RETYPED | {"record_number": "9"})
    with pytest.raises(NobodyFits):
        find_other_record(ward, ward.person(Role.NURSE), stay, NUMBER_RETYPED | {"record_number": "00123"})


def test_a_proposal_changes_nothing_and_stands_on_the_banner(ward, earlier, stay):
    propose(ward, stay, patient_of(ward, earlier))
    chart = chart_of(ward, stay)
    assert "perhaps two records of one person" in chart.row.flags
    assert len(open_merges(chart.records)) == 1
    assert patient_of(ward, earlier) != patient_of(ward, stay)


def test_after_the_merge_both_numbers_find_the_patient_with_every_stay(ward, earlier, stay):
    with ward.store.reading() as reading:
        before = {episode: list(reading.records(episode)) for episode in (earlier, stay)}
    confirm(ward, stay, propose(ward, stay, patient_of(ward, earlier)))
    for written in (NUMBER_RETYPED, NUMBER_RETYPED | {"record_number": "00123"}):
        found = find_patient(ward, ward.person(Role.NURSE), written)
        assert found.patient.record_number == "00123"
        assert found.other_numbers == ("0123",)
        assert [one.episode_id for one in found.stays] == [stay, earlier]
    assert chart_of(ward, earlier).patient.record_number == "00123"
    assert chart_of(ward, stay).other_numbers == ("0123",)
    with ward.store.reading() as reading:
        for episode, records in before.items():
            assert records == [kept for kept in reading.records(episode) if kept in records], "nothing is lost"
        assert reading.patient_with_record_number("0123").given_name == "Jayne", "the merged row stays as written"
        assert reading.latest_row(earlier).status == "released"
        assert reading.latest_row(earlier).label == "DOE, Jane"


def test_both_charts_keep_who_proposed_who_confirmed_and_why(ward, earlier, stay):
    confirm(ward, stay, propose(ward, stay, patient_of(ward, earlier)))
    for episode in (earlier, stay):
        merged = next(kept for kept in chart_of(ward, episode).records if kept.kind is RecordKind.MERGE)
        body = merged.body_as(MergeBody)
        assert (body.proposed_by.name, merged.author.name) == ("The nurse", "The charge nurse")
        assert (body.kept_number, body.merged_number, body.reason) == (
            "00123",
            "0123",
            "same person, number mistyped",
        )


def test_allergies_of_either_record_stand_afterwards(ward, earlier, stay):
    confirm(ward, stay, propose(ward, stay, patient_of(ward, earlier)))
    chart = chart_of(ward, stay)
    assert chart.patient.allergies == "latex; penicillin (rash)"
    assert not chart.allergies.asked


@pytest.mark.parametrize("role", [Role.CHARGE_NURSE, Role.PHYSICIAN])
def test_nobody_confirms_what_they_proposed_themselves(ward, earlier, stay, role):
    proposal = propose(ward, stay, patient_of(ward, earlier), role=role)
    with pytest.raises(NotAllowed, match="another person confirms"):
        confirm(ward, stay, proposal, role=role)
    assert patient_of(ward, earlier) != patient_of(ward, stay)


@pytest.mark.parametrize("role", [Role.NURSE, Role.PHARMACIST, Role.PLANNER, Role.AUDITOR, Role.ADMIN])
def test_only_a_nurse_in_charge_or_a_physician_confirms(ward, earlier, stay, role):
    proposal = propose(ward, stay, patient_of(ward, earlier), role=Role.PHYSICIAN)
    with pytest.raises(NotAllowed):
        confirm(ward, stay, proposal, role=role)
    with pytest.raises(NotAllowed):
        decline_merge(ward, ward.person(role), stay, proposal, "two people", entry_id=new_id())


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.PLANNER, Role.AUDITOR, Role.ADMIN])
def test_whoever_may_not_propose_does_not_see_the_other_record_either(ward, earlier, stay, role):
    other = patient_of(ward, earlier)
    for act in (
        lambda: find_other_record(ward, ward.person(role), stay, NUMBER_RETYPED),
        lambda: merge_pair(ward, ward.person(role), stay, other),
        lambda: propose(ward, stay, other, role=role),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_two_open_stays_are_refused_with_what_to_do(ward, stay):
    second = ward.admit_her(episode_id=new_id(), bed="08", record_number="00132")
    with pytest.raises(StateConflict, match="Both records have an open stay") as refused:
        find_other_record(ward, ward.person(Role.NURSE), stay, NUMBER_RETYPED | {"record_number": "00132"})
    assert "Release one" in refused.value.next_step
    with pytest.raises(StateConflict):
        propose(ward, stay, patient_of(ward, second))


def test_a_stay_opened_between_proposal_and_confirmation_is_noticed(ward, earlier, stay):
    proposal = propose(ward, stay, patient_of(ward, earlier))
    ward.admit_her(
        episode_id=new_id(), bed="08", record_number="0123", given_name="Jayne", allergies="penicillin (rash)"
    )
    with pytest.raises(StateConflict, match="Both records"):
        confirm(ward, stay, proposal)


def test_a_reason_is_asked_for_and_a_second_proposal_or_confirmation_is_refused(ward, earlier, stay):
    other = patient_of(ward, earlier)
    for reason in ("", "  ", "no", "a\x00b c"):
        with pytest.raises(InputRefused):
            propose(ward, stay, other, reason=reason)
    proposal = propose(ward, stay, other)
    with pytest.raises(StateConflict, match="proposed this already"):
        propose(ward, stay, other)
    for _ in range(2):
        confirm(ward, stay, proposal, entry_id="tap")
    with pytest.raises(StateConflict, match="not open any more"):
        confirm(ward, stay, proposal)
    with pytest.raises(NobodyFits):
        propose(ward, stay, other)


def test_a_declined_proposal_leaves_two_records(ward, earlier, stay):
    proposal = propose(ward, stay, patient_of(ward, earlier))
    decline_merge(ward, ward.person(Role.NURSE), stay, proposal, "mistaken, they are sisters", entry_id=new_id())
    assert open_merges(chart_of(ward, stay).records) == []
    assert patient_of(ward, earlier) != patient_of(ward, stay)


def test_the_record_without_an_open_stay_may_be_the_one_that_is_kept(ward, earlier, stay):
    proposal = propose(ward, earlier, patient_of(ward, stay))
    confirm(ward, earlier, proposal)
    (row,) = ward_board(ward, ward.person(Role.NURSE), ward.unit.id)
    assert (row.episode_id, row.record_number, row.label) == (stay, "0123", "DOE, Jayne")
    assert chart_of(ward, stay).patient.allergies == "penicillin (rash); latex"
    with ward.store.reading() as reading:
        assert reading.latest_row(earlier).status == "released"


def test_a_later_admission_under_the_merged_number_is_one_of_the_kept_patient(ward, earlier, stay):
    confirm(ward, stay, propose(ward, stay, patient_of(ward, earlier)))
    again = {"episode_id": new_id(), "bed": "08", "record_number": "0123", "given_name": "Jayne", "allergies": ""}
    with pytest.raises(InputRefused, match="admitted already"):
        ward.admit_her(**again | {"allergies": "not assessed"})
    release(ward, stay)
    third = ward.admit_her(**again | {"allergies": "not assessed"})
    assert patient_of(ward, third) == patient_of(ward, stay)
    assert chart_of(ward, third).patient.record_number == "00123"
    assert chart_of(ward, third).patient.allergies == "latex; penicillin (rash)"


def test_a_record_that_was_merged_and_one_it_was_merged_into_end_in_one(ward, earlier, stay):
    confirm(ward, stay, propose(ward, stay, patient_of(ward, earlier)))
    release(ward, stay)
    newest = ward.admit_her(episode_id=new_id(), record_number="00124")
    confirm(ward, newest, propose(ward, newest, patient_of(ward, stay)))
    assert chart_of(ward, newest).other_numbers == ("0123", "00123")
    found = find_patient(ward, ward.person(Role.NURSE), NUMBER_RETYPED)
    assert len(found.stays) == 3


def test_a_record_with_stays_on_another_unit_only_is_not_shown(ward, earlier, stay):
    elsewhere = Actor("x", "X", Role.CHARGE_NURSE, "unit-4-west")
    with pytest.raises(NotAllowed):
        find_other_record(ward, elsewhere, stay, NUMBER_RETYPED)


def test_every_step_is_audited_without_names(ward, earlier, stay):
    find_other_record(ward, ward.person(Role.NURSE), stay, NUMBER_RETYPED)
    confirm(ward, stay, propose(ward, stay, patient_of(ward, earlier)))
    with ward.store.reading() as reading:
        entries = [entry for entry in reading.audit_entries() if entry.action == "strike_wrong_patient_entry"]
    assert [entry.detail for entry in entries] == ["merge confirmed", "merge proposed", "compared with another record"]
    assert not any(word in str(entries) for word in ("Doe", "Jayne", "0123"))
