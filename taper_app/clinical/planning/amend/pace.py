"""Slower or faster from this day on. The dose that is taken has its time by the new pace, less what it had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.planning.amend.changes import ChangePace
from taper_app.clinical.planning.amend.order import Order, faults_of_cut, goes_on, read_rest, written_for
from taper_app.clinical.planning.amend.standing import standing_on
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.printed_range import refusal_by_printed_range
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.settled import settle
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import percent_text


def change_pace(plan: Plan, change: ChangePace, protocols: Protocols) -> Order | Refusal:
    """A faster pace outside what the source prints asks for a reason of its own, whatever the old plan had."""
    standing = standing_on(plan, change.on)
    if standing.days_left is None and not standing.is_suspended:
        raise InputRefused([Fault("on", "The plan stays on this dose from that day; there is no pace to change.")])
    wrong_cut = faults_of_cut(plan.request, change.cut_percent, protocols)
    if faults := wrong_cut or list(_faults_of_direction(plan.request, change)):
        raise InputRefused(faults)
    written = written_for(standing, change, standing.ordered_days, protocols)
    _set_pace(written, plan.request, change, protocols)
    if change.kind == "speed_up" and not change.override_reason:
        settled = settle(read_rest({**written, "override_reason": None}, protocols), protocols)
        if refusal := refusal_by_printed_range(settled):
            return refusal
    what = "slower" if change.kind == "slow" else "faster"
    text = f"The taper goes on {what} from here, as a prescriber ordered: {change.reason}"
    return Order(written, goes_on(standing, change, text))


def _set_pace(written: dict[str, Any], request: PlanRequest, change: ChangePace, protocols: Protocols) -> None:
    """How long a step may last stays what was asked for where it still fits; otherwise it is the protocol's again."""
    if change.cut_percent is not None:
        written["cut_percent"] = change.cut_percent
    if change.every_days is not None:
        written["every_days"] = change.every_days
    pace = protocols.tapers[request.protocol].pace
    by_default = max(pace.most_every_days or pace.every_days, request.every_days or pace.every_days)
    longest = request.longest_step_days
    if longest is not None and (longest == by_default or longest < (change.every_days or 0)):
        del written["longest_step_days"]


def _faults_of_direction(request: PlanRequest, change: ChangePace) -> Iterator[Fault]:
    """Neither figure may go the other way, and one of them has to change."""
    cut, days = request.cut_percent, request.every_days
    is_slow = change.kind == "slow"
    other = "speed_up" if is_slow else "slow"
    bigger = change.cut_percent is not None and cut is not None and change.cut_percent > cut
    smaller = change.cut_percent is not None and cut is not None and change.cut_percent < cut
    longer = change.every_days is not None and days is not None and change.every_days > days
    shorter = change.every_days is not None and days is not None and change.every_days < days
    if (bigger if is_slow else smaller) and cut is not None:
        than = "more" if is_slow else "less"
        yield Fault("cut_percent", f"That is {than} than the {percent_text(cut)} % of now; use {other} for it.")
    if shorter if is_slow else longer:
        than = "less" if is_slow else "more"
        yield Fault("every_days", f"That is {than} than the {days} days of now; use {other} for it.")
    if not (bigger or smaller or longer or shorter):
        field = "every_days" if change.cut_percent is None else "cut_percent"
        yield Fault(field, "That is the pace of now; name another one.")
