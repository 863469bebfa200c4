"""A plan as text, CSV and calendar. The one place that decides how a plan is laid out in plain formats."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import timedelta

from taper_app.clinical.planning.answer import DoseAt, Pieces, Plan, Refusal, Step, StepKind
from taper_app.clinical.planning.conversions import directions_of_plan
from taper_app.clinical.planning.dispensing.periods import asks_for_supply
from taper_app.clinical.planning.equivalent_ranges import REFERENCE, range_in_words, range_of_plan
from taper_app.clinical.planning.explain import explain_pace, explain_step
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import mg_text, percent_text, pieces_text, plain
from taper_app.export.pick_ups import pick_ups_of

NOT_A_PRESCRIPTION = "Plan for the prescriber, not a prescription."
NOT_SIGNED_BY_CLINICIAN = "The protocol file has not been signed by a clinician."
_CSV_COLUMNS = (
    "step",
    "kind",
    "starts_on",
    "ends_on",
    "days",
    "time",
    "medicine",
    "dose",
    "pieces",
    "daily_dose",
    "cut_percent_of_current",
    "reason",
    "source",
)


def dose_pieces_text(dose: DoseAt, protocols: Protocols) -> str:
    """What a planned dose is made of, as ``pieces_in_words``."""
    return pieces_in_words(dose.pieces, protocols)


def pieces_in_words(made_of: Iterable[Pieces], protocols: Protocols) -> str:
    """``1 and a half tablets of 0.5 mg, 1 orally disintegrating tablet of 0.125 mg``; mg and mL for a liquid."""
    parts = []
    for piece in made_of:
        stocked = protocols.product(piece.product)
        if stocked is None:
            parts.append(f"{plain(piece.count)} of {piece.product}")
        elif stocked.product.form is Form.LIQUID:
            strength = mg_text(stocked.product.strength_mg)
            parts.append(
                f"{plain(piece.count)} mL ({mg_text(piece.count * stocked.product.strength_mg)}) of {strength} per mL"
            )
        else:
            pieces = pieces_text(piece.count, stocked.product.form.in_words)
            parts.append(f"{pieces} of {mg_text(stocked.product.strength_mg)}")
    return ", ".join(parts)


def daily_text(step: Step) -> str:
    """``clonazepam 1.875 mg``, or ``none``."""
    return ", ".join(f"{drug} {mg_text(mg)}" for drug, mg in step.daily_mg.items()) or "none"


def plan_text(plan: Plan, protocols: Protocols) -> str:
    """The plan for reading and pasting: one block a step, then counts and warnings."""
    lines = [
        NOT_A_PRESCRIPTION,
        f"Protocol {plan.protocol.id}, version {plan.protocol.version}.{_review_note(plan, protocols)}",
        *map(str, explain_pace(plan, protocols)),
        f"Starts on {plan.starts_on}.",
        *_taken_before(plan, protocols),
        "",
    ]
    for step in plan.steps:
        lines.extend(_step_lines(plan, step, protocols))
    lines.append("")
    if pick_ups := pick_ups_of(plan, protocols):
        lines.append("To dispense, in whole pieces:")
        lines.extend(f"  {pick_up.in_words}" for pick_up in pick_ups)
    if plan.warnings:
        lines.append("Warnings:")
        lines.extend(f"  {_warning_line(plan, index)}" for index in range(len(plan.warnings)))
    return "\n".join(lines) + "\n"


def _taken_before(plan: Plan, protocols: Protocols) -> Iterator[str]:
    """Each medicine with its own range of equivalents and every table's figure."""
    if found := range_of_plan(plan, protocols):
        yield "Taken before:"
        yield from (f"  {line}" for line in found.in_words)
    for direction in directions_of_plan(plan, protocols):
        yield f"  {direction}"


def _review_note(plan: Plan, protocols: Protocols) -> str:
    taper = protocols.tapers.get(plan.protocol.id)
    return f" {NOT_SIGNED_BY_CLINICIAN}" if taper is None or taper.reviewed is None else ""


