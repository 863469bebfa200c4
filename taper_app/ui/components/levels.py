"""The four levels: a word and a mark, so that colour is never alone."""

from __future__ import annotations

from dataclasses import dataclass

from taper_app.clinical.records import LatestRow


@dataclass(frozen=True, slots=True)
class LevelLook:
    """How a level is shown. ``badge`` names a colour of the theme, which has a contrast of 4.5 or more."""

    word: str
    mark: str
    badge: str


LEVELS = {
    1: LevelLook("Routine", "○", "gray"),
    2: LevelLook("Nurse in charge", "▲", "yellow"),
    3: LevelLook("Prescriber", "◆", "orange"),
    4: LevelLook("EMERGENCY", "■", "red"),
}


def level_text(level: int) -> str:
    """``◆ Prescriber``."""
    look = LEVELS[level]
    return f"{look.mark} {look.word}"


#: Nobody has charted a set: that is no routine, it is not known.
NOT_ASSESSED = "? Not assessed"


def row_badge(row: LatestRow) -> str:
    """The badge of a patient: never "routine" before the first set."""
    if row.level == 1 and row.last_observation_at is None:
        return f":gray-badge[{NOT_ASSESSED}]"
    return level_badge(row.level)


def level_badge(level: int) -> str:
    """The same as Markdown on the level's own colour."""
    return f":{LEVELS[level].badge}-badge[{level_text(level)}]"
