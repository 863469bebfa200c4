"""Nothing is left over unsaid: the rest of a tablet that was split, and stock on hand that nobody takes."""

from __future__ import annotations

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.numbers import PER_ONE
from taper_app.clinical.checking.product_use import ProductUse, taken_each_day, use_of_products
from taper_app.clinical.checking.shapes import WarningRead
from taper_app.clinical.checking.wording import number
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import mg_text


def judge_left_over(case: Case) -> None:
    """Only where the plan was asked for pick-ups or has stock on hand; elsewhere its counts are all it says."""
    request, steps = case.plan.request, case.plan.steps
    if request is None or not request.supply.is_asked or case.plan.warnings is None:
        return
    said = [warning for warning in case.plan.warnings if warning.mentions("left-over", "left over")]
    goes_on = {} if steps[-1].days else taken_each_day(steps[-1])
    for product, used in sorted(use_of_products(steps, request.supply.stock).items()):
        stocked = case.protocols.product(product)
        _judge_medicine(case, product, stocked)
        left = _left_over(used, stocked)
        if left and product not in goes_on and not any(_names(warning, product, stocked) for warning in said):
            _violated(case, f"{number(left)} of {product} is left over, and no warning says so.")


def _judge_medicine(case: Case, product: str, stocked: StockedProduct | None) -> None:
    request = case.plan.request
    if request is None or product not in request.supply.stock:
        return
    given = {dose.medicine for step in case.plan.steps for dose in step.doses}  # a change of the plan may end one
    medicines = {dose.medicine for dose in request.current} | {request.taper_medicine} | given
    if stocked is None or stocked.medicine not in medicines:
        _violated(case, f"The stock on hand lists {product}, which is of no medicine of this plan.")


def _left_over(used: ProductUse, stocked: StockedProduct | None) -> int:
    """What is on hand and what is handed out, in whole pieces unless it is a liquid, less what is taken."""
    to_hand_out = max(0, used.in_all - used.stock)
    if stocked is None or stocked.product.form is not Form.LIQUID:
        to_hand_out = -(-to_hand_out // PER_ONE) * PER_ONE
    return used.stock + to_hand_out - used.in_all


def _names(warning: WarningRead, product: str, stocked: StockedProduct | None) -> bool:
    """By its id, or by its strength and medicine."""
    if product in warning.message or stocked is None:
        return product in warning.message
    return warning.mentions(mg_text(stocked.product.strength_mg)) and warning.mentions(stocked.medicine)


def _violated(case: Case, sentence: str) -> None:
    case.findings.violated("left-over", None, sentence)
