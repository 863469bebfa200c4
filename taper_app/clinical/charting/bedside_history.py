"""What is asked and told: last use of each substance, the background of the taper, the talk after a refusal."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from taper_app.clinical.charting.bedside_values import BedsideNote, Named, Words
from taper_app.clinical.charting.values import Moment
from taper_app.clinical.records import Frozen, RecordId


class LastUse(Frozen):
    """When a substance was last used, how much, and by whom that was verified.

    ``used_at`` is an exact moment, ``used_about`` what was said instead ("yesterday evening").
    """

    kind: Literal["last_use"] = "last_use"
    substance: Named
    used_at: Moment | None = None
    used_about: Words = ""
    amount: Words = ""
    verified_by: Literal[
        "patient", "family", "pharmacy", "prescription_monitoring", "laboratory", "earlier_record", "not_verified"
    ]
    verified_name: Words = ""
    note: BedsideNote = ""

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if self.used_at is None and not self.used_about.strip():
            raise ValueError("Write when it was last used: a day and a time, or what was said of it.")
        return self


class Background(Frozen):
    """Why the medicine is taken, who wants the taper, how earlier withdrawals went. The newest one stands."""

    kind: Literal["background"] = "background"
    indication: Words = ""
    taper_wanted_by: Words = ""
    earlier_withdrawals: BedsideNote = ""
    worst_event: BedsideNote = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(text.strip() for text in (self.indication, self.taper_wanted_by)) and not any(
            text.strip() for text in (self.earlier_withdrawals, self.worst_event)
        ):
            raise ValueError("Nothing is written yet; fill in what is known.")
        return self


class RefusalTalk(Frozen):
    """The talk with a patient who refused a set: what was said and agreed."""

    kind: Literal["refusal_talk"] = "refusal_talk"
    said: Annotated[BedsideNote, Field(min_length=3)]


class Leave(Frozen):
    """Leave from the ward: gone, and back again."""

    kind: Literal["leave"] = "leave"
    step: Literal["left", "returned"]
    back_by: Moment | None = None
    with_whom: Words = ""
    allowed_by: Words = ""
    note: BedsideNote = ""

    @model_validator(mode="after")
    def _a_leave_is_allowed(self) -> Self:
        if self.step == "left" and (self.back_by is None or not self.allowed_by.strip()):
            raise ValueError("A leave names who allowed it and when the patient is back.")
        return self


class SecondObservation(Frozen):
    """Two sets of the same moment by two people; neither takes the place of the other."""

    kind: Literal["second_observation"] = "second_observation"
    first: RecordId
    second: RecordId
