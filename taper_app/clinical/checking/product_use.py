"""How much of each product the doses of a plan take, day by day, and how far the stock on hand goes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from taper_app.clinical.checking.shapes import StepRead


class Days(NamedTuple):
    """From one day to another, both included (ordinals)."""

    first: int
    last: int


class DailyUse(NamedTuple):
    """So much of a product (units) is taken on each day."""

    days: Days
    each_day: int


class ProductUse:
    """All of a plan's use of one product, after a stock of so many units.

    What is taken before any day is looked up among the days on which the daily count turns, so that a plan with
    thousands of rows is judged in no time; steps that overlap by mistake add up.
    """

    def __init__(self, uses: Sequence[DailyUse], stock: int) -> None:
        self.uses = sorted(uses)
        self.stock = stock
        turns: dict[int, int] = {}
        for days, each_day in self.uses:
            turns[days.first] = turns.get(days.first, 0) + each_day
            turns[days.last + 1] = turns.get(days.last + 1, 0) - each_day
        self._turns = sorted(turns)
        self._each_day = list(accumulate(turns[day] for day in self._turns))
        lasting = (following - day for day, following in pairwise(self._turns))
        between = (each_day * days for each_day, days in zip(self._each_day, lasting, strict=False))
        self._before = list(accumulate(between, initial=0))

    def before(self, day: int) -> int:
        """What is taken before a day."""
        place = bisect_right(self._turns, day) - 1
        return self._before[place] + self._each_day[place] * (day - self._turns[place]) if place >= 0 else 0

    @property
    def in_all(self) -> int:
        return self._before[-1]

    def beyond_stock(self, days: Days) -> int:
        """What the doses of these days take that the stock, used from the plan's start, does not cover."""
        return max(0, self.before(days.last + 1) - self.stock) - max(0, self.before(days.first) - self.stock)

    def days_beyond_stock(self) -> Iterator[Days]:
        """The days on which something has to be handed out, the one on which the stock runs out included."""
        out = self._runs_out_on()
        if out is not None:
            yield from (Days(max(out, days.first), days.last) for days, _ in self.uses if out <= days.last)

    def _runs_out_on(self) -> int | None:
        """The first day whose doses take more than what is left; None when the stock covers the plan."""
        for day, each_day, (before, after) in zip(self._turns, self._each_day, pairwise(self._before), strict=False):
            if after > self.stock:
                return day + (self.stock - before) // each_day
        return None


def use_of_products(steps: Sequence[StepRead], stock: Mapping[str, int]) -> dict[str, ProductUse]:
    """By product; days without an end are not counted. A product of the stock that no dose takes is listed too."""
    found: dict[str, list[DailyUse]] = {product: [] for product in stock}
    for step in steps:
        first = step.starts_on.toordinal()
        for product, amount in taken_each_day(step).items() if step.days else ():
            found.setdefault(product, []).append(DailyUse(Days(first, first + step.days - 1), amount))
    return {product: ProductUse(uses, stock.get(product, 0)) for product, uses in found.items()}


def taken_each_day(step: StepRead) -> dict[str, int]:
    """The pieces of a day's doses, by product; what counts nothing is left out."""
    taken: dict[str, int] = {}
    for dose in step.doses:
        for piece in dose.pieces or ():
            if piece.amount:
                taken[piece.product] = taken.get(piece.product, 0) + piece.amount
    return taken
