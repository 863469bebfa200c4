"""What is charted beside the observation sets: the shape of ``protocols/bedside.toml``."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from taper_app.clinical.people import Role
from taper_app.clinical.protocol.citation import Cited, Identifier, ProtocolEntry, Reviewed


class Choice(ProtocolEntry):
    """One answer that is offered, or one item of a checklist."""

    id: Identifier
    label: str = Field(min_length=2, max_length=60)


class Choices(Cited):
    """A list of answers, each id once."""

    choices: tuple[Choice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [choice.id for choice in self.choices]
        if len(set(ids)) < len(ids):
            raise ValueError("Each id stands once in a list of choices; rename one.")
        return self

    @property
    def labels(self) -> dict[str, str]:
        """The words by id, in the order of the file."""
        return {choice.id: choice.label for choice in self.choices}

    def words_of(self, choice_id: str) -> str:
        """The words of an id; the id itself when the file has it no more."""
        return self.labels.get(choice_id, choice_id)


class SpokenBy(Cited):
    roles: tuple[Role, ...] = Field(min_length=1)


class RefusalReview(Cited):
    """By when somebody speaks with a patient who refused a set, in days, and whose talk that is."""

    within_days_by_last_level: dict[int, int]
    within_days_when_level_unknown: int = Field(ge=1)
    spoken_by: SpokenBy

    @model_validator(mode="after")
    def _every_level(self) -> Self:
        if set(self.within_days_by_last_level) != {1, 2, 3, 4}:
            raise ValueError("within_days_by_last_level names the levels 1 to 4, each once.")
        if min(self.within_days_by_last_level.values()) < 1:
            raise ValueError("within_days_by_last_level are whole days, at least 1.")
        return self

    def within_days(self, last_level: int | None) -> int:
        if last_level is None:
            return self.within_days_when_level_unknown
        return self.within_days_by_last_level[last_level]


class BedsideRules(ProtocolEntry):
    """Everything that bedside charting reads of its file."""

    id: str
    title: str
    version: str
    refusal_review: RefusalReview
    observation_levels: Choices
    seizure_precautions: Choices
    seizure_workup: Choices
    last_use: Choices
    reviewed: Reviewed | None = None
