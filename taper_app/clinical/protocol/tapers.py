"""Published ways to taper: pace, ceiling, how the day's doses are cut. One file each in ``protocols/tapers/``."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, Identifier, ProtocolEntry, Reviewed
from taper_app.clinical.quantities import Milligrams, PlainNumber

Days = Annotated[int, Field(ge=1, le=3660)]


class SlotRule(StrEnum):
    """From which time of day a cut is taken."""

    EVEN = "even"
    MORNING_FIRST = "morning_first"


def _require_days_in_order(least: int, default: int, most: int | None) -> None:
    """Raises ValueError when the interval that is used by default is not one that the source prints."""
    if not least <= default <= (default if most is None else most):
        raise ValueError("every_days must lie in the printed range.")


class PacePercentOfCurrent(Cited):
    """A cut in percent of the dose taken now. The printed range is inclusive; an open end is not printed."""

    model: Literal["percent_of_current"]
    cut_percent: PlainNumber = Field(description="Used when the request names none.")
    least_cut_percent: PlainNumber | None = None
    most_cut_percent: PlainNumber
    every_days: Days
    least_every_days: Days
    most_every_days: Days

    @model_validator(mode="after")
    def _default_in_range(self) -> Self:
        least = self.least_cut_percent or 0
        if not least <= self.cut_percent <= self.most_cut_percent < 100 or self.cut_percent <= 0:
            raise ValueError("cut_percent must lie in the printed range, above 0 and below 100.")
        _require_days_in_order(self.least_every_days, self.every_days, self.most_every_days)
        return self


class PaceFixedMg(Cited):
    """A cut of the same number of milligrams of one medicine each time."""

    model: Literal["fixed_mg"]
    medicine: Identifier
    cut_mg: Milligrams
    least_cut_mg: Milligrams | None = None
    most_cut_mg: Milligrams
    every_days: Days
    least_every_days: Days
    most_every_days: Days | None = None

    @model_validator(mode="after")
    def _default_in_range(self) -> Self:
        if not (self.least_cut_mg or 0) <= self.cut_mg <= self.most_cut_mg or self.cut_mg <= 0:
            raise ValueError("cut_mg must lie in the printed range, above 0.")
        _require_days_in_order(self.least_every_days, self.every_days, self.most_every_days)
        return self


class PacePercentOfStart(Cited):
    """A cut in percent of the dose that the cuts began from: the same number of milligrams each time."""

    model: Literal["percent_of_start"]
    cut_percent: PlainNumber
    least_cut_percent: PlainNumber | None = None
    most_cut_percent: PlainNumber
    every_days: Days
    least_every_days: Days
    most_every_days: Days | None = None

    @model_validator(mode="after")
    def _default_in_range(self) -> Self:
        if not (self.least_cut_percent or 0) <= self.cut_percent <= self.most_cut_percent <= 100:
            raise ValueError("cut_percent must lie in the printed range, at most 100.")
        if self.cut_percent <= 0:
            raise ValueError("cut_percent must be above 0.")
        _require_days_in_order(self.least_every_days, self.every_days, self.most_every_days)
        return self


class LadderBand(Cited):
    """Between two daily doses (mg of the ladder's medicine, upper end inclusive) the ladder takes this cut.

    Only the highest band may leave out ``from_mg``: the source prints no upper end. A band without days of its
    own has the ladder's.
    """

    from_mg: Milligrams | None = Field(default=None, description="Upper end of the band, inclusive.")
    to_mg: Milligrams
    cut_mg: Milligrams
    least_cut_mg: Milligrams | None = None
    most_cut_mg: Milligrams
    every_days: Days | None = None

    @model_validator(mode="after")
    def _downwards(self) -> Self:
        if self.from_mg is not None and self.from_mg <= self.to_mg:
            raise ValueError("from_mg must be above to_mg: a band goes down.")
        if not 0 < (self.least_cut_mg or self.cut_mg) <= self.cut_mg <= self.most_cut_mg:
            raise ValueError("cut_mg must lie between least_cut_mg and most_cut_mg.")
        return self


class PaceLadder(Cited):
    """Cuts in mg of one medicine (diazepam unless named) that change from band to band."""

    model: Literal["ladder"]
    medicine: Identifier = "diazepam"
    bands: tuple[LadderBand, ...] = Field(min_length=1)
    every_days: Days
    least_every_days: Days
    most_every_days: Days

    @model_validator(mode="after")
    def _bands_meet(self) -> Self:
        for upper, lower in zip(self.bands, self.bands[1:], strict=False):
            if upper.to_mg != lower.from_mg:
                raise ValueError(f"The bands must meet: {upper.to_mg} is not {lower.from_mg}.")
        if self.bands[-1].to_mg != 0:
            raise ValueError("The last band must end at 0.")
        _require_days_in_order(self.least_every_days, self.every_days, self.most_every_days)
        return self


class TableRow(Cited):
    """One printed line of a literal table: this daily dose, for so many days."""

    mg: Milligrams = Field(gt=0)
    days: Days


class PaceTable(Cited):
    """A schedule printed line by line, in mg of one medicine (diazepam unless named).

    From a dose the next lower line is asked. Between two lines time runs in proportion to the milligrams. Above
    the first line the first cut goes on, with a warning.
    """

    model: Literal["table"]
    medicine: Identifier = "diazepam"
    starts_from_mg: Milligrams = Field(description="The dose before the first cut.")
    starts_from_is_inferred: bool = False
    rows: tuple[TableRow, ...] = Field(min_length=1)
    every_days: Days = Field(description="Shortest time on one dose; the rows hold the rest.")
    least_every_days: Days
    most_every_days: Days

    @model_validator(mode="after")
    def _downwards(self) -> Self:
        doses = [self.starts_from_mg, *(row.mg for row in self.rows)]
        if any(lower >= upper for upper, lower in pairwise(doses)):
            raise ValueError("Each row must lie below the one before it.")
        _require_days_in_order(self.least_every_days, self.every_days, self.most_every_days)
        return self


class HalfOccupancy(Cited):
    """The dose (mg diazepam) at which half of the receptors are taken to be occupied. Contested: always shown."""

    mg: Milligrams = Field(gt=0)


class PaceOccupancy(Cited):
    """The same cut in percentage points of receptor occupancy each time: occupancy = dose / (dose + half)."""

    model: Literal["occupancy"]
    half_occupancy_diazepam_mg: HalfOccupancy
    cut_percent: PlainNumber = Field(description="Percentage points of occupancy.")
    least_cut_percent: PlainNumber
    most_cut_percent: PlainNumber
    every_days: Days
    least_every_days: Days
    most_every_days: Days

    @model_validator(mode="after")
    def _default_in_range(self) -> Self:
        if not 0 < self.least_cut_percent <= self.cut_percent <= self.most_cut_percent < 100:
            raise ValueError("cut_percent must lie in the printed range, above 0 and below 100.")
        _require_days_in_order(self.least_every_days, self.every_days, self.most_every_days)
        return self


Pace = Annotated[
    PacePercentOfCurrent | PacePercentOfStart | PaceFixedMg | PaceLadder | PaceTable | PaceOccupancy,
    Field(discriminator="model"),
]


#: Models whose cut is a percentage: of the dose now, of the start, or percentage points of occupancy.
PERCENT_MODELS = ("percent_of_current", "percent_of_start", "occupancy")


class GentlerPace(Cited):
    """A slower default for a group of patients."""

    cut_percent: PlainNumber = Field(gt=0, lt=100)
    every_days: Days | None = None


class OlderAdultPace(GentlerPace):
    """The default from an age on."""

    from_age_years: int = Field(ge=18, le=120)


class Ceiling(Cited):
    """The largest fall of the daily dose, in percent of the dose so many days earlier; exactly that much is allowed."""

    percent: PlainNumber = Field(gt=0, le=100)
    in_days: Days


class Floor(Cited):
    """The dose at which this protocol ends by keeping it; another protocol takes over from there."""

    diazepam_mg: Milligrams = Field(gt=0)
    then_protocol: Identifier


class Stabilisation(Cited):
    """Days on the present dose before the first cut, in every setting."""

    days: Days


class TimeToStop(StrEnum):
    """Until which dose the pace's own time is counted before the stop."""

    HALF_OF_LAST_DOSE = "half_of_last_dose"
    ZERO = "zero"


class StopRule(Cited):
    """How this protocol ends: the last dose is given as long as the pace takes down to this."""

    time_to: TimeToStop


class PublishedTaper(ProtocolEntry):
    """One published way to taper. A site's own file names the shipped one that it changes in ``based_on``."""

    id: Identifier
    name: str
    version: str
    summary: str
    pace: Pace
    older_adults: OlderAdultPace | None = None
    own_ceiling: Ceiling | None = None
    slots: SlotRule = SlotRule.EVEN
    floor: Floor | None = None
    stabilisation: Stabilisation | None = None
    stop: StopRule
    based_on: Identifier | None = None
    is_inpatient_only: bool = False
    is_contested: bool = False
    is_published_ladder: bool = False
    is_label_or_trial_maximum: bool = False
    only_medicines: tuple[Identifier, ...] = ()
    slot_reason: str = Field(default="", description="Said beside a cut that follows the slots rule.")
    reviewed: Reviewed | None = None

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if self.pace.model == "percent_of_current" and self.stop.time_to is TimeToStop.ZERO:
            raise ValueError(
                "With percent of the dose taken now the time to zero has no end; use time_to = half_of_last_dose."
            )
        if self.older_adults and self.pace.model != "percent_of_current":
            raise ValueError("older_adults is a percentage of the dose taken now; leave it out of another model.")
        return self
