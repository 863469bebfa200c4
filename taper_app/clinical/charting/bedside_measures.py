"""What is measured or counted beside the vital signs: pain, what goes in and out, sleep."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictInt, model_validator

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.bedside_values import BedsideNote
from taper_app.clinical.charting.values import Asked, CalendarDay, ObservedNumber, WholeNumber
from taper_app.clinical.records import Frozen


class Pain(Frozen):
    """The patient's own number, 0 no pain to 10 the worst there is; None when it could not be asked."""

    kind: Literal["pain"] = "pain"
    score: Annotated[StrictInt, Field(ge=0, le=10)] | None = None
    why_not: Literal["asleep", "refused", "cannot_say"] | None = None
    where: BedsideNote = ""

    @model_validator(mode="after")
    def _a_number_or_why_not(self) -> Self:
        if self.score is None and self.why_not is None:
            raise ValueError("Pain has no number; choose 0 to 10, or say why it could not be asked.")
        if self.score is not None and self.why_not is not None:
            raise ValueError("Pain has a number and a reason why there is none; take one of them away.")
        return self


class IntakeOutput(Frozen):
    """What went in or came out, in mL when it was measured; and two questions about the day.

    ``nothing_by_mouth_24h`` and ``little_urine`` are asked, never worked out: nothing charted is not nothing drunk.
    """

    kind: Literal["intake_output"] = "intake_output"
    what: Literal["drink", "food", "infusion", "urine", "vomit", "stool", "other_out"] | None = None
    ml: WholeNumber | None = None
    nothing_by_mouth_24h: Asked = Answer.NOT_ASSESSED
    little_urine: Asked = Answer.NOT_ASSESSED
    note: BedsideNote = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        asked = {self.nothing_by_mouth_24h, self.little_urine} - {Answer.NOT_ASSESSED}
        if self.what is None and self.ml is not None:
            raise ValueError("The volume is of nothing; choose what went in or came out.")
        if self.what is None and not asked:
            raise ValueError("Nothing is charted yet; choose what went in or came out, or answer a question.")
        if self.what in ("drink", "food") and self.nothing_by_mouth_24h is Answer.YES:
            raise ValueError("Something was taken by mouth and nothing by mouth is yes; take one of them away.")
        return self

    @property
    def goes_in(self) -> bool:
        return self.what in ("drink", "food", "infusion")

    def signs(self) -> dict[str, Any]:
        """What of it the escalation rules ask, where somebody asked."""
        asked = {"no_oral_intake_24h": self.nothing_by_mouth_24h, "urine_output_low": self.little_urine}
        return {name: answer.value for name, answer in asked.items() if answer is not Answer.NOT_ASSESSED}


class Sleep(Frozen):
    """Hours slept in the night that ended on a day; by whose account."""

    kind: Literal["sleep"] = "sleep"
    night_to: CalendarDay
    hours: Annotated[ObservedNumber, Field(le=24)]
    told_by: Literal["observed", "patient"]
    note: BedsideNote = ""
