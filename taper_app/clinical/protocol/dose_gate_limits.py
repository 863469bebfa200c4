"""The shape of ``[gate]`` in ``protocols/escalation/``: what has to be known before a due dose is given."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited

Minutes = Annotated[int, Field(ge=0, le=100_000)]


class VomitedDose(Cited):
    """Until when a vomited dose may be given once more on an order, and until when a prescriber decides."""

    repeat_up_to_minutes: Minutes
    prescriber_decides_up_to_minutes: Minutes
    other_route_from_doses: int = Field(ge=1)
    within_hours: int = Field(ge=1)

    @model_validator(mode="after")
    def _is_ordered(self) -> VomitedDose:
        if self.repeat_up_to_minutes > self.prescriber_decides_up_to_minutes:
            raise ValueError("repeat_up_to_minutes is above prescriber_decides_up_to_minutes; swap them.")
        return self


class DoseGate(Cited):
    """What has to be known before a due dose is given, and who may decide otherwise."""

    oldest_reading_minutes: Minutes
    drowsy_rass: int
    prescriber_only_at_rass: int
    prescriber_only_at_poss: tuple[Literal["S", "1", "2", "3", "4"], ...]
    prescriber_only_below_respiratory_rate: int
    give_from_respiratory_rate: int
    prescriber_only_below_spo2_scale_1: int
    give_from_spo2_scale_1: int
    prescriber_only_below_spo2_scale_2: int
    give_from_spo2_scale_2: int
    recheck_minutes: Minutes
    drowsy_prescriber_after_minutes: Minutes
    withheld_reopens_after_minutes: Minutes
    prescriber_order_holds_minutes: Minutes
    vomited: VomitedDose

    @model_validator(mode="after")
    def _is_ordered(self) -> DoseGate:
        pairs = (
            (self.prescriber_only_at_rass, self.drowsy_rass, "rass"),
            (self.prescriber_only_below_respiratory_rate, self.give_from_respiratory_rate, "respiratory_rate"),
            (self.prescriber_only_below_spo2_scale_1, self.give_from_spo2_scale_1, "spo2_scale_1"),
            (self.prescriber_only_below_spo2_scale_2, self.give_from_spo2_scale_2, "spo2_scale_2"),
        )
        wrong = [name for low, high, name in pairs if low > high]
        if wrong:
            raise ValueError(f"The limits of {', '.join(wrong)} are in the wrong order; swap them.")
        return self
