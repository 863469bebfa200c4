"""What one taper file says otherwise than another, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from taper_app.clinical.protocol.tapers import PublishedTaper

#: What always differs between a site's file and the one that it is based on.
_NAMES_OF_THE_FILE = frozenset({"id", "based_on"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs. ``path`` as in the file (``pace.bands.0.cut_mg``); None: the file does not have it."""

    path: str
    before: str | None
    after: str | None


def changes(shipped: PublishedTaper, site: PublishedTaper) -> tuple[FieldChange, ...]:
    """Every field in which ``site`` differs from ``shipped``, in the order of the file; its own name left out.

    Values stand as the file writes them: ``"10"`` for 10 %, ``yes`` for a flag. A table that only one of them has
    is listed field by field.
    """
    before, after = _dump(shipped), _dump(site)
    return tuple(_differences("", before, after))


def _dump(taper: PublishedTaper) -> dict[str, Any]:
    dump = taper.model_dump(mode="json")
    return {name: value for name, value in dump.items() if name not in _NAMES_OF_THE_FILE}


def _differences(path: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if before == after:
        return
    if _has_parts(before) or _has_parts(after):
        old, new = _parts(before), _parts(after)
        for name in dict.fromkeys([*old, *new]):
            yield from _differences(f"{path}.{name}" if path else name, old.get(name), new.get(name))
        return
    yield FieldChange(path, _text(before), _text(after))


def _has_parts(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str))


def _parts(value: Any) -> Mapping[str, Any]:
    """A table's fields, or a list's entries by their number; nothing of a plain value."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, Sequence) and not isinstance(value, str):
        return {str(index): entry for index, entry in enumerate(value)}
    return {}


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
