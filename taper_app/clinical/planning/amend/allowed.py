"""Whether a plan may be changed from that day on at all: its days, what was given already, its protocol's edition."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from taper_app.clinical.errors import Fault
from taper_app.clinical.planning.amend.changes import Change
from taper_app.clinical.planning.answer import Plan, PlanWarning, Severity
from taper_app.clinical.planning.request_faults import LATEST_START
from taper_app.clinical.protocol.library import Protocols

_SHOWN_OF_SHA256 = 8


def faults_of_day(plan: Plan, change: Change, given_up_to: date | None) -> Iterator[Fault]:
    """``given_up_to``: the last day, or the moment of the last dose, that was given from the plan.

    After a moment the rest of its day may still be changed; after a day only the next one.
    """
    on = change.on
    if on < plan.starts_on:
        yield Fault("on", f"The change lies before the plan's start on {plan.starts_on}; choose a later day.")
    if on > LATEST_START:
        yield Fault("on", "The change must lie before the year 2201; check the year.")
    if plan.amends and on < (earlier := _changed_on(plan)):
        # What a prescriber ordered from that day on would silently be gone.
        yield Fault("on", f"The plan was changed from {earlier} on; choose a later day, or change the plan before it.")
    elif plan.amends and on == earlier:
        yield Fault(
            "on", f"The plan was changed on {earlier} already; choose a later day, or change the plan before it."
        )
    if given_up_to is not None:
        is_moment = isinstance(given_up_to, datetime)
        day = given_up_to.date() if isinstance(given_up_to, datetime) else given_up_to
        if on < day or (on == day and not is_moment):
            yield Fault("on", f"Doses were given up to {day}; choose a later day: what was given cannot be changed.")


def _changed_on(plan: Plan) -> date:
    assert plan.amends is not None, "asked only of an amended plan"
    return date.fromisoformat(str(plan.amends.change["on"]))


def faults_of_edition(plan: Plan, change: Change, protocols: Protocols) -> Iterator[Fault]:
    """A plan made from another edition of its protocol goes on only when a prescriber gives a reason."""
    here, used = protocols.tapers.get(plan.protocol.id), plan.protocol
    if here is None:
        yield Fault("protocol", f"There is no protocol {used.id[:40]} here any more; build a new plan.")
    elif _is_another(plan, protocols) and not (change.override_reason or "").strip():
        yield Fault(
            "protocol",
            f"{_editions(plan, protocols)}; build a new plan, or give an override_reason to go on by the present one.",
        )


def warnings_of_edition(plan: Plan, protocols: Protocols) -> Iterator[PlanWarning]:
    if _is_another(plan, protocols):
        yield PlanWarning(
            code="another-edition",
            severity=Severity.SIGN,
            step=None,
            message=f"{_editions(plan, protocols)}: the rest goes by the present one.",
            source="local-default",
        )


def _is_another(plan: Plan, protocols: Protocols) -> bool:
    return plan.protocol.sha256 != protocols.sha256[plan.protocol.id]


def _editions(plan: Plan, protocols: Protocols) -> str:
    used, here = plan.protocol, protocols.tapers[plan.protocol.id]
    return (
        f"This plan was made from {used.id} version {used.version} ({used.sha256[:_SHOWN_OF_SHA256]}), and the file "
        f"has changed since: it is version {here.version} ({protocols.sha256[used.id][:_SHOWN_OF_SHA256]}) now"
    )
