"""Steps, warnings and faults of a plan in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.errors import Fault
from taper_app.clinical.planning.answer import Plan, PlanWarning, StepKind
from taper_app.clinical.quantities import mg_text, rounded
from taper_app.ui.components.times import with_dates
from taper_app.use_cases.chart import Chart

KIND_WORDS = {
    StepKind.STABILISE: "stabilise, no cut",
    StepKind.CROSSOVER: "cross-over",
    StepKind.CUT: "cut",
    StepKind.KEEP: "keep dose, no cut",
    StepKind.STEP_BACK: "step back",
    StepKind.RESTABILISE: "restabilise, no cut",
    StepKind.STOP: "end: first day without",
}

_FIELD_WORDS = {
    "cut_percent": "Cut in percent",
    "cut_mg": "Cut in mg",
    "every_days": "Every … days",
    "longest_step_days": "Longest step in days",
    "start_fraction_percent": "Start at this part of it, in percent",
    "start_on": "Start on",
    "on": "From the day",
    "target_daily_mg": "Lowest daily dose in mg",
    "daily_mg": "Daily dose in mg",
    "keep_days": "Days without a cut",
    "days": "Days longer",
    "times": "Times of day",
    "products": "Products",
    "split": "Smallest part",
    "setting": "Where the taper runs",
    "equivalence": "Table of equivalents",
    "taper_drug": "Medicine to taper with",
    "override_reason": "Reason to override",
    "reason": "Reason",
    "protocol": "Protocol",
    "accepted": "Warnings to accept",
    "plan": "Plan",
    "kind": "What to change",
    "to_step": "Step to go back to",
    "from": "First missed",
    "to": "Last missed, or taken again",
    "ends_by": "Off by",
    "pick_up": "Pick-up",
    "stock": "At home already",
    "max_supply_days": "Longest supply in days",
    "note": "Why this plan",
}
_STOCK_WORDS = {"product": "product", "count": "how many"}
#: How a change and its fields are named in sentences that a file's writer reads too, and how on this screen.
_ON_SCREEN = (
    (re.compile(r"\bdaily_mg ([\d.]*\d)"), r"\1 mg a day"),
    (re.compile(r"\buse slow\b"), "use “Slow down”"),
    (re.compile(r"\bspeed_up\b"), "“Speed up”"),
    (re.compile(r"\bstep_back\b"), "“Step back”"),
    (re.compile(r"\b(by|or) restabilise\b"), r"\1 “Restabilise”"),
    (re.compile(r"\bcut_percent\b"), "the cut in percent"),
    (re.compile(r"\bcut_mg\b"), "the cut in mg"),
    (re.compile(r"\bevery_days\b"), "“Every … days”"),
    (re.compile(r"\b(an? )?override_reason\b"), "a reason to override"),
    (re.compile(r"\bfrom and to\b"), "the two days"),
    (
        re.compile(r"Write the day like 2027-01-11, or the moment like \S+"),
        "Choose the day, and write the time like 08:00.",
    ),
)
_LINE_WORDS = {"drug": "medicine", "mg": "dose in mg", "time": "time", "source": "by whose word"}


def readable_faults(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults with the label that stands beside the field on the screen, in place of the field's path."""
    return tuple(Fault(field_label(fault.field), on_screen(_without_name(fault))) for fault in faults)


def on_screen(sentence: str) -> str:
    """The sentence with the names that stand on the screen."""
    for written, shown in _ON_SCREEN:
        sentence = written.sub(shown, sentence)
    return with_dates(sentence)


def field_label(path: str) -> str:
    """``Line 1, dose in mg`` for ``current.0.mg``."""
    parts = path.split(".")
    if parts[0] == "current" and len(parts) > 2 and parts[1].isdecimal():
        return f"Line {int(parts[1]) + 1}, {_LINE_WORDS.get(parts[2], parts[2])}"
    if parts[0] == "stock" and len(parts) > 2 and parts[1].isdecimal():
        return f"At home, line {int(parts[1]) + 1}, {_STOCK_WORDS.get(parts[2], parts[2])}"
    if parts[0] == "patient" and len(parts) > 1:
        return f"Charted fact, {parts[1].replace('_', ' ')}"
    return _FIELD_WORDS.get(parts[0], parts[0].replace("_", " "))


def _without_name(fault: Fault) -> str:
    """The label says the field's name already: by its key, or by the words that stand beside it."""
    label = field_label(fault.field)
    names = {fault.field.split(".")[-1].replace("_", " "), fault.field.replace(".", " "), label.split(", ")[-1]}
    head, separator, rest = fault.message.partition(": ")
    head = re.sub(r" in line \d+$", "", head)
    if separator and rest and head.casefold() in {name.casefold() for name in names}:
        return f"{rest[0].upper()}{rest[1:]}"
    return fault.message


def name_in_force(chart: Chart) -> str:
    """The name of the signed version's line beside another: what it is at this moment, before anything is signed."""
    if chart.signed is None:
        return ""
    state = "in force now" if chart.standing.plan_is_current else "SUSPENDED"
    return f"version {chart.signed.number}, {state}"


def code_words(code: str) -> str:
    """A warning's name as it is accepted: ``ceiling in end zone``."""
    return code.replace("-", " ")


def steps_words(numbers: Sequence[int]) -> str:
    """``step 3``, ``steps 3, 4 and 7``; empty for a warning of the whole plan."""
    if not numbers:
        return "the whole plan"
    if len(numbers) == 1:
        return f"step {numbers[0]}"
    return f"steps {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def warnings_by_code(warnings: Iterable[PlanWarning]) -> dict[str, list[PlanWarning]]:
    """In the order in which each code first appears."""
    grouped: dict[str, list[PlanWarning]] = {}
    for warning in warnings:
        grouped.setdefault(warning.code, []).append(warning)
    return grouped


def daily_words(daily_mg: dict[str, Decimal]) -> str:
    """``clonazepam 1.875 mg``; ``none`` when nothing is taken."""
    return " and ".join(f"{medicine} {mg_text(mg)}" for medicine, mg in daily_mg.items()) or "none"


def length_words(plan: Plan) -> str:
    """How long the plan lasts, in days and in months of 30.4 days."""
    last = plan.steps[-1]
    days = (last.starts_on - plan.starts_on).days + last.days
    months = rounded(Fraction(days) / Fraction(304, 10), 0)
    about = f", about {months} months" if days > 60 else ""
    return f"{days} days{about}"
