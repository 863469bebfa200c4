"""Other tablets from this day on: the same dose of what is at hand now, then a rest that they can make."""

from __future__ import annotations

from taper_app.clinical.planning.amend.changes import ChangeProducts
from taper_app.clinical.planning.amend.order import Order, goes_on, keep_open, written_for
from taper_app.clinical.planning.amend.standing import standing_on
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.protocol.library import Protocols


def change_products(plan: Plan, change: ChangeProducts, protocols: Protocols) -> Order:
    """A dose that is kept for good, or until reviewed, stays so."""
    standing = standing_on(plan, change.on)
    text = f"Other products from here on, as a prescriber ordered: {change.reason}"
    echo = {"products": change.products}
    if standing.days_left is None or standing.is_suspended:
        order = keep_open(standing, change, text, protocols, days_left=standing.days_left, **echo)
    else:
        written = written_for(standing, change, standing.ordered_days, protocols)
        order = Order(written, goes_on(standing, change, text), echo=echo)
    order.written["products"] = list(change.products)
    return order
