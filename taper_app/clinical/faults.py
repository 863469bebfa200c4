"""A validation error of pydantic, said in the words of a clinician: one fault a field, each with its fix.

Every shape that comes from outside (a case, a plan request, a form, a protocol file) is validated by pydantic;
this is the one place where its errors become sentences.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import ValidationError

from taper_app.clinical.errors import Fault
from taper_app.clinical.quantities import plain

#: Names whose usual spelling is not the field's name with spaces.
_SPELLINGS: Mapping[str, str] = {
    "acvpu": "ACVPU",
    "asq": "ASQ",
    "born_on": "date of birth",
    "cam_icu": "CAM-ICU",
    "ciwa_b": "CIWA-B",
    "ciwa_b_form": "CIWA-B form",
    "cssrs": "C-SSRS",
    "drug": "medicine",
    "four_at": "4AT",
    "gad7": "GAD-7",
    "lines": "doses taken now",
    "mg": "dose in mg",
    "ml": "volume in mL",
    "night_to": "day on which the night ended",
    "phq9": "PHQ-9",
    "poss": "POSS",
    "qtc_ms": "QTc in ms",
    "rass": "RASS",
    "spo2": "SpO2",
    "spo2_scale": "SpO2 scale",
    "spo2_target_low": "SpO2 target low",
    "told_by": "by whose account",
    "temperature_c": "temperature in °C",
    "temperature_f": "temperature in °F",
}
_LONGEST_SHOWN = 20
#: Lists whose entries a person reads as numbered lines.
_LISTS_OF_LINES = ("current", "lines", "products", "stock")
#: Lists whose entries are single values.
_LISTS_OF_ENTRIES = ("other_sedatives", "products", "times")
#: What pydantic calls a field that a form left empty.
_LEFT_EMPTY = (
    "enum",
    "literal_error",
    "string_too_short",
    "string_pattern_mismatch",
    "date_from_datetime_parsing",
    "date_parsing",
)

_Details = Mapping[str, Any]


def faults_of(error: ValidationError, given: object = None) -> list[Fault]:
    """Every fault of ``error`` as (path, sentence), in the order in which pydantic found them.

    ``given`` is the input that was validated: with it, the tags that pydantic adds to the path of a union are
    left out, so that the path is the one that the reader wrote (``observation.events.0.duration_minutes``).
    """
    faults: list[Fault] = []
    for details in error.errors(include_url=False):
        path = _path(details, given)
        fault = Fault(".".join(path), _sentence(details, path))
        if fault not in faults:
            faults.append(fault)
    return faults


def field_name(path: Sequence[str]) -> str:
    """The field in words: ``respiratory rate``, ``CIWA-B 21``, ``history 2``, or ``the input`` for the whole."""
    if not path:
        return "the input"
    last = path[-1]
    if last.isdecimal() and path[-2:-1] and path[-2] in _LISTS_OF_ENTRIES:
        return f"entry {int(last) + 1} of {field_name(path[:-1])}"
    words = _SPELLINGS.get(last, last.replace("_", " "))
    numbered = last.isdecimal() or re.fullmatch(r"q\d\w*", last)
    return f"{field_name(path[:-1])} {words}" if numbered and len(path) > 1 else words


def _line_of(path: Sequence[str]) -> str:
    """`` in line 2`` for a field of the second entry of a list of lines."""
    if len(path) > 2 and path[-2].isdecimal() and path[-3] in _LISTS_OF_LINES:
        return f" in line {int(path[-2]) + 1}"
    return ""


def _path(details: _Details, given: object) -> tuple[str, ...]:
    location: tuple[int | str, ...] = tuple(part for part in details["loc"] if part != "[key]")
    if given is not None:
        location = _without_tags(location, given, is_missing=details["type"] == "missing")
    if details["type"] in ("union_tag_invalid", "union_tag_not_found"):
        discriminator = str(details["ctx"].get("discriminator", "")).strip("'")
        if discriminator.isidentifier():
            location = (*location, discriminator)
    return tuple(str(part) for part in location)


def _without_tags(location: tuple[int | str, ...], given: object, *, is_missing: bool) -> tuple[int | str, ...]:
    """The parts of the location that lead somewhere in the input; a missing field is kept although it is not there."""
    kept: list[int | str] = []
    here: object = given
    for index, part in enumerate(location):
        is_last = index == len(location) - 1
        if _leads_on(here, part):
            here = here[part]  # type: ignore[index]
        elif not (is_missing and is_last):
            continue
        kept.append(part)
    return tuple(kept)


def _leads_on(here: object, part: int | str) -> bool:
    if isinstance(here, Mapping):
        return part in here
    return isinstance(here, (list, tuple)) and isinstance(part, int) and part < len(here)


def _sentence(details: _Details, path: Sequence[str]) -> str:
    name = field_name(path) + _line_of(path)
    kind: str = details["type"]
    context: Mapping[str, Any] = details.get("ctx") or {}
    if details.get("input") == "" and kind in _LEFT_EMPTY:
        return f"{name[0].upper()}{name[1:]} is missing; fill it in."
    if kind in ("value_error", "assertion_error"):
        # A sentence about the whole names its fields itself.
        return _named(name if path else "", str(context.get("error", details["msg"])))
    if kind in _FIXES:
        sentence = _FIXES[kind](name, context, details.get("input"))
    else:
        sentence = _by_family(kind, name, context, details)
    return sentence[0].upper() + sentence[1:]


def _named(name: str, text: str) -> str:
    """The model's own sentence, with the field's name before it where the sentence does not say it."""
    if name.lower() in text.lower():
        return text[0].upper() + text[1:]
    return f"{name[0].upper()}{name[1:]}: {text[0].lower() + text[1:] if text[1:2].islower() else text}"


def _given(value: object) -> str:
    """``is 300`` or ``is "often"``: what was given, when it is short enough to be shown."""
    if value is None:
        return "is empty"
    if isinstance(value, bool):
        return f"is {str(value).lower()}"
    if isinstance(value, (int, Decimal)) and not isinstance(value, Enum):
        return f"is {_number_given(Decimal(value))}"
    if isinstance(value, str) and len(value) <= _LONGEST_SHOWN:
        return f'is "{value}"'
    return "cannot be read"


def _number_given(number: Decimal) -> str:
    """As it was typed (``14.0``), so that what is wrong with it can be seen; a long one is only called long."""
    if not number.is_finite():
        return "not a number"
    written = str(number)
    return written if len(written) <= _LONGEST_SHOWN else "a very long number"


def _shown(value: object) -> str:
    return plain(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else str(value)


def _choices(context: Mapping[str, Any]) -> str:
    text = str(context.get("expected") or context.get("expected_tags") or "")
    return text.replace("'", '"')


_FIXES: Mapping[str, Callable[[str, Mapping[str, Any], object], str]] = {
    "missing": lambda name, _context, _value: f"{name} is missing; add it.",
    "extra_forbidden": lambda name, _context, _value: (
        f"{name} is not a field here; check its spelling or leave it out."
    ),
    "invalid_key": lambda name, _context, _value: f"{name} has a name that is not text; write it in quotes.",
    "enum": lambda name, context, value: f"{name} {_given(value)}; choose {_choices(context)}.",
    "literal_error": lambda name, context, value: f"{name} {_given(value)}; choose {_choices(context)}.",
    "union_tag_invalid": lambda name, context, value: f"{name} is not one that is known; choose {_choices(context)}.",
    "union_tag_not_found": lambda name, context, value: f"{name} is missing; add it.",
    "greater_than_equal": lambda name, context, value: (
        f"{name} {_given(value)}; it cannot be less than {_shown(context.get('ge'))}."
    ),
    "greater_than": lambda name, context, value: (
        f"{name} {_given(value)}; it must be more than {_shown(context.get('gt'))}."
    ),
    "less_than_equal": lambda name, context, value: (
        f"{name} {_given(value)}; it cannot be more than {_shown(context.get('le'))}."
    ),
    "less_than": lambda name, context, value: (
        f"{name} {_given(value)}; it must be less than {_shown(context.get('lt'))}."
    ),
    "too_short": lambda name, context, _value: (
        f"{name} has {context.get('actual_length')} entries; give at least {context.get('min_length')}."
    ),
    "too_long": lambda name, context, _value: f"{name} has too many entries; give at most {context.get('max_length')}.",
    "string_too_short": lambda name, context, _value: (
        f"{name} is too short; write at least {context.get('min_length')} characters."
    ),
    "string_too_long": lambda name, context, _value: (
        f"{name} is too long; write at most {context.get('max_length')} characters."
    ),
    "string_pattern_mismatch": lambda name, _context, value: (
        f"{name} {_given(value)}, which is not written as this field needs; check its spelling."
    ),
    "timezone_aware": lambda name, _context, _value: (
        f"{name} has no offset; write the moment like 2026-12-01T08:00:00-05:00."
    ),
    "recursion_loop": lambda name, _context, _value: f"{name} contains itself; write it out once.",
}

_FAMILIES: Sequence[tuple[tuple[str, ...], str]] = (
    (("int_",), "write a whole number"),
    (("decimal_", "float_", "finite_"), "write a number such as 0.5"),
    (("bool_",), "write true or false"),
    (("datetime_", "timezone_"), "write the moment like 2026-12-01T08:00:00-05:00"),
    (("date_",), "write the date like 2026-12-01"),
    (("time_",), "write the time like 08:00"),
    (("string_",), "write text"),
    (("list_", "tuple_", "set_", "frozen_set_", "iterable_"), "write a list in square brackets"),
    (("dict_", "model_", "mapping_"), "write a block with named fields"),
)


def _by_family(kind: str, name: str, context: Mapping[str, Any], details: _Details) -> str:
    for prefixes, fix in _FAMILIES:
        if kind.startswith(prefixes):
            return f"{name} {_given(details.get('input'))}; {fix}."
    return _named(name, f"{details['msg'].rstrip('.')}; check this field.")
