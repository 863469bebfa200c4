"""Dates and moments on paper stand on the ward's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from taper_app.export.dates import date_text, days_text, moment_text, short_date_text


def test_a_date_is_written_with_its_weekday_and_month_in_letters() -> None:
    assert date_text(date(2026, 11, 21)) == "Sat 21 Nov 2026"
    assert short_date_text(date(1982, 3, 3)) == "3 Mar 1982"


def test_a_moment_is_shown_on_the_wards_clock() -> None:
    moment = datetime(2026, 11, 21, 19, 5, tzinfo=UTC)
    assert moment_text(moment, "America/New_York") == "Sat 21 Nov 2026 14:05"
    assert moment_text(moment, "Europe/Zurich") == "Sat 21 Nov 2026 20:05"


def test_the_hour_that_comes_twice_carries_its_offset() -> None:
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert moment_text(first, "America/New_York") == "Sun 1 Nov 2026 01:30 (UTC-04:00)"
    assert moment_text(second, "America/New_York") == "Sun 1 Nov 2026 01:30 (UTC-05:00)"


def test_the_moment_after_the_skipped_hour_needs_no_offset() -> None:
    assert moment_text(datetime(2026, 3, 8, 7, 0, tzinfo=UTC), "America/New_York") == "Sun 8 Mar 2026 03:00"


def test_a_moment_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        moment_text(datetime(2026, 11, 21, 14, 5), "America/New_York")


def test_a_stretch_of_days_names_its_year_once_and_both_where_it_turns() -> None:
    assert days_text(date(2027, 1, 11), date(2027, 1, 17)) == "Mon 11 Jan to Sun 17 Jan 2027"
    assert days_text(date(2027, 12, 27), date(2028, 1, 2)) == "Mon 27 Dec 2027 to Sun 2 Jan 2028"
    assert days_text(date(2027, 1, 11), date(2027, 1, 11)) == "Mon 11 Jan 2027"
