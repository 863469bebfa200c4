"""The whole printed summary: page head and foot, then the blocks in the order in which they are needed."""

from __future__ import annotations

from taper_app.clinical.handoff.summary import HandoffSummary, SummaryStatus
from taper_app.clinical.protocol.handoff_texts import HandoffTexts
from taper_app.export.blocks import PageHead, PrintedDocument, legend_of_marks
from taper_app.export.dates import moment_text, on_ward_clock, short_date_text
from taper_app.export.handoff_afterwards import advice_blocks, afterwards_blocks, law_blocks
from taper_app.export.handoff_course import course_blocks
from taper_app.export.handoff_front import front_page
from taper_app.export.handoff_health import health_blocks
from taper_app.export.handoff_taper import taper_blocks

_SEX_WORDS = {"F": "female", "M": "male", "X": "other", "U": "sex not recorded"}


def handoff_document(summary: HandoffSummary, texts: HandoffTexts) -> PrintedDocument:
    """Everything that is printed, as plain text in blocks."""
    return PrintedDocument(
        title=f"Aftercare handoff summary, version {summary.version}, {standing_words(summary)}",
        dated=on_ward_clock(summary.written_at, summary.unit.zone).date(),
        head=_page_head(summary),
        foot=_page_foot(summary, texts),
        blocks=(
            *front_page(summary, texts),
            *taper_blocks(summary, texts),
            *course_blocks(summary),
            *health_blocks(summary),
            *afterwards_blocks(summary),
            *advice_blocks(summary, texts),
            *law_blocks(summary, texts),
        ),
    )


def standing_words(summary: HandoffSummary) -> str:
    """Whether the version counts: ``DRAFT, not signed``, ``signed by … at …`` or ``SUPERSEDED by version …``."""
    zone = summary.unit.zone
    if summary.replaced is not None:
        return f"SUPERSEDED by version {summary.replaced.version} on {moment_text(summary.replaced.at, zone)}"
    if summary.signature is None:
        return "DRAFT, not signed"
    return f"signed by {summary.signature.by.signature}, {moment_text(summary.signature.at, zone)}"


def _page_head(summary: HandoffSummary) -> PageHead:
    patient, unit = summary.patient, summary.unit
    return PageHead(
        patient=patient.label,
        identity=(
            f"Record {patient.record_number} · born {short_date_text(patient.born_on)} "
            f"({patient.age_years} years, {_SEX_WORDS[patient.sex]})"
        ),
        unit=unit.name,
        standing=f"Aftercare handoff summary, version {summary.version}: {standing_words(summary)}",
        alarming=summary.status is not SummaryStatus.SIGNED,
    )


def _page_foot(summary: HandoffSummary, texts: HandoffTexts) -> tuple[str, ...]:
    short = texts.notice_short.paragraphs if summary.unit.part2_program else ("Confidential health record.",)
    return (*short, legend_of_marks())
