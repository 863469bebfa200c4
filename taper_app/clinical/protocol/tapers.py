"""Published ways to taper: pace, ceiling, how the day's doses are cut. One file each in ``protocols/tapers/``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, Identifier, ProtocolEntry, Reviewed
from taper_app.clinical.quantities import Milligrams, PlainNumber

Days = Annotated[int, Field(ge=0, le=3660)]


class SlotRule(StrEnum):
    """From which time of day a cut is taken."""

    EVEN = "even"
    MORNING_FIRST = "morning_first"


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
        if not least <= self.cut_percent <= self.most_cut_percent < 100:
            raise ValueError("cut_percent must lie in the printed range, below 100.")
        if not self.least_every_days <= self.every_days <= self.most_every_days:
            raise ValueError("every_days must lie in the printed range.")
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
        return self


class LadderBand(Cited):
    """Between two daily doses (mg diazepam, upper end inclusive) the ladder takes this cut."""

    from_mg: Milligrams = Field(description="Upper end of the band, inclusive.")
    to_mg: Milligrams
    cut_mg: Milligrams
    least_cut_mg: Milligrams
    most_cut_mg: Milligrams

    @model_validator(mode="after")
    def _downwards(self) -> Self:
        if self.from_mg <= self.to_mg:
            raise ValueError("from_mg must be above to_mg: a band goes down.")
        if not 0 < self.least_cut_mg <= self.cut_mg <= self.most_cut_mg:
            raise ValueError("cut_mg must lie between least_cut_mg and most_cut_mg.")
        return self


class PaceLadder(Cited):
    """Cuts in mg diazepam that change from band to band."""

    model: Literal["ladder"]
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
        return self


Pace = Annotated[PacePercentOfCurrent | PaceFixedMg | PaceLadder, Field(discriminator="model")]


class GentlerPace(Cited):
    """A slower default for a group of patients."""

    cut_percent: PlainNumber
    every_days: Days | None = None


class OlderAdultPace(GentlerPace):
    """The default from an age on."""

    from_age_years: int = Field(ge=18, le=120)


class Ceiling(Cited):
    """The largest fall of the daily dose, in percent of the dose so many days earlier; exactly that much is allowed."""

    percent: PlainNumber
    in_days: Days


class PublishedTaper(ProtocolEntry):
    """One published way to taper."""

    id: Identifier
    name: str
    version: str
    summary: str
    pace: Pace
    older_adults: OlderAdultPace | None = None
    own_ceiling: Ceiling | None = None
    slots: SlotRule = SlotRule.EVEN
    is_published_ladder: bool = False
    is_label_or_trial_maximum: bool = False
    only_medicines: tuple[Identifier, ...] = ()
    slot_reason: str = Field(default="", description="Said beside a cut that follows the slots rule.")
    reviewed: Reviewed | None = None
