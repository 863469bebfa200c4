"""A count of a product in words that can be read aloud."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import mg_text, pieces_text, plain


def amount_words(product: str, count: Decimal, protocols: Protocols) -> str:
    """``14 tablets of 1 mg clonazepam``, ``10.5 mL of 1 mg per mL diazepam oral liquid``."""
    stocked = protocols.product(product)
    if stocked is None:
        return f"{plain(count)} of {product}"
    strength, form = mg_text(stocked.product.strength_mg), stocked.product.form
    name = protocols.medicines[stocked.medicine].name
    if form is Form.LIQUID:
        return f"{plain(count)} mL of {strength} per mL {name} {form.in_words}"
    return f"{pieces_text(count, form.in_words)} of {strength} {name}"


def amounts_words(amounts: Iterable[tuple[str, Decimal]], protocols: Protocols) -> str:
    """Several products, joined: ``14 tablets of 1 mg clonazepam and half a tablet of 0.5 mg clonazepam``."""
    *others, last = [amount_words(product, count, protocols) for product, count in amounts]
    return f"{', '.join(others)} and {last}" if others else last
