"""The smallest request that still shows a fault: what a person wants to read instead of thirty random fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

Request = dict[str, Any]

#: What a fact is replaced by when it has nothing to do with the fault.
_USUAL = {
    "age_years": 44,
    "months_of_use": 18,
    "use_verified": "yes",
    "other_sedatives": [],
    "specialist": None,
    "obstetric_contact": None,
}


def smallest(request: Mapping[str, Any], shows_fault: Callable[[Request], bool]) -> Request:
    """Takes parts away, one at a time and again, as long as the fault is still shown."""
    best = deepcopy(dict(request))
    while True:
        for candidate in _simpler(best):
            if shows_fault(candidate):
                best = candidate
                break
        else:
            return best


def _simpler(request: Request) -> Iterator[Request]:
    for name in request:
        if name not in ("current", "protocol", "start_on", "patient"):
            yield {other: value for other, value in request.items() if other != name}
    for name in ("current", "products", "times"):
        for index in range(len(request.get(name) or ())) if len(request.get(name) or ()) > 1 else ():
            yield {**request, name: [value for other, value in enumerate(request[name]) if other != index]}
    for name, value in request["patient"].items():
        usual = _USUAL.get(name, "no")
        if value != usual:
            yield {**request, "patient": {**request["patient"], name: usual}}
    for index, line in enumerate(request["current"]):
        if "source" in line:
            lines = deepcopy(request["current"])
            del lines[index]["source"]
            yield {**request, "current": lines}
