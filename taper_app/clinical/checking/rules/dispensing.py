"""What is handed out: each day is covered once, by exactly what its doses take beyond the stock on hand."""

from __future__ import annotations

from datetime import date

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.product_use import DailyUse, ProductUse, use_of_products
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
    covered: list[tuple[int, int]] = []
    covered_to = 0
    for row in sorted(rows, key=lambda row: row.first_day):
        first, last = row.first_day.toordinal(), row.last_day.toordinal()
        if last < first:
            _violated(case, row.first_day, f"{product} is dispensed from {row.first_day} to {row.last_day}.")
            continue
        if first <= covered_to:
            _violated(case, row.first_day, f"{product} is dispensed twice for {row.first_day}.")
        covered_to = max(covered_to, last)
        covered.append((first, last))
        needed = used.beyond_stock(first, last)
        if needed != row.amount:
            beyond = " beyond the stock on hand" if used.stock else ""
            _violated(
                case,
                row.first_day,
                f"From {row.first_day} to {row.last_day} the doses take {number(needed)} of {product}{beyond},"
                f" not {number(row.amount)}.",
            )
    missing = [day for use in used.days_beyond_stock() for day in _uncovered(use, covered)]
    if missing:
        day = date.fromordinal(min(missing))
        _violated(case, day, f"{product} is given on {day} and never dispensed for it.")


def _uncovered(use: DailyUse, covered: list[tuple[int, int]]) -> list[int]:
    """The first day of a use that no row covers, if there is one; ``covered`` is in order of days."""
    day = use.first
    for first, last in covered:
        if first <= day <= last:
            day = last + 1
    return [day] if day <= use.last else []


def _violated(case: Case, day: date, sentence: str) -> None:
    begun = [step.number for step in case.plan.steps if step.starts_on <= day]
    case.findings.violated("dispense", begun[-1] if begun else None, sentence)
