"""Exactly what the doses of each period take, and how much of it the stock on hand covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from taper_app.clinical.planning.answer import Dispense, Step
from taper_app.clinical.planning.dispensing.periods import Period, periods_of
from taper_app.clinical.planning.request import PlanRequest

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class ProductCount:
    """What the doses of one period take of one product (mL of a liquid); ``from_stock`` of it is on hand already."""

    product: str
    first: date
    last: date
    taken: Decimal
    from_stock: Decimal

    @property
    def to_dispense(self) -> Decimal:
        return self.taken - self.from_stock


def dispense_of(request: PlanRequest, steps: Sequence[Step]) -> tuple[Dispense, ...]:
    """The rows of the answer: by period, then by product, without those that the stock covers whole."""
    return tuple(
        Dispense(product=count.product, count=count.to_dispense, starts=count.first, to=count.last)
        for count in counts_of(request, steps)
        if count.to_dispense
    )


def counts_of(request: PlanRequest, steps: Sequence[Step]) -> Iterator[ProductCount]:
    """By period, then by product; the stock is used up from the first period on."""
    stock = stock_on_hand(request)
    for period, taken in _taken_by_period(steps, periods_of(request, steps)):
        for product in sorted(taken):
            from_stock = min(stock.get(product, NOTHING), taken[product])
            if from_stock:
                stock[product] -= from_stock
            yield ProductCount(product, *period, taken[product], from_stock)


def stock_on_hand(request: PlanRequest) -> dict[str, Decimal]:
    return {line.product: line.count for line in request.stock or ()}


def taken_a_day(step: Step) -> dict[str, Decimal]:
    """How much of each product the doses of one day take."""
    taken: dict[str, Decimal] = {}
    for dose in step.doses:
        for piece in dose.pieces:
            taken[piece.product] = taken.get(piece.product, NOTHING) + piece.count
    return taken


def _taken_by_period(
    steps: Sequence[Step], periods: Iterable[Period]
) -> Iterator[tuple[Period, Mapping[str, Decimal]]]:
    """Steps and periods both lie in order, so each is walked through once."""
    stretches = [(step.starts_on, step.ends_on, taken_a_day(step)) for step in steps if step.ends_on is not None]
    at = 0
    for period in periods:
        taken: dict[str, Decimal] = {}
        while stretches[at][1] < period.first:
            at += 1
        for first, last, a_day in stretches[at:]:
            if first > period.last:
                break
            days = (min(last, period.last) - max(first, period.first)).days + 1
            for product, count in a_day.items():
                taken[product] = taken.get(product, NOTHING) + count * days
        yield period, taken
