"""What stands in a form's fields, read by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: The fields' values by name, as a draft keeps them: text as it was typed, days as ``2027-01-11``.
Fields = Mapping[str, Any]


def text_of(fields: Fields, name: str) -> str:
    return str(fields.get(name) or "").strip()


def whole_number(text: str) -> int | str:
    """The number of days; whatever else was typed stays text, and the request names the fault."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text
