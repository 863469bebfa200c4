"""How much of each product the doses of a plan take, day by day, and how far the stock on hand goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from taper_app.clinical.checking.shapes import StepRead


class DailyUse(NamedTuple):
    """So much of a product (units) is taken on each day from ``first`` to ``last`` (ordinals of days)."""

    first: int
    last: int
    each_day: int


class ProductUse(NamedTuple):
    """All of a plan's use of one product, in order of days, after a stock of so many units."""

    days: Sequence[DailyUse]
    stock: int

    def before(self, day: int) -> int:
        """What is taken before a day."""
        return sum(use.each_day * (min(day, use.last + 1) - use.first) for use in self.days if use.first < day)

    @property
    def in_all(self) -> int:
        return sum(use.each_day * (use.last + 1 - use.first) for use in self.days)

    def beyond_stock(self, first: int, last: int) -> int:
        """What the doses from ``first`` to ``last`` take that the stock, used from the plan's start, does not cover."""
        return max(0, self.before(last + 1) - self.stock) - max(0, self.before(first) - self.stock)

    def days_beyond_stock(self) -> list[DailyUse]:
        """The days on which something has to be handed out, the one on which the stock runs out included."""
        left, found = self.stock, []
        for first, last, each_day in self.days:
            covered = min(left // each_day, last + 1 - first)
            left -= each_day * covered
            if first + covered <= last:
                left = 0
                found.append(DailyUse(first + covered, last, each_day))
        return found


def use_of_products(steps: Sequence[StepRead], stock: Mapping[str, int]) -> dict[str, ProductUse]:
    """By product; days without an end are not counted. A product of the stock that no dose takes is listed too."""
    found: dict[str, list[DailyUse]] = {product: [] for product in stock}
    for step in steps:
        first = step.starts_on.toordinal()
        for product, amount in taken_each_day(step).items() if step.days else ():
            found.setdefault(product, []).append(DailyUse(first, first + step.days - 1, amount))
    return {product: ProductUse(days, stock.get(product, 0)) for product, days in found.items()}


def taken_each_day(step: StepRead) -> dict[str, int]:
    """The pieces of a day's doses, by product; what counts nothing is left out."""
    taken: dict[str, int] = {}
    for dose in step.doses:
        for piece in dose.pieces or ():
            if piece.amount:
                taken[piece.product] = taken.get(piece.product, 0) + piece.amount
    return taken
