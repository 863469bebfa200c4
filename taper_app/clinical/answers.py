"""Answers to clinical questions: not assessed is never no."""

from __future__ import annotations

from enum import StrEnum


class Answer(StrEnum):
    """What was answered; ``NOT_ASSESSED`` means that nobody asked yet."""

    YES = "yes"
    NO = "no"
    NOT_ASSESSED = "not_assessed"

    @property
    def may_be_yes(self) -> bool:
        """True unless somebody asked and the answer was no."""
        return self is not Answer.NO

    @property
    def in_words(self) -> str:
        return {"yes": "yes", "no": "no", "not_assessed": "not assessed"}[self.value]
