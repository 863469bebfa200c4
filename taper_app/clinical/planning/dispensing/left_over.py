"""What nobody takes in the end, and what is not counted: said as ``info`` warnings of the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from taper_app.clinical.planning.answer import PlanWarning, Severity, Step
from taper_app.clinical.planning.dispensing.counts import NOTHING, stock_on_hand, taken_a_day
from taper_app.clinical.planning.dispensing.hand_out import hand_outs
from taper_app.clinical.planning.dispensing.periods import asks_for_supply
from taper_app.clinical.planning.dispensing.words import amount_words, amounts_words
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.protocol.library import Protocols

LEFT_OVER = "left-over"
NOT_COUNTED = "kept-dose-not-counted"
HOUSE_RULES = "local-default"
GIVE_BACK = "have the pharmacy take it back"


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What remains of one product when all counted days are over.

    Either of the stock on hand, or the part of the last tablet that was split. ``last_day`` is the last day of the
    last step that takes it, None when no step does.
    """

    product: str
    count: Decimal
    of_stock: bool
    last_day: date | None


def left_overs(request: PlanRequest, steps: Sequence[Step], protocols: Protocols) -> tuple[LeftOver, ...]:
    """By product; only of those that something remains of."""
    stock, parts = stock_on_hand(request), dict[str, Decimal]()
    for hand_out in hand_outs(request, steps, protocols):
        product = hand_out.count.product
        parts[product] = hand_out.left
        if hand_out.count.from_stock:
            stock[product] -= hand_out.count.from_stock
    last_days = {product: step.ends_on for step in steps if step.ends_on is not None for product in taken_a_day(step)}
    return tuple(
        LeftOver(
            product, stock.get(product, NOTHING) or parts[product], bool(stock.get(product)), last_days.get(product)
        )
        for product in sorted({*stock, *parts})
        if stock.get(product) or parts.get(product)
    )


def warnings_of_supply(request: PlanRequest, steps: Sequence[Step], protocols: Protocols) -> Iterator[PlanWarning]:
    """Nothing unless the request says how the tablets are handed out."""
    if not asks_for_supply(request):
        return
    goes_on = {} if steps[-1].days else taken_a_day(steps[-1])
    remaining = left_overs(request, steps, protocols)
    for left in remaining:
        if left.product not in goes_on:
            yield info(LEFT_OVER, _left_over_words(left, protocols))
    if goes_on:
        kept = [(left.product, left.count) for left in remaining if left.product in goes_on]
        yield info(NOT_COUNTED, _not_counted_words(steps[-1], goes_on, kept, protocols))


def _left_over_words(left: LeftOver, protocols: Protocols) -> str:
    what = amount_words(left.product, left.count, protocols)
    if left.last_day is None:
        return f"Left over from the first day: {what} on hand, which no dose of this plan takes; {GIVE_BACK}."
    origin = "of the stock on hand" if left.of_stock else "the rest of a split tablet"
    return f"Left over after {left.last_day}: {what}, {origin}; {GIVE_BACK}."


def _not_counted_words(
    step: Step, a_day: dict[str, Decimal], kept: Sequence[tuple[str, Decimal]], protocols: Protocols
) -> str:
    text = (
        f"From {step.starts_on} the dose is kept without a planned end, so no tablets are counted for it; "
        f"a day takes {amounts_words(a_day.items(), protocols)}."
    )
    return f"{text} Still there to be used first: {amounts_words(kept, protocols)}." if kept else text


def info(code: str, message: str) -> PlanWarning:
    """Of the plan as a whole: read, nothing to accept."""
    return PlanWarning(code=code, severity=Severity.INFO, step=None, message=message, source=HOUSE_RULES)
