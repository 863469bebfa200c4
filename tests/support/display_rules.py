"""How doses and orders may be written on a screen, in a print and in an export (after ISMP, in our own words).

``violations(text)`` is used on whatever a person reads: page text, PDF text, CSV cells.
"""

from __future__ import annotations

import re

_UNIT = r"(?:mg|mcg|g|mL|ml|microgram|tablet|capsule)"
_MEDICINE = (
    r"(?:benzodiazepine|clonazepam|diazepam|lorazepam|alprazolam|oxazepam|temazepam|chlordiazepoxide|clobazam|"
    r"medicine|tablets|dose)"
)

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a number needs a digit before its point", re.compile(r"(?<![\w.])\.\d")),
    ("a dose has no trailing zero", re.compile(rf"\d\.\d*0\s*{_UNIT}\b")),
    ("a space stands between number and unit", re.compile(r"\d(?:mg|mcg|mL|ml)\b")),
    ("micrograms are written mcg", re.compile(r"[µμ]g")),
    ("write daily or every other day", re.compile(r"\bQO?D\b|\bq\.?o?\.?d\.?(?=\s|$)", re.IGNORECASE)),
    ("write at bedtime or half-strength", re.compile(r"\bHS\b")),
    ("write discharge or ended", re.compile(r"\bD/C\b", re.IGNORECASE)),
    ("write units", re.compile(r"\d\s?I?U\b")),
    ("write at, less than, more than", re.compile(rf"[@<>≤≥]\s*\d+(?:\.\d+)?\s*{_UNIT}\b")),
    (
        "write half or a quarter in words",
        re.compile(r"[½¼¾]|\b[1-3]/[2-4]\s*(?:of\s+)?(?:a\s+)?(?:tab|tablet|capsule)"),
    ),
    ("say keep the dose, no cut, or withhold this dose", re.compile(r"\bhold(?:s|ing)?\b|\bon hold\b", re.IGNORECASE)),
    (
        "nobody is told to stop a benzodiazepine",
        re.compile(
            rf"(?<!not )(?<!never )\bstop(?:s|ped|ping)?\s+(?:(?:the|your|her|his|their|all|taking)\s+)*{_MEDICINE}\b",
            re.IGNORECASE,
        ),
    ),
)


def violations(text: str) -> list[str]:
    """One sentence for each place that breaks a rule, with the words around it; empty when all is well."""
    found = []
    for rule, pattern in _RULES:
        for match in pattern.finditer(text):
            around = " ".join(text[max(0, match.start() - 20) : match.end() + 20].split())
            found.append(f'{rule}: "{around}"')
    return found
