"""The shape of ``protocols/scales/``: a monitoring scale with its items, bands, licence and cautions."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, Evidence, Identifier, ProtocolEntry, Reviewed
from taper_app.clinical.protocol.scale_bands import Band, Bands, OtherBands, OtherForm, Outcome, Outcomes
from taper_app.clinical.protocol.scale_items import (
    AnswerItem,
    Choice,
    ChoiceItem,
    Item,
    MeasuredItem,
    NumberItem,
    Rater,
    ScoreBand,
    ScoreItem,
)

__all__ = [
    "AnswerItem",
    "Band",
    "Bands",
    "Choice",
    "ChoiceItem",
    "Item",
    "Licence",
    "MeasuredItem",
    "NumberItem",
    "Outcome",
    "Outcomes",
    "Rater",
    "Scale",
    "ScoreBand",
    "ScoreItem",
]

_YES = "yes"


class Licence(ProtocolEntry):
    """Whether the scale may be shown, and what has to be asked first."""

    position: str = Field(min_length=3)
    permission_needed: bool = False
    evidence: Evidence


class Scale(Cited):
    """One scale. ``enabled = false``: shown switched off, because a permission is missing, until a site has it."""

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
    other_bands: tuple[OtherBands, ...] = ()
    other_forms: tuple[OtherForm, ...] = ()
    outcomes: Outcomes | None = None
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
        if self.form is not None and self.form in {other.id for other in self.other_forms}:
            yield f"The form {self.form} also stands among other_forms; give each wording its own id."
        yield from self._band_faults()
        yield from self._question_faults()

    def _band_faults(self) -> Iterable[str]:
        if self.bands is None:
            return
        covered = (self.bands.ranges[0].lowest, self.bands.ranges[-1].highest)
        if covered != (self.lowest_total, self.highest_total):
            yield (
                f"The bands cover {covered[0]} to {covered[1]}, but totals run from {self.lowest_total} to "
                f"{self.highest_total}; cover them all."
            )

    def _question_faults(self) -> Iterable[str]:
        """Outcomes and conditions name questions that are there, and no yes is without an outcome."""
        yes_no = {item.id for item in self.questions if _YES in item.answers}
        ranked = self.outcomes.ranked if self.outcomes else ()
        in_outcomes = {named for outcome in ranked for named in outcome.any_yes}
        named = in_outcomes | {earlier for item in self.questions for earlier in item.asked_after_yes}
        for item_id in sorted(named - yes_no):
            yield f"There is no question {item_id} with yes and no; correct the name."
        for item_id in sorted(yes_no - in_outcomes) if self.outcomes else ():
            yield f"A yes to {item_id} has no outcome; add it to one."

    @property
    def questions(self) -> tuple[AnswerItem, ...]:
        return tuple(item for item in self.items if isinstance(item, AnswerItem))

    @property
    def scored_items(self) -> tuple[ScoreItem, ...]:
        """The items that are their own score and make the total, in the form's order."""
        return tuple(item for item in self.items if isinstance(item, ScoreItem) and item.in_total)

    @property
    def items_of_total(self) -> tuple[ScoreItem | ChoiceItem, ...]:
        """Everything that makes the total, in the form's order."""
        return tuple(
            item
            for item in self.items
            if isinstance(item, ChoiceItem) or (isinstance(item, ScoreItem) and item.in_total)
        )

    @property
    def lowest_total(self) -> int:
        return sum(item.lowest_score for item in self.items_of_total)

    @property
    def highest_total(self) -> int:
        return sum(item.highest_score for item in self.items_of_total)

    @property
    def is_at_most_weekly(self) -> bool:
        return any(item.asked == "weekly" for item in self.items)

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
