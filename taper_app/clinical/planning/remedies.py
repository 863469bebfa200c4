"""What would make a refused request safe. Every remedy was tried; none changes what the patient takes or is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning import remedy_kinds, remedy_medicines
from taper_app.clinical.planning.answer import Plan, Refusal, Remedy
from taper_app.clinical.planning.build import Attempt
from taper_app.clinical.planning.dispensing.carry import with_stock_that_fits
from taper_app.clinical.planning.end_date import ENDS_TOO_LATE, any_printed_pace, attempt_in_time, later_end
from taper_app.clinical.planning.facts import refusal_by_current_use
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.planning.slower_pace import slower_pace
from taper_app.clinical.protocol.library import Protocols

#: Refusals that no change of products or pace can mend: a person has to be asked.
_ASK_SOMEBODY = {
    "seizure-history-without-specialist",
    "taken-for-epilepsy",
    "pregnant-without-obstetric-contact",
    "other-sedative-dependence",
    "designer-benzodiazepine",
}
WHOM_TO_ASK = "A pharmacist for other products, or an addiction specialist for another way to taper."


def build_plan(request: PlanRequest, protocols: Protocols) -> Plan | Refusal:
    """A plan, or a refusal with every remedy that works, in a fixed order."""
    if refusal := refusal_by_current_use(request, protocols):
        return refusal
    attempt = attempt_in_time(request, protocols)
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


#: In the order in which remedies are offered.
_KINDS = (
    remedy_kinds.added_product,
    remedy_kinds.added_liquid,
    remedy_medicines.present_medicine,
    slower_pace,
    remedy_kinds.printed_pace,
    remedy_kinds.longer_steps,
    remedy_medicines.long_acting,
    remedy_kinds.general_protocol,
    remedy_kinds.inpatient,
    remedy_kinds.whole_dose,
    remedy_kinds.maintenance,
)
#: Where only the end that was asked for is too early.
_FOR_AN_END = (any_printed_pace, later_end)


def _remedies(request: PlanRequest, attempt: Attempt, protocols: Protocols) -> Iterator[Remedy]:
    """The first that works of each kind."""
    kinds = _FOR_AN_END if attempt.refusal.code == ENDS_TOO_LATE else _KINDS
    for kind in kinds:
        for tried in kind(request, attempt):
            remedy = with_stock_that_fits(tried, request, protocols)
            if _works(request, remedy.change, protocols):
                yield remedy
                break


def _works(request: PlanRequest, change: dict[str, Any], protocols: Protocols) -> bool:
    try:
        changed = apply_change(request, change, protocols)
    except InputRefused:
        return False
    return isinstance(attempt_in_time(changed, protocols).outcome, Plan)


def apply_change(request: PlanRequest, change: dict[str, Any], protocols: Protocols) -> PlanRequest:
    """The request with a remedy applied, validated anew. A null in the change takes a field out."""
    written = request.model_dump(mode="json", exclude_unset=True) | change
    return parse_request(written, protocols)
