"""What is left of a controlled medicine when a dose is made, and its wasting before a witness.

Two different people: one wastes and writes it down, the other says under their own name that they saw it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from taper_app.clinical.charting.doses import ChartedDose
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import PlainNumber, mg_of, mg_text, pieces_text, plain
from taper_app.clinical.records import Frozen, Record, RecordId, RecordKind, newest_uncorrected
from taper_app.clinical.typed_text import ONE_LINE


class WasteBody(Frozen):
    """Body of a WASTE record. ``product``: a listed one with its ``count``, else as it was written."""

    dose: RecordId
    product: Annotated[str, Field(min_length=2, max_length=120), ONE_LINE]
    tenth_mcg: int = Field(gt=0)
    count: PlainNumber | None = None
    witness_id: str
    witness_name: str
    note: Annotated[str, Field(max_length=200), ONE_LINE] = ""


class WasteWitnessedBody(Frozen):
    """Body of a WASTE_WITNESSED record, by the witness: seen as it was written, or not, and then why."""

    waste: RecordId
    seen: bool
    note: Annotated[str, Field(max_length=200), ONE_LINE] = ""


@dataclass(frozen=True, slots=True)
class Leftover:
    """The rest of the pieces that a dose was cut from, not wasted yet. ``count`` of one product."""

    dose: ChartedDose
    product: str
    count: Decimal
    tenth_mcg: int


@dataclass(frozen=True, slots=True)
class Waste:
    """A standing waste with what the witness said, if anything yet."""

    record: Record
    body: WasteBody
    answer: WasteWitnessedBody | None

    @property
    def state_in_words(self) -> str:
        if self.answer is None:
            return f"not witnessed yet by {self.body.witness_name}"
        if not self.answer.seen:
            return f"NOT seen by {self.body.witness_name}: {self.answer.note}"
        return f"witnessed by {self.body.witness_name}"


def wastes(records: Iterable[Record]) -> list[Waste]:
    """All that stand, oldest first."""
    found = list(records)
    answers = {}
    for record in found:
        if record.kind is RecordKind.WASTE_WITNESSED:
            body = record.body_as(WasteWitnessedBody)
            answers[body.waste] = body
    written = newest_uncorrected([record for record in found if record.kind is RecordKind.WASTE])
    return [Waste(record, record.body_as(WasteBody), answers.get(record.id)) for record in written]


def leftovers(doses: Iterable[ChartedDose], wasted: Sequence[Waste], protocols: Protocols) -> list[Leftover]:
    """Every part of a tablet that a taken dose left over and that nobody has written down as wasted."""
    found = []
    for dose in doses:
        if not dose.body.was_taken:
            continue
        for piece in dose.body.pieces:
            stocked = protocols.product(piece.product)
            if stocked is None or stocked.product.form is Form.LIQUID:
                continue
            rest = (1 - piece.count % 1) % 1 - _wasted_of(dose, piece.product, wasted)
            if rest > 0:
                tenth_mcg = int(rest * stocked.product.strength_mg * 10_000)
                found.append(Leftover(dose, piece.product, rest, tenth_mcg))
    return found


def _wasted_of(dose: ChartedDose, product: str, wasted: Sequence[Waste]) -> Decimal:
    return sum(
        (
            waste.body.count or Decimal(0)
            for waste in wasted
            if waste.body.dose == dose.record.id and waste.body.product == product
        ),
        Decimal(0),
    )


def amount_in_words(product: str, count: Decimal | None, tenth_mcg: int, protocols: Protocols) -> str:
    """``half a tablet of 1 mg (0.5 mg)``; ``0.5 mg of lorazepam ampoule`` for what no file lists."""
    stocked = protocols.product(product)
    mg = mg_text(mg_of(tenth_mcg))
    if stocked is None or count is None:
        return f"{mg} of {product}"
    if stocked.product.form is Form.LIQUID:
        return f"{plain(count)} mL of {stocked.in_words} ({mg})"
    pieces = pieces_text(count, stocked.product.form.in_words)
    return f"{pieces} of {stocked.medicine} {mg_text(stocked.product.strength_mg)} ({mg})"
