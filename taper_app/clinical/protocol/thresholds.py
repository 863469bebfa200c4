"""The numbers of a rule's condition, each with its place in it, and the rule with one of them changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.protocol.escalation_rules import EscalationRule, RuleBook
from taper_app.clinical.protocol.fact_words import name_in_words
from taper_app.clinical.quantities import plain

Place = tuple[str | int, ...]
#: How each number reads after what it is of.
_WORDS: Mapping[str, str] = {
    "at_least": "at least {}",
    "above": "more than {}",
    "at_most": "at most {}",
    "below": "under {}",
    "within_hours": "looks back {} hours",
    "also_within_hours": "looks back {} hours",
    "count_at_least": "at least {}",
    "level_at_least": "at least {}",
}
#: Such numbers can lie below zero (RASS), unlike every dose.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{0,3}[1-9])?", re.ASCII)
_SPACES = " \t\u00a0\u2007\u202f"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number: where it stands (``when.all.1.at_least``), what it is of, and its value now."""

    place: Place
    of: str
    value: Decimal

    @property
    def key(self) -> str:
        return ".".join(str(part) for part in self.place)

    @property
    def in_words(self) -> str:
        """``respiratory rate: at most 8``."""
        return f"{self.of}: {_WORDS[str(self.place[-1])].format(plain(self.value))}"


def thresholds_of(rule: EscalationRule) -> tuple[Threshold, ...]:
    """Every number that the file writes in the rule's condition, in its order; none for an inactive rule."""
    return tuple(_numbers(_written(rule).get("when"), ("when",), "")) if rule.when is not None else ()


def typed_number(typed: str) -> Decimal:
    """The number as somebody typed it. Raises InputRefused with the fix."""
    trimmed = typed.strip(_SPACES)
    if not _NUMBER.fullmatch(trimmed):
        fix = "Write the new number like 8, -2 or 38.5: digits and at most one point."
        raise InputRefused([Fault("new_number", fix)])
    return Decimal(trimmed)


def with_threshold(rule: EscalationRule, place: Place, value: Decimal) -> EscalationRule:
    """The rule with another number at ``place``. Raises InputRefused for one that the rule cannot have."""
    written = deepcopy(_written(rule))
    inside: Any = written
    for part in place[:-1]:
        inside = inside[part]
    inside[place[-1]] = value
    try:
        return EscalationRule.model_validate(written)
    except ValidationError as error:
        sentences = dict.fromkeys(fault.message for fault in faults_of(error))
        raise InputRefused([Fault("new_number", sentence) for sentence in sentences]) from None


def book_with(rules: RuleBook, changed: EscalationRule) -> RuleBook:
    """The rule book with this rule in the place of the one with its id."""
    return replace(rules, rules=tuple(changed if rule.id == changed.id else rule for rule in rules.rules))


def _written(rule: EscalationRule) -> dict[str, Any]:
    return rule.model_dump(by_alias=True, exclude_unset=True)


def _numbers(part: Any, place: Place, of: str) -> Iterator[Threshold]:
    if isinstance(part, Mapping):
        about = _about(part) or of
        for name, value in part.items():
            if name in _WORDS and isinstance(value, (Decimal, int)) and not isinstance(value, bool):
                yield Threshold((*place, name), about, Decimal(value))
            else:
                yield from _numbers(value, (*place, name), about)
    elif isinstance(part, (tuple, list)):
        for index, inner in enumerate(part):
            yield from _numbers(inner, (*place, index), of)


def _about(part: Mapping[str, Any]) -> str:
    """What the numbers of this table are numbers of."""
    if "fact" in part:
        return name_in_words(str(part["fact"]))
    if "event" in part:
        return f"{str(part['event']).replace('_', ' ')}, how often"
    if "rise_of" in part:
        return f"rise of {str(part['rise_of']).upper().replace('_', '-')}"
    if "level_at_least" in part:
        return "level of any other rule"
    return "how many of these tests" if "count_at_least" in part else ""
