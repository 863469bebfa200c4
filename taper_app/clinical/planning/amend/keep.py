"""Keep the dose: for some days, until reviewed, and go on from there. Nothing is caught up."""

from __future__ import annotations

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.planning.amend.changes import Keep, KeepDays, Resume
from taper_app.clinical.planning.amend.order import Order, keep_open, lead_in, written_for
from taper_app.clinical.planning.amend.standing import Standing, going_on, standing_on
from taper_app.clinical.planning.answer import Plan, StepKind
from taper_app.clinical.protocol.library import Protocols


def keep_days(plan: Plan, change: KeepDays, protocols: Protocols) -> Order:
    """The rest is shifted by the days of keeping: what was left of this dose is given first."""
    standing = standing_on(plan, change.on)
    days = going_on(standing) + change.days
    text = f"The dose is kept {change.days} days longer, without a cut, as a prescriber ordered: {change.reason}"
    return as_it_was(standing, change, days, text, protocols)


def keep(plan: Plan, change: Keep, protocols: Protocols) -> Order:
    """An open end; how many days of this dose are left is written down for the day on which the plan goes on."""
    standing = standing_on(plan, change.on)
    days_left = going_on(standing)
    text = f"The dose is kept, without a cut, until a prescriber has reviewed: {change.reason}"
    return keep_open(standing, change, text, protocols, days_left=days_left)


def resume(plan: Plan, change: Resume, protocols: Protocols) -> Order:
    """The days that were left when the keeping began are given first, then the rest as it was.

    Where the plan does not say how many were left, the dose has its whole time anew.
    """
    standing = standing_on(plan, change.on)
    if not standing.is_suspended:
        raise InputRefused(
            [Fault("kind", "No dose is kept until reviewed in this plan, so there is nothing to resume; leave it.")]
        )
    text = f"The dose was reviewed and the plan goes on from where it was: {change.reason}"
    if standing.days_left is None:
        written = written_for(standing, change, 0, protocols)
        return Order(written, lead_in(plan, StepKind.KEEP, change.on, 0, text, days_given=0))
    return as_it_was(standing, change, standing.days_left, text, protocols)


def as_it_was(standing: Standing, change: KeepDays | Resume, days: int, text: str, protocols: Protocols) -> Order:
    """So many days on the present dose, then the rest of the old plan at its own pace."""
    written = written_for(standing, change, days, protocols)
    ordered = lead_in(
        standing.plan,
        StepKind.KEEP,
        change.on,
        days,
        text,
        days_given=standing.days_given,
        is_exact=standing.days_given is not None,
    )
    return Order(written, ordered)
