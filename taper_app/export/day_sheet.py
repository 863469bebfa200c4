"""The last 24 hours on paper: the patient on each page, the plan's standing, sets in columns by time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from taper_app.clinical.charting.day_sheet import DaySheet, SetColumn, SheetLine, Written
from taper_app.clinical.charting.words import ACVPU_WORDS, LEVEL_WORDS, symptom_words
from taper_app.clinical.quantities import plain
from taper_app.export.blocks import Band, Block, Column, Heading, Lines, PageHead, Pairs, PrintedDocument, Table, joined
from taper_app.export.dates import moment_text, on_ward_clock, short_date_text

_SETS_IN_A_ROW = 6
_NOT_CHARTED = "–"
#: Written down so long after it happened, an entry shows both times.
LATE_FROM = timedelta(minutes=15)
_NOT_SIGNED = "Not a prescription. Printed from the record; what was charted later is not on it."


def day_document(sheet: DaySheet) -> PrintedDocument:
    """Everything that is printed, as plain text in blocks."""
    period = f"{moment_text(sheet.since, sheet.zone)} to {moment_text(sheet.until, sheet.zone)}"
    identity = f"Record {sheet.patient.record_number} · born {short_date_text(sheet.patient.born_on)}"
    return PrintedDocument(
        title=f"Chart of the last 24 hours, {period}",
        dated=on_ward_clock(sheet.until, sheet.zone).date(),
        head=PageHead(
            patient=sheet.patient.label,
            identity=f"{identity} ({sheet.age_years} years) · bed {sheet.bed}",
            unit=sheet.ward,
            standing=sheet.plan,
            alarming=not sheet.plan_counts,
        ),
        foot=(
            f"Printed {moment_text(sheet.until, sheet.zone)} by {sheet.printed_by}. {_NOT_SIGNED}",
            f"{_NOT_CHARTED} not charted, which never means no. Confidential health record.",
        ),
        blocks=tuple(_blocks(sheet, period)),
    )


def _blocks(sheet: DaySheet, period: str) -> Iterator[Block]:
    yield Heading(f"Chart, {period}", level=1)
    yield Pairs((("Allergies", sheet.patient.allergies), ("Known risks", joined(sheet.risks) or "none charted as yes")))
    if not sheet.plan_counts:
        yield Band(sheet.plan, tone="danger")
    yield Pairs((("Due", "\n".join(sheet.due) or "nothing is due"),))
    yield Heading("Observation sets")
    yield from _sets(sheet)
    yield Heading("Doses")
    yield _lines(sheet, sheet.doses, "No dose was charted or planned.", ("Dose", "Route, why, ordered by"))
    yield Heading("Events and symptoms")
    yield _lines(sheet, sheet.events, "No event was charted.", ("What", "Level"))
    if sheet.others:
        yield Heading("Other entries")
        yield _lines(sheet, sheet.others, "", ("What", "More"))
    yield Heading("Alerts")
    yield _lines(sheet, sheet.alerts, "No alert was raised.", ("Alert", "What became of it"))
    yield from _corrections(sheet)


def _sets(sheet: DaySheet) -> Iterator[Block]:
    if not sheet.sets:
        yield Lines(("No observation set was charted.",))
    for first in range(0, len(sheet.sets), _SETS_IN_A_ROW):
        columns = sheet.sets[first : first + _SETS_IN_A_ROW]
        heads = (Column(""), *(Column(_time(sheet, column.written), 1) for column in columns))
        rows = [(name, *(say(column) or _NOT_CHARTED for column in columns)) for name, say in _ROWS]
        written = ("Charted by", *(_by(sheet, column.written) for column in columns))
        used = [row for row in rows if row[0] in _ALWAYS or any(cell != _NOT_CHARTED for cell in row[1:])]
        yield Table(heads, (*used, written))


def _blood_pressure(column: SetColumn) -> str:
    vitals = column.observation.vitals
    if vitals is None or (vitals.systolic is None and vitals.diastolic is None):
        return ""
    parts = (vitals.systolic, vitals.diastolic)
    return "/".join("not read" if part is None else str(part) for part in parts)


def _vital(field: str) -> Callable[[SetColumn], str]:
    def say(column: SetColumn) -> str:
        value = getattr(column.observation.vitals, field, None)
        return "" if value is None else str(value)

    return say


def _air(column: SetColumn) -> str:
    on_oxygen = column.observation.vitals.on_oxygen if column.observation.vitals else None
    return "" if on_oxygen is None else "oxygen" if on_oxygen else "air"


def _temperature(column: SetColumn) -> str:
    celsius = column.observation.vitals.celsius if column.observation.vitals else None
    return "" if celsius is None else plain(celsius)


def _consciousness(column: SetColumn) -> str:
    seen = column.observation.vitals.acvpu if column.observation.vitals else None
    return "" if seen is None else ACVPU_WORDS[seen]


def _rass(column: SetColumn) -> str:
    rass = column.observation.rass
    return "" if rass is None else f"{rass:+d}" if rass else "0"


def _not_done(column: SetColumn) -> str:
    not_done = column.observation.not_done
    return "" if not_done is None else joined([not_done.reason, not_done.note], ": ")


_ROWS: tuple[tuple[str, Callable[[SetColumn], str]], ...] = (
    ("RR, a minute", _vital("respiratory_rate")),
    ("SpO2, %", _vital("spo2")),
    ("Breathing", _air),
    ("BP, mmHg", _blood_pressure),
    ("Pulse, a minute", _vital("pulse")),
    ("Temperature, °C", _temperature),
    ("Consciousness", _consciousness),
    ("NEWS2", lambda column: column.news2),
    ("RASS", _rass),
    ("CIWA-B", lambda column: column.ciwa_b),
    ("Symptoms, signs", lambda column: joined(list(symptom_words(column.observation)))),
    ("Could not be done", _not_done),
    ("Level", lambda column: LEVEL_WORDS[column.level]),
)
_ALWAYS = {"RR, a minute", "SpO2, %", "BP, mmHg", "Pulse, a minute", "Temperature, °C", "RASS", "CIWA-B"}


def _lines(sheet: DaySheet, lines: tuple[SheetLine, ...], none: str, heads: tuple[str, str]) -> Block:
    if not lines:
        return Lines((none,))
    columns = (Column("When"), Column(heads[0], 4), Column(heads[1], 4), Column("Charted by", 3))
    return Table(
        columns,
        tuple(
            (_time(sheet, line.written), line.what, line.more or _NOT_CHARTED, _by(sheet, line.written))
            for line in lines
        ),
    )


def _corrections(sheet: DaySheet) -> Iterator[Block]:
    """What entries of this sheet took the place of, so that the first writing stays readable."""
    found = [column.written for column in sheet.sets]
    found += [line.written for line in (*sheet.doses, *sheet.events, *sheet.others)]
    corrected = {written: None for written in found if written.before}
    if not corrected:
        return
    yield Heading("Corrections")
    rows = tuple(
        (_time(sheet, written), "\n".join(written.before), written.because or "not said", _by(sheet, written))
        for written in corrected
    )
    yield Table((Column("Entry of"), Column("Before", 6), Column("Because", 3), Column("Corrected by", 3)), rows)


def _time(sheet: DaySheet, written: Written) -> str:
    """``08:00``, with the day when it is not the day of printing."""
    local = on_ward_clock(written.happened_at, sheet.zone)
    today = on_ward_clock(sheet.until, sheet.zone).date()
    clock = f"{local:%H:%M}"
    return clock if local.date() == today else f"{short_date_text(local.date())} {clock}"


def _by(sheet: DaySheet, written: Written) -> str:
    """Who wrote it; of a late entry when, beside when it happened."""
    if written.recorded_at - written.happened_at < LATE_FROM:
        return written.by
    return f"{written.by} (late entry, written {moment_text(written.recorded_at, sheet.zone)})"
