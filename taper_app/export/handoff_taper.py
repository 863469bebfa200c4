"""The taper in the printed summary: the steps left with their chart, or the bridging sheet, or that none is left."""

from __future__ import annotations

import re
from datetime import date, timedelta

from taper_app.clinical.handoff.summary import HandoffSummary
from taper_app.clinical.handoff.summary_taper import (
    BridgingSheet,
    DiazepamRange,
    GivenDose,
    NoTaperLeft,
    RemainingStep,
    RemainingTaper,
    StepKind,
)
from taper_app.clinical.protocol.handoff_texts import HandoffTexts
from taper_app.clinical.quantities import mg_text, rounded
from taper_app.export.blocks import Band, Block, Column, Heading, Lines, Pairs, Picture, Table, joined, marked
from taper_app.export.dates import date_text, moment_text
from taper_app.export.handoff_words import NOT_WRITTEN, cut_words, daily_words, dose_words, slots_words
from taper_app.export.step_chart import ChartLine, ChartStep, step_chart_alt, step_chart_svg

_TIMES_AS_COLUMNS = 2
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_KIND_WORDS = {
    StepKind.STABILISE: "stabilise",
    StepKind.CROSSOVER: "cross-over",
    StepKind.CUT: "cut",
    StepKind.KEEP: "keep, no cut",
    StepKind.STEP_BACK: "step back",
    StepKind.RESTABILISE: "restabilise, no cut",
    StepKind.STOP: "first day without",
}


def taper_blocks(summary: HandoffSummary, texts: HandoffTexts) -> list[Block]:
    match summary.taper:
        case RemainingTaper() as taper:
            return _remaining(taper, summary, texts)
        case BridgingSheet() as sheet:
            return bridging_blocks(sheet, summary.unit.zone)
        case NoTaperLeft() as nothing:
            return [Heading("Taper"), Lines((nothing.statement,))]


def _remaining(taper: RemainingTaper, summary: HandoffSummary, texts: HandoffTexts) -> list[Block]:
    zone = summary.unit.zone
    superseded = summary.replaced is not None
    return [
        Heading("Taper as it stood in this superseded version" if superseded else "Taper: steps left"),
        *([Band("SUPERSEDED: these steps are no longer valid.", tone="danger")] if superseded else []),
        Lines(tuple(texts.plan_is_no_prescription.paragraphs), tone="strong"),
        _plan_facts(taper, zone),
        *_chart(taper),
        _step_table(taper),
        *_accepted_warnings(taper, zone),
        *_earlier_versions(taper, zone),
    ]


def _plan_facts(taper: RemainingTaper, zone: str) -> Block:
    protocol = taper.protocol
    reviewed = f"signed by {protocol.reviewed_by}" if protocol.reviewed_by else "not signed by a clinician"
    rows = [
        ("Plan", joined([f"version {taper.plan_version}", _signed(taper, zone)])),
        ("Protocol", f"{protocol.id}, version {protocol.version}, {reviewed}"),
        ("Pace", marked(protocol.pace, protocol.pace_evidence) or NOT_WRITTEN),
        ("Dose now", joined([f"{daily_words(taper.current_daily)} a day", _equivalent_words(taper.equivalent)], "; ")),
        ("Last dose given", _last_dose(taper.last_dose, zone)),
        ("First day without", date_text(taper.first_day_without) if taper.first_day_without else "not planned"),
    ]
    rows.append(("Specialist", taper.specialist or "none named"))
    return Pairs(tuple(rows), columns=2)


def _equivalent_words(equivalent: DiazepamRange | None) -> str:
    if equivalent is None:
        return ""
    span = f"as diazepam {mg_text(equivalent.low_mg)} to {mg_text(equivalent.high_mg)}, depending on the table"
    if equivalent.chosen_mg is None:
        return span
    return f"{span}; {mg_text(equivalent.chosen_mg)} by {equivalent.chosen_table}"


def _last_dose(dose: GivenDose | None, zone: str) -> str:
    return f"{dose.medicine} {mg_text(dose.mg)}, {moment_text(dose.at, zone)}" if dose else NOT_WRITTEN


def _signed(taper: RemainingTaper, zone: str) -> str:
    if taper.plan_signature is None:
        return "NOT SIGNED"
    return f"signed by {taper.plan_signature.by.signature}, {moment_text(taper.plan_signature.at, zone)}"


def _chart(taper: RemainingTaper) -> list[Block]:
    lines = chart_lines(taper)
    if not lines:
        return []
    cut = taper.next_cut
    first_cut_on = cut.starts_on if cut else None
    svg = step_chart_svg(lines, ends_on=_last_day_drawn(taper), first_cut_on=first_cut_on)
    return [Picture(svg, step_chart_alt(lines, first_cut_on))]


def chart_lines(taper: RemainingTaper) -> list[ChartLine]:
    """One line for each medicine of the plan, in the order in which they appear."""
    medicines: list[str] = []
    for step in taper.steps:
        medicines += [amount.medicine for amount in step.daily if amount.medicine not in medicines]
    return [
        ChartLine(medicine, tuple(ChartStep(step.starts_on, step.daily_mg_of(medicine)) for step in taper.steps))
        for medicine in medicines
    ]


