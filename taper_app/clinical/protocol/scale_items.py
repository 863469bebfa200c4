"""The items of a monitoring scale: how each is asked, and what an answer scores."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Evidence, ProtocolEntry

ItemId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=40)]
Rater = Literal["self", "observed", "measured"]


class _Item(ProtocolEntry):
    """``looks_back``: the time that the question is about, where the form says one."""

    id: ItemId
    label: str = Field(min_length=2)
    rater: Rater = "observed"
    asked: Literal["every_set", "once_a_day", "weekly", "once_a_stay"] = "every_set"
    looks_back: str = ""
    evidence: Evidence = Evidence.READ
    note: str = ""


class ScoreItem(_Item):
    """An item that is its own score, ``lowest`` to ``highest``, with words for some of the values.

    ``reversed``: the printed form counts the other way (its best answer has the highest number); the score that
    is charted is ``score_of_printed``. ``counted``: the score is how many of these signs are present.
    """

    kind: Literal["score"]
    lowest: int = 0
    highest: int
    anchors: dict[str, str] = Field(default={})
    reversed: bool = False
    in_total: bool = True
    counted: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_anchors_in_range(self) -> ScoreItem:
        outside = [key for key in self.anchors if not _is_whole(key) or not self.lowest <= int(key) <= self.highest]
        if outside:
            raise ValueError(f"Item {self.id} has anchors outside its range: {', '.join(outside)}; correct them.")
        return self

    @model_validator(mode="after")
    def _counts_what_it_lists(self) -> ScoreItem:
        if self.counted and (self.lowest, self.highest) != (0, len(self.counted)):
            raise ValueError(
                f"Item {self.id} lists {len(self.counted)} signs and counts from {self.lowest} to {self.highest}; "
                f"let it count from 0 to {len(self.counted)}."
            )
        return self

    @property
    def lowest_score(self) -> int:
        return self.lowest

    @property
    def highest_score(self) -> int:
        return self.highest

    def score_of_printed(self, printed: int) -> int:
        """The score for the number on the printed form."""
        return self.lowest + self.highest - printed if self.reversed else printed

    def score_of(self, answer: object) -> int:
        """The answer is the score; more than the form has counts as the most that it has."""
        return min(int(str(answer)), self.highest)


class NumberItem(_Item):
    """A number that is written down and never scored (hours slept)."""

    kind: Literal["number"]
    unit: str = Field(min_length=1)


class Choice(ProtocolEntry):
    """One answer and its score."""

    value: str
    score: int
    words: str = Field(min_length=1)


class ChoiceItem(_Item):
    """An item with named answers (ACVPU, untestable)."""

    kind: Literal["choice"]
    choices: tuple[Choice, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _names_each_choice_once(self) -> ChoiceItem:
        values = [choice.value for choice in self.choices]
        if len(set(values)) != len(values):
            raise ValueError(f"Item {self.id} has a choice twice; keep one of them.")
        return self

    def score_of(self, answer: object) -> int:
        return next(choice.score for choice in self.choices if choice.value == str(answer))

    @property
    def lowest_score(self) -> int:
        return min(choice.score for choice in self.choices)

    @property
    def highest_score(self) -> int:
        return max(choice.score for choice in self.choices)


class AnswerItem(_Item):
    """A question with named answers that make no score; ``answers`` gives each answer's words.

    ``asked_after_yes``: it is asked only when one of these questions was answered yes, and stays empty otherwise:
    empty is not no.
    """

    kind: Literal["answer"]
    answers: dict[str, str] = Field(default={"yes": "yes", "no": "no"}, min_length=2)
    asked_after_yes: tuple[ItemId, ...] = ()


class ScoreBand(ProtocolEntry):
    """Readings ``lowest`` to ``highest``, both included, score this much; an end that is left out is open."""

    lowest: Decimal | None = None
    highest: Decimal | None = None
    score: int


class MeasuredItem(_Item):
    """A reading whose bands meet: the next one begins one ``step`` above the end of the last."""

    kind: Literal["measured"]
    unit: str = Field(min_length=1)
    step: Decimal = Field(gt=0)
    bands: tuple[ScoreBand, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_bands_that_meet(self) -> MeasuredItem:
        faults = [*_ends_that_are_closed(self.bands), *_bands_that_do_not_meet(self.bands, self.step)]
        if faults:
            raise ValueError(f"Item {self.id}: {' '.join(faults)}")
        return self

    def score_of(self, reading: Decimal | int) -> int:
        """The score of any reading; one between two printed bands belongs to the upper one."""
        return next(band.score for band in self.bands if band.highest is None or reading <= band.highest)

    @property
    def highest(self) -> int:
        return max(band.score for band in self.bands)


def _ends_that_are_closed(bands: tuple[ScoreBand, ...]) -> Iterable[str]:
    if bands[0].lowest is not None:
        yield "the first band has to be open below; leave out its lowest."
    if bands[-1].highest is not None:
        yield "the last band has to be open above; leave out its highest."


def _bands_that_do_not_meet(bands: tuple[ScoreBand, ...], step: Decimal) -> Iterable[str]:
    for band, following in pairwise(bands):
        if band.highest is None or following.lowest is None:
            yield "only the first and the last band may have an open end."
        elif following.lowest > band.highest + step:
            yield f"nothing covers what lies between {band.highest} and {following.lowest}; close the gap."
        elif following.lowest < band.highest + step:
            yield f"the bands overlap between {following.lowest} and {band.highest}; let one begin after the other."


Item = Annotated[ScoreItem | NumberItem | ChoiceItem | AnswerItem | MeasuredItem, Field(discriminator="kind")]


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal()
