"""The course on the ward in the printed summary: scores, events, doses outside the plan, tests, condition."""

from __future__ import annotations

from datetime import datetime

from taper_app.clinical.handoff.summary import HandoffSummary
from taper_app.clinical.handoff.summary_parts import DayOfScores, PendingTest, ScaleOfDay
from taper_app.clinical.quantities import mg_text
from taper_app.export.blocks import Block, Column, Heading, Lines, Pairs, Table, joined
from taper_app.export.dates import date_text, moment_text, on_ward_clock
from taper_app.export.handoff_words import daily_words, sentences, title_of, why_empty

_TOPICS = (
    "use_at_admission",
    "procedures",
    "consultations",
    "results",
    "vital_signs_at_release",
    "condition_at_release",
)


def course_blocks(summary: HandoffSummary) -> list[Block]:
    topics = tuple((title_of(key), sentences(getattr(summary, key))) for key in _TOPICS)
    return [
        Heading("Course on the ward"),
        *_scores(summary),
        *_events(summary),
        *_doses_outside_plan(summary),
        Pairs((*topics, (title_of("pending_tests"), _pending_tests(summary))), columns=2),
    ]


def _scores(summary: HandoffSummary) -> list[Block]:
    title = Heading(f"{title_of('scores')}: worst (when), latest", level=3)
    days = summary.scores.entries
    if not days:
        return [title, Lines((why_empty(summary.scores),))]
    names = list(dict.fromkeys(scale.scale for day in days for scale in day.scales))
    columns = (
        Column("Day"),
        *(Column(name, _width_of_scale(name, days)) for name in names),
        Column("Symptoms, worst 0 to 4", 4),
        Column("Given that day"),
    )
    rows = tuple(_day_row(day, names, summary.unit.zone) for day in days)
    return [title, Table(columns, rows)]


def _width_of_scale(name: str, days: tuple[DayOfScores, ...]) -> float:
    """Wider for a scale with bands or gaps, which needs more words."""
    wordy = any(scale.band or scale.missing_items for day in days for scale in day.scales if scale.scale == name)
    return 5 if wordy else 2.6


def _day_row(day: DayOfScores, names: list[str], zone: str) -> tuple[str, ...]:
    by_name = {scale.scale: scale for scale in day.scales}
    return (
        f"{day.day}\u2002{date_text(day.on)}",
        *(_scale_words(by_name[name], zone) if name in by_name else "not assessed" for name in names),
        day.symptoms or "not assessed",
        daily_words(day.daily_given) or "not recorded",
    )


def _scale_words(scale: ScaleOfDay, zone: str) -> str:
    """``24, moderate (14:00); latest 20``; an incomplete set shows its least and most and no band."""
    worst = f"{joined([_span(scale.worst_least, scale.worst_most), scale.band])} ({_clock(scale.worst_at, zone)})"
    if scale.missing_items:
        worst = f"{worst}, incomplete, no band; not charted: {joined(scale.missing_items)}"
    latest = " to ".join(str(score) for score in dict.fromkeys((scale.latest_least, scale.latest_most)))
    unchanged = (scale.latest_least, scale.latest_most) == (scale.worst_least, scale.worst_most)
    return worst if unchanged else f"{worst}; latest {latest}"


def _span(least: int, most: int) -> str:
    return str(least) if least == most else f"at least {least}, at most {most}"


def _clock(moment: datetime, zone: str) -> str:
    return f"{on_ward_clock(moment, zone):%H:%M}"


def _events(summary: HandoffSummary) -> list[Block]:
    title = Heading(title_of("events"), level=3)
    if not summary.events.entries:
        return [title, Lines((why_empty(summary.events),))]
    columns = (Column("When"), Column("What", 4), Column("Cause", 3), Column("What was done", 4))
    zone = summary.unit.zone
    rows = tuple(
        (moment_text(event.at, zone), event.what, event.cause, event.done or "not recorded")
        for event in summary.events.entries
    )
    return [title, Table(columns, rows)]


def _doses_outside_plan(summary: HandoffSummary) -> list[Block]:
    title = Heading(title_of("doses_outside_plan"), level=3)
    if not summary.doses_outside_plan.entries:
        return [title, Lines((why_empty(summary.doses_outside_plan),))]
    columns = (Column("When"), Column("Dose", 3), Column("Why", 4), Column("Ordered by", 3), Column("Given by", 3))
    zone = summary.unit.zone
    rows = tuple(
        (
            moment_text(dose.at, zone),
            f"{dose.medicine} {mg_text(dose.mg)}, {dose.route}",
            dose.why,
            dose.ordered_by,
            dose.given_by or "not recorded",
        )
        for dose in summary.doses_outside_plan.entries
    )
    return [title, Table(columns, rows)]


def _pending_tests(summary: HandoffSummary) -> str:
    tests = summary.pending_tests
    return "\n".join(_pending_test(test) for test in tests.entries) if tests.entries else why_empty(tests)


def _pending_test(test: PendingTest) -> str:
    expected = f"expected {date_text(test.expected_on)}" if test.expected_on else "no date"
    return joined([test.test, expected, f"chased by {test.chased_by}", test.phone])
