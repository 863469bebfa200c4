"""One course out of several versions: who was in force on which day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import taper_story
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.in_force import course_in_force

ZONE = ZoneInfo(taper_story.ZONE)


def course_of(story: taper_story.Story) -> Plan | None:
    chart = story.chart()
    return course_in_force(chart.versions, chart.zone, kept_since=chart.kept_since)


def doses(course: Plan | None) -> list[tuple[date, Decimal]]:
    assert course is not None
    return [(step.starts_on, sum(step.daily_mg.values(), Decimal(0))) for step in course.steps]


def test_without_a_signature_there_is_no_course() -> None:
    assert course_of(taper_story.Story().proposed()) is None


def test_one_version_is_its_own_course() -> None:
    story = taper_story.Story().with_signed_plan()
    plan = story.chart().versions[0].plan
    course = course_of(story)
    assert doses(course) == [(step.starts_on, step.daily_of("clonazepam")) for step in plan.steps]
    assert course is not None
    assert [step.days for step in course.steps] == [step.days for step in plan.steps]


def test_a_version_signed_late_counts_from_the_day_of_its_signature() -> None:
    """Planned from 1 December, signed on the 3rd: until then the dose before is taken."""
    story = taper_story.Story().proposed()
    story.clock.advance(days=2)
    assert doses(course_of(story.sign()))[0] == (date(2026, 12, 3), Decimal("1.875"))


def test_a_restabilised_course_has_the_old_versions_days_and_then_the_new_ones() -> None:
    """1.875 mg from 1 December by version 1, 2 mg from the 5th by version 2, whose first cut is 28 days later."""
    course = course_of(taper_story.Story().restabilised())
    assert doses(course)[:3] == [
        (date(2026, 12, 1), Decimal("1.875")),
        (date(2026, 12, 5), Decimal(2)),
        (date(2027, 1, 2), Decimal("1.875")),
    ]
    assert course is not None
    assert [step.number for step in course.steps] == list(range(1, len(course.steps) + 1))
    assert course.starting_daily_mg == {"clonazepam": Decimal(2)}


def test_while_cuts_are_suspended_the_dose_of_that_day_goes_on() -> None:
    course = course_of(taper_story.Story().to_the_seizure())
    assert doses(course) == [(date(2026, 12, 1), Decimal("1.875"))]
    assert course is not None
    assert course.steps[-1].days == 0


def test_a_new_plan_begins_where_it_begins_and_names_the_use_before_the_first() -> None:
    """Signed on 3 December, to begin on the 10th: version 1's dose of that day goes on until then."""
    story = taper_story.Story().with_signed_plan()
    story.clock.advance(days=2)
    use = [{"drug": "clonazepam", "mg": mg, "time": at} for mg, at in (("0.875", "08:00"), ("1", "20:00"))]
    story.propose(start_on="2026-12-10", current=use)
    course = course_of(story.sign())
    assert [day for day, _mg in doses(course)[:2]] == [date(2026, 12, 1), date(2026, 12, 10)]
    assert course is not None
    assert sum(line.mg for line in course.request.current) == 2


def test_a_version_says_what_became_of_it_wherever_it_is_shown() -> None:
    proposed = taper_story.Story().proposed().chart().versions[0]
    assert proposed.in_words == "Version 1, proposed, not signed: no dose is given from it"
    signed = taper_story.Story().with_signed_plan().chart().versions[0]
    assert signed.signed_by is not None
    assert signed.in_words == f"Version 1, signed by {signed.signed_by.signature}"
    assert replace(signed, superseded_by=2).in_words == "Version 1, superseded by version 2: not in force"
