"""The floor: an application that does nothing but rerun."""

import streamlit as st

count = st.session_state.get("count", 0) + 1
st.session_state["count"] = count
st.button("Save")
st.markdown(f"<span id='marker'>run-{count}</span>", unsafe_allow_html=True)
