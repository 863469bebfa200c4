"""While medicines differ, every table that lists both is asked: the chosen one hides its own error."""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.equivalents import differ
from taper_app.clinical.checking.shapes import StepRead
from taper_app.clinical.checking.wording import mg, number, percent
from taper_app.clinical.protocol.equivalence import EquivalenceTable


def judge_by_other_tables(case: Case) -> None:
    if not any(step.kind == "crossover" for step in case.plan.steps):
        return
    for table in case.equivalents.others_than_chosen():
        _judge_rise(case, table)
        _judge_fall(case, table)


def _judge_rise(case: Case, table: EquivalenceTable) -> None:
    """The most that the dose rises above current use by this table, judged where it first goes beyond the limit."""
    start = case.course.start
    if start is None:
        return
    base = case.equivalents.by(table, start)
    most = Fraction(case.limits.rise_by_another_table_at_most.percent)
    for step in case.plan.steps:
        now = case.equivalents.by(table, step.amounts)
        if not differ(start, step.amounts) or not base or now is None or now <= base * (100 + most) / 100:
            continue
        sentence = (
            f"By {table.name} the dose rises from {mg(base)} to {mg(now)} diazepam-equivalent,"
            f" more than {number(most)} %."
        )
        _signed_or_violated(case, "rise-by-another-table", table, step, sentence)
        return


def _judge_fall(case: Case, table: EquivalenceTable) -> None:
    general = case.protocols.tapers.get(case.limits.ceiling_protocol)
    ceiling = general.own_ceiling if general is not None else None
    if ceiling is None:
        return
    for day in range(case.course.last_day + 1):
        before, after = case.course.amounts_on(day - ceiling.in_days), case.course.amounts_on(day)
        if before is None or after is None or not differ(before, after):
            continue
        one, other = case.equivalents.by(table, before), case.equivalents.by(table, after)
        if not one or other is None or (one - other) * 100 <= Fraction(ceiling.percent) * one:
            continue
        sentence = (
            f"By {table.name} the dose falls by {percent((one - other) * 100 / one)} within {ceiling.in_days} days."
        )
        _signed_or_violated(case, "ceiling-by-another-table", table, case.course.step_on(day), sentence)
        return


def _signed_or_violated(case: Case, rule: str, table: EquivalenceTable, step: StepRead, sentence: str) -> None:
    """Accepted by a sign warning, on this step or a later one of the change, that names the table."""
    later = [each for each in case.plan.steps if each.starts_on >= step.starts_on]
    numbers = {step.number} | {each.number for each in later if each.kind == "crossover"}
    signs = [
        sign for each in sorted(numbers) for sign in case.plan.signs_on(each) if sign.mentions(table.id, table.name)
    ]
    if signs:
        case.findings.accepted(rule, step.number, f"{sentence} Signed for as {signs[0].code}.")
    else:
        case.findings.violated(rule, step.number, f"{sentence} No sign warning names this table.")
