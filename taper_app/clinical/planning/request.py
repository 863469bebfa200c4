"""What a prescriber asks for: the request of ``taper plan``, exactly as it travels."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from taper_app.clinical.answers import Answer
from taper_app.clinical.planning.dispensing.asked import PickUp, StockLine
from taper_app.clinical.protocol.medicines import Split
from taper_app.clinical.quantities import Milligrams, Percent
from taper_app.clinical.records import Frozen
from taper_app.clinical.typed_text import ONE_LINE, SOME_LINES

MOST_TIMES = 4
#: More lines of stock than a medicine cabinet has are a slip (an input limit).
MOST_STOCK_LINES = 50


def _clock_time(text: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise ValueError("Write the time as 08:00 or 20:00.")
    return text


ClockTime = Annotated[str, AfterValidator(_clock_time)]


def _iso_date(written: object) -> object:
    """Only ``2027-01-11``: a bare number would be read as seconds since 1970."""
    if isinstance(written, date) or (isinstance(written, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", written, re.ASCII)):
        return written
    raise ValueError("Write the date like 2027-01-11.")


IsoDate = Annotated[date, BeforeValidator(_iso_date)]
WholeNumber = Annotated[int, Field(strict=True)]


class UseSource(StrEnum):
    PRESCRIBED = "prescribed"
    REPORTED = "reported"
    NON_PRESCRIBED = "non_prescribed"


class Setting(StrEnum):
    """Where the taper runs: ``INPATIENT`` begins by keeping the present dose for some days."""

    INPATIENT = "inpatient"
    COMMUNITY = "community"


class CurrentDose(Frozen):
    """One dose of what the patient takes now."""

    drug: str = Field(min_length=1, max_length=80)
    mg: Milligrams = Field(gt=0)
    time: ClockTime
    source: UseSource = UseSource.PRESCRIBED


class PatientFacts(Frozen):
    """What a plan needs to know of the patient. Not assessed is the default and never counts as no."""

    age_years: WholeNumber | None = Field(default=None, ge=0, le=130)
    months_of_use: WholeNumber | None = Field(default=None, ge=0, le=1200)
    use_verified: Answer = Answer.NOT_ASSESSED
    seizure_history: Answer = Answer.NOT_ASSESSED
    taken_for_epilepsy: Answer = Answer.NOT_ASSESSED
    hepatic_impairment: Answer = Answer.NOT_ASSESSED
    pregnant: Answer = Answer.NOT_ASSESSED
    opioid_co_use: Answer = Answer.NOT_ASSESSED
    alcohol_co_use: Answer = Answer.NOT_ASSESSED
    other_sedatives: tuple[Annotated[str, Field(min_length=1, max_length=80), ONE_LINE], ...] | None = None
    specialist: Annotated[str, Field(max_length=120), ONE_LINE] | None = None
    obstetric_contact: Annotated[str, Field(max_length=120), ONE_LINE] | None = None

    def not_assessed(self) -> tuple[str, ...]:
        """The facts nobody asked about, in plain words."""
        words = {
            "age_years": "age",
            "months_of_use": "months of use",
            "use_verified": "whether the use was verified",
            "seizure_history": "seizure history",
            "taken_for_epilepsy": "whether it is taken for epilepsy",
            "hepatic_impairment": "liver impairment",
            "pregnant": "pregnancy",
            "opioid_co_use": "opioid use",
            "alcohol_co_use": "alcohol use",
            "other_sedatives": "other sedatives",
        }
        return tuple(text for name, text in words.items() if getattr(self, name) in (None, Answer.NOT_ASSESSED))


class PlanRequest(Frozen):
    """The request as it was written; ``parse_request`` makes it, ``settle`` fills the defaults in.

    ``start_fraction_percent`` starts a plan on this part of what is taken now, where that is reported and nobody
    verified it. ``ends_by``: the plan is to be over on this day, at the slowest pace that does it. ``pick_up``,
    ``stock`` and ``max_supply_days`` say how the tablets are handed out.
    """

    current: tuple[CurrentDose, ...] = Field(min_length=1, max_length=24)
    protocol: str
    taper_drug: str | None = None
    equivalence: str | None = None
    start_on: IsoDate
    cut_percent: Percent | None = None
    cut_mg: Milligrams | None = None
    every_days: WholeNumber | None = Field(default=None, ge=1, le=365)
    longest_step_days: WholeNumber | None = Field(default=None, ge=1, le=365)
    target_daily_mg: Milligrams = Decimal(0)
    times: tuple[ClockTime, ...] | None = Field(default=None, min_length=1, max_length=MOST_TIMES)
    split: Split = Split.HALF
    products: tuple[str, ...] | None = Field(default=None, min_length=1)
    setting: Setting = Setting.COMMUNITY
    start_fraction_percent: Percent | None = None
    ends_by: IsoDate | None = None
    pick_up: PickUp | None = None
    stock: tuple[StockLine, ...] | None = Field(default=None, max_length=MOST_STOCK_LINES)
    max_supply_days: WholeNumber | None = Field(default=None, ge=1, le=365)
    patient: PatientFacts = PatientFacts()
    override_reason: Annotated[str, Field(max_length=400), SOME_LINES] | None = None

    def as_json(self) -> dict[str, Any]:
        """As it travels: what does not apply (the other model's cut, no override reason) is left out."""
        written = self.model_dump(mode="json")
        may_be_absent = (
            "cut_percent",
            "cut_mg",
            "ends_by",
            "longest_step_days",
            "max_supply_days",
            "override_reason",
            "pick_up",
            "products",
            "start_fraction_percent",
            "stock",
            "times",
        )
        return {name: value for name, value in written.items() if value is not None or name not in may_be_absent}
