"""Change to another medicine from this day on, one time of day after the other, and taper that one."""

from __future__ import annotations

from datetime import timedelta

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.planning.amend.changes import ChangeMedicine
from taper_app.clinical.planning.amend.order import Order, lead_in, request_for_rest
from taper_app.clinical.planning.amend.standing import standing_on
from taper_app.clinical.planning.answer import Plan, StepKind
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_text


def change_medicine(plan: Plan, change: ChangeMedicine, protocols: Protocols) -> Order:
    """The cross-over begins on the day itself, or when the slot of another one is over; days without a cut that
    were ordered before still count."""
    standing = standing_on(plan, change.on)
    medicine = protocols.medicine_named(change.taper_drug)
    new = medicine.id if medicine else change.taper_drug
    if set(standing.daily_mg) == {new}:
        raise InputRefused([Fault("taper_drug", f"The plan tapers {new} already; name another medicine.")])
    if target := plan.request.target_daily_mg:
        message = f"The plan ends at {mg_text(target)} of another medicine; build a new plan with a target of its own."
        raise InputRefused([Fault("taper_drug", message)])
    request, reason = plan.request, change.override_reason or plan.request.override_reason
    is_changing = standing.step is not None and standing.step.kind is StepKind.CROSSOVER
    days = standing.ordered_days if is_changing else 0
    written = request_for_rest(request, change.on, days, standing.current(), reason, protocols)
    written |= {"taper_drug": new, "equivalence": change.equivalence}
    written["products"] = _products(plan, set(standing.daily_mg), new, protocols)
    if times := standing.times():
        written["times"] = times
    text = f"Changed to {new}, as a prescriber ordered: {change.reason}"
    no_cut_before = change.on + timedelta(days=standing.ordered_days)
    ordered = lead_in(plan, StepKind.KEEP, change.on, days, text, cuts_began_from=None, no_cut_before=no_cut_before)
    return Order(written, ordered, echo={name: tuple(written[name]) for name in ("products", "times")})


def _products(plan: Plan, present: set[str], new: str, protocols: Protocols) -> list[str]:
    """Those of the medicines that are taken now, and of the new one those of the list or else of the market."""
    listed = [stocked for each in plan.request.products or () if (stocked := protocols.product(each))]
    if not any(stocked.medicine == new for stocked in listed):
        of_the_market = protocols.products_of(new)
        listed += [stocked for stocked in of_the_market if stocked.product.form.is_immediate_release_solid]
    return [stocked.id for stocked in listed if stocked.medicine in {*present, new}]
