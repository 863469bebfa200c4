"""What is handed out: each day is covered once, by exactly what its doses take beyond the stock on hand."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.product_use import Days, ProductUse, use_of_products
from taper_app.clinical.checking.shapes import DispenseRead
from taper_app.clinical.checking.wording import number


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
    request = case.plan.request
    used = use_of_products(case.plan.steps, request.supply.stock if request is not None else {})
    for product in sorted({*by_product, *used}):
        _judge_product(case, product, by_product.get(product, []), used.get(product, ProductUse((), 0)))


def _judge_product(case: Case, product: str, rows: list[DispenseRead], used: ProductUse) -> None:
    covered: list[Days] = []
    for row in sorted(rows, key=lambda row: row.first_day):
        days = Days(row.first_day.toordinal(), row.last_day.toordinal())
        if days.last < days.first:
            _violated(case, row.first_day, f"{product} is dispensed from {row.first_day} to {row.last_day}.")
            continue
        if covered and days.first <= covered[-1].last:
            _violated(case, row.first_day, f"{product} is dispensed twice for {row.first_day}.")
        _cover(covered, days)
        needed = used.beyond_stock(days)
        if needed != row.amount:
            beyond = " beyond the stock on hand" if used.stock else ""
            _violated(
                case,
                row.first_day,
                f"From {row.first_day} to {row.last_day} the doses take {number(needed)} of {product}{beyond},"
                f" not {number(row.amount)}.",
            )
    missing = [day for days in used.days_beyond_stock() if (day := _uncovered(days, covered)) is not None]
    if missing:
        first_day = date.fromordinal(min(missing))
        _violated(case, first_day, f"{product} is given on {first_day} and never dispensed for it.")


def _cover(covered: list[Days], days: Days) -> None:
    """Keeps stretches of covered days apart from each other; ``days`` begin no earlier than the last stretch."""
    if covered and days.first <= covered[-1].last + 1:
        before = covered.pop()
        days = Days(before.first, max(before.last, days.last))
    covered.append(days)


def _uncovered(days: Days, covered: list[Days]) -> int | None:
    """The first of these days that no stretch covers."""
    place = bisect_right(covered, days.first, key=lambda stretch: stretch.first)
    if not place or covered[place - 1].last < days.first:
        return days.first
    return covered[place - 1].last + 1 if covered[place - 1].last < days.last else None


def _violated(case: Case, day: date, sentence: str) -> None:
    begun = [step.number for step in case.plan.steps if step.starts_on <= day]
    case.findings.violated("dispense", begun[-1] if begun else None, sentence)
