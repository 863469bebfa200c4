"""One TOML file to one shape, with the line of each fault where it can be found."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from taper_app.clinical.faults import faults_of
from taper_app.protocol_files.faults import FileFault

ShapeT = TypeVar("ShapeT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ReadFile(Generic[ShapeT]):
    """What a file held (None when it could not be used), its fingerprint, and its faults."""

    file: str
    content: ShapeT | None
    sha256: str
    faults: tuple[FileFault, ...]
    text: str = ""


def read_toml(path: Path, shape: type[ShapeT], *, folder: Path) -> ReadFile[ShapeT]:
    """Exact decimals (``parse_float=Decimal``), no unknown key. Never raises for bad content."""
    name = path.relative_to(folder).as_posix()
    try:
        raw = path.read_bytes()
    except OSError:
        return ReadFile(name, None, "", (FileFault(name, "", "The file cannot be read; check that it exists."),))
    digest = hashlib.sha256(raw).hexdigest()
    try:
        text = raw.decode("utf-8")
        table = tomllib.loads(text, parse_float=Decimal)
    except UnicodeDecodeError:
        return ReadFile(name, None, digest, (FileFault(name, "", "The file is not UTF-8 text; save it as UTF-8."),))
    except tomllib.TOMLDecodeError as error:
        return ReadFile(name, None, digest, (_syntax_fault(name, error),))
    try:
        return ReadFile(name, shape.model_validate(table), digest, (), text)
    except ValidationError as error:
        faults = tuple(
            FileFault(name, fault.field, _without_subject(fault.message), line_of(text, fault.field))
            for fault in faults_of(error, table)
        )
        return ReadFile(name, None, digest, faults)


def _without_subject(message: str) -> str:
    """A fault of the file as a whole: the file is named already."""
    sentence = message.removeprefix("The input: ")
    return sentence[0].upper() + sentence[1:]


def _syntax_fault(name: str, error: tomllib.TOMLDecodeError) -> FileFault:
    place = re.search(r"at line (\d+)", str(error))
    sentence = re.sub(r"\s*\(at .*\)$", "", str(error))
    return FileFault(name, "", f"This is not TOML: {sentence}.", int(place.group(1)) if place else None)


def line_of(text: str, dotted_key: str) -> int | None:
    """The line on which a dotted key (``products.2.form``) is written, None when it cannot be told.

    Follows table headers (``[pace]``, ``[[products]]``) and counts repeated ones, so that the third
    product's form is found and not the first.
    """
    parts = dotted_key.split(".")
    if not parts or parts == [""]:
        return None
    best: int | None = None
    table: list[str] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if header := re.fullmatch(r"(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?(?:\s*#.*)?", stripped):
            table = _table_path(header.group(2).split("."), header.group(1) == "[[", seen)
            if _starts(parts, table):
                best = number
        elif assignment := re.match(r"([A-Za-z0-9_\-]+)\s*=", stripped):
            here = [*table, assignment.group(1)]
            if parts[: len(here)] == here:
                return number
    return best


def _table_path(names: Sequence[str], is_array: bool, seen: dict[tuple[str, ...], int]) -> list[str]:
    path: list[str] = []
    for position, name in enumerate(names):
        path.append(name)
        key = tuple(path)
        if is_array and position == len(names) - 1:
            seen[key] = seen.get(key, -1) + 1
        if key in seen:
            path.append(str(seen[key]))
    return path


def _starts(parts: Sequence[str], table: Sequence[str]) -> bool:
    return len(table) <= len(parts) and list(parts[: len(table)]) == list(table)
