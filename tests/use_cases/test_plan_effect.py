"""What a stay's doses do, over the versions that were in force."""

from __future__ import annotations

from datetime import date

import taper_story
from taper_app.use_cases.plan_effect import PlanEffect, effect_of


def effect(story: taper_story.Story) -> PlanEffect | None:
    first, last = date(2026, 11, 29), date(2026, 12, 12)
    return effect_of(story.chart(), story.app.protocols, first_day=first, last_day=last)


def level(found: PlanEffect, day: date) -> tuple[float, float]:
    """Least and greatest, in percent of the dose before the plan."""
    inside = [index for index, moment in enumerate(found.panel.times) if moment.date() == day]
    (band,) = found.panel.bands
    return min(band.low[index] for index in inside), max(band.high[index] for index in inside)


def test_without_a_signed_plan_there_is_no_effect() -> None:
    assert effect(taper_story.Story().proposed()) is None


def test_before_the_first_plan_the_level_is_that_of_the_dose_before() -> None:
    found = effect(taper_story.Story().with_signed_plan())
    assert found is not None
    low, high = level(found, date(2026, 11, 30))
    assert low < 100 < high
    assert level(found, date(2026, 11, 29)) == (low, high)
    assert level(found, date(2026, 12, 12))[1] < high


def test_after_a_rise_the_level_goes_up_again_and_nothing_is_said_of_the_cut_alone() -> None:
    found = effect(taper_story.Story().restabilised())
    assert found is not None
    assert found.raised_on == date(2026, 12, 5)
    assert found.done == ()
    assert level(found, date(2026, 12, 12)) > level(found, date(2026, 12, 4))


def test_cuts_that_are_suspended_open_no_window() -> None:
    found = effect(taper_story.Story().to_the_seizure())
    assert found is not None
    assert [after.starts_on for after in found.after_cuts] == [date(2026, 12, 1)]
    assert found.kept_since == date(2026, 12, 3)


def test_what_the_last_cut_has_done_is_said_from_the_day_after_it() -> None:
    story = taper_story.Story().with_signed_plan()
    on_the_day = effect(story)
    story.clock.advance(days=1)
    next_day = effect(story)
    assert on_the_day is not None
    assert next_day is not None
    assert on_the_day.done == ()
    assert [done.day for done in next_day.done] == [2]
