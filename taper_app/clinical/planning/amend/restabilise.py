"""Whatever dose a prescriber orders now, above the start too: kept for some days, then a (slower) pace."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from taper_app.clinical.planning.amend.changes import Restabilise
from taper_app.clinical.planning.amend.order import Order, lead_in, request_for_rest
from taper_app.clinical.planning.answer import Plan, StepKind
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.settled import settle
from taper_app.clinical.planning.slots import SlotSplitter
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_of, mg_text, plain, tenth_mcg_of


def restabilise(plan: Plan, change: Restabilise, protocols: Protocols) -> Order:
    drug = plan.request.taper_drug or plan.request.current[0].drug
    times = change.times or plan.request.times or tuple(dict.fromkeys(line.time for line in plan.request.current))
    keep_days = change.keep_days or protocols.limits.after_seizure_no_cut.days
    current = shared_out(plan.request, drug, change.daily_mg, times, protocols)
    written = request_for_rest(plan.request, change.on, keep_days, current, change.override_reason, protocols)
    written["times"] = [line["time"] for line in current]
    if change.cut_percent is not None:
        written["cut_percent"] = change.cut_percent
    if change.every_days is not None:
        written["every_days"] = change.every_days
    if change.cut_percent is not None or change.every_days is not None:
        written.pop("longest_step_days", None)
    written["patient"] = {**written["patient"], **change.patient}
    text = f"{mg_text(change.daily_mg)} a day for {keep_days} days, as a prescriber ordered: {change.reason}"
    ordered = lead_in(plan, StepKind.RESTABILISE, change.on, keep_days, text)
    echo = {"times": tuple(sorted(change.times))} if change.times else {}
    return Order(written, ordered, echo=echo, has_more_pieces=False)


def shared_out(
    request: PlanRequest, drug: str, daily_mg: Decimal, times: Sequence[str], protocols: Protocols
) -> list[dict[str, Any]]:
    """The day's dose as lines of current use, as evenly as the products allow, the larger shares later in the day.

    When they cannot make it at all, in equal shares: the refusal then says which dose is not makeable.
    """
    shares = _shares(request, drug, daily_mg, len(times), protocols)
    return [
        {"drug": drug, "mg": plain(mg), "time": time, "source": "prescribed"}
        for time, mg in zip(sorted(times), shares, strict=True)
        if mg
    ]


def _shares(request: PlanRequest, drug: str, daily_mg: Decimal, times: int, protocols: Protocols) -> list[Decimal]:
    makeable = settle(request, protocols).makeable[drug]
    splitter = SlotSplitter(makeable, protocols.tapers[request.protocol].slots)
    doses = splitter.first_split(tenth_mcg_of(daily_mg), times)
    if doses:
        return [mg_of(dose) for dose in doses]
    share = (daily_mg / times).quantize(Decimal("0.0001"))
    return [*[share] * (times - 1), daily_mg - share * (times - 1)]
