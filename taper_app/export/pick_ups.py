"""What is handed out when, in words for a sheet or a screen: ``Mon 11 Jan to Sun 17 Jan 2027: 14 tablets of 1 mg``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.dispensing.counts import taken_a_day
from taper_app.clinical.planning.dispensing.hand_out import HandOut, hand_outs_of
from taper_app.clinical.planning.dispensing.words import amount_words
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import pieces_text, plain
from taper_app.export.dates import days_text


@dataclass(frozen=True, slots=True)
class PickUpLine:
    """One product at one pick-up. ``hand_out`` is in whole tablets; ``notes`` say what comes from where."""

    product: str
    hand_out: str
    notes: tuple[str, ...]

    @property
    def in_words(self) -> str:
        return f"{self.hand_out} ({'; '.join(self.notes)})" if self.notes else self.hand_out


@dataclass(frozen=True, slots=True)
class PickUpWords:
    """Everything for the days from ``first`` to ``last``; something on hand already needs no hand-out."""

    first: date
    last: date
    lines: tuple[PickUpLine, ...]

    @property
    def days(self) -> str:
        return days_text(self.first, self.last)

    @property
    def in_words(self) -> str:
        return f"{self.days}: {', '.join(line.in_words for line in self.lines)}"


def pick_ups_of(plan: Plan, protocols: Protocols, *, since: date | None = None) -> tuple[PickUpWords, ...]:
    """In order of days; ``since``: only those that reach that day or a later one."""
    hand_outs = hand_outs_of(plan, protocols)
    goes_on = {} if plan.steps[-1].days else taken_a_day(plan.steps[-1])
    lasts = {hand_out.count.product: hand_out for hand_out in hand_outs}
    found = []
    for (first, last), of_these_days in groupby(hand_outs, lambda each: (each.count.first, each.count.last)):
        lines = tuple(
            _line(each, protocols, is_last=each is lasts[each.count.product] and each.count.product not in goes_on)
            for each in of_these_days
        )
        if since is None or last >= since:
            found.append(PickUpWords(first, last, lines))
    return tuple(found)


def _line(hand_out: HandOut, protocols: Protocols, *, is_last: bool) -> PickUpLine:
    product = hand_out.count.product
    noted = (
        (hand_out.count.from_stock, "from the stock on hand"),
        (hand_out.carried, "left from before"),
        (hand_out.left, "left over" if is_last else "left for later"),
    )
    return PickUpLine(
        product=product,
        hand_out=amount_words(product, hand_out.pieces, protocols),
        notes=tuple(f"{_pieces(product, count, protocols)} {where}" for count, where in noted if count),
    )


def _pieces(product: str, count: Decimal, protocols: Protocols) -> str:
    """Without strength and medicine, which stand before it: ``half a tablet``, ``10.5 mL``."""
    stocked = protocols.product(product)
    if stocked is None:
        return plain(count)
    form = stocked.product.form
    return f"{plain(count)} mL" if form is Form.LIQUID else pieces_text(count, form.in_words)
