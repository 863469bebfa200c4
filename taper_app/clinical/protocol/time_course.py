"""When withdrawal symptoms come, are at their worst and ease: the shape of ``protocols/time-course.toml``."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, Identifier, ProtocolEntry, Reviewed
from taper_app.clinical.protocol.medicines import Medicine


class Acting(StrEnum):
    SHORT = "short"
    LONG = "long"
    ANY = "any"


class Course(Cited):
    """What one source prints for a class of medicines. Hours count from the first lower dose; its day is day 1."""

    id: Identifier
    acting: Acting
    only_medicines: tuple[Identifier, ...] = Field(default=(), description="Empty: every medicine of the class.")
    onset_low_hours: int | None = Field(default=None, ge=0)
    onset_high_hours: int | None = Field(default=None, ge=0)
    peak_from_day: int | None = Field(default=None, ge=1)
    peak_to_day: int | None = Field(default=None, ge=1)
    eases_from_day: int | None = Field(default=None, ge=1)
    eases_to_day: int | None = Field(default=None, ge=1)
    in_words: str = Field(min_length=10)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for low, high in (
            ("onset_low_hours", "onset_high_hours"),
            ("peak_from_day", "peak_to_day"),
            ("eases_from_day", "eases_to_day"),
        ):
            first, last = getattr(self, low), getattr(self, high)
            if first is not None and last is not None and first > last:
                raise ValueError(f"{low} must not be above {high}.")
        return self

    def is_for(self, medicine: Medicine) -> bool:
        """Whether the source speaks of this medicine, or of its class."""
        acting = Acting.SHORT if medicine.acting.short_acting else Acting.LONG
        return self.acting in (acting, Acting.ANY) and (not self.only_medicines or medicine.id in self.only_medicines)


class Settled(Cited):
    """After how many half-lives a change of dose counts as complete."""

    half_lives: int = Field(ge=1)


class Watch(Cited):
    at_least_days: int = Field(ge=1)


class Protracted(Cited):
    from_months_low: int = Field(ge=1)
    from_months_high: int = Field(ge=1)
    in_words: str = Field(min_length=10)


class TimeCourse(ProtocolEntry):
    """The sources side by side: they disagree by days, and none is averaged."""

    version: str
    courses: tuple[Course, ...] = Field(min_length=1)
    settled: Settled
    watch_after_long_acting: Watch
    protracted: Protracted
    reviewed: Reviewed | None = None

    def courses_for(self, medicine: Medicine) -> tuple[Course, ...]:
        return tuple(course for course in self.courses if course.is_for(medicine))
