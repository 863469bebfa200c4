"""The handoff summary and the chart of a day as PDF: tagged (PDF/UA-1 and PDF/A-2a declared).

The same content gives the same bytes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typst

from taper_app.clinical.charting.day_sheet import DaySheet
from taper_app.clinical.handoff.summary import HandoffSummary
from taper_app.clinical.handoff.summary_taper import BridgingSheet
from taper_app.clinical.protocol.handoff_texts import HandoffTexts
from taper_app.export.blocks import PrintedDocument
from taper_app.export.bridging_sheet import bridging_document
from taper_app.export.characters import FONTS
from taper_app.export.day_sheet import day_document
from taper_app.export.handoff_document import handoff_document

_TEMPLATES = Path(__file__).parent / "templates"


def handoff_pdf(summary: HandoffSummary, texts: HandoffTexts) -> bytes:
    """The printed summary, two to four pages for an ordinary stay.

    Only the fonts of the package are seen, and files only inside the template's folder.
    """
    return _typeset(handoff_document(summary, texts), summary.written_at)


def bridging_pdf(summary: HandoffSummary, sheet: BridgingSheet, texts: HandoffTexts) -> bytes:
    """The bridging sheet; ``summary`` gives the patient, the ward and what was arranged so far."""
    return _typeset(bridging_document(summary, sheet, texts), summary.written_at)


def day_pdf(sheet: DaySheet) -> bytes:
    """The last 24 hours of a chart, one to four pages."""
    return _typeset(day_document(sheet), sheet.until)


def _typeset(document: PrintedDocument, written_at: datetime) -> bytes:
    pdf = typst.compile(
        _TEMPLATES / "handoff.typ",
        root=_TEMPLATES,
        format="pdf",
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": document.as_json()},
        pdf_standards=["ua-1", "a-2a"],
        timestamp=written_at.astimezone(UTC).replace(microsecond=0),  # the typesetter refuses parts of a second
    )
    if not isinstance(pdf, bytes):
        raise TypeError("The typesetter gave no single file.")
    return pdf
