"""Medicines and products as they are looked for and told apart on a screen."""

from __future__ import annotations

from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Form, Medicine, Split
from taper_app.clinical.quantities import mg_text, plain

_SCORING = {
    Split.NONE: "not scored: whole only",
    Split.HALF: "scored in two",
    Split.QUARTER: "scored in four",
}


def medicine_label(medicine: Medicine) -> str:
    """``clonazePAM (Klonopin)``: found by either name; tall-man letters where a list has them."""
    return f"{medicine.shown_name} ({', '.join(medicine.brands)})" if medicine.brands else medicine.shown_name


def label_of(name: str, protocols: Protocols) -> str:
    """The label of a medicine's id; a name that no file has stays as it was written."""
    medicine = protocols.medicines.get(name)
    return medicine_label(medicine) if medicine else name


def not_to_be_mistaken(name: str, protocols: Protocols) -> str:
    """``clonazePAM is not clonidine or lorazepam``; empty when the list names no look-alike."""
    medicine = protocols.medicines.get(name)
    if medicine is None or not medicine.look_alikes:
        return ""
    return f"{medicine.shown_name} is not {' or '.join(medicine.look_alikes)}"


def form_heading(form: Form) -> str:
    words = form.in_words
    return f"{words[0].upper()}{words[1:]}s"


def strength_and_scoring(stocked: StockedProduct) -> str:
    """``0.5 mg (scored in two)``, ``1 mg per mL (from 0.5 mL)``: the heading above has medicine and form."""
    product = stocked.product
    if product.form is Form.LIQUID:
        return f"{mg_text(product.strength_mg)} per mL (from {plain(product.smallest_ml or 0)} mL)"
    if product.form is not Form.TABLET:
        return f"{stocked.in_words} (whole only)"
    return f"{stocked.in_words} ({_SCORING[product.splits_into]})"


def product_words(product_id: str, protocols: Protocols) -> str:
    """``clonazepam 0.5 mg tablet``; the id of one that is no longer shipped."""
    stocked = protocols.product(product_id)
    return f"{stocked.medicine} {stocked.in_words}" if stocked else product_id
