"""Orders and wasted halves among the entries of the stay: what was written, by whom, when."""

from __future__ import annotations

from collections.abc import Iterator

from taper_app.clinical.charting.orders import OrderEndedBody
from taper_app.clinical.charting.waste import amount_in_words
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.records import Record
from taper_app.use_cases.chart import Chart


def order_and_waste_lines(chart: Chart, protocols: Protocols) -> Iterator[tuple[Record, str]]:
    """Each record with its words; nothing here is corrected: an order is ended, a waste answered by its witness."""
    for order in chart.orders:
        yield order.record, f"Order, {order.body.kind.in_words}: {order.body.in_words}"
        if order.ended:
            reason = order.ended.body_as(OrderEndedBody).reason
            yield order.ended, f"Order ended: {order.body.in_words}. Because: {reason}"
    for ordered in chart.dose_orders:
        body = ordered.body
        planned = f"{body.planned_for.astimezone(chart.zone):%H:%M}"
        yield ordered.record, f"Ordered for the dose of {planned}: {body.medicine} {body.route.value}. {body.reason}"
    for found in chart.wastes:
        amount = amount_in_words(found.body.product, found.body.count, found.body.tenth_mcg, protocols)
        yield found.record, f"Wasted: {amount}; {found.state_in_words}"
