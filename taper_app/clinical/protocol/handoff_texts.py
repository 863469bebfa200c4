"""The fixed texts of the handoff summary (``protocols/handoff.toml``): notices, what to do if, advice."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited, Identifier, ProtocolEntry, Reviewed

#: What a text may leave open for the ward to fill in, written ``{emergency_number}``.
PLACEHOLDERS = frozenset({"emergency_number", "unit_phone", "crisis_lines", "next_prescriber"})
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Urgency(StrEnum):
    """How fast help must be sought; also the order in which the texts are printed."""

    EMERGENCY = "emergency"
    NOW = "now"
    SAME_DAY = "same_day"
    BEFORE_NEXT_CUT = "before_next_cut"

    @property
    def in_words(self) -> str:
        return {
            "emergency": "EMERGENCY",
            "now": "Call now",
            "same_day": "Call the same day",
            "before_next_cut": "Before the next cut",
        }[self.value]


class Shown(StrEnum):
    """For whom a text is printed. What nobody assessed is printed as if it applied."""

    ALWAYS = "always"
    AFTER_SEIZURE = "after_seizure"
    TAPER_LEFT = "taper_left"
    NALOXONE = "naloxone"


class Notice(Cited):
    """A text printed word for word, such as a notice of law."""

    paragraphs: tuple[str, ...] = Field(min_length=1)


class Contingency(Cited):
    """What could happen, and what to do then."""

    id: Identifier
    urgency: Urgency
    if_this: str = Field(min_length=3)
    then: str = Field(min_length=3)
    shown: Shown = Shown.ALWAYS


class Advice(Cited):
    """A standing advice for the patient and the next clinician."""

    id: Identifier
    title: str = Field(min_length=3)
    text: str = Field(min_length=3)
    shown: Shown = Shown.ALWAYS


class HandoffTexts(ProtocolEntry):
    """Every fixed text of the summary, each beside its source."""

    version: str
    notice_full: Notice = Field(description="42 CFR 2.32(a)(1), printed once.")
    notice_short: Notice = Field(description="42 CFR 2.32(a)(2), printed on each page.")
    plan_is_no_prescription: Notice
    contingencies: tuple[Contingency, ...] = Field(min_length=1)
    advice: tuple[Advice, ...] = Field(min_length=1)
    reviewed: Reviewed | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [entry.id for entry in self.contingencies] + [entry.id for entry in self.advice]
        for entry_id in ids:
            if ids.count(entry_id) > 1:
                raise ValueError(f"The text {entry_id} stands twice; keep one.")
        return self

    @model_validator(mode="after")
    def _known_placeholders(self) -> Self:
        texts = [entry.if_this + entry.then for entry in self.contingencies]
        texts += [entry.title + entry.text for entry in self.advice]
        for text in texts:
            for name in _PLACEHOLDER.findall(text):
                if name not in PLACEHOLDERS:
                    known = ", ".join(sorted(PLACEHOLDERS))
                    raise ValueError(f"The placeholder {{{name}}} is not known; use one of {known}.")
        return self


def filled(text: str, values: dict[str, str]) -> str:
    """The text with its placeholders replaced in one pass, so that a value is never read as a placeholder.

    A value that is empty is said to be missing.
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found.group(1), "") or _missing(found.group(1)), text)


def _missing(name: str) -> str:
    return {
        "emergency_number": "the emergency number (not recorded)",
        "unit_phone": "the unit (number not recorded)",
        "crisis_lines": "a crisis line (number not recorded)",
        "next_prescriber": "the next prescriber (not recorded)",
    }[name]
