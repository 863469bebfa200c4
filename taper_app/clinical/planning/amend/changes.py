"""What a prescriber may change in a plan that runs: one shape a kind, exactly as it travels (``taper amend``)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, PlainSerializer, PlainValidator, ValidationError

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.planning.request import ClockTime, IsoDate, WholeNumber
from taper_app.clinical.quantities import Milligrams, Percent
from taper_app.clinical.records import Frozen
from taper_app.clinical.typed_text import SOME_LINES

WhyChanged = Annotated[str, Field(min_length=3, max_length=400), SOME_LINES]
Days = Annotated[WholeNumber, Field(ge=1, le=365)]


def day_or_moment(written: object) -> date:
    """``2027-01-11`` as a date, ``2027-01-11T08:00:00-05:00`` as a moment; raises ValueError with the fix."""
    if isinstance(written, date):  # also a moment
        return written
    if isinstance(written, str):
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", written, re.ASCII):
                return date.fromisoformat(written)
            moment = datetime.fromisoformat(written)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            return moment
    raise ValueError("Write the day like 2027-01-11, or the moment like 2027-01-11T08:00:00-05:00.")


#: A day, or a moment with its offset.
DayOrMoment = Annotated[date, PlainValidator(day_or_moment), PlainSerializer(lambda day: day.isoformat())]


class ChangeBase(Frozen):
    """What every change has. ``override_reason`` lets a refusal that may be overridden pass, to be signed by name."""

    on: IsoDate
    reason: WhyChanged
    override_reason: Annotated[str, Field(max_length=400), SOME_LINES] | None = None


class KeepDays(ChangeBase):
    """No cut for some days, then the rest of the plan at the same pace, so much later.

    Kept is the dose of that day; of the day before when a cut is due on that very day, which is then not made
    (on the first day of a plan: the present dose, so that the cuts begin later).
    """

    kind: Literal["keep_days"]
    days: Days


class Keep(ChangeBase):
    """No cut until a prescriber has reviewed; ``Resume`` goes on."""

    kind: Literal["keep"]


class Resume(ChangeBase):
    """The rest of a plan whose dose was kept until reviewed, so much later: nothing is caught up."""

    kind: Literal["resume"]


class ChangePace(ChangeBase):
    """Smaller or larger cuts, longer or shorter intervals, from this day on."""

    kind: Literal["slow", "speed_up"]
    cut_percent: Percent | None = None
    every_days: Days | None = None


class StepBack(ChangeBase):
    """Back to the dose of an earlier step, given its whole time anew."""

    kind: Literal["step_back"]
    to_step: WholeNumber = Field(ge=0, le=100_000)


class Restabilise(ChangeBase):
    """A daily dose that a prescriber orders now, kept for some days, then a (slower) pace.

    ``keep_days`` without a number: the shipped days without a cut after a seizure.
    ``daily_mg`` is split over ``times`` (the plan's unless others are named) as evenly as the products allow.
    ``patient`` holds only the facts that changed.
    """

    kind: Literal["restabilise"]
    daily_mg: Milligrams = Field(gt=0)
    times: tuple[ClockTime, ...] | None = Field(default=None, min_length=1, max_length=4)
    keep_days: Days | None = None
    cut_percent: Percent | None = None
    every_days: Days | None = None
    patient: dict[str, Any] = Field(default_factory=dict)


class Maintain(ChangeBase):
    """The rest of the plan ends at this daily dose instead of going on."""

    kind: Literal["maintain"]
    daily_mg: Milligrams = Field(gt=0)


class ChangeProducts(ChangeBase):
    """Other tablets from this day on; the rest is fitted to them."""

    kind: Literal["change_products"]
    products: tuple[str, ...] = Field(min_length=1)


class ChangeMedicine(ChangeBase):
    """A cross-over to another medicine from this day on, by a table that is named, then its taper."""

    kind: Literal["change_medicine"]
    taper_drug: str = Field(min_length=1, max_length=80)
    equivalence: str = Field(min_length=1, max_length=80)


class Missed(ChangeBase):
    """Doses were missed from one day (or moment) to another, and are taken up again on ``on``.

    Days count whole, the last one too unless it is ``on`` itself, the day on which doses are taken again. Moments:
    when the first missed dose was due, and when doses are taken again.
    """

    kind: Literal["missed"]
    since: DayOrMoment = Field(alias="from")
    to: DayOrMoment

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


Change = (
    KeepDays | Keep | Resume | ChangePace | StepBack | Restabilise | Maintain | ChangeProducts | ChangeMedicine | Missed
)
_SHAPES: dict[str, type[Change]] = {
    "keep_days": KeepDays,
    "keep": Keep,
    "resume": Resume,
    "slow": ChangePace,
    "speed_up": ChangePace,
    "step_back": StepBack,
    "restabilise": Restabilise,
    "maintain": Maintain,
    "change_products": ChangeProducts,
    "change_medicine": ChangeMedicine,
    "missed": Missed,
}


class _OfUnknownKind(ChangeBase):
    model_config = ConfigDict(frozen=True, extra="ignore")


def parse_change(written: object) -> Change:
    """The change, or InputRefused with every fault."""
    if not isinstance(written, dict):
        raise InputRefused([Fault("", "The change must be a JSON object with on, kind and reason.")])
    kind = written.get("kind")
    shape = _SHAPES.get(kind) if isinstance(kind, str) else None
    faults: list[Fault] = []
    if shape is None:
        faults.append(Fault("kind", f"The kind of change must be one of {', '.join(sorted(_SHAPES))}."))
    try:
        change = (shape or _OfUnknownKind).model_validate(written)
    except ValidationError as error:
        raise InputRefused([*faults, *faults_of(error)]) from None
    faults.extend(_faults_between(change))
    if faults:
        raise InputRefused(faults)
    return change  # type: ignore[return-value]


def _faults_between(change: ChangeBase) -> list[Fault]:
    """What is wrong between two fields that can each be read."""
    if isinstance(change, ChangePace) and change.cut_percent is None and change.every_days is None:
        fix = "name cut_percent, every_days or both"
        return [Fault("cut_percent", f"Nothing says how the pace changes; {fix}.")]
    if not isinstance(change, Missed):
        return []
    if isinstance(change.since, datetime) != isinstance(change.to, datetime):
        return [Fault("to", "One is a day and the other a moment; write both in the same way.")]
    if change.to < change.since:
        return [Fault("to", "The missed doses end before they begin; swap from and to.")]
    return []


def as_written(change: Change) -> dict[str, Any]:
    """As it travels and is kept: what was left out is left out."""
    return change.model_dump(mode="json", exclude_none=True, by_alias=True)
