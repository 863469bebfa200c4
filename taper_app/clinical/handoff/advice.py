"""Which of the fixed texts belong into a summary. What nobody assessed counts as if it applied."""

from __future__ import annotations

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.summary import HandoffSummary
from taper_app.clinical.handoff.topics import Absence
from taper_app.clinical.protocol.handoff_texts import Advice, Contingency, HandoffTexts, Shown


def contingencies_for(summary: HandoffSummary, texts: HandoffTexts) -> tuple[Contingency, ...]:
    """What could happen and what to do, in the order of the file."""
    return tuple(entry for entry in texts.contingencies if _applies(entry.shown, summary))


def advice_for(summary: HandoffSummary, texts: HandoffTexts) -> tuple[Advice, ...]:
    """The standing advice, in the order of the file."""
    return tuple(entry for entry in texts.advice if _applies(entry.shown, summary))


def _applies(shown: Shown, summary: HandoffSummary) -> bool:
    match shown:
        case Shown.AFTER_SEIZURE:
            return summary.had("seizure") or summary.events.absence in (None, Absence.NOT_ASSESSED)
        case Shown.TAPER_LEFT:
            return summary.taper.kind != "none"
        case Shown.NALOXONE:
            return summary.naloxone is None or summary.naloxone.given is not Answer.NO
        case Shown.ALWAYS:
            return True
