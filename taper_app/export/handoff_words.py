"""Phrases of the printed summary that several of its parts share. Doses are worded by ``quantities`` alone."""

from __future__ import annotations

from collections.abc import Iterable

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.completeness import REQUIRED_SECTIONS
from taper_app.clinical.handoff.summary_taper import MedicineAmount, Piece, RemainingStep, SlotDose, StepKind
from taper_app.clinical.handoff.topics import EntryT, Listed
from taper_app.clinical.quantities import mg_text, percent_text, pieces_text, plain
from taper_app.export.blocks import joined

NOT_WRITTEN = "not written yet"
_TITLES = {required.key: required.title for required in REQUIRED_SECTIONS}


def title_of(key: str) -> str:
    """The topic's name, the same on paper as in the list of what is missing."""
    return _TITLES[key]


def why_empty(topic: Listed[EntryT]) -> str:
    """``none``, ``not assessed`` …, or that nobody has written it yet."""
    return topic.absence.in_words if topic.absence else NOT_WRITTEN


def sentences(topic: Listed[str]) -> str:
    """A topic's lines, or why there are none."""
    return "\n".join(topic.entries) if topic.entries else why_empty(topic)


def daily_words(daily: Iterable[MedicineAmount]) -> str:
    """``clonazepam 1.875 mg``; two medicines stand side by side and are never added."""
    return joined([f"{amount.medicine} {mg_text(amount.mg)}" for amount in daily], " + ")


def piece_words(piece: Piece) -> str:
    """``1 and a half tablets of 0.5 mg``; a liquid in millilitres with its strength."""
    if piece.liquid:
        return f"{plain(piece.count)} mL of {piece.form} {mg_text(piece.strength_mg)} per mL"
    return f"{pieces_text(piece.count, piece.form)} of {mg_text(piece.strength_mg)}"


def dose_words(dose: SlotDose, *, name_medicine: bool) -> str:
    """``0.875 mg: 1 and a half tablets of 0.5 mg + 1 orally disintegrating tablet of 0.125 mg``."""
    medicine = f"{dose.medicine} " if name_medicine else ""
    pieces = joined([piece_words(piece) for piece in dose.pieces], " + ")
    amount = f"{medicine}{mg_text(dose.mg)}"
    return f"{amount}: {pieces}" if pieces else amount


def slots_words(doses: Iterable[SlotDose]) -> str:
    """One line for each time of the day."""
    doses = tuple(doses)
    several = len({dose.medicine for dose in doses}) > 1
    return "\n".join(f"{dose.time}\u2002{dose_words(dose, name_medicine=several)}" for dose in doses)


def cut_words(step: RemainingStep) -> str:
    """``6.2% less``, or that nothing is cut."""
    if not step.cut_percent_of_current:
        return "cut" if step.kind is StepKind.CUT else "no cut"
    return f"{percent_text(step.cut_percent_of_current)}% less"


def confirmed_words(answer: Answer) -> str:
    return {
        Answer.YES: "confirmed",
        Answer.NO: "NOT confirmed",
        Answer.NOT_ASSESSED: "confirmation not assessed",
    }[answer]
