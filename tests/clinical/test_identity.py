"""Names and numbers compared as people mean them; records that were merged lead to one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.clinical.identity import Identifiers, differences, kept_id, merged_into, name_key, number_key
from taper_app.clinical.records import Patient, PatientMerge

SHE = Patient(id="p", record_number="00123", family_name="Muñoz", given_name="Zoë", born_on=date(1982, 3, 14), sex="F")
names = st.text(min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "MULLER"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("O'Neill", "ONEILL"),
        ("Smith-Jones", "smith jones"),
        ("STRASSE", "straße"),
        ("Nguyễn", "Nguyen"),
        ("e\u0301", "é"),
    ],
)
def test_two_spellings_of_one_name_are_alike(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Doe", "Do"), ("Ng", "Nguyen"), ("李", "王"), ("Roe", "Rowe")])
def test_two_names_are_not(one, other):
    assert name_key(one) != name_key(other)


def test_the_zeros_of_a_record_number_count_and_its_spaces_do_not():
    assert number_key(" 00 123") == number_key("00123")
    assert number_key("s-12") == number_key("S-12")
    assert number_key("00123") != number_key("123")


@given(names)
def test_a_name_compared_twice_is_the_same(name):
    assert name_key(name_key(name)) == name_key(name)


@given(names, names)
def test_whatever_is_typed_finds_only_whom_it_fits_whole(family_name, number):
    typed = Identifiers(family_name=family_name, record_number=number)
    fits = name_key(family_name) in ("", "munoz") and number_key(number) in ("", "00123")
    assert typed.fit(SHE) == fits


def test_a_given_name_is_no_identifier_of_its_own():
    assert not Identifiers(given_name="Zoë", born_on=date(1982, 3, 14)).are_enough
    assert not Identifiers(family_name=" - ", record_number="1").are_enough
    assert Identifiers(family_name="Muñoz", born_on=date(1982, 3, 14)).are_enough


def merge(merged, kept, minute):
    moment = datetime(2027, 1, 11, 12, minute, tzinfo=UTC)
    return PatientMerge(merged_id=merged, kept_id=kept, record_id=f"r{minute}", merged_at=moment)


def test_merges_are_followed_to_the_record_that_is_left():
    merges = [merge("b", "a", 1), merge("a", "c", 2), merge("d", "c", 3)]
    assert [kept_id(one, merges) for one in "abcd"] == ["c", "c", "c", "c"]
    assert merged_into("c", merges) == ("b", "a", "d")
    assert merged_into("a", merges) == ()
    assert kept_id("x", merges) == "x"


def test_only_what_really_differs_is_shown_side_by_side():
    same = SHE.model_copy(update={"family_name": "MUNOZ", "given_name": "zoe"})
    assert differences(SHE, same) == ()
    other = SHE.model_copy(update={"born_on": date(1982, 4, 13), "sex": "U"})
    assert [found.field for found in differences(SHE, other)] == ["date of birth", "sex"]