def _step_lines(plan: Plan, step: Step, protocols: Protocols) -> Iterator[str]:
    explained = explain_step(plan, step, protocols)
    lasts = "1 day" if step.days == 1 else f"{step.days} days"
    until = f" to {step.ends_on} ({lasts})" if step.ends_on else " on"
    yield f"{step.number}. {step.kind.value}: {step.starts_on}{until}: {daily_text(step)} a day"
    if set(step.daily_mg) - {REFERENCE}:
        found = step.diazepam_equivalent_mg
        by_named = f", {mg_text(found.chosen)} by {plan.equivalence}" if plan.equivalence else ""
        yield f"   {range_in_words(found)} a day{by_named}"
    if step.kind is not StepKind.CROSSOVER and step.cut_percent_of_current:
        yield f"   {percent_text(step.cut_percent_of_current)} % below the dose before"
    for dose in explained.doses:
        yield f"   {dose.time}  {dose.dose}: {dose.pieces}"
    for sentence in explained.why:
        yield f"   {sentence}"
    if explained.how_long:
        yield f"   {explained.how_long}"


def _warning_line(plan: Plan, index: int) -> str:
    warning = plan.warnings[index]
    place = f"step {warning.step}: " if warning.step else ""
    sign = " [a prescriber has to accept this by name]" if warning in plan.to_sign else ""
    return f"{place}{warning.message}{sign}"


def plan_csv(plan: Plan, protocols: Protocols) -> str:
    """One row a dose; a step without a dose (the stop) has one row too. No cell can start a formula.

    Below them, where pick-ups or a stock were asked, one row of kind ``pick_up`` a product and pick-up.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, _CSV_COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for step in plan.steps:
        writer.writerows(_csv_rows(step, protocols))
    if asks_for_supply(plan.request):
        writer.writerows(_csv_pick_ups(plan, protocols))
    return out.getvalue()


def _csv_rows(step: Step, protocols: Protocols) -> Iterator[dict[str, str]]:
    shared = {
        "step": str(step.number),
        "kind": step.kind.value,
        "starts_on": step.starts_on.isoformat(),
        "ends_on": step.ends_on.isoformat() if step.ends_on else "",
        "days": str(step.days),
        "daily_dose": daily_text(step),
        "cut_percent_of_current": percent_text(step.cut_percent_of_current),
        "reason": " ".join(reason.text for reason in step.reasons),
        "source": " ".join(dict.fromkeys(reason.source for reason in step.reasons)),
    }
    if not step.doses:
        yield {name: _not_a_formula(text) for name, text in shared.items()}
    for dose in step.doses:
        row = shared | {
            "time": dose.time,
            "medicine": dose.drug,
            "dose": mg_text(dose.mg),
            "pieces": dose_pieces_text(dose, protocols),
        }
        yield {name: _not_a_formula(text) for name, text in row.items()}


def _csv_pick_ups(plan: Plan, protocols: Protocols) -> Iterator[dict[str, str]]:
    for pick_up in pick_ups_of(plan, protocols):
        for line in pick_up.lines:
            stocked = protocols.product(line.product)
            row = {
                "kind": "pick_up",
                "starts_on": pick_up.first.isoformat(),
                "ends_on": pick_up.last.isoformat(),
                "days": str((pick_up.last - pick_up.first).days + 1),
                "medicine": stocked.medicine if stocked is not None else "",
                "pieces": line.hand_out,
                "reason": "; ".join(line.notes),
            }
            yield {name: _not_a_formula(text) for name, text in row.items()}


def _not_a_formula(text: str) -> str:
    """A spreadsheet reads a cell that begins like this as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def plan_ics(plan: Plan) -> str:
    """One all-day entry per change of dose, with a neutral title: a locked phone's screen shows it to everybody."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Taper//plan//EN", "METHOD:PUBLISH"]
    for step in plan.steps:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{plan.protocol.sha256[:12]}-{plan.starts_on:%Y%m%d}-{step.number}@taper",
            f"DTSTAMP:{plan.starts_on:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{step.starts_on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{step.starts_on + timedelta(days=1):%Y%m%d}",
            "SUMMARY:Plan step",
            f"DESCRIPTION:Step {step.number}. See the plan.",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def refusal_text(refusal: Refusal) -> str:
    """The refusal and its remedies, for a terminal."""
    lines = [f"Refused: {refusal.message}"]
    lines.extend(f"  Remedy: {remedy.message}" for remedy in refusal.remedies)
    if refusal.whom_to_ask:
        lines.append(f"  Ask: {refusal.whom_to_ask}")
    return "\n".join(lines) + "\n"
