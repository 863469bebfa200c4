"""How the tablets are handed out: between the page's fields and a plan request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taper_app.ui.components.typed_values import Fields, text_of, whole_number

BY_STEP = "by_step"


def supply_asked(fields: Fields) -> dict[str, Any]:
    """Only what was asked for; a stock line that nothing was written into is none."""
    written: dict[str, Any] = {}
    if (pick_up := text_of(fields, "pick_up")) and pick_up != BY_STEP:
        written["pick_up"] = pick_up
    if longest := text_of(fields, "max_supply_days"):
        written["max_supply_days"] = whole_number(longest)
    if stock := stock_lines(fields):
        written["stock"] = stock
    return written


def stock_lines(fields: Fields) -> list[dict[str, str]]:
    """The lines of stock, as they are typed."""
    lines = [
        {"product": text_of(fields, f"stock-product-{index}"), "count": text_of(fields, f"stock-count-{index}")}
        for index in range(int(fields.get("stock_lines") or 0))
    ]
    return [line for line in lines if any(line.values())]


def stock_filled_in(stock: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The fields that a remedy's stock fills in."""
    values: dict[str, Any] = {"stock_lines": len(stock or ())}
    for index, line in enumerate(stock or ()):
        values |= {f"stock-product-{index}": line["product"], f"stock-count-{index}": str(line["count"])}
    return values
