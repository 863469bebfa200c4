"""Block 3 of the Plan page: what the pharmacy has, by medicine and form, and how far it may be divided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

import streamlit as st

from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Form, Split
from taper_app.ui.components import show
from taper_app.ui.components.medicine_words import form_heading, product_and_scoring
from taper_app.ui.components.plan_request import offered
from taper_app.ui.components.plan_typed import TypedForm

_SPLITS = {"none": "whole pieces only", "half": "halves", "quarter": "quarters"}
#: Ticked from the start: what nearly every pharmacy has and what can be taken apart from the label's own reasons.
_TICKED_AT_FIRST = (Form.TABLET, Form.CAPSULE)
_FORM_ORDER = list(Form)


def made_from(form: TypedForm, protocols: Protocols) -> None:
    """One group a medicine and form, smallest strength first; then the smallest part."""
    st.markdown("Tick what the pharmacy has. Scoring differs between makers: look at the tablet in hand.")
    products = offered(form.values(), protocols)
    if not products:
        st.warning("No product of these medicines is shipped. Choose another medicine to taper with.")
    tick_boxes(form, protocols, products, lambda product: product.product.form in _TICKED_AT_FIRST)
    st.segmented_control(
        "Smallest part that may be given",
        format_func=_SPLITS.__getitem__,
        required=True,
        **form.chosen("split", list(_SPLITS), Split.HALF.value),
    )


def tick_boxes(
    form: TypedForm,
    protocols: Protocols,
    products: Sequence[StockedProduct],
    begins_ticked: Callable[[StockedProduct], bool],
) -> None:
    """One group a medicine and form; the field of a product is named ``product-`` and its id."""
    for (medicine, kind), group in groupby(
        sorted(products, key=_group), key=lambda one: (one.medicine, one.product.form)
    ):
        st.markdown(f"**{show.plain_text(protocols.medicines[medicine].shown_name)}: {form_heading(kind).lower()}**")
        _in_two_columns(form, list(group), begins_ticked)


def _in_two_columns(
    form: TypedForm, products: list[StockedProduct], begins_ticked: Callable[[StockedProduct], bool]
) -> None:
    """Each read from the top; on a phone the second follows the first."""
    half = (len(products) + 1) // 2
    for column, shown in zip(st.columns(2), (products[:half], products[half:]), strict=True):
        with column.container(gap=None):
            for product in shown:
                st.checkbox(
                    product_and_scoring(product), **form.ticked(f"product-{product.id}", begins_ticked(product))
                )


def _group(stocked: StockedProduct) -> tuple[str, int]:
    """By medicine, then by form; the strengths stay in their order."""
    return stocked.medicine, _FORM_ORDER.index(stocked.product.form)
