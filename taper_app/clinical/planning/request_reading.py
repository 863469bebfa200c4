"""From untrusted JSON to a ``PlanRequest``, or every fault in it at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import ValidationError

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.faults import faults_of
from taper_app.clinical.planning.dispensing.stock_faults import readable_stock, stands_anyway
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.request_faults import LATEST_START, faults_in
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Split


def parse_request(written: object, protocols: Protocols, *, today: date | None = None) -> PlanRequest:
    """The request, checked on its own and against the protocol files.

    Raises InputRefused with every fault. ``today`` judges a start date far in the past; without it no clock
    is consulted.
    """
    if not isinstance(written, dict):
        raise InputRefused([Fault("", "The request must be a JSON object with current, protocol and start_on.")])
    try:
        request = PlanRequest.model_validate(written)
    except ValidationError as error:
        faults = _without_consequences(faults_of(error))
        raise InputRefused([*faults, *_faults_beside(written, faults, protocols, today)]) from None
    if faults := faults_in(request, protocols, today):
        raise InputRefused(faults)
    return request


def _without_consequences(faults: list[Fault]) -> list[Fault]:
    """A list is called too short when its entries were refused: only the entries' own faults are worth reading."""
    fields = [fault.field for fault in faults]
    return [
        fault for fault in faults if not any(field.startswith(f"{fault.field}.") for field in fields if fault.field)
    ]


def _faults_beside(
    written: dict[str, Any], known: list[Fault], protocols: Protocols, today: date | None
) -> list[Fault]:
    """When some fields cannot be read, what is wrong with the others.

    An unreadable field is left out, or has a stand-in when it is required; a fault that may come from a
    stand-in is not reported.
    """
    unreadable = [fault.field.split(".") for fault in known]
    readable = {name: value for name, value in written.items() if [name] not in unreadable}
    if isinstance(facts := readable.get("patient"), dict):
        readable["patient"] = {
            name: value for name, value in facts.items() if ["patient", name] not in _heads(unreadable)
        }
    for name in ("products", "times"):
        if [name] in [path[:1] for path in unreadable]:
            readable.pop(name, None)
    lines, is_complete = _readable_lines(written.get("current"), unreadable, protocols)
    readable["current"] = lines
    if ["split"] in unreadable:
        readable["split"] = Split.QUARTER  # the one that allows most
    if "stock" in readable:
        readable["stock"] = readable_stock(readable["stock"], unreadable)
    readable.setdefault("protocol", min(protocols.tapers))
    readable.setdefault("start_on", LATEST_START)
    try:
        request = PlanRequest.model_validate(readable)
    except ValidationError:
        return []
    doubtful = {path[0] for path in unreadable if len(path) == 1 or path[0] in ("products", "times")}
    if ["protocol"] in unreadable:
        doubtful |= {"cut_mg", "cut_percent"}
    if ["start_on"] in unreadable:
        doubtful.add("ends_by")
    if not is_complete:
        doubtful |= {"target_daily_mg", "taper_drug", "equivalence", "products", "stock", "times"}
    if ["taper_drug"] in unreadable:
        doubtful |= {"stock"}
    return [
        fault
        for fault in faults_in(request, protocols, today)
        if not _is_unreadable(fault.field.split("."), unreadable)
        and (fault.field.split(".")[0] not in doubtful or _stands_anyway(fault, request, protocols))
    ]


def _stands_anyway(fault: Fault, request: PlanRequest, protocols: Protocols) -> bool:
    """Whether a fault stands whatever the unreadable fields say: no such table, medicine or product, or one twice."""
    head, _, index = fault.field.partition(".")
    if head == "times":
        return request.times is not None
    if head == "products" and request.products is not None:
        product = request.products[int(index)]
        return protocols.product(product) is None or product in request.products[: int(index)]
    if head == "stock":
        return stands_anyway(fault, request, protocols)
    if head == "equivalence":
        return request.equivalence is not None and request.equivalence not in protocols.equivalence
    return head == "taper_drug" and request.taper_drug is not None and not protocols.medicine_named(request.taper_drug)


def _is_unreadable(path: list[str], unreadable: list[list[str]]) -> bool:
    """Whether the field itself, or a line of stock that it stands in, cannot be read."""
    return path in unreadable or (path[0] == "stock" and path[:2] in unreadable)


def _heads(paths: list[list[str]]) -> list[list[str]]:
    return [path[:2] for path in paths]


def _readable_lines(
    current: object, unreadable: list[list[str]], protocols: Protocols
) -> tuple[list[dict[str, Any]], bool]:
    """The lines of current use with stand-ins for what cannot be read, and whether none was needed."""
    stand_in = {"drug": min(protocols.medicines), "mg": "1", "time": "08:00"}
    if not isinstance(current, list) or not current:
        return [stand_in], False
    lines = []
    for index, line in enumerate(current):
        known = line if isinstance(line, dict) else {}
        good = {n: v for n, v in known.items() if ["current", str(index), n] not in unreadable}
        lines.append({**stand_in, **good})
    return lines, not any(path[0] == "current" for path in unreadable)
