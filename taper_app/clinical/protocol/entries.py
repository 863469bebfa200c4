"""What a protocol file says, line by line: each number beside its source, as the file has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from taper_app.clinical.protocol.citation import Cited
from taper_app.clinical.quantities import plain

_CITATION = frozenset(Cited.model_fields)


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One cited entry of a file: where it stands (``pace.bands.0``), what it says, and its citation."""

    path: str
    says: str
    cited: Cited


def entry_lines(content: BaseModel) -> tuple[EntryLine, ...]:
    """Every cited entry, in the order of the file; an entry inside another comes after it."""
    return tuple(_lines("", content))


def _lines(path: str, content: Any) -> Iterator[EntryLine]:
    if isinstance(content, Cited):
        yield EntryLine(path, "; ".join(_own_words(content)), content)
    if isinstance(content, BaseModel):
        for name in type(content).model_fields:
            yield from _lines(f"{path}.{name}" if path else name, getattr(content, name))
    elif isinstance(content, tuple):
        for index, entry in enumerate(content):
            yield from _lines(f"{path}.{index}", entry)


def _own_words(content: Cited) -> Iterator[str]:
    """``cut percent 10``, for each field of the entry itself that the file fills in."""
    for name in type(content).model_fields:
        value = getattr(content, name)
        if name in _CITATION or value is None or value in ("", ()):
            continue
        if (words := _plain_value(value)) is not None:
            yield f"{name.replace('_', ' ')} {words}"


def _plain_value(value: Any) -> str | None:
    """The value as the file writes it; None for tables, which have lines of their own."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, BaseModel):
        return None
    if isinstance(value, tuple):
        return None if any(isinstance(one, BaseModel) for one in value) else ", ".join(str(one) for one in value)
    return str(value)
