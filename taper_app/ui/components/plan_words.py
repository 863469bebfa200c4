"""Protocols, products, steps and warnings in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from taper_app.clinical.errors import Fault
from taper_app.clinical.planning.answer import Plan, PlanWarning, StepKind
from taper_app.clinical.planning.pace.printed import printed_pace
from taper_app.clinical.protocol.citation import Cited, Evidence
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Form, Split
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.clinical.quantities import mg_text, percent_text, rounded
from taper_app.use_cases.chart import Chart

HOUSE_DEFAULT = "local-default"
UNVERIFIED = "unverified"
UNVERIFIED_MEANS = "Unverified: a default of this project that no clinical lead has signed."
LOCAL_READING = "The percentage is taken of the dose taken now; the source prints no base, so this is a local reading."
NOT_REVIEWED = "No clinician has signed this protocol file yet."

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
}
_LINE_WORDS = {"drug": "medicine", "mg": "dose in mg", "time": "time", "source": "by whose word"}


def readable_faults(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults with the label that stands beside the field on the screen, in place of the field's path."""
    return tuple(Fault(field_label(fault.field), _without_name(fault)) for fault in faults)


def field_label(path: str) -> str:
    """``Line 1, dose in mg`` for ``current.0.mg``."""
    parts = path.split(".")
    if parts[0] == "current" and len(parts) > 2 and parts[1].isdecimal():
        return f"Line {int(parts[1]) + 1}, {_LINE_WORDS.get(parts[2], parts[2])}"
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


def source_words(source: str, protocols: Protocols) -> str:
    """The source's short name, marked when it is a default of this project."""
    short = protocols.source_short(source)
    return f"{short}, {UNVERIFIED}" if source == HOUSE_DEFAULT else short


def cited_words(entry: Cited, protocols: Protocols) -> str:
    """``ASAM 2025 pocket guide, p. 3``, with a mark when the number was not read in the source."""
    short = protocols.source_short(entry.source)
    if entry.evidence is Evidence.UNVERIFIED:
        return f"{short}, {UNVERIFIED}"
    return f"{short}; {entry.evidence.mark}" if entry.evidence.mark else short


def pace_words(taper: PublishedTaper, protocols: Protocols) -> str:
    """The pace that the source prints, its range, its ceiling, and where that stands."""
    pace = taper.pace
    text = printed_pace(pace)
    ceiling = taper.own_ceiling
    if ceiling:
        text += f" At most {percent_text(ceiling.percent)} % in {ceiling.in_days} days."
    return f"{text} ({cited_words(pace, protocols)})"


def product_words(stocked: StockedProduct) -> str:
    """``clonazepam 0.5 mg tablet (scored in two)``, ``… (not scored: whole only)``."""
    product = stocked.product
    if product.form is Form.LIQUID:
        return f"{stocked.medicine} {stocked.in_words}"
    if product.form is not Form.TABLET:
        return f"{stocked.medicine} {stocked.in_words} (whole only)"
    scoring = {
        Split.NONE: "not scored: whole only",
        Split.HALF: "scored in two",
        Split.QUARTER: "scored in four",
    }[product.splits_into]
    return f"{stocked.medicine} {stocked.in_words} ({scoring})"


def table_words(table: EquivalenceTable, daily_mg: dict[str, Decimal]) -> str:
    """What one table makes of a day's doses, or that it lacks one of the medicines; never an average."""
    missing = [medicine for medicine in daily_mg if table.entry(medicine) is None]
    if missing:
        return f"{table.name} has no {' and no '.join(missing)}"
    low, high = table_range(table, daily_mg)
    if low == high:
        return f"{table.name}: {mg_text(rounded(low, 1))}"
    return f"{table.name}: {mg_text(rounded(low, 1))} to {mg_text(rounded(high, 1))}"


def table_range(table: EquivalenceTable, daily_mg: dict[str, Decimal]) -> tuple[Fraction, Fraction]:
    """mg diazepam by one table that lists every medicine: both ends of what it prints."""
    low = high = Fraction(0)
    for medicine, mg in daily_mg.items():
        entry = table.entry(medicine)
        if entry is None:
            raise KeyError(medicine)
        low += Fraction(mg) * entry.diazepam_mg_per_mg_low
        high += Fraction(mg) * entry.diazepam_mg_per_mg_high
    return low, high


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
