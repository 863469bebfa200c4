"""Page 1 of the printed summary: how ill, what to do, what comes next, what could happen."""

from __future__ import annotations

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.advice import advice_for, contingencies_for
from taper_app.clinical.handoff.completeness import missing_sections
from taper_app.clinical.handoff.summary import HandoffSummary, SummaryStatus
from taper_app.clinical.handoff.summary_parts import NextPrescriber, Task, Visit
from taper_app.clinical.handoff.summary_taper import BridgingSheet, NoTaperLeft, RemainingTaper
from taper_app.clinical.protocol.handoff_texts import HandoffTexts, Shown, Urgency, filled
from taper_app.export.blocks import (
    Band,
    Block,
    Card,
    Cards,
    Column,
    Heading,
    Lines,
    Pairs,
    Table,
    joined,
    marked,
)
from taper_app.export.dates import date_text, moment_text
from taper_app.export.handoff_health import carried_home
from taper_app.export.handoff_words import (
    NOT_WRITTEN,
    confirmed_words,
    cut_words,
    daily_words,
    sentences,
    why_empty,
)

_URGENCY_SIGNS = {
    Urgency.EMERGENCY: "■",
    Urgency.NOW: "◆",
    Urgency.SAME_DAY: "▲",
    Urgency.BEFORE_NEXT_CUT: "○",
}


def front_page(summary: HandoffSummary, texts: HandoffTexts) -> list[Block]:
    return [
        Heading("Aftercare handoff summary", level=1),
        *_standing(summary),
        _stay(summary),
        Heading("How ill, and what happened"),
        Lines((summary.severity or f"How ill: {NOT_WRITTEN}",), tone="strong"),
        Lines(tuple(summary.synopsis.entries) or (why_empty(summary.synopsis),)),
        _what_comes_next(summary),
        carried_home(summary),
        Heading("To do"),
        _tasks(summary),
        Heading("What could happen, and what to do"),
        _numbers_to_call(summary),
        _contingencies(summary, texts),
        *_after_seizure(summary, texts),
    ]


def _standing(summary: HandoffSummary) -> list[Block]:
    blocks: list[Block] = []
    if summary.status is SummaryStatus.DRAFT:
        missing = [missing.title for missing in missing_sections(summary)]
        still = (f"Still missing: {joined(missing)}.",) if missing else ("No required topic is missing.",)
        blocks.append(Band("DRAFT, not signed. Not for handing over.", still, tone="danger"))
    if summary.replaced is not None:
        replaced = moment_text(summary.replaced.at, summary.unit.zone)
        blocks.append(
            Band(
                f"SUPERSEDED by version {summary.replaced.version} on {replaced}. Do not act on this version.",
                tone="danger",
            )
        )
    return blocks


def _stay(summary: HandoffSummary) -> Block:
    zone = summary.unit.zone
    rows = [
        ("Admitted", moment_text(summary.admitted_at, zone)),
        ("Released", moment_text(summary.released_at, zone) if summary.released_at else NOT_WRITTEN),
        ("Reason", sentences(summary.reason_for_admission)),
        ("Goes to", summary.disposition or NOT_WRITTEN),
        ("Written by", f"{summary.written_by.signature}, {moment_text(summary.written_at, zone)}"),
        ("Signed by", _signed_by(summary)),
    ]
    if summary.what_changed:
        rows.append(("What changed", summary.what_changed))
    return Pairs(tuple(rows), columns=2)


def _signed_by(summary: HandoffSummary) -> str:
    if summary.signature is None:
        return "not signed"
    return f"{summary.signature.by.signature}, {moment_text(summary.signature.at, summary.unit.zone)}"


def _what_comes_next(summary: HandoffSummary) -> Block:
    zone = summary.unit.zone
    return Cards(
        (
            _next_dose_change(summary),
            _next_prescriber(summary.next_prescriber, zone),
            _first_visit(summary.first_visit, zone),
        )
    )


def _next_dose_change(summary: HandoffSummary) -> Card:
    title = "NEXT DOSE CHANGE"
    taper = summary.taper
    if summary.replaced is not None:
        return Card(title, f"See version {summary.replaced.version}", ("This version is superseded.",))
    if isinstance(taper, BridgingSheet):
        lines = (f"Keep {daily_words(taper.last_tolerated_daily)} a day.", "Until a prescriber has reviewed the plan.")
        return Card(title, "None: no cut", lines)
    if isinstance(taper, NoTaperLeft):
        return Card(title, "None", (taper.statement,))
    return _planned_change(title, taper)


