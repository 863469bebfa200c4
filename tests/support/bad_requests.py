"""The table of bad requests (``tests/worked_examples/bad_requests``) as whole inputs, each with what is expected."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORKED_EXAMPLES = Path(__file__).parents[1] / "worked_examples"
FOLDER = WORKED_EXAMPLES / "bad_requests"
#: The request of the worked story: clonazepam 1 mg twice a day.
BASE: dict[str, Any] = json.loads((WORKED_EXAMPLES / "plan_example_taper.json").read_text())["request"]
_TABLES = ("doses", "paces", "days_and_times", "names", "people", "structure", "supply")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of the base request with this JSON text in its place; None takes the field away."""

    at: str
    json: str | None


@dataclass(frozen=True, slots=True)
class BadRequest:
    """``changes`` make it from the base; ``fields`` are the faults to be named, ``says`` stands in the first."""

    name: str
    changes: tuple[Change, ...]
    fields: tuple[str, ...]
    says: str
    exit: int = 2

    @property
    def text(self) -> str:
        return with_changes(self.changes)

    @property
    def is_one_change(self) -> bool:
        """Whether it can be put together with another one."""
        return len(self.changes) == 1


def rows(table: str) -> Iterator[BadRequest]:
    """Every row of one file, with the expectations of its group."""
    for group in tomllib.loads((FOLDER / f"{table}.toml").read_text())["group"]:
        before = [Change(at, text) for at, text in group.get("also", {}).items()]
        before += [Change(at, None) for at in group.get("without", ())]
        for row in group["rows"]:
            at = row.get("at", group.get("at"))
            change = Change(at, None if group.get("missing") else _value(row))
            yield BadRequest(
                name=f"{group['name']}: {at} = {(change.json or 'missing')[:30]}",
                changes=(*before, change),
                fields=tuple(row.get("fields", [at])),
                says=row.get("says", ""),
                exit=row.get("exit", 0 if table == "accepted" else 2),
            )


def _value(row: Mapping[str, Any]) -> str:
    """A very long text is not written out in the table."""
    if "long" not in row:
        return str(row["json"])
    text = json.dumps("x" * row["long"])
    return f"[{text}]" if row.get("fields", [""])[0].endswith(".0") else text


def bad_requests() -> list[BadRequest]:
    return [row for table in _TABLES for row in rows(table)]


def documents() -> list[dict[str, Any]]:
    """Whole inputs that are no request: ``text``, ``fields`` and ``says``."""
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / "documents.toml").read_text())["document"]
    return found


def with_changes(changes: Sequence[Change]) -> str:
    """The base request as JSON text with the changes in it, letter by letter as the table has them."""
    request = deepcopy(BASE)
    texts: dict[str, str] = {}
    for change in changes:
        *parents, name = change.at.split(".")
        place: Any = request
        for parent in parents:
            place = place[int(parent) if parent.isdecimal() else parent]
        key = int(name) if name.isdecimal() else name
        if change.json is None:
            place.pop(key, None)
        else:
            mark = f"@{len(texts)}@"
            texts[json.dumps(mark)] = change.json
            place[key] = mark
    text = json.dumps(request)
    for mark, value in texts.items():
        text = text.replace(mark, value)
    return text
