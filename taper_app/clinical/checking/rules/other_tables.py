"""While medicines differ, every table that lists both is asked: the chosen one hides its own error."""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.ceiling_breaches import fall_percent, is_above
from taper_app.clinical.checking.equivalents import differ
from taper_app.clinical.checking.rules.ceilings import general_ceiling
from taper_app.clinical.checking.shapes import Amounts, StepRead
from taper_app.clinical.checking.wording import mg, percent
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.tapers import Ceiling
from taper_app.clinical.quantities import plain


def judge_by_other_tables(case: Case) -> None:
    if not any(step.kind == "crossover" for step in case.plan.steps):
        return
    ceiling = general_ceiling(case)
    changes = _changes(case, ceiling.in_days) if ceiling is not None else []
    for table in case.equivalents.others_than_chosen():
        _judge_rise(case, table)
        if ceiling is not None:
            _judge_fall(case, table, ceiling, changes)


def _changes(case: Case, days: int) -> list[tuple[Amounts, StepRead]]:
    """The dose before and the step of every two days that lie so far apart and differ in their medicines."""
    pairs = ((case.course.amounts_at(earlier), case.course.steps[later]) for earlier, later in case.course.pairs(days))
    return [(before, step) for before, step in pairs if before is not None and differ(before, step.amounts)]


def _judge_rise(case: Case, table: EquivalenceTable) -> None:
    """Where the dose first rises beyond the limit above current use by this table. A cut raises it by none."""
    start, limit = case.course.start, case.limits.rise_by_another_table_at_most
    base = case.equivalents.by(table, start) if start else None
    if start is None or not base:
        return
    most = base * (100 + Fraction(limit.percent)) / 100
    for step in case.plan.steps:
        is_judged = step.kind not in ("cut", "stop") and not case.began_before_the_change(step)
        if not is_judged or not differ(start, step.amounts):
            continue
        now = case.equivalents.by(table, step.amounts)
        if now is None or now <= most:
            continue
        sentence = (
            f"By {table.name} the dose rises from {mg(base)} to {mg(now)} diazepam-equivalent,"
            f" more than {plain(limit.percent)} %."
        )
        _signed_or_violated(case, "rise-by-another-table", table, step, sentence)
        return


def _judge_fall(case: Case, table: EquivalenceTable, ceiling: Ceiling, changes: list[tuple[Amounts, StepRead]]) -> None:
    for before, step in changes:
        if case.began_before_the_change(step):
            continue
        one, other = case.equivalents.by(table, before), case.equivalents.by(table, step.amounts)
        if one is None or other is None or not is_above((one, other), Fraction(ceiling.percent)):
            continue
        sentence = (
            f"By {table.name} the dose falls by {percent(fall_percent(one, other))} within {ceiling.in_days} days."
        )
        _signed_or_violated(case, "ceiling-by-another-table", table, step, sentence)
        return


def _signed_or_violated(case: Case, rule: str, table: EquivalenceTable, step: StepRead, sentence: str) -> None:
    """Accepted by a sign warning, on this step or another one of the change, that names the table."""
    rest = [each for each in case.plan.steps if not case.began_before_the_change(each)]
    numbers = {step.number} | {each.number for each in rest if each.kind == "crossover"}
    signs = [
        sign
        for each in sorted(numbers)
        for sign in case.plan.signs_on(each)
        if sign.mentions(table.id, table.name, table.short)
    ]
    if signs:
        case.findings.accepted(rule, step.number, f"{sentence} Signed for as {signs[0].code}.")
    else:
        case.findings.violated(rule, step.number, f"{sentence} No sign warning names this table.")