def _planned_change(title: str, taper: RemainingTaper) -> Card:
    now = daily_words(taper.current_daily)
    change = taper.next_change
    if change is None:
        return Card(title, "None planned", (f"Keep {now} a day.",))
    then = f"{daily_words(change.daily)} a day" if change.daily else "first day without"
    fall = f" ({cut_words(change)})" if change.cut_percent_of_current else ""
    return Card(
        title,
        date_text(change.starts_on),
        (f"{marked(f'to {then}{fall}', change.evidence)}", f"Until then keep {now} a day: no cut."),
    )


def _next_prescriber(prescriber: NextPrescriber | None, zone: str) -> Card:
    title = "WHO PRESCRIBES NEXT"
    if prescriber is None:
        return Card(title, "Nobody yet", ("No prescriber has been named.",))
    when = moment_text(prescriber.accepted_at, zone) if prescriber.accepted_at else ""
    heard = f"told to {prescriber.accepted_heard_by}" if prescriber.accepted_heard_by else ""
    accepted = {
        Answer.YES: joined(["Accepted", when, heard]),
        Answer.NO: "HAS NOT ACCEPTED",
        Answer.NOT_ASSESSED: "NOT YET ACCEPTED: nobody has an answer",
    }[prescriber.accepted]
    return Card(title, prescriber.name, (joined([prescriber.where, prescriber.phone]), accepted))


def _first_visit(visit: Visit | None, zone: str) -> Card:
    title = "FIRST VISIT"
    if visit is None:
        return Card(title, "Not booked", ("No first visit has been recorded.",))
    booked = f"Booked by {visit.booked_by}, {confirmed_words(visit.confirmed)}"
    return Card(title, moment_text(visit.at, zone), (joined([visit.who, visit.where, visit.phone]), booked))


def _tasks(summary: HandoffSummary) -> Block:
    if not summary.tasks.entries:
        return Lines((why_empty(summary.tasks),))
    columns = (Column("What", 5), Column("Who", 3), Column("Until"), Column("Done"))
    return Table(columns, tuple(_task_row(task) for task in summary.tasks.entries))


def _task_row(task: Task) -> tuple[str, ...]:
    return (
        task.what,
        task.owner,
        date_text(task.due_on) if task.due_on else "no date",
        "done" if task.done else "open",
    )


def _numbers_to_call(summary: HandoffSummary) -> Block:
    unit = summary.unit
    prescriber = summary.next_prescriber
    rows = (
        ("Emergency", unit.emergency_number or NOT_WRITTEN),
        ("The unit, day and night", unit.phone_day_and_night or NOT_WRITTEN),
        ("Crisis lines", unit.crisis_lines or NOT_WRITTEN),
        ("Next prescriber", prescriber.phone if prescriber and prescriber.phone else NOT_WRITTEN),
    )
    return Pairs(rows, columns=2)


def _contingencies(summary: HandoffSummary, texts: HandoffTexts) -> Block:
    values = fillings(summary)
    rows = tuple(
        (
            f"{_URGENCY_SIGNS[entry.urgency]} {entry.urgency.in_words}",
            filled(entry.if_this, values),
            marked(filled(entry.then, values), entry.evidence),
        )
        for entry in contingencies_for(summary, texts)
    )
    return Table((Column("How fast"), Column("If", 3), Column("Then", 7)), rows)


def _after_seizure(summary: HandoffSummary, texts: HandoffTexts) -> list[Block]:
    """What a seizure forbids stands on page 1; the other advice at the end."""
    values = fillings(summary)
    return [
        Band(filled(entry.title, values), (marked(filled(entry.text, values), entry.evidence),), tone="danger")
        for entry in advice_for(summary, texts)
        if entry.shown is Shown.AFTER_SEIZURE
    ]


def fillings(summary: HandoffSummary) -> dict[str, str]:
    """What the fixed texts leave open for the ward to fill in."""
    prescriber = summary.next_prescriber
    return {
        "emergency_number": summary.unit.emergency_number,
        "unit_phone": joined(["the unit", summary.unit.phone_day_and_night])
        if summary.unit.phone_day_and_night
        else "",
        "crisis_lines": summary.unit.crisis_lines,
        "next_prescriber": joined([prescriber.name, prescriber.phone]) if prescriber else "",
    }
