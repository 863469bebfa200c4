"""The blocks of a plan request: what is taken now, how to taper, what it is made from, how it is handed out."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.protocol.library import Protocols
from taper_app.ui.components import plan_how, plan_made_from, plan_supply, plan_use
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.use_cases.chart import Chart


def blocks(form: TypedForm, chart: Chart, protocols: Protocols) -> None:
    """Draw the four blocks; their values stay in the form."""
    with st.container(border=True):
        st.subheader("1 What is taken now", anchor=False)
        plan_use.present_use(form, chart, protocols)
    with st.container(border=True):
        st.subheader("2 How to taper", anchor=False)
        plan_how.how(form, chart, protocols)
    with st.container(border=True):
        st.subheader("3 What we can make it from", anchor=False)
        plan_made_from.made_from(form, protocols)
    with st.container(border=True):
        st.subheader("4 How it is handed out", anchor=False)
        plan_supply.supply(form, protocols)
