"""What cannot come back exactly is not stored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taper_app.store.exact import json_text, microseconds_of, moment_of, value_of

_exact_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda part: st.lists(part) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), part),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("inexact", "place"),
    [
        ({"mg": 0.1}, "body.mg is a float"),
        ({"doses": [{"mg": "1"}, {"mg": 1.0}]}, "body.doses.1.mg is a float"),
        ({"mg": float("nan")}, "body.mg is a float"),
        ({"mg": Decimal("0.5")}, "body.mg is a Decimal"),
        ({"on": date(2026, 12, 1)}, "body.on is a date"),
        ({"pieces": (1, 2)}, "body.pieces is a tuple"),
        ({"items": {1: "one"}}, "body.items has a key of type int"),
    ],
)
def test_a_record_whose_body_is_not_exact_is_refused_as_a_bug(store, ward, inexact, place):
    with pytest.raises(ValueError, match=place):
        store.transact(lambda writing: writing.add_record(ward.record(body=inexact)))
    with pytest.raises(ValueError, match=place):
        store.transact(lambda writing: writing.save_draft(ward.draft(body=inexact)))
    with store.reading() as reading:
        assert reading.record("r-1") is reading.draft("a-1", "e-1", "observation") is None


def test_half_a_character_is_refused_as_a_bug(store, ward):
    with pytest.raises(ValueError, match="surrogates"):
        store.transact(lambda writing: writing.add_record(ward.record(body={"note": "\ud83d"})))


@given(_exact_values)
def test_exact_values_come_back_equal_and_of_the_same_type(value):
    back = value_of(json_text(value))
    assert back == value
    assert repr(back) == repr(value)


@given(st.datetimes(timezones=st.timezones()))
def test_moments_come_back_to_the_microsecond(moment):
    try:
        in_utc = moment.astimezone(UTC)
    except OverflowError:  # beyond the years 1 and 9999
        return
    assert moment_of(microseconds_of(moment)) == in_utc


def test_a_moment_without_an_offset_is_refused_as_a_bug(store):
    with pytest.raises(ValueError, match="offset"):
        microseconds_of(datetime(2026, 12, 1, 8, 0))
    with pytest.raises(ValueError, match="offset"), store.reading() as reading:
        reading.records("e-1", since=datetime(2026, 12, 1, 8, 0))