def _last_day_drawn(taper: RemainingTaper) -> date:
    last = taper.steps[-1]
    return last.starts_on + timedelta(days=last.days or 14)


def _step_table(taper: RemainingTaper) -> Block:
    """A column for each time of the day when there are one or two, otherwise all times in one."""
    times = sorted({dose.time for step in taper.steps for dose in step.doses})
    by_time = times if len(times) <= _TIMES_AS_COLUMNS else []
    columns = (
        Column("From, for"),
        Column("A day, cut"),
        *(Column(time, 1) for time in by_time or ["Each time"]),
    )
    rows = tuple(_step_row(step, taper, by_time) for step in taper.steps)
    return Table(columns, rows, strong_rows=(0,), notes=_reasons(taper), spanning=2)


def _step_row(step: RemainingStep, taper: RemainingTaper, by_time: list[str]) -> tuple[str, ...]:
    start = f"{date_text(step.starts_on)}\n{_days_words(step)}".rstrip()
    if step.kind is StepKind.STOP:
        without = f"first day without {_medicines(taper)}"
        return (start, "none", without, *[""] * (len(by_time) - 1))
    daily = daily_words(step.daily)
    if len(_medicines(taper).split(" and ")) == 1:
        daily = daily.removeprefix(f"{_medicines(taper)} ")
    if by_time:
        taken = tuple(_at_time(step, time) for time in by_time)
    else:
        taken = (slots_words(step.doses),)
    return (start, f"{daily}\n{cut_words(step)}", *taken)


def _reasons(taper: RemainingTaper) -> tuple[str, ...]:
    """Why each step is as it is. A reason that differs from an earlier one only in its numbers points there.

    Those numbers stand in the rows themselves, and what the pace asked for is named.
    """
    first_with: dict[str, RemainingStep] = {}
    reasons = []
    for step in taper.steps:
        reason = step.reason or _KIND_WORDS[step.kind]
        earlier = first_with.setdefault(_NUMBER.sub("#", reason), step)
        if earlier is not step and step.target_daily_mg is not None:
            asked = mg_text(rounded(step.target_daily_mg, 3))
            reason = f"Asked {asked}; reason as on {date_text(earlier.starts_on)}."
        reasons.append(marked(reason, step.evidence))
    return tuple(reasons)


def _at_time(step: RemainingStep, time: str) -> str:
    doses = [dose for dose in step.doses if dose.time == time]
    several = len({dose.medicine for dose in step.doses}) > 1
    return "\n".join(dose_words(dose, name_medicine=several) for dose in doses) or "no dose"


def _medicines(taper: RemainingTaper) -> str:
    amounts = [amount for step in taper.steps for amount in step.daily]
    return " and ".join(dict.fromkeys(amount.medicine for amount in amounts))


def _days_words(step: RemainingStep) -> str:
    if step.days is None:
        return "until reviewed"
    return {0: "", 1: "1 day"}.get(step.days, f"{step.days} days")


def _accepted_warnings(taper: RemainingTaper, zone: str) -> list[Block]:
    if not taper.accepted_warnings:
        return []
    columns = (Column("Warning accepted when signing", 5), Column("Accepted by", 3))
    rows = tuple(
        (marked(warning.message, warning.evidence), f"{warning.accepted_by}, {moment_text(warning.at, zone)}")
        for warning in taper.accepted_warnings
    )
    return [Heading("Warnings", level=3), Table(columns, rows)]


def _earlier_versions(taper: RemainingTaper, zone: str) -> list[Block]:
    if not taper.earlier_versions:
        return []
    lines = tuple(
        f"Plan version {earlier.version}, signed by {earlier.signed_by} on {moment_text(earlier.signed_at, zone)}: "
        f"SUPERSEDED on {moment_text(earlier.replaced_at, zone)}. {earlier.why}"
        for earlier in taper.earlier_versions
    )
    return [Heading("Earlier versions, no longer valid", level=3), Lines(lines)]


def _why_bridging(sheet: BridgingSheet, zone: str) -> str:
    if sheet.suspended_since is None:
        return "Keep the dose. No cut until a prescriber has reviewed it."
    plan = f"Plan version {sheet.plan_version}" if sheet.plan_version else "The plan"
    since = moment_text(sheet.suspended_since, zone)
    return f"{plan} is suspended since {since}. No cut until a prescriber has reviewed it."


def bridging_blocks(sheet: BridgingSheet, zone: str) -> list[Block]:
    """The last tolerated dose and whom to call; the suspended plan's steps are left out."""
    left_out = (Lines(("Steps of the suspended plan are not printed.",)),) if sheet.suspended_since else ()
    return [
        Heading("Bridging sheet: keep the dose, no cut"),
        Band(
            _why_bridging(sheet, zone),
            (sheet.because, "Do not omit the benzodiazepine."),
            tone="danger",
        ),
        Pairs(
            (
                ("Last tolerated dose", f"{daily_words(sheet.last_tolerated_daily)} a day"),
                ("Each time", slots_words(sheet.last_tolerated)),
                ("Last dose given", _last_dose(sheet.last_dose, zone)),
                ("Whom to call", "\n".join(sheet.call)),
            )
        ),
        *left_out,
    ]
