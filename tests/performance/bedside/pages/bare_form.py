"""A form of 25 widgets and nothing else: how many bytes an entry form costs by itself."""

import streamlit as st

count = st.session_state.get("count", 0) + 1
st.session_state["count"] = count
with st.form("set"):
    for item in range(15):
        st.number_input(f"item {item}", 0, 4, 0)
    for item in range(5):
        st.selectbox(f"selected {item}", ["none", "mild", "moderate", "severe"])
    for item in range(3):
        st.checkbox(f"checked {item}")
    st.text_input("note")
    st.slider("pulse", 30, 200, 80)
    st.form_submit_button("Save")
st.markdown(f"<span id='marker'>run-{count}</span>", unsafe_allow_html=True)
