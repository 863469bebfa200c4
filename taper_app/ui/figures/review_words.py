"""The taper plot in words: its alternative text, and every mark as a row of a table."""

from __future__ import annotations

from datetime import datetime

from taper_app.clinical.planning.answer import Step
from taper_app.clinical.quantities import mg_text
from taper_app.export.dates import date_text
from taper_app.ui.figures.course import Course, DayTotal, DoseMark, ScoreMark, steps_within
from taper_app.ui.figures.look import midnight
from taper_app.ui.figures.review import GIVEN_SO_FAR, GIVEN_TOTAL, superseded_name


def review_alt(course: Course) -> str:
    """The plot in words; the table below has every mark."""
    parts = [f"Taper plot from {date_text(course.window.start.date())} to {date_text(course.window.end.date())}."]
    if course.signed:
        parts.append(f"Plan version {course.signed.number} is in force.")
    for version in course.superseded:
        parts.append(f"{superseded_name(version).capitalize()}.")
    clinical = [f"{event.words} on {date_text(event.at.date())}" for event in course.events if event.is_clinical]
    parts.append(f"Clinical events: {'; '.join(clinical) or 'none charted'}.")
    incomplete = sum(score.total is None for score in course.ciwa_b)
    parts.append(f"{len(course.ciwa_b)} CIWA-B sets, {incomplete} incomplete. The table below has every mark.")
    return " ".join(parts)


def review_rows(course: Course) -> list[dict[str, str]]:
    """Every mark of the plot as a row, oldest first: for screen readers, and for whoever wants the numbers."""
    rows = [(midnight(total.day), "daily dose", _total_words(total)) for total in course.totals]
    rows += [(at, "plan in force", _day_words(step)) for at, step in _plan_changes(course)]
    rows += [(dose.at, "dose" if dose.by_plan else "dose outside the plan", _dose_words(dose)) for dose in course.doses]
    rows += [(score.at, "CIWA-B", _score_words(score)) for score in course.ciwa_b]
    rows += [(score.at, "NEWS2", _score_words(score)) for score in course.news2]
    rows += [(event.at, "event", event.words) for event in course.events]
    return [
        {"When": f"{date_text(at.date())} {at:%H:%M}", "What": what, "In words": words}
        for at, what, words in sorted(rows, key=lambda row: row[0])
    ]


def _dose_words(dose: DoseMark) -> str:
    return dose.words or f"{dose.medicine} {mg_text(dose.mg)}, given"


def _total_words(total: DayTotal) -> str:
    return f"{total.medicine} {mg_text(total.mg)}, {GIVEN_TOTAL if total.is_over else GIVEN_SO_FAR}"


def _plan_changes(course: Course) -> list[tuple[datetime, Step]]:
    return steps_within(course.signed, course.window) if course.signed else []


def _day_words(step: Step) -> str:
    daily = " and ".join(f"{drug} {mg_text(mg)}" for drug, mg in step.daily_mg.items()) or "no medicine"
    equivalent = step.diazepam_equivalent_mg
    span = f"{mg_text(equivalent.low)} to {mg_text(equivalent.high)} diazepam-equivalent"
    target = f", target {mg_text(step.target_daily_mg)}" if step.target_daily_mg is not None else ""
    return f"step {step.number}: {daily} a day ({span}{target})"


def _score_words(score: ScoreMark) -> str:
    if score.total is not None:
        return str(score.total)
    most = f", at most {score.most}" if score.most is not None else ""
    return f"incomplete: at least {score.least}{most}"
