"""Kilograms of what was read, and allergies read from what was written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from taper_app.clinical.charting.allergies import (
    AllergiesBody,
    Allergy,
    AllergyStatus,
    allergies_of,
    joined,
    missing_from,
    read_allergies,
)
from taper_app.clinical.charting.body_weight import WeightBody, WeightUnit, kilograms
from taper_app.clinical.records import Patient

substances = st.text(alphabet="abcdefghij", min_size=2, max_size=8)
lists = st.lists(substances, min_size=1, max_size=6, unique=True).map(
    lambda names: AllergiesBody(status="listed", entries=tuple(Allergy(substance=name) for name in names))
)


@pytest.mark.parametrize(
    ("entered", "unit", "kg"),
    [("100", "lb", "45.36"), ("154.3", "lb", "69.99"), ("220.5", "lb", "100.02"), ("72.5", "kg", "72.5")],
)
def test_pounds_by_their_definition_to_a_hundredth(entered, unit, kg):
    # Worked: 100 * 0.45359237 = 45.359237; 154.3 * … = 69.989…; 220.5 * … = 100.0171…
    assert kilograms(Decimal(entered), WeightUnit(unit)) == Decimal(kg)


def test_kilograms_that_are_not_what_was_entered_are_refused():
    with pytest.raises(ValidationError):
        WeightBody(entered="100", unit="lb", kg="100", source="measured")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("none known", "none known"),
        ("NKDA", "none known"),
        ("No known allergies.", "none known"),
        ("", "not assessed"),
        ("Not assessed", "not assessed"),
        ("penicillin (rash); latex", "penicillin (rash); latex"),
        ("sulfa (hives, swelling (face))", "sulfa (hives, swelling (face))"),
        ("none of the above; cef", "none of the above; cef"),
    ],
)
def test_what_was_written_at_an_admission_is_read_as_it_was_meant(written, said):
    assert read_allergies(written).in_words == said


def test_words_of_an_older_version_are_never_lost():
    long = "x" * 200 + "\n" + "y" * 190
    patient = Patient(
        id="p", record_number="1", family_name="D", given_name="J", born_on="1982-03-14", sex="F", allergies=long
    )
    body, said = allergies_of(patient, ())
    assert (body.status, said) == (AllergyStatus.LISTED, None)
    assert body.in_words.count("x") == 200
    assert body.in_words.count("y") == 190


@given(lists, lists)
def test_joining_loses_nothing(one, other):
    both = joined([one, other], asked=False)
    assert missing_from(both, one) == missing_from(both, other) == ()


@given(lists)
def test_none_known_never_wipes_out_a_list(listed):
    nothing = AllergiesBody(status="none_known")
    assert joined([nothing, listed], asked=True).in_words == joined([listed, nothing], asked=True).in_words
    assert joined([listed, nothing], asked=True).entries == listed.entries


def test_both_reactions_of_one_substance_are_kept():
    first = AllergiesBody(status="listed", entries=(Allergy(substance="Penicillin", reaction="rash"),))
    second = AllergiesBody(status="listed", entries=(Allergy(substance="penicillin", reaction="anaphylaxis"),))
    assert joined([first, second], asked=False).in_words == "Penicillin (rash, anaphylaxis)"
