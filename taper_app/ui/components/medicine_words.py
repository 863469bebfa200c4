"""Medicines and products as they are looked for and told apart on a screen."""

from __future__ import annotations

from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Form, Medicine, Split
from taper_app.clinical.quantities import plain

#: Written for whatever nobody can name; the protocol files say what follows from it.
UNKNOWN = "unknown benzodiazepine"
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
    if name == UNKNOWN:
        return "another or unknown benzodiazepine (designer, counterfeit)"
    medicine = protocols.medicines.get(name)
    return medicine_label(medicine) if medicine else name


def not_to_be_mistaken(name: str, protocols: Protocols) -> str:
    """``clonazePAM is not cloNIDine, LORazepam``; empty when the list names no look-alike."""
    medicine = protocols.medicines.get(name)
    if medicine is None or not medicine.look_alikes:
        return ""
    return f"{medicine.shown_name} is not {', '.join(medicine.look_alikes)}"


def form_heading(form: Form) -> str:
    words = form.in_words
    return f"{words[0].upper()}{words[1:]}s"


def product_and_scoring(stocked: StockedProduct) -> str:
    """``clonazepam 0.5 mg tablet (scored in two)``, ``diazepam oral liquid 1 mg per mL (from 0.5 mL)``."""
    product = stocked.product
    if product.form is Form.LIQUID:
        how = f"from {plain(product.smallest_ml or 0)} mL"
    else:
        how = _SCORING[product.splits_into] if product.form is Form.TABLET else "whole only"
    return f"{stocked.medicine} {stocked.in_words} ({how})"


def product_words(product_id: str, protocols: Protocols) -> str:
    """``clonazepam 0.5 mg tablet``; the id of one that is no longer shipped."""
    stocked = protocols.product(product_id)
    return f"{stocked.medicine} {stocked.in_words}" if stocked else product_id
