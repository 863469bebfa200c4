"""Which products that are not on the list would make a smaller cut."""

from __future__ import annotations

from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.protocol.library import StockedProduct
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import tenth_mcg_of


def what_would_soften(settled: Settled, smallest_cut: int) -> str:
    """A sentence naming every smaller strength, form or liquid that would soften a cut (tenth_mcg)."""
    smaller = [product for product in unlisted_products(settled) if smallest_part(settled, product) < smallest_cut]
    if not smaller:
        return "A liquid would soften it."
    names = [f"the {product.in_words}" for product in smaller]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
    return f"{listed[0].upper()}{listed[1:]} would soften it."


def unlisted_products(settled: Settled) -> list[StockedProduct]:
    """Products of the tapered medicine that the market has and the request does not list; smallest first.

    Modified-release forms never come in: they cannot make a taper's small steps.
    """
    listed = {product.id for product in settled.products}
    return [
        product
        for product in settled.protocols.products_of(settled.medicine.id)
        if product.id not in listed
        and (product.product.form.is_immediate_release_solid or product.product.form is Form.LIQUID)
    ]


def smallest_part(settled: Settled, product: StockedProduct) -> int:
    """The smallest amount the product gives, in tenth_mcg."""
    if product.product.form is Form.LIQUID:
        assert product.product.smallest_ml is not None, "every liquid has a smallest volume"
        return tenth_mcg_of(product.product.strength_mg * product.product.smallest_ml)
    parts = min(settled.request.split.parts, product.product.splits_into.parts)
    return tenth_mcg_of(product.product.strength_mg) // parts
