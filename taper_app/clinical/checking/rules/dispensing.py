"""What is handed out: for every product each day is covered once, by exactly what the doses of those days take."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from datetime import date
from typing import NamedTuple

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.shapes import DispenseRead
from taper_app.clinical.checking.wording import number


class _Days(NamedTuple):
    """From one day to another, both included (ordinals)."""

    first: int
    last: int


class _Use(NamedTuple):
    """So much of a product is taken on each day."""

    days: _Days
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
    covered: list[_Days] = []
    ahead = deque(sorted(used))
    for row in sorted(rows, key=lambda row: row.first_day):
        days = _Days(row.first_day.toordinal(), row.last_day.toordinal())
        if days.last < days.first:
            _violated(case, row.first_day, f"{product} is dispensed from {row.first_day} to {row.last_day}.")
            continue
        if covered and days.first <= covered[-1].last:
            _violated(case, row.first_day, f"{product} is dispensed twice for {row.first_day}.")
        _cover(covered, days)
        needed = _needed(ahead, days)
        if needed != row.amount:
            _violated(
                case,
                row.first_day,
                f"From {row.first_day} to {row.last_day} the doses take {number(needed)} of {product},"
                f" not {number(row.amount)}.",
            )
    missing = [day for use in used if (day := _uncovered(use.days, covered)) is not None]
    if missing:
        first_day = date.fromordinal(min(missing))
        _violated(case, first_day, f"{product} is given on {first_day} and never dispensed for it.")


def _cover(covered: list[_Days], days: _Days) -> None:
    """Keeps stretches of covered days apart from each other; ``days`` begin no earlier than the last stretch."""
    if covered and days.first <= covered[-1].last + 1:
        before = covered.pop()
        days = _Days(before.first, max(before.last, days.last))
    covered.append(days)


def _uncovered(days: _Days, covered: list[_Days]) -> int | None:
    """The first of these days that no stretch covers."""
    place = bisect_right(covered, days.first, key=lambda stretch: stretch.first)
    if not place or covered[place - 1].last < days.first:
        return days.first
    return covered[place - 1].last + 1 if covered[place - 1].last < days.last else None


def _needed(ahead: deque[_Use], days: _Days) -> int:
    """What the doses take on these days. Uses that end before them are taken away: later rows need them no more."""
    begin, end = days
    while ahead and ahead[0].days.last < begin:
        ahead.popleft()
    total = 0
    for (first, last), each_day in ahead:
        if first > end:
            break
        total += each_day * max(min(end, last) - max(begin, first) + 1, 0)
    return total


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
            used.setdefault(product, []).append(_Use(_Days(first, first + step.days - 1), amount))
    return used


def _violated(case: Case, day: date, sentence: str) -> None:
    begun = [step.number for step in case.plan.steps if step.starts_on <= day]
    case.findings.violated("dispense", begun[-1] if begun else None, sentence)
