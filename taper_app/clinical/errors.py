"""Refusals a clinician reads. Anything that is not a TaperError is a bug."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


class TaperError(Exception):
    """A refusal: ``str(error)`` says what is wrong in one sentence, ``next_step`` what to do now.

    Names and record numbers of patients never stand in the text.
    """

    next_step: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input: the field's path (``current.0.mg``) and a sentence naming the fix."""

    field: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {"field": self.field, "message": self.message}


class InputRefused(TaperError):
    """The input cannot be used; every fault that was found is listed. Nothing was stored."""

    next_step = "Correct the fields that are named and try again; what was typed is kept."

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


class NotAllowed(TaperError):
    """The person's role, unit or the state of the record does not permit this."""

    next_step = "Ask a colleague whose role allows it."


class NotFound(TaperError):
    """No such record, or none that this person may see."""

    next_step = "Go back to the ward board and open the patient again."


class StateConflict(TaperError):
    """The record is not in a state in which this can be done, or somebody changed it meanwhile."""

    next_step = "Reload the page, look at what changed, and decide again."
