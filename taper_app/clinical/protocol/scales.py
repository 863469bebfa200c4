"""The shape of ``protocols/scales/``: the items of a monitoring scale, how they score, and the bands of the total."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, Evidence, Identifier, ProtocolEntry, Reviewed

ItemId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=40)]
Rater = Literal["self", "observed", "measured"]


class _Item(ProtocolEntry):
    id: ItemId
    label: str = Field(min_length=2)
    rater: Rater = "observed"
    asked: Literal["every_set", "once_a_day", "weekly"] = "every_set"
    evidence: Evidence = Evidence.READ
    note: str = ""


class ScoreItem(_Item):
    """An item that is its own score, ``lowest`` to ``highest``, with words for some of the values.

    ``reversed``: the printed form counts the other way (its best answer has the highest number); the score that
    is charted is ``score_of_printed``.
    """

    kind: Literal["score"]
    lowest: int = 0
    highest: int
    anchors: dict[str, str] = Field(default={})
    reversed: bool = False
    in_total: bool = True

    @model_validator(mode="after")
    def _has_anchors_in_range(self) -> ScoreItem:
        outside = [key for key in self.anchors if not _is_whole(key) or not self.lowest <= int(key) <= self.highest]
        if outside:
            raise ValueError(f"Item {self.id} has anchors outside its range: {', '.join(outside)}; correct them.")
        return self

    def score_of_printed(self, printed: int) -> int:
        """The score for the number on the printed form."""
        return self.lowest + self.highest - printed if self.reversed else printed


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

    def score_of(self, value: str) -> int:
        return next(choice.score for choice in self.choices if choice.value == value)

    @property
    def highest(self) -> int:
        return max(choice.score for choice in self.choices)


class AnswerItem(_Item):
    """A question with named answers that make no score; ``answers`` gives each answer's words."""

    kind: Literal["answer"]
    answers: dict[str, str] = Field(default={"yes": "yes", "no": "no"}, min_length=2)


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


class Band(ProtocolEntry):
    """A name for totals from ``lowest`` to ``highest``, both included: a word for the trend, no threshold."""

    name: str = Field(min_length=2)
    lowest: int
    highest: int
    words: str = ""


class Bands(Cited):
    """The bands of a complete total; they meet and cover every total."""

    ranges: tuple[Band, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _meet(self) -> Bands:
        for band, following in pairwise(self.ranges):
            if following.lowest != band.highest + 1:
                raise ValueError(
                    f"Band {following.name} begins at {following.lowest}, not {band.highest + 1}; let the bands meet."
                )
        return self

    def name_of(self, total: int) -> str:
        return next(band.name for band in self.ranges if band.lowest <= total <= band.highest)


class Licence(ProtocolEntry):
    """Whether the scale may be shown, and what has to be asked first."""

    position: str = Field(min_length=3)
    permission_needed: bool = False
    evidence: Evidence


class Scale(Cited):
    """One scale. ``enabled = false``: shown switched off in the application, because a permission is missing."""

    id: Identifier
    title: str = Field(min_length=2)
    short: str = Field(min_length=2)
    version: str = Field(min_length=4)
    #: Which wording of the form this is; scores of two forms are never compared.
    form: Identifier | None = None
    enabled: bool = True
    about: str = Field(min_length=3)
    limits_of_use: tuple[str, ...] = ()
    #: Where the scale may be used at all; None: at every age.
    valid_from_age_years: int | None = None
    valid_in_pregnancy: bool = True
    licence: Licence
    items: tuple[Item, ...] = Field(min_length=1)
    bands: Bands | None = None
    reviewed: Reviewed | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Scale:
        faults = list(self._faults())
        if faults:
            raise ValueError(" ".join(faults))
        return self

    def _faults(self) -> Iterable[str]:
        ids = [item.id for item in self.items]
        if len(set(ids)) != len(ids):
            yield "An item id stands twice; give each item its own."
        if self.enabled and self.licence.permission_needed:
            yield "A scale whose permission is missing has to be switched off: enabled = false."
        if self.bands is not None:
            covered = (self.bands.ranges[0].lowest, self.bands.ranges[-1].highest)
            if covered != (self.lowest_total, self.highest_total):
                yield (
                    f"The bands cover {covered[0]} to {covered[1]}, but totals run from {self.lowest_total} to "
                    f"{self.highest_total}; cover them all."
                )

    @property
    def scored_items(self) -> tuple[ScoreItem, ...]:
        """The items that make the total, in the form's order."""
        return tuple(item for item in self.items if isinstance(item, ScoreItem) and item.in_total)

    @property
    def lowest_total(self) -> int:
        return sum(item.lowest for item in self.scored_items) + sum(
            min(choice.score for choice in item.choices) for item in self.items if isinstance(item, ChoiceItem)
        )

    @property
    def highest_total(self) -> int:
        return sum(item.highest for item in self.items if isinstance(item, ChoiceItem)) + sum(
            item.highest for item in self.scored_items
        )

    def measured(self, item_id: str) -> MeasuredItem:
        """The item with bands of that id; KeyError when the scale has none."""
        found = self.item(item_id)
        if not isinstance(found, MeasuredItem):
            raise KeyError(item_id)
        return found

    def choice(self, item_id: str) -> ChoiceItem:
        """The item with named answers of that id; KeyError when the scale has none."""
        found = self.item(item_id)
        if not isinstance(found, ChoiceItem):
            raise KeyError(item_id)
        return found

    def item(self, item_id: str) -> ScoreItem | NumberItem | ChoiceItem | AnswerItem | MeasuredItem:
        """The item of that id; KeyError when the scale has none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal()
