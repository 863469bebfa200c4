"""What two people do together: counting controlled medicines, checking halves and liquids. Two different people."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, ValidationInfo, field_validator, model_validator

from taper_app.clinical.charting.bedside_values import BedsideNote, Named, SecondPerson, Words
from taper_app.clinical.charting.values import Moment, ObservedNumber
from taper_app.clinical.records import Frozen, RecordId

_QUARTERS = 4


class ControlledDrugCount(Frozen):
    """How many should be there, how many are, and who counted along. A difference is never silently accepted."""

    kind: Literal["controlled_drug_count"] = "controlled_drug_count"
    medicine: Named
    counted_in: Literal["tablets", "capsules", "ml"]
    expected: ObservedNumber
    counted: ObservedNumber
    witness: SecondPerson
    difference_because: BedsideNote = ""
    difference_told: Words = ""

    @field_validator("expected", "counted")
    @classmethod
    def _is_in_pieces(cls, number: Decimal, info: ValidationInfo) -> Decimal:
        if info.data.get("counted_in") != "ml" and number * _QUARTERS % 1:
            raise ValueError("Count in whole, half or quarter pieces, such as 13.5.")
        return number

    @model_validator(mode="after")
    def _a_difference_is_explained(self) -> Self:
        if self.counted != self.expected and not (self.difference_because.strip() and self.difference_told.strip()):
            raise ValueError(
                "The count and the number that should be there differ: count again, or write what may explain it and "
                "who was told."
            )
        return self

    @property
    def difference(self) -> Decimal:
        """Below zero when some are missing."""
        return self.counted - self.expected


class DoubleCheck(Frozen):
    """Two people looked at a half, a quarter or a volume before it was given, and whether they agree on it."""

    kind: Literal["double_check"] = "double_check"
    prepared: Annotated[BedsideNote, Field(min_length=3)]
    planned_for: Moment | None = None
    agrees: StrictBool
    witness: SecondPerson
    note: BedsideNote = ""

    @model_validator(mode="after")
    def _a_disagreement_is_dealt_with(self) -> Self:
        if not self.agrees and not self.note.strip():
            raise ValueError("The two do not agree: write what is wrong and what was done. Nothing is given so.")
        return self


class SecondSignature(Frozen):
    """The second person's own word, under their own name, about a count or a check that named them."""

    kind: Literal["second_signature"] = "second_signature"
    of: RecordId
    agrees: StrictBool
    note: BedsideNote = ""

    @model_validator(mode="after")
    def _a_no_says_why(self) -> Self:
        if not self.agrees and not self.note.strip():
            raise ValueError("Write what was different from what the entry says.")
        return self


class DifferenceSettled(Frozen):
    """How a difference in a count ended; by somebody else than who counted."""

    kind: Literal["difference_settled"] = "difference_settled"
    of: RecordId
    how: Annotated[BedsideNote, Field(min_length=3)]
