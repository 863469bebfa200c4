"""How a command answers: JSON on standard output, refusals as JSON on standard error, fixed exit codes."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from enum import IntEnum
from pathlib import Path
from typing import Any, TypeVar

from taper_app.clinical.errors import Fault, InputRefused

ReadT = TypeVar("ReadT")

#: A whole number with more digits is no figure of anything here (an input limit).
_MOST_DIGITS = 100


class Exit(IntEnum):
    """What the exit code says."""

    DONE = 0
    BUG = 1
    #: Of ``taper self-test`` alone, with its whole report on standard output; a bug leaves none there.
    DANGER_MISSED = 1
    INPUT_REFUSED = 2
    NO_SAFE_PLAN = 3
    REFUSED_BY_STATE = 4


def print_json(answer: Any) -> None:
    print(json.dumps(answer, ensure_ascii=False, indent=1))


def print_faults(faults: Iterable[Fault]) -> None:
    """Every fault, on standard error. What was typed may hold a character that cannot be written: it is escaped."""
    text = json.dumps({"errors": [fault.as_json() for fault in faults]}, ensure_ascii=False)
    print(text.encode("utf-8", "backslashreplace").decode(), file=sys.stderr)


def read_json(place: str, reading: Callable[[object], ReadT]) -> ReadT:
    """What ``reading`` makes of the JSON in a file, or on standard input for ``-``; raises InputRefused.

    Numbers stay exact decimals; NaN and Infinity become decimals too, which no field accepts. A key that stands
    twice is refused beside whatever ``reading`` refuses.
    """
    document = _parsed(_raw(place))
    repeated = list(_repeated(document, ()))
    try:
        answer = reading(document)
    except InputRefused as refused:
        raise InputRefused([*repeated, *(fault for fault in refused.faults if fault not in repeated)]) from None
    if repeated:
        raise InputRefused(repeated)
    return answer


def _raw(place: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
    except (OSError, ValueError):
        raise InputRefused([Fault("", f"The file {Path(place).name} cannot be read; name one that exists.")]) from None


def _parsed(raw: bytes) -> object:
    try:
        return json.loads(
            raw.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_int=_whole_number,
            parse_constant=Decimal,
            object_pairs_hook=_Fields.of,
        )
    except UnicodeDecodeError:
        raise InputRefused([Fault("", "The input is not UTF-8 text; save it as UTF-8.")]) from None
    except json.JSONDecodeError as error:
        place_in_text = f"line {error.lineno}, column {error.colno}"
        raise InputRefused([Fault("", f"The input is not JSON at {place_in_text}; correct it there.")]) from None
    except RecursionError:
        raise InputRefused([Fault("", "The input is nested too deeply; send a plain request.")]) from None


def _whole_number(text: str) -> int | Decimal:
    """Python refuses to read an int of thousands of digits; as a decimal its own field can refuse it by name."""
    return int(text) if len(text) <= _MOST_DIGITS else Decimal(text)


class _Fields(dict[str, object]):
    """A JSON object that remembers which of its keys stood twice."""

    repeated: tuple[str, ...] = ()

    @classmethod
    def of(cls, pairs: list[tuple[str, object]]) -> _Fields:
        fields = cls(pairs)
        counts = Counter(name for name, _ in pairs)
        fields.repeated = tuple(name for name, count in counts.items() if count > 1)
        return fields


def _repeated(document: object, path: tuple[str, ...]) -> Iterator[Fault]:
    if isinstance(document, _Fields):
        for name in document.repeated:
            yield Fault(".".join((*path, name)), f'The key "{name[:60]}" stands twice; keep one.')
        for name, value in document.items():
            yield from _repeated(value, (*path, name))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from _repeated(value, (*path, str(index)))
