"""How a command answers: JSON on standard output, refusals as JSON on standard error, fixed exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from decimal import Decimal
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn

from taper_app.clinical.errors import Fault, InputRefused


class Exit(IntEnum):
    """What the exit code says."""

    DONE = 0
    BUG = 1
    INPUT_REFUSED = 2
    NO_SAFE_PLAN = 3
    REFUSED_BY_STATE = 4


def print_json(answer: Any) -> None:
    print(json.dumps(answer, ensure_ascii=False, indent=1))


def print_faults(faults: Iterable[Fault]) -> None:
    """Every fault, on standard error."""
    print(json.dumps({"errors": [fault.as_json() for fault in faults]}, ensure_ascii=False), file=sys.stderr)


def read_json(place: str) -> object:
    """The JSON of a file, or of standard input for ``-``; raises InputRefused.

    Numbers stay exact decimals; NaN, Infinity and a key that stands twice are refused.
    """
    try:
        raw = sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
    except OSError:
        raise InputRefused([Fault("", f"The file {Path(place).name} cannot be read; name one that exists.")]) from None
    try:
        return json.loads(
            raw.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_repeats,
        )
    except UnicodeDecodeError:
        raise InputRefused([Fault("", "The input is not UTF-8 text; save it as UTF-8.")]) from None
    except json.JSONDecodeError as error:
        place_in_text = f"line {error.lineno}, column {error.colno}"
        raise InputRefused([Fault("", f"The input is not JSON at {place_in_text}; correct it there.")]) from None
    except RecursionError:
        raise InputRefused([Fault("", "The input is nested too deeply; send a plain request.")]) from None


def _refuse_constant(text: str) -> NoReturn:
    raise InputRefused([Fault("", f"{text} is not a number here; write an exact one such as 0.5.")])


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise InputRefused([Fault(name, f'The key "{name[:60]}" stands twice; keep one.')])
        found[name] = value
    return found
