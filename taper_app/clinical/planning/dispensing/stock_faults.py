"""What is wrong with the stock on hand: products that no file has, stand twice or do not belong here, odd counts."""

from __future__ import annotations

from collections.abc import Iterator, Set
from decimal import Decimal
from typing import Any

from taper_app.clinical.errors import Fault
from taper_app.clinical.planning.dispensing.asked import StockLine
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import plain

#: More pieces or millilitres of one product than this are a slip of the keyboard (an input limit).
MOST_IN_STOCK = 10_000
#: Stands in for a product that cannot be read; no file has it.
_UNREADABLE = "-"


def faults_of_stock(request: PlanRequest, protocols: Protocols) -> Iterator[Fault]:
    """Everything that does not depend on which medicines the plan is about."""
    seen: set[str] = set()
    for index, line in enumerate(request.stock or ()):
        stocked = protocols.product(line.product)
        if line.product in seen:
            yield Fault(f"stock.{index}.product", f"{line.product} stands twice; write one line with the whole count.")
        elif stocked is None:
            yield Fault(
                f"stock.{index}.product",
                f'There is no product "{line.product}"; ids look like clonazepam-tablet-0.5mg and '
                "`taper protocols show MEDICINE` lists them.",
            )
        if line.count > MOST_IN_STOCK:
            yield Fault(
                f"stock.{index}.count",
                f"A stock of more than {MOST_IN_STOCK} is taken for a slip; write what was counted.",
            )
        elif stocked is not None:
            yield from _fault_of_parts(line, stocked, index, request)
        seen.add(line.product)


def stock_of_another_medicine(request: PlanRequest, medicines: Set[str], protocols: Protocols) -> Iterator[Fault]:
    """``medicines``: those that are taken now or tapered with."""
    for index, line in enumerate(request.stock or ()):
        stocked = protocols.product(line.product)
        if stocked is not None and stocked.medicine not in medicines:
            yield Fault(
                f"stock.{index}.product",
                f"{line.product} is stock of another medicine than {' and '.join(sorted(medicines))}; leave it out.",
            )


def _fault_of_parts(line: StockLine, stocked: StockedProduct, index: int, request: PlanRequest) -> Iterator[Fault]:
    part, fix = _smallest_part(stocked, request)
    if line.count % part:
        yield Fault(f"stock.{index}.count", f"{plain(line.count)} of {line.product} cannot be counted: {fix}")


def _smallest_part(stocked: StockedProduct, request: PlanRequest) -> tuple[Decimal, str]:
    """What the count is a multiple of, and how to write it."""
    product = stocked.product
    if product.form is Form.LIQUID:
        assert product.smallest_ml is not None, "every liquid has a smallest volume; its file is checked for it"
        return product.smallest_ml, f"write millilitres in steps of {plain(product.smallest_ml)}."
    parts = min(request.split.parts, product.splits_into.parts)
    fix = {
        1: "it is not split here, so write whole pieces.",
        2: "it is split into halves at most, so write for example 3 or 3.5.",
        4: "it is split into quarters at most, so write for example 3 or 3.25.",
    }[parts]
    return Decimal(1) / parts, fix


def readable_stock(stock: object, unreadable: list[list[str]]) -> object:
    """The lines with stand-ins for what cannot be read, so that the others keep their places."""
    if not isinstance(stock, list):
        return stock
    return [
        _readable_line(line, [path[2:] for path in unreadable if path[:2] == ["stock", str(index)]])
        for index, line in enumerate(stock)
    ]


def _readable_line(line: object, unreadable: list[list[str]]) -> dict[str, Any]:
    known = line if isinstance(line, dict) else {}
    good = {name: value for name, value in known.items() if [name] not in unreadable}
    return {"product": _UNREADABLE, "count": "0", **good}


def stands_anyway(fault: Fault, request: PlanRequest, protocols: Protocols) -> bool:
    """Whether a fault of the stock stands whatever the medicines of the plan are."""
    return fault in list(faults_of_stock(request, protocols))
