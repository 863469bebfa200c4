"""What some requests ask beside the taper: pick-ups, what is at home, a day by which it is to end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Split
from taper_app.clinical.quantities import plain

_PICK_UPS = ("daily", "weekly", "weekly", "fortnightly")
#: From a week, which no taper keeps to, to longer than most need.
_DAYS_TO_THE_END = (7, 60, 120, 200, 300, 400, 600, 900)
_MOST_PARTS = 400


def supply_and_end(chance: Random, request: dict[str, Any], protocols: Protocols) -> dict[str, Any]:
    """Mostly nothing, as most requests; each wish comes alone and together with the others."""
    wishes: dict[str, Any] = {}
    if chance.randrange(8) == 0:
        wishes["pick_up"] = chance.choice(_PICK_UPS)
    if chance.randrange(12) == 0:
        wishes["max_supply_days"] = chance.choice([1, 5, 10, 30])
    if chance.randrange(10) == 0:
        wishes["stock"] = _stock(chance, request, protocols)
    if chance.randrange(15) == 0:
        starts = date.fromisoformat(request["start_on"])
        wishes["ends_by"] = (starts + timedelta(days=chance.choice(_DAYS_TO_THE_END))).isoformat()
    return wishes


def _stock(chance: Random, request: dict[str, Any], protocols: Protocols) -> list[dict[str, str]]:
    """Of some products that the plan may use, in parts as small as each can be counted in."""
    named = [line["drug"] for line in request["current"]] + [request.get("taper_drug", "")]
    medicines = {medicine.id for name in named if (medicine := protocols.medicine_named(name))}
    shelf = [product for medicine in sorted(medicines) for product in protocols.products_of(medicine)]
    by_id = {product.id: product for product in shelf}
    some = chance.sample(sorted(by_id), min(len(by_id), chance.randint(1, 3)))
    split = Split(request.get("split", "half"))
    return [{"product": name, "count": _count(chance, by_id[name], split)} for name in some]


def _count(chance: Random, product: StockedProduct, split: Split) -> str:
    parts = chance.randrange(_MOST_PARTS)
    if product.product.smallest_ml is not None:
        return plain(product.product.smallest_ml * parts)
    return plain(Decimal(parts) / min(split.parts, product.product.splits_into.parts))
