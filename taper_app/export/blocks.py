"""The printed document as data: blocks of plain text for the template, which holds no content of its own.

Every string passes ``printable`` on its way out. None is ever pasted into markup: the template receives one
JSON value and shows its strings as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

from taper_app.clinical.protocol.citation import Evidence
from taper_app.export.characters import printable

Tone = Literal["plain", "strong", "danger"]

#: Signs for numbers and texts that nobody read in a source; the legend is on each page.
MARKS = {
    Evidence.READ: "",
    Evidence.SECOND_HAND: "\u00a0§",
    Evidence.DERIVED: "\u00a0‡",
    Evidence.UNVERIFIED: "\u00a0†",
}


def marked(text: str, evidence: Evidence) -> str:
    """The text with the sign of its evidence, if it needs one."""
    return f"{text}{MARKS[evidence]}" if text else ""


def legend_of_marks() -> str:
    """What the signs mean: ``† unverified local default … · ‡ worked out from the source …``."""
    order = (Evidence.UNVERIFIED, Evidence.DERIVED, Evidence.SECOND_HAND)
    return " · ".join(f"{MARKS[evidence].strip()} {evidence.mark}" for evidence in order)


@dataclass(frozen=True, slots=True)
class Column:
    """``share`` of the free width, or 0 for as wide as the text needs."""

    head: str
    share: float = 0
    align: Literal["start", "end"] = "start"


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: Literal[1, 2, 3] = 2
    block: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Lines:
    """Paragraphs; ``strong`` ones are bold."""

    lines: tuple[str, ...]
    tone: Tone = "plain"
    block: Literal["lines"] = "lines"


@dataclass(frozen=True, slots=True)
class Band:
    """A framed statement that must not be overlooked."""

    title: str
    lines: tuple[str, ...] = ()
    tone: Tone = "strong"
    block: Literal["band"] = "band"


@dataclass(frozen=True, slots=True)
class Card:
    title: str
    main: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cards:
    """Two or three boxes side by side."""

    cards: tuple[Card, ...]
    block: Literal["cards"] = "cards"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Label and text, one below the other; side by side in two or three columns when they are short."""

    rows: tuple[tuple[str, str], ...]
    columns: Literal[1, 2, 3] = 1
    block: Literal["pairs"] = "pairs"


@dataclass(frozen=True, slots=True)
class Items:
    """Short paragraphs, each led by its title."""

    items: tuple[tuple[str, str], ...]
    block: Literal["items"] = "items"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a repeated head; every row has a text for each column.

    ``notes``, one for each row or none at all, stand below their row, beside its first ``spanning`` cells.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    strong_rows: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    spanning: int = 1
    block: Literal["table"] = "table"

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("Every row of a table has a text for each column.")
        if self.notes and len(self.notes) != len(self.rows):
            raise ValueError("Every row of a table has its note, or none has one.")


@dataclass(frozen=True, slots=True)
class Picture:
    svg: str
    alt: str
    block: Literal["picture"] = "picture"


@dataclass(frozen=True, slots=True)
class SmallPrint:
    """A notice printed word for word."""

    title: str
    paragraphs: tuple[str, ...]
    block: Literal["small_print"] = "small_print"


Block = Heading | Lines | Band | Cards | Pairs | Items | Table | Picture | SmallPrint


@dataclass(frozen=True, slots=True)
class PageHead:
    """What identifies every page by itself: the patient, the ward, the version and its standing."""

    patient: str
    identity: str
    unit: str
    standing: str
    alarming: bool


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    title: str
    dated: date
    head: PageHead
    foot: tuple[str, ...]
    blocks: tuple[Block, ...]

    def as_json(self) -> str:
        return json.dumps(
            {
                "title": printable(self.title),
                "date": [self.dated.year, self.dated.month, self.dated.day],
                "head": _printable_strings(asdict(self.head)),
                "foot": _printable_strings(list(self.foot)),
                "blocks": [_block_as_json(block) for block in self.blocks],
            }
        )


def _block_as_json(block: Block) -> object:
    if isinstance(block, Picture):
        return {"block": block.block, "svg": block.svg, "alt": printable(block.alt)}
    return _printable_strings(asdict(block))


def _printable_strings(value: object) -> object:
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _printable_strings(part) for key, part in value.items()}
        case list() | tuple():
            return [_printable_strings(part) for part in value]
        case _:
            return value


def joined(parts: Sequence[str], between: str = ", ") -> str:
    """The parts that say something, joined."""
    return between.join(part for part in parts if part)
