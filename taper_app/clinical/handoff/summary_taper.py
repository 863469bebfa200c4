"""What the handoff summary says of the taper: the steps left, or a bridging sheet, or that nothing is left.

While the next cut is suspended the summary holds a ``BridgingSheet``, which has no place for a cut.
Doses are exact milligrams; they are put into words only when the summary is shown.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.quantities import Milligrams, PlainNumber, WorkedOutMilligrams
from taper_app.clinical.records import Author, Frozen


class Signature(Frozen):
    by: Author
    at: AwareDatetime


class Piece(Frozen):
    """A product's share of one dose: a count of a solid form, or millilitres of a liquid."""

    count: PlainNumber
    form: str = Field(description="tablet, capsule, orally disintegrating tablet; for a liquid its name.")
    strength_mg: Milligrams
    liquid: bool = Field(
        default=False,
        description="True: count is millilitres, strength_mg is per millilitre.",
    )


class SlotDose(Frozen):
    """What is taken at one time of the day."""

    time: str = Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    medicine: str
    mg: Milligrams
    pieces: tuple[Piece, ...] = ()


class MedicineAmount(Frozen):
    medicine: str
    mg: WorkedOutMilligrams


class GivenDose(Frozen):
    """A dose that was given, and when."""

    medicine: str
    mg: Milligrams
    at: AwareDatetime


class DiazepamRange(Frozen):
    """The daily dose as milligrams of diazepam: lowest and highest of the shipped tables, and the chosen one's."""

    low_mg: WorkedOutMilligrams
    high_mg: WorkedOutMilligrams
    chosen_mg: WorkedOutMilligrams | None = None
    chosen_table: str = ""


class StepKind(StrEnum):
    STABILISE = "stabilise"
    CROSSOVER = "crossover"
    CUT = "cut"
    KEEP = "keep"
    STEP_BACK = "step_back"
    RESTABILISE = "restabilise"
    STOP = "stop"


class RemainingStep(Frozen):
    """A stretch of days on one dose that still lies ahead, or the one now given."""

    number: int = Field(ge=1)
    kind: StepKind
    starts_on: date
    days: int | None = Field(default=None, ge=0, description="None: until a prescriber reviews it.")
    daily: tuple[MedicineAmount, ...] = ()
    doses: tuple[SlotDose, ...] = ()
    target_daily_mg: PlainNumber | None = Field(default=None, description="What the pace asked for, in mg.")
    cut_percent_of_current: PlainNumber | None = None
    reason: str = ""
    evidence: Evidence = Evidence.READ

    @model_validator(mode="after")
    def _doses_make_the_day(self) -> Self:
        for medicine in {dose.medicine for dose in self.doses}:
            taken = sum(
                (dose.mg for dose in self.doses if dose.medicine == medicine),
                Decimal(0),
            )
            if taken != self.daily_mg_of(medicine):
                raise ValueError(f"Step {self.number}: the doses of {medicine} do not add up to its daily dose.")
        return self

    def daily_mg_of(self, medicine: str) -> Decimal:
        return sum(
            (amount.mg for amount in self.daily if amount.medicine == medicine),
            Decimal(0),
        )


class ProtocolLine(Frozen):
    """The protocol file behind the plan; ``reviewed_by`` is empty when no clinician signed it."""

    id: str
    version: str
    reviewed_by: str = ""
    pace: str = Field(
        default="",
        description="The pace asked for, in words: 5% of the current dose every 28 days.",
    )
    pace_evidence: Evidence = Evidence.READ


class AcceptedWarning(Frozen):
    message: str
    accepted_by: str
    at: AwareDatetime
    evidence: Evidence = Evidence.READ


class EarlierVersion(Frozen):
    """A plan version that no longer counts. It carries no doses, so that none can be given from it."""

    version: int = Field(ge=1)
    signed_by: str
    signed_at: AwareDatetime
    replaced_at: AwareDatetime
    why: str


class RemainingTaper(Frozen):
    """The signed plan's steps from the day of release on; the first is the dose now given."""

    kind: Literal["remaining"] = "remaining"
    plan_version: int = Field(ge=1)
    plan_signature: Signature | None
    protocol: ProtocolLine
    current_daily: tuple[MedicineAmount, ...] = Field(min_length=1)
    equivalent: DiazepamRange | None = None
    last_dose: GivenDose | None = None
    steps: tuple[RemainingStep, ...] = Field(min_length=1)
    first_day_without: date | None = None
    accepted_warnings: tuple[AcceptedWarning, ...] = ()
    earlier_versions: tuple[EarlierVersion, ...] = ()
    specialist: str = ""

    @model_validator(mode="after")
    def _steps_follow_each_other(self) -> Self:
        for step, following in pairwise(self.steps):
            if step.days is None:
                raise ValueError(f"Step {step.number} has no end, so no step can follow it.")
            if step.starts_on + timedelta(days=step.days) != following.starts_on:
                raise ValueError(f"Step {following.number} does not start on the day after step {step.number} ends.")
        return self

    @property
    def next_change(self) -> RemainingStep | None:
        """The step after the dose now given."""
        return self.steps[1] if len(self.steps) > 1 else None

    @property
    def next_cut(self) -> RemainingStep | None:
        """The first fall after the dose now given."""
        return next((step for step in self.steps[1:] if step.kind in (StepKind.CUT, StepKind.STOP)), None)


class BridgingSheet(Frozen):
    """Instead of a taper while its next cut is suspended: it has no place for a cut."""

    kind: Literal["bridging"] = "bridging"
    plan_version: int | None = None
    suspended_since: AwareDatetime | None = None
    because: str
    last_tolerated: tuple[SlotDose, ...] = Field(min_length=1)
    last_tolerated_daily: tuple[MedicineAmount, ...] = Field(min_length=1)
    last_dose: GivenDose | None = None
    call: tuple[str, ...] = Field(min_length=1, description="Whom to call, with the number, in order.")


class NoTaperLeft(Frozen):
    """Nothing remains to be tapered, or no taper was begun; ``statement`` says which."""

    kind: Literal["none"] = "none"
    statement: str = Field(min_length=1)
