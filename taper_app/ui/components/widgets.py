"""Small inputs that keep the house's rules: three answers instead of a tick box."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from taper_app.clinical.answers import Answer

_WORDS = {Answer.YES.value: "Yes", Answer.NO.value: "No", Answer.NOT_ASSESSED.value: "Not assessed"}


def answer(label: str, *, key: str, default: str = Answer.NOT_ASSESSED.value) -> str:
    """Yes, no or not assessed; the last is the default, so that nothing is answered by passing over it."""
    st.session_state.setdefault(key, default)
    chosen = st.segmented_control(label, list(_WORDS), format_func=_WORDS.__getitem__, key=key, required=True)
    return chosen or Answer.NOT_ASSESSED.value


def text_field(place: DeltaGenerator, label: str, *, key: str, begin: str = "", placeholder: str = "") -> str:
    """A line of text that begins with ``begin`` unless something was typed before."""
    st.session_state.setdefault(key, begin)
    return str(place.text_input(label, key=key, placeholder=placeholder) or "").strip()
