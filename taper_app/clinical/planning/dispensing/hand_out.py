"""How many whole pieces are handed out at each pick-up. A pharmacy hands out no half tablet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from taper_app.clinical.planning.answer import Plan, Step
from taper_app.clinical.planning.dispensing.counts import NOTHING, ProductCount, counts_of
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Form


@dataclass(frozen=True, slots=True)
class HandOut:
    """One product in one period: ``carried + pieces = count.to_dispense + left``.

    ``carried`` is the part of a tablet that the hand-outs before left over, ``left`` what this one leaves: always
    less than one tablet, nothing of a liquid.
    """

    count: ProductCount
    carried: Decimal
    pieces: Decimal
    left: Decimal


def hand_outs_of(plan: Plan, protocols: Protocols) -> tuple[HandOut, ...]:
    """What is handed out over a whole plan: by period, then by product."""
    return tuple(hand_outs(plan.request, plan.steps, protocols))


def hand_outs(request: PlanRequest, steps: Sequence[Step], protocols: Protocols) -> Iterator[HandOut]:
    """As few whole tablets as the doses need: what a split tablet leaves goes into the next dose of that product."""
    left: dict[str, Decimal] = {}
    for count in counts_of(request, steps):
        carried = left.get(count.product, NOTHING)
        pieces = pieces_for(count.product, max(NOTHING, count.to_dispense - carried), protocols)
        left[count.product] = carried + pieces - count.to_dispense
        yield HandOut(count, carried, pieces, left[count.product])


def pieces_for(product: str, count: Decimal, protocols: Protocols) -> Decimal:
    """A count of tablets or capsules rounded up to whole ones; a volume as it is."""
    return count if is_liquid(product, protocols) else count.to_integral_value(ROUND_CEILING)


def is_liquid(product: str, protocols: Protocols) -> bool:
    """False for a product that no file has any more: it is counted in whole pieces."""
    stocked = protocols.product(product)
    return stocked is not None and stocked.product.form is Form.LIQUID
