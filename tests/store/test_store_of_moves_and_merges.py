"""Where a patient is now, whose record it is now, and who has the same date of birth: on every store."""

from __future__ import annotations

from datetime import date

import pytest

from taper_app.clinical.errors import NotFound, StateConflict
from taper_app.clinical.records import PatientMerge, RecordKind


def merge(ward, **different):
    usual = {"merged_id": "p-2", "kept_id": "p-1", "record_id": "r-merge", "merged_at": ward.at(60)}
    return PatientMerge(**{**usual, **different})


@pytest.fixture
def two_patients(store, ward):
    """A second patient with a stay of its own, and the record of a merge."""

    def add(writing):
        writing.add_patient(ward.patient(2))
        writing.add_episode(ward.episode(2, patient_id="p-2", admitted_at=ward.at(-60)))
        writing.put_latest(ward.latest(episode_id="e-2", patient_id="p-2", bed="2", status="released"))
        writing.add_record(ward.record("r-merge", kind=RecordKind.MERGE))

    store.transact(add)
    return store


def test_patients_are_found_by_their_day_of_birth_and_no_other(store, ward):
    others = [ward.patient(3, born_on=date(1982, 3, 5)), ward.patient(4, family_name="Other")]
    store.transact(lambda writing: [writing.add_patient(patient) for patient in others])
    with store.reading() as reading:
        assert [patient.id for patient in reading.patients_born_on(date(1982, 3, 4))] == ["p-1", "p-4"]
        assert list(reading.patients_born_on(date(1982, 4, 3))) == []


def test_an_episode_is_where_its_board_row_says_and_its_own_row_is_never_written(store, ward):
    def transfer(writing):
        writing.add_unit(ward.unit(id="u-2", name="West"))
        writing.put_latest(ward.latest(unit_id="u-2", bed="2"))

    store.transact(transfer)
    with store.reading() as reading:
        assert reading.episode("e-1") == reading.open_episode_of("p-1") == ward.episode(unit_id="u-2")
        assert [row.episode_id for row in reading.latest_rows("u-2")] == ["e-1"]
        assert list(reading.latest_rows("u-1")) == []


def test_an_episode_without_a_board_row_is_as_it_was_admitted(store, ward):
    store.transact(lambda writing: writing.add_episode(ward.episode(2)))
    with store.reading() as reading:
        assert reading.episode("e-2") == ward.episode(2)
        assert [episode.id for episode in reading.episodes_of("p-1")] == ["e-1"]


def test_after_a_merge_the_stays_of_both_belong_to_the_kept_patient(two_patients, ward):
    def join(writing):
        writing.add_merge(merge(ward))
        writing.put_latest(ward.latest(episode_id="e-2", patient_id="p-1", bed="2", status="released"))

    two_patients.transact(join)
    with two_patients.reading() as reading:
        assert list(reading.merges()) == [merge(ward)]
        assert [episode.id for episode in reading.episodes_of("p-1")] == ["e-1", "e-2"], "newest admission first"
        assert reading.episode("e-2").patient_id == "p-1"
        assert list(reading.episodes_of("p-2")) == []
        assert reading.patient_with_record_number("00002") == ward.patient(2), "the merged row stays as it was"


def test_a_patient_record_is_merged_only_once(two_patients, ward):
    two_patients.transact(lambda writing: writing.add_merge(merge(ward)))
    with pytest.raises(StateConflict, match="merged already"):
        two_patients.transact(lambda writing: writing.add_merge(merge(ward)))


@pytest.mark.parametrize("missing", [{"merged_id": "p-9"}, {"kept_id": "p-9"}, {"record_id": "r-9"}])
def test_a_merge_of_what_is_not_kept_is_not_found(two_patients, ward, missing):
    with pytest.raises(NotFound):
        two_patients.transact(lambda writing: writing.add_merge(merge(ward, **missing)))


def test_everybodys_drafts_of_a_stay_are_found_oldest_first(store, ward):
    drafts = [
        ward.draft(saved_at=ward.at(2)),
        ward.draft(account_id="a-2", saved_at=ward.at(1)),
        ward.draft(episode_id="e-2"),
    ]
    store.transact(lambda writing: [writing.save_draft(draft) for draft in drafts])
    with store.reading() as reading:
        assert [draft.account_id for draft in reading.drafts_of("e-1")] == ["a-2", "a-1"]


def test_what_one_person_did_since_a_moment_is_found_newest_first(store, ward):
    entries = [
        ward.audit("search_patient", at=ward.at(1)),
        ward.audit("search_patient", at=ward.at(2), account_id="a-2"),
        ward.audit("open_chart", at=ward.at(3)),
        ward.audit("search_patient", at=ward.at(4), detail="nobody"),
        ward.audit("search_patient", at=ward.at(0)),
    ]
    store.transact(lambda writing: [writing.add_audit(entry) for entry in entries])
    with store.reading() as reading:
        found = reading.audit_entries_of("a-1", "search_patient", ward.at(1))
        assert list(found) == [entries[3], entries[0]]
