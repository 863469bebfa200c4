"""One observation set, as it is charted, sent to ``taper assess`` and stored as the body of a record.

Every block and every field may be missing: then nobody assessed it, which is never "no". Units are in the names;
a score is a score, 0 best.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, ValidationInfo, field_validator

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.events import Event
from taper_app.clinical.charting.values import (
    Acvpu,
    Asked,
    Moment,
    Note,
    ObservedNumber,
    Poss,
    Seen,
    ShortText,
    TestResult,
    WholeNumber,
    ZeroToFour,
    ZeroToThree,
)
from taper_app.clinical.protocol.vital_limits import LIMITS_IN_CONTEXT, VitalLimits
from taper_app.clinical.quantities import rounded
from taper_app.clinical.records import Frozen

_NOT_ASSESSED = Answer.NOT_ASSESSED


class Vitals(Frozen):
    """Rates a minute, pressures in mmHg, SpO2 in percent. Zero breaths or beats are charted, and an emergency."""

    respiratory_rate: WholeNumber | None = None
    spo2: WholeNumber | None = None
    on_oxygen: Seen = None
    systolic: WholeNumber | None = None
    diastolic: WholeNumber | None = None
    pulse: WholeNumber | None = None
    temperature_c: ObservedNumber | None = None
    temperature_f: ObservedNumber | None = None
    acvpu: Acvpu | None = None

    @field_validator("respiratory_rate", "spo2", "systolic", "diastolic", "pulse", "temperature_c", "temperature_f")
    @classmethod
    def _is_possible(cls, value: Decimal | int | None, info: ValidationInfo) -> Decimal | int | None:
        """Judged only when the limits stand in the validation's context, so that what is stored stays readable."""
        limits = (info.context or {}).get(LIMITS_IN_CONTEXT)
        if value is not None and isinstance(limits, VitalLimits) and info.field_name:
            limits.refuse_impossible(info.field_name, value)
        return value

    @field_validator("diastolic")
    @classmethod
    def _is_below_systolic(cls, value: int | None, info: ValidationInfo) -> int | None:
        systolic = info.data.get("systolic")
        if value is not None and systolic is not None and value >= systolic:
            raise ValueError(f"Diastolic {value} is not below systolic {systolic}; measure again or swap the two.")
        return value

    @field_validator("temperature_f")
    @classmethod
    def _is_the_only_temperature(cls, value: Decimal | None, info: ValidationInfo) -> Decimal | None:
        if value is not None and info.data.get("temperature_c") is not None:
            raise ValueError("Temperature is given twice; give temperature_c or temperature_f, not both.")
        return value

    @property
    def celsius(self) -> Decimal | None:
        """The temperature in °C: as entered, or turned from °F and rounded to the tenth that a thermometer shows."""
        if self.temperature_f is None:
            return self.temperature_c
        return rounded(Fraction(self.temperature_f - 32) * 5 / 9, 1)


