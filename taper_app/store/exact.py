"""Exact storage of moments and of bodies.

Moments are integers: microseconds since 1970-01-01 UTC. They sort as numbers, lose nothing, know no
format or locale, and mean the same in every database. Bodies are JSON text without binary fractions:
what comes back equals what was put in.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from taper_app.clinical.records import ensure_utc

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: Before every moment that can be stored.
EARLIEST = -(2**62)


def microseconds_of(moment: datetime) -> int:
    """Microseconds since 1970 UTC. Raises ValueError for a moment without an offset (a bug)."""
    return (ensure_utc(moment) - _EPOCH) // _MICROSECOND


def moment_of(microseconds: int) -> datetime:
    """The moment in UTC, timezone-aware."""
    return _EPOCH + microseconds * _MICROSECOND


def json_text(value: object) -> str:
    """JSON that reads back as an equal value; raises ValueError, naming the place, for anything that would not.

    Allowed are objects with text keys, lists, text, whole numbers, true, false and null. Dump a model with
    ``model_dump(mode="json")``: exact decimals then travel as text.
    """
    _refuse_inexact(value, "body")
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text.encode()  # half a surrogate pair cannot be stored as UTF-8, and raises ValueError here
    return text


def value_of(text: str) -> Any:
    return json.loads(text)


def _refuse_inexact(value: object, place: str) -> None:
    if value is None or type(value) in (str, int, bool):
        return
    if type(value) is list:
        for index, part in enumerate(value):
            _refuse_inexact(part, f"{place}.{index}")
    elif type(value) is dict:
        for key, part in value.items():
            if type(key) is not str:
                raise ValueError(f"{place} has a key of type {type(key).__name__}; keys are text.")
            _refuse_inexact(part, f"{place}.{key}")
    else:
        raise ValueError(f"{place} is a {type(value).__name__}, which cannot be stored exactly; store it as text.")
