"""Events: what happened to the patient, told apart by kind. An event without ``at`` happened at the observation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.values import Asked, Moment, Note, ObservedNumber, Seen, ShortText
from taper_app.clinical.records import Frozen


class _AnyEvent(Frozen):
    at: Moment | None = None
    note: Note = ""


class Seizure(_AnyEvent):
    """A fit of whatever cause. ``duration_minutes`` None means that nobody knows how long."""

    kind: Literal["seizure"] = "seizure"
    duration_minutes: ObservedNumber | None = None
    ongoing: Seen = None
    recovered: Seen = None


class Hallucination(_AnyEvent):
    """``insight`` True: the patient knows that it is not real. None counts as no insight."""

    kind: Literal["hallucination"] = "hallucination"
    insight: Seen = None
    modality: ShortText | None = None


class Fall(_AnyEvent):
    kind: Literal["fall"] = "fall"
    head_strike: Asked = Answer.NOT_ASSESSED


class Vomiting(_AnyEvent):
    kind: Literal["vomiting"] = "vomiting"


class SuicidalThoughts(_AnyEvent):
    kind: Literal["suicidal_thoughts"] = "suicidal_thoughts"


class LeftAgainstAdvice(_AnyEvent):
    kind: Literal["left_against_advice"] = "left_against_advice"


class OtherEvent(_AnyEvent):
    """Anything else; the note says what."""

    kind: Literal["other"] = "other"


Event = Annotated[
    Seizure | Hallucination | Fall | Vomiting | SuicidalThoughts | LeftAgainstAdvice | OtherEvent,
    Field(discriminator="kind"),
]
