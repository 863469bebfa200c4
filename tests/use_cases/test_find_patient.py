"""Finding a patient: two identifiers that fit whole, or nobody."""

from __future__ import annotations

import pytest

from taper_app.clinical.errors import InputRefused, NotAllowed
from taper_app.clinical.people import Actor, Role
from taper_app.use_cases.context import new_id
from taper_app.use_cases.find_patient import MISSES_ALLOWED, NobodyFits, SeveralFit, TooManyMisses, find_patient
from taper_app.use_cases.rights import Grant, UseCase, grant_of

HERS = {"family_name": "Doe", "born_on": "1982-03-14"}


def find(ward, role=Role.NURSE, **written):
    return find_patient(ward, ward.person(role), written)


def newest_audit(ward):
    with ward.store.reading() as reading:
        return reading.audit_entries(1)[0]


@pytest.mark.parametrize(
    "written",
    [
        HERS,
        {"record_number": "00123", "born_on": "1982-03-14"},
        {"record_number": "00123", "family_name": "Doe"},
        HERS | {"given_name": "Jane", "record_number": "00123"},
    ],
)
def test_any_two_of_family_name_birth_date_and_record_number_find_the_patient(ward, written):
    episode = ward.admit_her()
    found = find(ward, **written)
    assert found.patient.label == "DOE, Jane"
    assert [stay.episode_id for stay in found.stays] == [episode]
    assert found.stays[0].is_open


@pytest.mark.parametrize(
    "written",
    [{"family_name": "Doe"}, {"born_on": "1982-03-14"}, {"record_number": "00123"}, {}, {"given_name": "Jane"}],
)
def test_one_identifier_alone_is_refused_with_the_fix(ward, written):
    ward.admit_her()
    with pytest.raises(InputRefused, match="Give two of these"):
        find(ward, **written)


@pytest.mark.parametrize(
    "family_name", ["O'BRIEN-MUÑOZ", "obrien munoz", "  O’Brien‑Munoz".replace("‑", "-"), "ÓBrien Muñoz"]
)
def test_letter_case_accents_hyphens_and_apostrophes_do_not_matter(ward, family_name):
    ward.admit_her(family_name="O'Brien-Muñoz")
    assert find(ward, family_name=family_name, born_on="1982-03-14").patient.family_name == "O'Brien-Muñoz"


@pytest.mark.parametrize(
    "written",
    [
        HERS | {"family_name": "Do"},
        HERS | {"family_name": "D%"},
        HERS | {"family_name": "_oe"},
        HERS | {"family_name": ".*"},
        HERS | {"family_name": "' OR 1=1 --"},
        HERS | {"born_on": "1982-03-15"},
        HERS | {"given_name": "Jan"},
        {"record_number": "123", "born_on": "1982-03-14"},
        {"record_number": "0012", "family_name": "Doe"},
    ],
)
def test_a_half_typed_name_a_pattern_or_a_lost_zero_finds_nobody(ward, written):
    ward.admit_her()
    with pytest.raises(NobodyFits) as refused:
        find(ward, **written)
    assert str(refused.value) == "No patient of your unit fits all of this.", "it never says what was wrong"


def test_twins_are_not_shown_until_a_third_identifier_tells_them_apart(ward):
    ward.admit_her()
    ward.admit_her(episode_id=new_id(), bed="08", record_number="00124", given_name="Joan")
    with pytest.raises(SeveralFit) as refused:
        find(ward, **HERS)
    assert "given name or the record number" in refused.value.next_step
    assert find(ward, **HERS, given_name="joan").patient.record_number == "00124"


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"family_name": "Doe", "born_on": "14.3.1982"}, "born_on"),
        ({"family_name": "Doe", "born_on": "2999-01-01"}, "born_on"),
        ({"family_name": "Doe", "born_on": "1782-03-14"}, "born_on"),
        ({"family_name": "Doe\x00", "born_on": "1982-03-14"}, "family_name"),
        ({"family_name": "Doe", "record_number": "0" * 100}, "record_number"),
        ({"family_name": "\u202eeoD", "born_on": "1982-03-14"}, "family_name"),
    ],
)
def test_bad_input_gets_a_sentence_for_its_field(ward, written, field):
    with pytest.raises(InputRefused) as refused:
        find(ward, **written)
    assert [fault.field for fault in refused.value.faults] == [field]


def test_every_search_is_audited_with_nothing_of_what_was_typed(ward):
    ward.admit_her()
    find(ward, **HERS)
    assert (newest_audit(ward).action, newest_audit(ward).detail) == ("search_patient", "found one")
    with pytest.raises(NobodyFits):
        find(ward, **HERS | {"family_name": "Roe"})
    assert newest_audit(ward).detail == "found nobody"
    with ward.store.reading() as reading:
        everything = " ".join(entry.model_dump_json() for entry in reading.audit_entries())
    assert not any(word in everything for word in ("Doe", "Roe", "1982", "00123"))


@pytest.mark.parametrize("role", list(Role))
def test_only_whoever_may_search_finds_anybody(ward, role):
    ward.admit_her()
    if grant_of(UseCase.SEARCH_PATIENT, role) is Grant.NO:
        with pytest.raises(NotAllowed):
            find(ward, role, **HERS)
        assert newest_audit(ward).outcome == "refused"
    else:
        assert find(ward, role, **HERS).patient.label == "DOE, Jane"


def test_a_patient_of_another_unit_is_found_by_nobody_there_but_by_the_pharmacist(ward):
    ward.admit_her()
    nurse, pharmacist = (Actor("x", "X", role, "unit-4-west") for role in (Role.NURSE, Role.PHARMACIST))
    with pytest.raises(NobodyFits):
        find_patient(ward, nurse, HERS)
    assert find_patient(ward, pharmacist, HERS).stays


def test_somebody_who_guesses_has_to_wait_and_a_find_begins_anew(ward):
    ward.admit_her()
    for day in range(1, MISSES_ALLOWED):
        with pytest.raises(NobodyFits):
            find(ward, family_name="Doe", born_on=f"1983-03-{day:02d}")
    find(ward, **HERS)
    for day in range(1, MISSES_ALLOWED + 1):
        with pytest.raises(NobodyFits):
            find(ward, family_name="Doe", born_on=f"1983-04-{day:02d}")
    with pytest.raises(TooManyMisses):
        find(ward, **HERS)
    assert find(ward, Role.CHARGE_NURSE, **HERS), "a colleague goes on"
    ward.clock.pass_time(minutes=11)
    assert find(ward, **HERS)
