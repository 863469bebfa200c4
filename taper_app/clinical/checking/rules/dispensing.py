"""What is handed out: for every product each day is covered once, by exactly what the doses of those days take."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.shapes import DispenseRead, StepRead
from taper_app.clinical.checking.wording import number


def judge_dispensing(case: Case) -> None:
    rows = case.plan.dispense
    if rows is None:
        case.findings.not_judged("The plan does not say what is dispensed.")
        return
    if any(dose.pieces is None for step in case.plan.steps for dose in step.doses):
        case.findings.not_judged("What is dispensed cannot be compared: some doses do not say their pieces.")
        return
    used = _used_by_day(case)
    products = {row.product for row in rows} | {product for product, _ in used}
    for product in sorted(products):
        _judge_product(case, product, [row for row in rows if row.product == product], used)


def _judge_product(case: Case, product: str, rows: list[DispenseRead], used: dict[tuple[str, date], Fraction]) -> None:
    covered: set[date] = set()
    for row in rows:
        step = _step_on(case, row.first_day)
        days = _days(row)
        if not days:
            case.findings.violated("dispense", step, f"{product} is dispensed from {row.first_day} to {row.last_day}.")
            continue
        if covered & set(days):
            case.findings.violated("dispense", step, f"{product} is dispensed twice for {min(covered & set(days))}.")
        covered |= set(days)
        needed = sum((used.get((product, day), Fraction(0)) for day in days), Fraction(0))
        if needed != row.count:
            case.findings.violated(
                "dispense",
                step,
                f"From {row.first_day} to {row.last_day} the doses take {number(needed)} of {product},"
                f" not {number(row.count)}.",
            )
    missing = sorted(day for name, day in used if name == product and day not in covered)
    if missing:
        case.findings.violated(
            "dispense",
            _step_on(case, missing[0]),
            f"{product} is given on {missing[0]} ({len(missing)} days in all) and never dispensed for it.",
        )


def _used_by_day(case: Case) -> dict[tuple[str, date], Fraction]:
    """How much of each product is taken on each day that has an end."""
    used: dict[tuple[str, date], Fraction] = {}
    for step in case.plan.steps:
        for offset in range(step.days):
            for dose in step.doses:
                for piece in dose.pieces or ():
                    key = (piece.product, step.starts_on + timedelta(days=offset))
                    used[key] = used.get(key, Fraction(0)) + piece.count
    return used


def _days(row: DispenseRead) -> list[date]:
    return [row.first_day + timedelta(days=offset) for offset in range((row.last_day - row.first_day).days + 1)]


def _step_on(case: Case, day: date) -> int | None:
    begun: list[StepRead] = [step for step in case.plan.steps if step.starts_on <= day]
    return begun[-1].number if begun else None
