"""What may be tried when a request is refused: one function a kind, each from the likeliest to the least likely.

Nothing here is known to work; ``remedies`` tries every change. None touches current use, the patient, the override
reason or a table that was named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from taper_app.clinical.planning.answer import Remedy
from taper_app.clinical.planning.build import Attempt
from taper_app.clinical.planning.makeable import daily_doses
from taper_app.clinical.planning.request import PlanRequest, Setting
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.planning.softer import unlisted_products
from taper_app.clinical.planning.timeline import Timeline
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.protocol.tapers import PacePercentOfCurrent
from taper_app.clinical.quantities import mg_of, mg_text, percent_text, plain

Change = dict[str, Any]


def added_product(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    """A strength or form that is not on the list, the smallest first; then the smallest and another; then all."""
    products = [product for product in _products_to_add(attempt) if product.product.form is not Form.LIQUID]
    for product in products:
        yield _with_products(attempt.settled, [product])
    for product in products[1:]:
        yield _with_products(attempt.settled, [products[0], product])
    if len(products) > 2:
        yield _with_products(attempt.settled, products)


def added_liquid(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    for product in _products_to_add(attempt):
        if product.product.form is Form.LIQUID:
            yield _with_products(attempt.settled, [product])


def _products_to_add(attempt: Attempt) -> Iterator[StockedProduct]:
    """None where the refusal came before any product was looked at."""
    settled = attempt.settled
    if attempt.timeline is None and attempt.refusal.code != "not-makeable":
        return
    for medicine in dict.fromkeys([settled.medicine.id, *settled.start_amounts]):
        yield from unlisted_products(settled, medicine)


def _with_products(settled: Settled, products: Sequence[StockedProduct]) -> Remedy:
    named = [
        f"the {product.in_words}{f' of {product.medicine}' if settled.changes_medicine else ''}" for product in products
    ]
    return Remedy(
        change={"products": [*(each.id for each in settled.products), *(product.id for product in products)]},
        message=f"Add {' and '.join(part for part in (', '.join(named[:-1]), named[-1]) if part)}.",
    )


def printed_pace(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    """The nearest pace that the source prints, or the slow one that a seizure history asks for."""
    settled, code = attempt.settled, attempt.refusal.code
    if code not in ("pace-outside-printed-range", "too-fast-after-a-seizure"):
        return
    pace = settled.taper.pace
    slow = settled.limits.seizure_history_pace
    if isinstance(pace, PacePercentOfCurrent):
        asked = request.cut_percent or pace.cut_percent
        percent = min(max(asked, pace.least_cut_percent or asked), pace.most_cut_percent)
        days = min(max(request.every_days or pace.every_days, pace.least_every_days), pace.most_every_days)
        if code == "too-fast-after-a-seizure":
            percent, days = slow.at_most_cut_percent, max(days, slow.at_least_every_days)
        yield Remedy(
            change={"cut_percent": plain(percent), "every_days": days, "longest_step_days": None},
            message=f"Cut {percent_text(percent)} % every {days} days.",
        )
    else:
        yield Remedy(
            change={"cut_percent": None, "cut_mg": None, "every_days": None},
            message="Use the pace that the source prints.",
        )


def longer_steps(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    """A cut that nothing smaller can replace comes later where the request bounds a step below what is printed."""
    asked, printed = request.longest_step_days, attempt.settled.taper.pace.most_every_days
    if asked is not None and printed is not None and asked < printed and attempt.settled.pace.has_no_end:
        yield Remedy(
            change={"longest_step_days": printed},
            message=f"Give a dose up to {printed} days where its cut is a large one, the last dose too.",
        )


def general_protocol(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    settled = attempt.settled
    general = settled.limits.ceiling_protocol
    if settled.taper.id == general:
        return
    change: Change = {"protocol": general, "cut_mg": None, "cut_percent": None, "every_days": None}
    change["longest_step_days"] = None
    name = settled.protocols.tapers[general].name
    yield Remedy(change=change, message=f"Use {name}: small cuts of the dose taken now.")


def inpatient(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    if request.setting is not Setting.INPATIENT:
        yield Remedy(change={"setting": Setting.INPATIENT.value}, message="Admit the patient for the taper.")


def whole_dose(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    if request.start_fraction_percent is not None:
        yield Remedy(change={"start_fraction_percent": None}, message="Start from the whole of the reported dose.")


def maintenance(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    """The lowest daily dose that can be reached safely: of the refused plan, or near a target that cannot be made."""
    for dose in _doses_to_stay_on(attempt):
        text = plain(mg_of(dose))
        yield Remedy(change={"target_daily_mg": text}, message=f"Stay on {mg_text(mg_of(dose))} a day for now.")


def _doses_to_stay_on(attempt: Attempt) -> list[int]:
    if attempt.timeline is not None:
        return _doses_before_the_fault(attempt, attempt.timeline)
    if attempt.stuck_at is None:
        return []
    settled = attempt.settled
    if not settled.target:
        return [attempt.stuck_at]
    daily = daily_doses(settled.makeable[settled.medicine.id], len(settled.times), up_to=attempt.stuck_at)
    return [dose for dose in daily if dose > settled.target]


def _doses_before_the_fault(attempt: Attempt, timeline: Timeline) -> list[int]:
    """The refused plan's daily doses of the tapered medicine alone, from the lowest up, as far as it was in order.

    Below the dose that a limit was broken from, or after the longest plan's last day, no dose is worth trying.
    """
    name, limits = attempt.settled.medicine.id, attempt.refusal.limits
    lowest = min((limit.at_daily_mg for limit in limits if limit.at_daily_mg is not None), default=Decimal(0))
    last_day = timeline.segments[0].starts_on + timedelta(days=attempt.settled.limits.longest_plan.days)
    return sorted(
        {
            segment.daily[name]
            for segment in timeline.segments
            if set(segment.daily) == {name} and segment.starts_on <= last_day and mg_of(segment.daily[name]) >= lowest
        }
    )
