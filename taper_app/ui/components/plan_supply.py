"""Block 4 of the Plan page: how the tablets are handed out, and what is at home already."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.planning.dispensing.asked import PickUp
from taper_app.clinical.protocol.library import Protocols
from taper_app.ui.components.medicine_words import product_and_scoring, product_words
from taper_app.ui.components.plan_request import offered
from taper_app.ui.components.plan_request_supply import BY_STEP
from taper_app.ui.components.plan_typed import TypedForm

MOST_STOCK_LINES = 8
_PICK_UPS = {
    BY_STEP: "for each step",
    PickUp.DAILY.value: "daily",
    PickUp.WEEKLY.value: "weekly",
    PickUp.FORTNIGHTLY.value: "fortnightly",
}


def supply(form: TypedForm, protocols: Protocols) -> None:
    """Pick-ups, the longest supply, then one line a product that is at home."""
    often, longest = st.columns(2)
    often.segmented_control(
        "Picked up",
        format_func=_PICK_UPS.__getitem__,
        required=True,
        wrap=True,
        **form.chosen("pick_up", list(_PICK_UPS), BY_STEP),
    )
    longest.text_input("Longest supply in days", placeholder="empty: no limit", **form.text("max_supply_days"))
    count = int(form.first("stock_lines", 0))
    for index in range(count):
        _stock_line(form, index, protocols)
    with st.container(horizontal=True):
        _line_buttons(form, count)
    if count:
        st.markdown("What is at home is used first; count halves as 0.5, a liquid in mL.")


def _stock_line(form: TypedForm, index: int, protocols: Protocols) -> None:
    """Products of the medicines above; one that was written down before stays, so that it is never asked unseen."""
    known = {str(product.id): product for product in offered(form.values(), protocols)}
    kept = str(form.value(f"stock-product-{index}") or "")
    options = [*known, *([kept] if kept and kept not in known else [])]

    def label(product_id: str) -> str:
        return product_and_scoring(known[product_id]) if product_id in known else product_words(product_id, protocols)

    product, count = st.columns([4, 1], vertical_alignment="bottom")
    product.selectbox(
        f"At home, line {index + 1}: product",
        format_func=label,
        placeholder="Which product",
        **form.listed(f"stock-product-{index}", options),
    )
    count.text_input("How many", **form.text(f"stock-count-{index}"))


def _line_buttons(form: TypedForm, count: int) -> None:
    def set_lines(number: int) -> None:
        form.set_values({"stock_lines": number}, built=False)

    if count < MOST_STOCK_LINES:
        label = "Add another product at home" if count else "Some is at home already"
        st.button(label, key=form.key("add-stock"), on_click=set_lines, args=(count + 1,))
    if count:
        st.button("Remove the last one", key=form.key("remove-stock"), on_click=set_lines, args=(count - 1,))
