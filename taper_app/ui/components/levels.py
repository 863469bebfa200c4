"""The four levels: a word and a mark, so that colour is never alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LevelLook:
    """How a level is shown. The colours have a contrast of 4.5 or more on white and on dark."""

    word: str
    mark: str
    on_white: str
    on_dark: str


LEVELS = {
    1: LevelLook("Routine", "○", "#475569", "#CBD5E1"),
    2: LevelLook("Nurse in charge", "▲", "#92400E", "#FCD34D"),
    3: LevelLook("Prescriber", "◆", "#9A3412", "#FDBA74"),
    4: LevelLook("EMERGENCY", "■", "#B91C1C", "#FCA5A5"),
}


def level_text(level: int) -> str:
    """``◆ Prescriber``."""
    look = LEVELS[level]
    return f"{look.mark} {look.word}"
