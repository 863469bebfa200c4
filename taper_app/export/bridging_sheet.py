"""One page that can always be printed: the last tolerated dose, no cut, whom to call. It has no place for a cut."""

from __future__ import annotations

from taper_app.clinical.handoff.advice import contingencies_for
from taper_app.clinical.handoff.summary import HandoffSummary
from taper_app.clinical.handoff.summary_taper import BridgingSheet
from taper_app.clinical.protocol.handoff_texts import HandoffTexts, filled
from taper_app.export.blocks import (
    Band,
    Block,
    Column,
    Heading,
    Lines,
    PageHead,
    Pairs,
    PrintedDocument,
    Table,
    legend_of_marks,
    marked,
)
from taper_app.export.dates import moment_text, on_ward_clock, short_date_text
from taper_app.export.handoff_front import fillings
from taper_app.export.handoff_health import carried_home
from taper_app.export.handoff_taper import bridging_blocks

_NOT_SUDDENLY = "No dose is left out, none is added. Running out is a reason to call the same day."


def bridging_document(summary: HandoffSummary, sheet: BridgingSheet, texts: HandoffTexts) -> PrintedDocument:
    """The sheet with the numbers to call and what to do if; it says when and by whom it was printed."""
    patient, unit = summary.patient, summary.unit
    printed = f"Printed {moment_text(summary.written_at, unit.zone)} by {summary.written_by.signature}"
    identity = f"Record {patient.record_number} · born {short_date_text(patient.born_on)}"
    return PrintedDocument(
        title="Bridging sheet: keep the dose, no cut",
        dated=on_ward_clock(summary.written_at, unit.zone).date(),
        head=PageHead(patient.label, identity, unit.name, f"Bridging sheet. {printed}", alarming=True),
        foot=(*_notice(summary, texts), legend_of_marks()),
        blocks=(
            Heading("Until the next prescriber has decided", level=1),
            *bridging_blocks(sheet, unit.zone),
            Band(
                "Not suddenly", ("No dose is left out, none is added. Running out is a reason to call the same day.",)
            ),
            carried_home(summary),
            Pairs((("First visit", _first_visit(summary)),)),
            Heading("What could happen, and what to do"),
            _contingencies(summary, texts),
            Lines(("Given to the patient. Not a prescription.",)),
        ),
    )


def _notice(summary: HandoffSummary, texts: HandoffTexts) -> tuple[str, ...]:
    if summary.unit.part2_program:
        return texts.notice_short.paragraphs
    return ("Confidential health record.",)


def _first_visit(summary: HandoffSummary) -> str:
    visit = summary.first_visit
    if visit is None:
        return "not booked: call the numbers above"
    return f"{moment_text(visit.at, summary.unit.zone)}, {visit.who}, {visit.where}, {visit.phone}"


def _contingencies(summary: HandoffSummary, texts: HandoffTexts) -> Block:
    values = fillings(summary)
    rows = tuple(
        (entry.urgency.in_words, filled(entry.if_this, values), marked(filled(entry.then, values), entry.evidence))
        for entry in contingencies_for(summary, texts)
    )
    return Table((Column("How fast"), Column("If", 3), Column("Then", 7)), rows)
