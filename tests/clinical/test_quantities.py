"""Amounts: exact, printed as ISMP wants them, read back as they were printed."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.clinical.quantities import (
    DifferentMedicines,
    Dose,
    MedicineId,
    half_even,
    is_dose_field,
    mg_of,
    mg_text,
    parse_exact_mg,
    parse_mg,
    parse_percent,
    parse_plain_number,
    percent_text,
    pieces_text,
    plain,
    rounded,
    tenth_mcg_of,
)

CLONAZEPAM, DIAZEPAM = MedicineId("clonazepam"), MedicineId("diazepam")
tenths = st.integers(min_value=0, max_value=10_000_000)


@given(tenths)
def test_a_dose_that_is_printed_and_read_back_is_the_same_dose(tenth_mcg: int) -> None:
    assert tenth_mcg_of(parse_mg(plain(mg_of(tenth_mcg)))) == tenth_mcg


@given(tenths)
def test_a_printed_dose_has_a_leading_zero_and_no_trailing_one(tenth_mcg: int) -> None:
    """ISMP: 0.5 mg, never .5 mg, 5.0 mg or 0.5mg."""
    text = mg_text(mg_of(tenth_mcg))
    assert re.fullmatch(r"(0|[1-9][0-9]*)(\.[0-9]*[1-9])? mg", text)


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_plain_number_or_refused_with_a_sentence(text: str) -> None:
    try:
        number = parse_plain_number(text)
    except ValueError as error:
        sentence = str(error)
    else:
        assert plain(number) == text.strip(" \t\r\n\u00a0\u2007\u202f")
        return
    assert sentence.endswith(".")


@given(st.decimals(allow_nan=True, allow_infinity=True) | st.integers())
def test_an_exact_number_is_read_exactly_or_refused(number: Decimal | int) -> None:
    try:
        read = parse_plain_number(number)
    except ValueError:
        assert not Decimal(number).is_finite() or Decimal(number).is_signed()
    else:
        assert read == number


@given(st.floats())
def test_a_binary_fraction_is_never_a_dose(number: float) -> None:
    assert not is_dose_field(number)


@pytest.mark.parametrize("text", ["0.5", "12", "0.0625", "1000", " 1\u00a0"])
def test_a_dose_field_accepts_plain_numbers(text: str) -> None:
    assert is_dose_field(text)


def test_half_of_the_smallest_clonazepam_tablet_is_exact() -> None:
    assert Dose.of_mg(CLONAZEPAM, "0.125").tenth_mcg == 1250
    assert mg_text(Decimal("0.125") / 2) == "0.0625 mg"


@pytest.mark.parametrize("text", ["0.00001", "0.12345", "0.5" + "0" * 40 + "1"])
def test_a_dose_finer_than_a_tenth_of_a_microgram_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="finer than"):
        parse_mg(text)


def test_a_dose_above_1000_mg_is_a_slip_but_a_sum_may_be_more() -> None:
    with pytest.raises(ValueError, match="more than 1000"):
        parse_mg("1000.0001")
    assert parse_exact_mg("4000") == 4000


@pytest.mark.parametrize("huge", [10**400, "9" * 400])
def test_a_number_of_hundreds_of_digits_is_refused_in_a_short_sentence(huge: object) -> None:
    with pytest.raises(ValueError, match="more than 1000") as refused:
        parse_mg(huge)
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    ("number", "places", "expected"),
    [
        ("6.25", 1, "6.2"),
        ("6.35", 1, "6.4"),
        ("6.2500001", 1, "6.3"),
        ("0.00005", 4, "0"),
        ("0.00015", 4, "0.0002"),
        ("1.0125", 3, "1.012"),
        ("2.5", 0, "2"),
        ("3.5", 0, "4"),
    ],
)
def test_rounding_goes_half_to_even(number: str, places: int, expected: str) -> None:
    assert plain(rounded(Fraction(number), places)) == expected


@given(st.fractions(min_value=0, max_value=10_000), st.integers(min_value=0, max_value=4))
def test_rounding_is_the_nearest_and_on_a_tie_the_even_one(number: Fraction, places: int) -> None:
    scaled, result = number * 10**places, Fraction(rounded(number, places)) * 10**places
    assert result.denominator == 1
    assert abs(result - scaled) <= Fraction(1, 2)
    assert abs(result - scaled) < Fraction(1, 2) or result % 2 == 0


@given(tenths.map(lambda n: Decimal(n).scaleb(-6)))
def test_a_computed_dose_is_rounded_like_any_other(mg: Decimal) -> None:
    assert half_even(mg) == rounded(mg, 4)


@pytest.mark.parametrize(("number", "text"), [("6.25", "6.2"), ("25", "25"), ("33.333", "33.3"), ("100", "100")])
def test_a_percentage_has_at_most_one_decimal(number: str, text: str) -> None:
    assert percent_text(Decimal(number)) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        ("1", "1 tablet"),
        ("2", "2 tablets"),
        ("0.5", "half a tablet"),
        ("0.25", "a quarter of a tablet"),
        ("0.75", "three quarters of a tablet"),
        ("1.5", "1 and a half tablets"),
        ("2.25", "2 and a quarter tablets"),
        ("1.75", "1 and three quarters tablets"),
        ("10", "10 tablets"),
    ],
)
def test_pieces_are_said_in_words(count: str, text: str) -> None:
    assert pieces_text(Decimal(count), "tablet") == text


@given(st.integers(min_value=1, max_value=80).map(lambda quarters: Decimal(quarters) / 4))
def test_no_piece_is_printed_as_a_fraction_sign_or_a_decimal(count: Decimal) -> None:
    assert not re.search(r"[/.½¼¾]", pieces_text(count, "tablet"))


def test_milligrams_of_two_medicines_never_meet() -> None:
    one, other = Dose(CLONAZEPAM, 5000), Dose(DIAZEPAM, 5000)
    for combine in (lambda: one + other, lambda: one < other, lambda: one <= other):
        with pytest.raises(DifferentMedicines):
            combine()


@given(tenths, tenths)
def test_doses_of_one_medicine_add_exactly(one: int, other: int) -> None:
    total = Dose(DIAZEPAM, one) + Dose(DIAZEPAM, other)
    assert total.mg == mg_of(one) + mg_of(other)
    assert (Dose(DIAZEPAM, one) < Dose(DIAZEPAM, other)) == (one < other)


@pytest.mark.parametrize("tenth_mcg", [-1, 0.5, True])
def test_a_dose_is_a_whole_number_of_its_unit(tenth_mcg: object) -> None:
    with pytest.raises(ValueError, match="whole number"):
        Dose(DIAZEPAM, tenth_mcg)  # type: ignore[arg-type]


def test_doses_of_one_medicine_are_compared_and_said_in_milligrams() -> None:
    assert Dose(DIAZEPAM, 25_000) <= Dose.of_mg(DIAZEPAM, "2.5")
    assert str(Dose(DIAZEPAM, 25_000)) == "2.5 mg"


def test_a_computed_dose_finer_than_the_unit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"finer than 0\.0001 mg"):
        tenth_mcg_of(Decimal("0.00005"))


def test_a_count_that_has_no_word_is_written_as_a_number() -> None:
    assert pieces_text(Decimal("1.3"), "oral liquid") == "1.3 oral liquid"


@pytest.mark.parametrize("text", ["10.00001", "0.00001", "99.99999"])
def test_a_percentage_finer_than_a_ten_thousandth_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"finer than 0\.0001 %"):
        parse_percent(text)


def test_a_percentage_is_read_exactly() -> None:
    assert parse_percent("33.3333") == Decimal("33.3333")


@pytest.mark.parametrize("number", [Decimal("1E+999999999"), Decimal("1E-999999999")])
def test_a_number_that_would_fill_pages_is_refused_before_it_is_written_out(number: Decimal) -> None:
    with pytest.raises(ValueError, match="at most 1000 digits"):
        parse_plain_number(number)
