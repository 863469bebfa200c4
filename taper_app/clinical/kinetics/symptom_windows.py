"""After each cut: the days in which symptoms are to be expected, by each source, and until when the level still falls.

The sources print their courses for stopping and disagree by days; each keeps its own window under its own name. What is
not printed is not made up: a window without a printed beginning is drawn from the cut, one without a printed end to the
last day that is printed, and both say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from taper_app.clinical.kinetics.falls import Fall, falls_of
from taper_app.clinical.kinetics.level_words import cited_words
from taper_app.clinical.planning.answer import Plan, StepKind
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Medicine
from taper_app.clinical.protocol.time_course import Course, TimeCourse
from taper_app.clinical.quantities import mg_text


@dataclass(frozen=True, slots=True)
class SymptomWindow:
    """What one source says of one cut. ``worst_from`` and ``worst_to`` only where it prints a peak."""

    course: str
    first_day: date
    last_day: date
    is_end_printed: bool
    worst_from: date | None
    worst_to: date | None
    in_words: str
    source: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Settling:
    """Until when the level falls: ``earliest`` by the shortest printed half-life, ``latest`` by the longest."""

    earliest: date
    latest: date
    in_words: str


@dataclass(frozen=True, slots=True)
class AfterCut:
    """What follows one medicine's fall in one step. ``watch_until`` only for a long-acting medicine."""

    step: int
    medicine: str
    starts_on: date
    in_words: str
    windows: tuple[SymptomWindow, ...]
    settling: Settling | None
    watch_until: date | None

    @property
    def first_day(self) -> date:
        """The earliest of the sources."""
        return min(window.first_day for window in self.windows)

    @property
    def last_day(self) -> date:
        """The latest of the sources; before it no source that prints an end calls the course over."""
        return max(window.last_day for window in self.windows)


def after_cuts(plan: Plan, protocols: Protocols, time_course: TimeCourse) -> tuple[AfterCut, ...]:
    """For each step in which a medicine's daily dose falls, in the order of time. A rise opens no window."""
    found = [
        _after(fall, protocols.medicines[fall.medicine], protocols, time_course)
        for fall in falls_of(plan, protocols)
        if fall.medicine in protocols.medicines
    ]
    return tuple(sorted(found, key=lambda after: after.step))


def _after(fall: Fall, medicine: Medicine, protocols: Protocols, time_course: TimeCourse) -> AfterCut:
    is_long = not medicine.acting.short_acting
    watched = timedelta(days=time_course.watch_after_long_acting.at_least_days - 1)
    return AfterCut(
        step=fall.step.number,
        medicine=fall.medicine,
        starts_on=fall.step.starts_on,
        in_words=_fall_words(fall, medicine),
        windows=tuple(_window(fall, course, protocols) for course in time_course.courses_for(medicine)),
        settling=_settling(fall, medicine, protocols, time_course),
        watch_until=fall.step.starts_on + watched if is_long else None,
    )


def _fall_words(fall: Fall, medicine: Medicine) -> str:
    change = f"{medicine.name} from {mg_text(fall.mg_before)} to {mg_text(fall.mg_after)} a day"
    return f"{change}, another medicine in its place" if fall.step.kind is StepKind.CROSSOVER else change


def _window(fall: Fall, course: Course, protocols: Protocols) -> SymptomWindow:
    first = fall.hours_later(course.onset_low_hours or 0).date()
    printed = list(_printed_days(fall, course))
    is_end_printed = course.eases_to_day is not None
    return SymptomWindow(
        course=course.id,
        first_day=first,
        last_day=max([first, *printed]),
        is_end_printed=is_end_printed,
        worst_from=_day(fall, course.peak_from_day),
        worst_to=_day(fall, course.peak_to_day),
        in_words="; ".join(_window_words(course, is_end_printed)),
        source=protocols.source_short(course.source),
        evidence=course.evidence,
    )


def _printed_days(fall: Fall, course: Course) -> Iterator[date]:
    if course.onset_high_hours is not None:
        yield fall.hours_later(course.onset_high_hours).date()
    for number in (course.peak_to_day, course.eases_to_day):
        if (day := _day(fall, number)) is not None:
            yield day


def _day(fall: Fall, number: int | None) -> date | None:
    """The day of the cut is day 1."""
    return None if number is None else fall.step.starts_on + timedelta(days=number - 1)


def _window_words(course: Course, is_end_printed: bool) -> Iterator[str]:
    yield course.in_words
    if course.onset_low_hours is None:
        yield "its first day is not printed, so it is drawn from the cut"
    if not is_end_printed:
        yield "its end is not printed"


def _settling(fall: Fall, medicine: Medicine, protocols: Protocols, time_course: TimeCourse) -> Settling | None:
    """By the parent's half-life, or the metabolite's where that is longer."""
    ranges = [one for one in (medicine.half_life, medicine.active_metabolite_half_life) if one is not None]
    if not ranges:
        return None
    settled = time_course.settled
    slowest_low = max(ranges, key=lambda one: one.low_hours)
    slowest_high = max(ranges, key=lambda one: one.high_hours)
    earliest, latest = (
        fall.hours_later(ceil(settled.half_lives * hours)).date()
        for hours in (slowest_low.low_hours, slowest_high.high_hours)
    )
    sources = ", ".join(dict.fromkeys(cited_words(one, protocols) for one in (slowest_low, slowest_high)))
    return Settling(
        earliest=earliest,
        latest=latest,
        in_words=f"the level goes on falling for {settled.half_lives} half-lives ({sources})",
    )
