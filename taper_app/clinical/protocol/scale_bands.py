"""What a complete scale is called: the bands of its total, what other copies print, and the outcomes of a screen."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, Identifier, ProtocolEntry
from taper_app.clinical.protocol.scale_items import ItemId


class Band(ProtocolEntry):
    """A name for totals from ``lowest`` to ``highest``, both included: a word for the trend, no threshold."""

    name: str = Field(min_length=2)
    lowest: int
    highest: int
    words: str = ""

    @model_validator(mode="after")
    def _is_not_upside_down(self) -> Band:
        if self.highest < self.lowest:
            raise ValueError(f"Band {self.name} ends at {self.highest}, before it begins; exchange its two numbers.")
        return self


class Bands(Cited):
    """The bands of a complete total; they meet and cover every total."""

    ranges: tuple[Band, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _meet(self) -> Bands:
        faults = list(_do_not_meet(self.ranges))
        if faults:
            raise ValueError(" ".join(faults))
        return self

    def name_of(self, total: int) -> str:
        return next(band.name for band in self.ranges if band.lowest <= total <= band.highest)


def _do_not_meet(ranges: tuple[Band, ...]) -> Iterable[str]:
    for band, following in pairwise(ranges):
        begins = f"Band {following.name} begins at {following.lowest}, not {band.highest + 1}"
        if following.lowest > band.highest + 1:
            yield f"{begins}; close the gap after {band.name}."
        elif following.lowest <= band.highest:
            yield f"{begins}; it overlaps {band.name}, let one begin after the other."


class OtherRange(ProtocolEntry):
    """One band of another copy, both ends included; an end that is left out is open."""

    lowest: int | None = None
    highest: int | None = None


class OtherBands(Cited):
    """Bands that another copy prints under the same scale's name: shown as a disagreement, never used."""

    id: Identifier
    name: str = Field(min_length=3)
    ranges: tuple[OtherRange, ...] = Field(min_length=2)


class OtherForm(Cited):
    """Another wording of the form: scores of the two are never compared."""

    id: Identifier
    differs: str = Field(min_length=3)


class Outcome(ProtocolEntry):
    """What a screen is called when one of these questions was answered yes."""

    name: str = Field(min_length=2)
    any_yes: tuple[ItemId, ...] = Field(min_length=1)
    words: str = ""


class Outcomes(Cited):
    """The outcomes of a screen, the most serious first; ``otherwise`` when no question of them was answered yes.

    ``refused``: what a refusal of the whole screen counts as; None: it is no answer.
    """

    ranked: tuple[Outcome, ...] = Field(min_length=1)
    otherwise: str = Field(min_length=2)
    refused: str | None = None

    @model_validator(mode="after")
    def _names_each_once(self) -> Outcomes:
        names = [outcome.name for outcome in self.ranked] + [self.otherwise]
        if len(set(names)) != len(names):
            raise ValueError("An outcome stands twice; give each its own name.")
        if self.refused is not None and self.refused not in names:
            raise ValueError(f"A refusal counts as {self.refused}, which is no outcome here; name one that is.")
        return self

    def of(self, yes: Iterable[str]) -> str:
        """The most serious outcome of the questions that were answered yes."""
        answered = set(yes)
        return next((one.name for one in self.ranked if answered & set(one.any_yes)), self.otherwise)

    def words_of(self, name: str) -> str:
        return next((one.words for one in self.ranked if one.name == name), "")
