"""What would make a refused request safe. Every remedy was tried; none changes what the patient takes or is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan, Refusal, Remedy
from taper_app.clinical.planning.build import Attempt, attempt_plan
from taper_app.clinical.planning.protocol_fit import AT_OR_BELOW_FLOOR, INPATIENT_ONLY, NEEDS_TABLE
from taper_app.clinical.planning.request import PlanRequest, Setting
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.slower_pace import slower_pace
from taper_app.clinical.planning.softer import unlisted_products
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.protocol.tapers import PacePercentOfCurrent
from taper_app.clinical.quantities import mg_of, mg_text, percent_text, plain

#: Refusals that no change of products or pace can mend: a person has to be asked.
_ASK_SOMEBODY = {
    "seizure-history-without-specialist",
    "taken-for-epilepsy",
    "pregnant-without-obstetric-contact",
    "other-sedative-dependence",
}
WHOM_TO_ASK = "A pharmacist for other products, or an addiction specialist for another way to taper."

Change = dict[str, Any]


def build_plan(request: PlanRequest, protocols: Protocols) -> Plan | Refusal:
    """A plan, or a refusal with every remedy that works, in a fixed order."""
    attempt = attempt_plan(request, protocols)
    if isinstance(attempt.outcome, Plan):
        return attempt.outcome
    refusal = attempt.outcome
    remedies = () if refusal.code in _ASK_SOMEBODY else tuple(_remedies(request, attempt, protocols))
    whom = refusal.whom_to_ask or (None if remedies else WHOM_TO_ASK)
    return Refusal(
        code=refusal.code,
        message=refusal.message,
        limits=refusal.limits,
        remedies=remedies,
        whom_to_ask=None if remedies else whom,
    )


def _remedies(request: PlanRequest, attempt: Attempt, protocols: Protocols) -> Iterator[Remedy]:
    """The first that works of each kind, in the fixed order of this list."""
    for kind in (
        _added_product,
        _added_liquid,
        _present_medicine,
        slower_pace,
        _printed_pace,
        _diazepam,
        _general_protocol,
        _inpatient,
        _maintenance,
    ):
        for remedy in kind(request, attempt):
            if _works(request, remedy.change, protocols):
                yield remedy
                break


def _works(request: PlanRequest, change: Change, protocols: Protocols) -> bool:
    try:
        changed = apply_change(request, change, protocols)
    except InputRefused:
        return False
    return isinstance(attempt_plan(changed, protocols).outcome, Plan)


def apply_change(request: PlanRequest, change: Change, protocols: Protocols) -> PlanRequest:
    """The request with a remedy applied, validated anew. A null in the change takes a field out."""
    written = request.model_dump(mode="json", exclude_unset=True) | change
    return parse_request(written, protocols)


def _added_product(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    settled = attempt.settled
    for product in unlisted_products(settled):
        if product.product.form is not Form.LIQUID:
            yield Remedy(change={"products": [*_listed(settled), product.id]}, message=f"Add the {product.in_words}.")


def _added_liquid(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    settled = attempt.settled
    for product in unlisted_products(settled):
        if product.product.form is Form.LIQUID:
            yield Remedy(change={"products": [*_listed(settled), product.id]}, message=f"Add the {product.in_words}.")


def _listed(settled: Settled) -> list[str]:
    return [product.id for product in settled.products]


def _present_medicine(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    settled = attempt.settled
    present = list(settled.start_amounts)
    if settled.changes_medicine and len(present) == 1:
        change: Change = {"taper_drug": present[0]}
        if not any(product.medicine == present[0] for product in settled.products) or request.products:
            change["products"] = [
                product.id
                for product in settled.protocols.products_of(present[0])
                if product.product.form.is_immediate_release_solid
            ]
        yield Remedy(change=change, message=f"Taper {present[0]} itself.")


def _printed_pace(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    """The nearest pace that the source prints, or the slow one that a seizure history asks for."""
    settled, refusal = attempt.settled, attempt.outcome
    if not isinstance(refusal, Refusal) or refusal.code not in (
        "pace-outside-printed-range",
        "too-fast-after-a-seizure",
    ):
        return
    pace = settled.taper.pace
    slow = settled.limits.seizure_history_pace
    if isinstance(pace, PacePercentOfCurrent):
        asked = request.cut_percent or pace.cut_percent
        percent = min(max(asked, pace.least_cut_percent or asked), pace.most_cut_percent)
        days = min(max(request.every_days or pace.every_days, pace.least_every_days), pace.most_every_days)
        if refusal.code == "too-fast-after-a-seizure":
            percent, days = slow.at_most_cut_percent, max(days, slow.at_least_every_days)
        yield Remedy(
            change={"cut_percent": plain(percent), "every_days": days, "longest_step_days": None},
            message=f"Cut {percent_text(percent)} % every {days} days.",
        )
    else:
        change: Change = {"cut_mg": None, "cut_percent": None, "every_days": None}
        yield Remedy(change=change, message="Use the pace that the source prints.")


def _diazepam(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    """Diazepam's small steps, for a short-acting medicine or a ladder that is written in diazepam."""
    settled, refusal = attempt.settled, attempt.outcome
    if settled.medicine.id == "diazepam":
        return
    for_ladder = isinstance(refusal, Refusal) and refusal.code == NEEDS_TABLE
    if not for_ladder and not settled.medicine.acting.short_acting:
        return
    involved = {*settled.start_amounts, "diazepam"}
    tables = [t for t in settled.converter.tables if all(t.entry(medicine) for medicine in involved)]
    if request.equivalence:
        tables = [table for table in tables if table.id == request.equivalence]
    gentlest_first = sorted(tables, key=lambda t: min(t.entry(m).diazepam_mg_per_mg_low for m in settled.start_amounts))  # type: ignore[union-attr]
    for table in gentlest_first:
        products = [
            product.id
            for medicine in sorted(involved)
            for product in settled.protocols.products_of(medicine)
            if product.product.form.is_immediate_release_solid
        ]
        yield Remedy(
            change={"taper_drug": "diazepam", "equivalence": table.id, "products": products},
            message=f"Change to diazepam, converted by {table.name}.",
        )


