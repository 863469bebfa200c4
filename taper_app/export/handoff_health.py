"""Diagnoses, medicines, supply and clinical facts in the printed summary."""

from __future__ import annotations

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.summary import HandoffSummary
from taper_app.clinical.handoff.summary_parts import (
    Diagnosis,
    DiagnosisKind,
    ListedMedicine,
    Naloxone,
    SuppliedProduct,
    Supply,
)
from taper_app.clinical.quantities import mg_text, pieces_text, plain
from taper_app.export.blocks import Block, Column, Heading, Lines, Pairs, Table, joined
from taper_app.export.dates import date_text
from taper_app.export.handoff_words import NOT_WRITTEN, sentences, title_of, why_empty


def health_blocks(summary: HandoffSummary) -> list[Block]:
    diagnoses = summary.diagnoses
    listed = "\n".join(_diagnosis(entry) for entry in diagnoses.entries) or why_empty(diagnoses)
    topics = tuple((title_of(key), sentences(getattr(summary, key))) for key in ("co_occurring", "opioid_treatment"))
    return [
        Heading("Diagnoses and medicines"),
        Pairs(((title_of("diagnoses"), listed), *topics), columns=2),
        *_medicines(summary),
        Heading(title_of("facts"), level=3),
        _facts(summary),
    ]


def carried_home(summary: HandoffSummary) -> Block:
    """What the next clinician must know before writing anything: allergies, tablets in hand, naloxone."""
    return Pairs(
        (
            (title_of("allergies"), sentences(summary.allergies)),
            (title_of("naloxone"), _naloxone(summary.naloxone)),
            (title_of("supply"), _supply(summary.supply)),
        )
    )


def _diagnosis(diagnosis: Diagnosis) -> str:
    principal = "principal" if diagnosis.kind is DiagnosisKind.PRINCIPAL else ""
    by = f"entered by {diagnosis.entered_by}" if diagnosis.entered_by else ""
    return joined([diagnosis.text, diagnosis.code, principal, by])


def _supply(supply: Supply | None) -> str:
    if supply is None:
        return NOT_WRITTEN
    days = f"{supply.days} days" if supply.days != 1 else "1 day"
    until = f"to {date_text(supply.last_day_covered)}" if supply.last_day_covered else ""
    counts = joined([_supplied(product) for product in supply.products], "; ") or "no tablets handed over"
    return joined([f"{joined([days, until], ' ')}: {counts}", supply.handed_over], ". ")


def _supplied(product: SuppliedProduct) -> str:
    if product.liquid:
        return f"{plain(product.count)} mL of {product.product} {mg_text(product.strength_mg)} per mL"
    return f"{product.product} {mg_text(product.strength_mg)}: {pieces_text(product.count, product.form)}"


def _naloxone(naloxone: Naloxone | None) -> str:
    if naloxone is None:
        return NOT_WRITTEN
    given = {Answer.YES: "given", Answer.NO: "NOT given", Answer.NOT_ASSESSED: "not assessed"}[naloxone.given]
    return joined([given, naloxone.detail], ": ")


def _medicines(summary: HandoffSummary) -> list[Block]:
    title = Heading(title_of("medicines"), level=3)
    if not summary.medicines.entries:
        return [title, Lines((why_empty(summary.medicines),))]
    columns = (Column("Medicine", 3), Column("Change"), Column("Dose", 4), Column("For", 3), Column("Note", 4))
    return [title, Table(columns, tuple(_medicine_row(medicine) for medicine in summary.medicines.entries))]


def _medicine_row(medicine: ListedMedicine) -> tuple[str, ...]:
    dose = joined([mg_text(medicine.mg) if medicine.mg is not None else "", medicine.directions])
    return (
        medicine.name,
        medicine.change.value,
        dose or "not recorded",
        medicine.indication or "not recorded",
        medicine.note or "none",
    )


def _facts(summary: HandoffSummary) -> Block:
    facts = summary.facts
    if not facts.entries:
        return Lines((why_empty(facts),))
    rows = [(fact.question, joined([fact.answer.in_words, fact.note])) for fact in facts.entries]
    return Pairs(tuple(rows), columns=3)
