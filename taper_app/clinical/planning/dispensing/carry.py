"""What is asked about handing out, carried over to a changed request."""

from __future__ import annotations

from typing import Any

from taper_app.clinical.planning.answer import Remedy
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.protocol.library import Protocols

_FIELDS = ("pick_up", "stock", "max_supply_days")


def without_supply(written: dict[str, Any]) -> dict[str, Any]:
    """A request in its JSON form that asks nothing of handing out."""
    return {name: value for name, value in written.items() if name not in _FIELDS}


def supply_asked(request: PlanRequest) -> dict[str, Any]:
    """The fields about handing out, to put into another request."""
    return {name: getattr(request, name) for name in _FIELDS}


def with_stock_that_fits(remedy: Remedy, request: PlanRequest, protocols: Protocols) -> Remedy:
    """A remedy that tapers with another medicine leaves out the stock of one that is then not in the plan."""
    target = protocols.medicine_named(remedy.change.get("taper_drug") or "")
    if target is None or request.stock is None:
        return remedy
    taken = (protocols.medicine_named(line.drug) for line in request.current)
    involved = {target.id, *(medicine.id for medicine in taken if medicine is not None)}
    lines = [line for line in request.stock if _medicine_of(line.product, protocols) in involved]
    if len(lines) == len(request.stock):
        return remedy
    stock = [line.model_dump(mode="json") for line in lines] or None
    return Remedy(
        change={**remedy.change, "stock": stock},
        message=f"{remedy.message} Stock of another medicine then stays unused.",
    )


def _medicine_of(product: str, protocols: Protocols) -> str | None:
    stocked = protocols.product(product)
    return stocked.medicine if stocked is not None else None
