"""Body weight as it was charted: the number and unit that were read, and the kilograms that they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Self

from pydantic import Field, model_validator

from taper_app.clinical.charting.values import ObservedNumber
from taper_app.clinical.protocol.vital_limits import VitalLimits
from taper_app.clinical.quantities import plain, rounded
from taper_app.clinical.records import Frozen, Record, RecordKind, newest_uncorrected
from taper_app.clinical.typed_text import ONE_LINE

#: A pound in kilograms, exactly (international avoirdupois pound, 1959): a definition, not a clinical number.
KG_PER_LB = Fraction(45359237, 100_000_000)
_KG_PLACES = 2
_MOST_PLACES = 2


class WeightUnit(StrEnum):
    KG = "kg"
    LB = "lb"


class WeightSource(StrEnum):
    """By what the weight is known. A stated one is the patient's own word."""

    MEASURED = "measured"
    STATED = "stated"
    ESTIMATED = "estimated"


class WeightBody(Frozen):
    """Body of a WEIGHT record. ``entered`` in ``unit`` is what was read; ``kg`` is worked out from it."""

    entered: ObservedNumber
    unit: WeightUnit
    kg: ObservedNumber
    source: WeightSource
    correction_reason: Annotated[str, Field(max_length=400), ONE_LINE] = ""

    @model_validator(mode="after")
    def _kg_is_what_was_entered(self) -> Self:
        if self.kg != kilograms(self.entered, self.unit):
            raise ValueError("The kilograms are not what was entered.")
        return self

    @property
    def in_words(self) -> str:
        """``72.5 kg``, or ``160 lb (72.57 kg)``."""
        entered = f"{self.entered} {self.unit}"
        return entered if self.unit is WeightUnit.KG else f"{entered} ({plain(self.kg)} kg)"


@dataclass(frozen=True, slots=True)
class ChartedWeight:
    """A weight that stands, with its record."""

    record: Record
    body: WeightBody

    @property
    def at(self) -> datetime:
        return self.record.happened_at


def kilograms(entered: Decimal, unit: WeightUnit) -> Decimal:
    """The weight in kg: as entered, or turned from lb and rounded to 0.01 kg."""
    return entered if unit is WeightUnit.KG else rounded(Fraction(entered) * KG_PER_LB, _KG_PLACES)


def refuse_impossible(entered: Decimal, unit: WeightUnit, limits: VitalLimits) -> None:
    """Raises ValueError with a sentence for a weight that cannot be right, or finer than any scale shows."""
    if int(entered.as_tuple().exponent) < -_MOST_PLACES:
        raise ValueError(f"Weight {entered} {unit} is finer than a scale shows; write at most two decimals.")
    limit = limits.weight_kg
    if limit.possible is None or limit.is_possible(kilograms(entered, unit)):
        return
    other = WeightUnit.LB if unit is WeightUnit.KG else WeightUnit.KG
    hint = f"; if it was read in {other}, choose {other}" if limit.is_possible(kilograms(entered, other)) else ""
    raise ValueError(
        f"Weight {entered} {unit} is impossible ({limit.possible.in_words} kg); check the number and the unit{hint}."
    )


def to_confirm(
    entered: Decimal, unit: WeightUnit, before: ChartedWeight | None, limits: VitalLimits
) -> tuple[str, ...]:
    """Sentences about an unusual weight, and about a jump since the last one; each asks to look at the unit too."""
    kg = kilograms(entered, unit)
    found = []
    if not limits.weight_kg.probable.holds(kg):
        found.append(f"Weight {entered} {unit} is unusual: check the number, and whether it is kg or lb.")
    if before is not None and abs(kg - before.body.kg) * 100 > before.body.kg * limits.weight_change.percent:
        found.append(f"The last weight was {before.body.in_words}: check the number, and whether it is kg or lb.")
    return tuple(found)


def charted_weights(records: Sequence[Record]) -> list[ChartedWeight]:
    """Every weight that stands, oldest first."""
    weights = newest_uncorrected([record for record in records if record.kind is RecordKind.WEIGHT])
    return [ChartedWeight(record, record.body_as(WeightBody)) for record in weights]
