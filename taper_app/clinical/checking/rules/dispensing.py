"""What is handed out: for every product each day is covered once, by exactly what the doses of those days take."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.shapes import DispenseRead
from taper_app.clinical.checking.wording import number


class _Use(NamedTuple):
    """So much of a product is taken on each day from ``first`` to ``last`` (ordinals of days)."""

    first: int
    last: int
    each_day: int


def judge_dispensing(case: Case) -> None:
    rows = case.plan.dispense
    if rows is None:
        case.findings.not_judged("The plan does not say what is dispensed.")
        return
    if any(dose.pieces is None for step in case.plan.steps for dose in step.doses):
        case.findings.not_judged("What is dispensed cannot be compared: some doses do not say their pieces.")
        return
    by_product: dict[str, list[DispenseRead]] = {}
    for row in rows:
        by_product.setdefault(row.product, []).append(row)
    used = _used(case)
    for product in sorted({*by_product, *used}):
        _judge_product(case, product, by_product.get(product, []), used.get(product, []))


def _judge_product(case: Case, product: str, rows: list[DispenseRead], used: list[_Use]) -> None:
    covered: list[tuple[int, int]] = []
    for row in rows:
        first, last = row.first_day.toordinal(), row.last_day.toordinal()
        if last < first:
            _violated(case, row.first_day, f"{product} is dispensed from {row.first_day} to {row.last_day}.")
            continue
        twice = [max(first, other) for other, end in covered if first <= end and other <= last]
        if twice:
            _violated(case, row.first_day, f"{product} is dispensed twice for {date.fromordinal(min(twice))}.")
        covered.append((first, last))
        needed = sum(
            use.each_day * (min(last, use.last) - max(first, use.first) + 1)
            for use in used
            if first <= use.last and use.first <= last
        )
        if needed != row.amount:
            _violated(
                case,
                row.first_day,
                f"From {row.first_day} to {row.last_day} the doses take {number(needed)} of {product},"
                f" not {number(row.amount)}.",
            )
    missing = [day for use in used for day in _uncovered(use, covered)]
    if missing:
        day = date.fromordinal(min(missing))
        _violated(case, day, f"{product} is given on {day} and never dispensed for it.")


def _used(case: Case) -> dict[str, list[_Use]]:
    """How much of each product is taken on each day that has an end."""
    used: dict[str, list[_Use]] = {}
    for step in case.plan.steps:
        if not step.days:
            continue
        each_day: dict[str, int] = {}
        for dose in step.doses:
            for piece in dose.pieces or ():
                each_day[piece.product] = each_day.get(piece.product, 0) + piece.amount
        first = step.starts_on.toordinal()
        for product, amount in each_day.items():
            used.setdefault(product, []).append(_Use(first, first + step.days - 1, amount))
    return used


def _uncovered(use: _Use, covered: list[tuple[int, int]]) -> list[int]:
    """The first day of a use that no row covers, if there is one."""
    day = use.first
    for first, last in sorted(covered):
        if first <= day <= last:
            day = last + 1
    return [day] if day <= use.last else []


def _violated(case: Case, day: date, sentence: str) -> None:
    begun = [step.number for step in case.plan.steps if step.starts_on <= day]
    case.findings.violated("dispense", begun[-1] if begun else None, sentence)
