"""Invariant 18: no plan means a refusal that names the limit, with remedies that work or with whom to ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from taper_app.clinical.checking import check_plan
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.end_date import attempt_in_time
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols

#: What a remedy may never change: what the patient takes and is, and a reason that a prescriber gave.
MUST_STAY = {"current", "patient", "override_reason", "start_on"}


def invariant_18_a_refusal_says_why_and_what_now(
    asked: Mapping[str, Any], refusal: Refusal, protocols: Protocols
) -> Iterator[str]:
    if not refusal.code or not refusal.message.endswith("."):
        yield f"it does not say why: {refusal.message!r}"
    if bool(refusal.remedies) == bool(refusal.whom_to_ask):
        yield f"{refusal.code}: {len(refusal.remedies)} remedies, whom to ask: {refusal.whom_to_ask}"
    for remedy in refusal.remedies:
        if MUST_STAY & set(remedy.change):
            yield f"{refusal.code}: a remedy changes {sorted(MUST_STAY & set(remedy.change))}"
        if asked.get("equivalence") and remedy.change.get("equivalence", asked["equivalence"]) != asked["equivalence"]:
            yield f"{refusal.code}: a remedy changes the table that was named"
        yield from _fails(asked, refusal.code, remedy.change, protocols)


def _fails(asked: Mapping[str, Any], code: str, change: dict[str, Any], protocols: Protocols) -> Iterator[str]:
    outcome = attempt_in_time(parse_request({**asked, **change}, protocols), protocols).outcome
    if not isinstance(outcome, Plan):
        yield f"{code}: the remedy {sorted(change)} is refused: {outcome.code}"
        return
    for finding in check_plan(outcome.as_json(), protocols).violations:
        yield f"{code}: the checker refuses what the remedy {sorted(change)} gives: {finding.rule}"