def _general_protocol(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    settled, refusal = attempt.settled, attempt.outcome
    general = settled.limits.ceiling_protocol
    if settled.taper.id == general:
        return
    cannot_be_used = isinstance(refusal, Refusal) and refusal.code in (AT_OR_BELOW_FLOOR, INPATIENT_ONLY)
    change: Change = {"protocol": general, "cut_mg": None, "cut_percent": None, "every_days": None}
    change["longest_step_days"] = None
    if cannot_be_used or not settled.changes_medicine or len(settled.start_amounts) > 1:
        name = settled.protocols.tapers[general].name
        yield Remedy(change=change, message=f"Use {name}: small cuts of the dose taken now.")


def _inpatient(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    if request.setting is not Setting.INPATIENT:
        yield Remedy(change={"setting": Setting.INPATIENT.value}, message="Admit the patient for the taper.")


def _maintenance(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    """The lowest daily dose of the refused plan that can be reached safely."""
    for dose in _doses_before_the_fault(attempt):
        if dose > attempt.settled.target:
            text = plain(mg_of(dose))
            yield Remedy(change={"target_daily_mg": text}, message=f"Stay on {mg_text(mg_of(dose))} a day for now.")


def _doses_before_the_fault(attempt: Attempt) -> list[int]:
    """The refused plan's daily doses of the tapered medicine alone, from the lowest up, as far as it was in order.

    Below the dose that a limit was broken from, or after the longest plan's last day, no dose is worth trying.
    """
    timeline, refusal, name = attempt.timeline, attempt.outcome, attempt.settled.medicine.id
    if timeline is None or not isinstance(refusal, Refusal):
        return []
    lowest = min((limit.at_daily_mg for limit in refusal.limits if limit.at_daily_mg is not None), default=Decimal(0))
    last_day = timeline.segments[0].starts_on + timedelta(days=attempt.settled.limits.longest_plan.days)
    return sorted(
        {
            segment.daily[name]
            for segment in timeline.segments
            if set(segment.daily) == {name} and segment.starts_on <= last_day and mg_of(segment.daily[name]) >= lowest
        }
    )
