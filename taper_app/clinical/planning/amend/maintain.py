"""End at a maintenance dose: the rest goes down to it, or stays on it from today."""

from __future__ import annotations

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.planning.amend.changes import Maintain
from taper_app.clinical.planning.amend.order import Order, goes_on, keep_open, written_for
from taper_app.clinical.planning.amend.standing import standing_on
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_text, plain


def maintain(plan: Plan, change: Maintain, protocols: Protocols) -> Order:
    standing = standing_on(plan, change.on)
    drug = plan.request.taper_drug or plan.request.current[0].drug
    present = standing.daily_mg
    text = f"From here the plan ends at {mg_text(change.daily_mg)} a day, as a prescriber ordered: {change.reason}"
    if set(present) == {drug} and present[drug] <= change.daily_mg:
        if present[drug] < change.daily_mg:
            now = mg_text(present[drug])
            message = f"That is above the present dose of {now}; a rise is ordered by step_back or restabilise."
            raise InputRefused([Fault("daily_mg", message)])
        return keep_open(standing, change, text, protocols, days_left=None, target_daily_mg=change.daily_mg)
    written = written_for(standing, change, standing.ordered_days, protocols)
    written["target_daily_mg"] = plain(change.daily_mg)
    return Order(written, goes_on(standing, change, text))
