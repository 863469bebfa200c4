"""Safety at the bedside: observation level, seizure precautions and work-up, search for an own supply, "call me if"."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.bedside_values import BedsideNote, Words
from taper_app.clinical.charting.values import Asked
from taper_app.clinical.protocol.citation import Identifier
from taper_app.clinical.records import Frozen

DoneOrNot = Literal["done", "not_done", "does_not_apply"]
_MOST_ITEMS = 40


class ObservationLevel(Frozen):
    """How closely the patient is watched from now on, by whose word. ``level`` is an id of the bedside file."""

    kind: Literal["observation_level"] = "observation_level"
    level: Identifier
    decided_by: Annotated[Words, Field(min_length=3)]
    reason: Annotated[BedsideNote, Field(min_length=3)]


class SeizurePrecautions(Frozen):
    """Each item is yes or no; one that is left out was not looked at."""

    kind: Literal["seizure_precautions"] = "seizure_precautions"
    items: Annotated[dict[Identifier, Asked], Field(min_length=1, max_length=_MOST_ITEMS)]
    note: BedsideNote = ""

    @property
    def not_in_place(self) -> list[str]:
        return [item for item, answer in self.items.items() if answer is Answer.NO]


class SeizureWorkup(Frozen):
    """What was done so far of the work-up after a seizure; an item that is left out: nobody said."""

    kind: Literal["seizure_workup"] = "seizure_workup"
    items: Annotated[dict[Identifier, DoneOrNot], Field(min_length=1, max_length=_MOST_ITEMS)]
    note: BedsideNote = ""


class OwnSupplySearch(Frozen):
    """A search for tablets, drink or drugs that the patient brought along."""

    kind: Literal["own_supply_search"] = "own_supply_search"
    outcome: Literal["found", "nothing_found", "patient_refused", "not_possible"]
    found: BedsideNote = ""
    done_with_it: BedsideNote = ""
    note: BedsideNote = ""

    @model_validator(mode="after")
    def _what_and_where_to(self) -> Self:
        if self.outcome == "found" and not (self.found.strip() and self.done_with_it.strip()):
            raise ValueError("Something was found: write what and how much, and what was done with it.")
        if self.outcome != "found" and self.found.strip():
            raise ValueError("What was found is written, but not that something was found; choose Found.")
        return self


class CallMeIf(Frozen):
    """What a prescriber wants to be called for, beside the rules. The newest one stands."""

    kind: Literal["call_me_if"] = "call_me_if"
    when: Annotated[BedsideNote, Field(min_length=3)]
    how: Words = ""