class CiwaB(Frozen):
    """Scores of the 22 items by number, 0 best and 4 worst (12 and 14 too); 18 in hours and 19 in minutes."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    item_1: ZeroToFour | None = Field(default=None, alias="1")
    item_2: ZeroToFour | None = Field(default=None, alias="2")
    item_3: ZeroToFour | None = Field(default=None, alias="3")
    item_4: ZeroToFour | None = Field(default=None, alias="4")
    item_5: ZeroToFour | None = Field(default=None, alias="5")
    item_6: ZeroToFour | None = Field(default=None, alias="6")
    item_7: ZeroToFour | None = Field(default=None, alias="7")
    item_8: ZeroToFour | None = Field(default=None, alias="8")
    item_9: ZeroToFour | None = Field(default=None, alias="9")
    item_10: ZeroToFour | None = Field(default=None, alias="10")
    item_11: ZeroToFour | None = Field(default=None, alias="11")
    item_12: ZeroToFour | None = Field(default=None, alias="12")
    item_13: ZeroToFour | None = Field(default=None, alias="13")
    item_14: ZeroToFour | None = Field(default=None, alias="14")
    item_15: ZeroToFour | None = Field(default=None, alias="15")
    item_16: ZeroToFour | None = Field(default=None, alias="16")
    item_17: ZeroToFour | None = Field(default=None, alias="17")
    hours_slept: ObservedNumber | None = Field(default=None, alias="18", le=24)
    minutes_to_fall_asleep: ObservedNumber | None = Field(default=None, alias="19", le=1440)
    item_20: ZeroToFour | None = Field(default=None, alias="20")
    item_21: ZeroToFour | None = Field(default=None, alias="21")
    item_22: ZeroToFour | None = Field(default=None, alias="22")

    @classmethod
    def of_scores(cls, scores: Mapping[str, int | None]) -> CiwaB:
        """From item numbers: ``CiwaB.of_scores({"1": 0, "21": 3})``."""
        return cls.model_validate(dict(scores))

    def scores(self) -> dict[str, int]:
        """The scores that were given, by item number; the two sleep numbers are not scores."""
        return {
            name.removeprefix("item_"): value for name, value in self if name.startswith("item_") and value is not None
        }


class FourAt(Frozen):
    """The 4AT; ``untestable`` scores 2, so nobody is beyond assessment."""

    alertness: Literal[0, 4] | None = None
    amt4: Literal[0, 1, 2, "untestable"] | None = None
    attention: Literal[0, 1, 2, "untestable"] | None = None
    acute_change: Literal[0, 4] | None = None


class Asq(Frozen):
    """Four questions and, after any yes, the fifth: thoughts right now."""

    q1: Asked = _NOT_ASSESSED
    q2: Asked = _NOT_ASSESSED
    q3: Asked = _NOT_ASSESSED
    q4: Asked = _NOT_ASSESSED
    q5: Asked = _NOT_ASSESSED


class Cssrs(Frozen):
    """The screener; questions 3 to 5 stay empty when question 2 was answered no."""

    q1: Seen = None
    q2: Seen = None
    q3: Seen = None
    q4: Seen = None
    q5: Seen = None
    q6_ever: Seen = None
    q6_within_3_months: Seen = None

    @field_validator("q3", "q4", "q5")
    @classmethod
    def _is_left_out_after_no(cls, answer: bool | None, info: ValidationInfo) -> bool | None:
        """A no that nobody asked for is no answer. A yes stays, so that the rules hear it."""
        return None if answer is False and info.data.get("q2") is False else answer


class Symptoms(Frozen):
    """Complaints outside the scales, each 0 (none) to 4 (worst)."""

    tremor: ZeroToFour | None = None
    muscle_cramps: ZeroToFour | None = None
    stomach_cramps: ZeroToFour | None = None
    light: ZeroToFour | None = None
    sound: ZeroToFour | None = None
    touch: ZeroToFour | None = None
    tinnitus: ZeroToFour | None = None
    craving: ZeroToFour | None = None


class Signs(Frozen):
    """What was looked for at the bedside; each is yes, no or not assessed."""

    ataxia: Asked = _NOT_ASSESSED
    slurred_speech: Asked = _NOT_ASSESSED
    nystagmus: Asked = _NOT_ASSESSED
    alcohol_on_breath: Asked = _NOT_ASSESSED
    rigidity: Asked = _NOT_ASSESSED
    akathisia: Asked = _NOT_ASSESSED
    confusion: Asked = _NOT_ASSESSED
    cam_icu: TestResult = _NOT_ASSESSED
    chest_pain: Asked = _NOT_ASSESSED
    focal_neurology: Asked = _NOT_ASSESSED
    severe_headache: Asked = _NOT_ASSESSED
    no_oral_intake_24h: Asked = _NOT_ASSESSED
    urine_output_low: Asked = _NOT_ASSESSED
    intolerable: Asked = _NOT_ASSESSED
    worse_before_each_dose: Asked = _NOT_ASSESSED
    catatonia_signs: WholeNumber | None = None
    glucose_mmol_l: ObservedNumber | None = None


class Labs(Frozen):
    """QTc in milliseconds, electrolytes in mmol/L."""

    qtc_ms: WholeNumber | None = None
    potassium_mmol_l: ObservedNumber | None = None
    magnesium_mmol_l: ObservedNumber | None = None
    sodium_mmol_l: ObservedNumber | None = None


class DosesSoFar(Frozen):
    """What happened to the doses up to this set."""

    late_minutes: WholeNumber | None = None
    hours_since_last: ObservedNumber | None = None
    withheld_or_missed_24h: WholeNumber | None = None
    prn_24h: WholeNumber | None = None
    prn_days_running: WholeNumber | None = None
    vomited_within_minutes: WholeNumber | None = None
    vomited_doses_24h: WholeNumber | None = None
    more_than_planned_24h: Asked = _NOT_ASSESSED
    own_supply_found: Asked = _NOT_ASSESSED


class NotDone(Frozen):
    """Why a part of the set was not charted."""

    reason: Literal["asleep", "refused", "away", "other"]
    note: Note = ""


def _refused_or_asked(value: Any) -> str:
    return "refused" if isinstance(value, str) else "asked"


_Refused = Annotated[Literal["refused"], Tag("refused")]
AsqOrRefused = Annotated[_Refused | Annotated[Asq, Tag("asked")], Discriminator(_refused_or_asked)]
CssrsOrRefused = Annotated[_Refused | Annotated[Cssrs, Tag("asked")], Discriminator(_refused_or_asked)]


class Observation(Frozen):
    """What was charted at one time. ``events=()`` means asked and nothing happened; None means nobody asked."""

    at: Moment | None = None
    vitals: Vitals | None = None
    ciwa_b: CiwaB | None = None
    ciwa_b_form: ShortText | None = None
    rass: Annotated[int, Field(strict=True, ge=-5, le=4)] | None = None
    poss: Poss | None = None
    four_at: FourAt | None = None
    asq: AsqOrRefused | None = None
    cssrs: CssrsOrRefused | None = None
    phq9: tuple[ZeroToThree | None, ...] | None = None
    gad7: tuple[ZeroToThree | None, ...] | None = None
    symptoms: Symptoms | None = None
    signs: Signs | None = None
    labs: Labs | None = None
    doses: DosesSoFar | None = None
    events: Annotated[tuple[Event, ...], Field(max_length=100)] | None = None
    dose_due: Seen = None
    not_done: NotDone | None = None
    #: Why this set replaces an earlier one; only in a correction.
    correction_reason: Note = ""

    @field_validator("ciwa_b", mode="before")
    @classmethod
    def _is_no_total(cls, items: Any) -> Any:
        if isinstance(items, (int, float, str, Decimal)):
            raise ValueError(
                "CIWA-B is charted item by item, each 0 to 4; a total cannot stand in its place, that of CIWA-Ar "
                "least of all: it is another scale."
            )
        return items

    @field_validator("phq9", "gad7")
    @classmethod
    def _has_every_answer(cls, answers: tuple[int | None, ...] | None, info: ValidationInfo) -> Any:
        wanted = {"phq9": 9, "gad7": 7}[info.field_name or ""]
        if answers is not None and len(answers) != wanted:
            raise ValueError(f"It has {len(answers)} answers; give {wanted}, null for one that was left out.")
        return answers
