"""Small inputs that keep the house's rules: three answers instead of a tick box."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.answers import Answer

_WORDS = {Answer.YES.value: "Yes", Answer.NO.value: "No", Answer.NOT_ASSESSED.value: "Not assessed"}


def answer(label: str, *, key: str, default: str = Answer.NOT_ASSESSED.value) -> str:
    """Yes, no or not assessed; the last is the default, so that nothing is answered by passing over it."""
    chosen = st.segmented_control(
        label, list(_WORDS), format_func=_WORDS.__getitem__, default=default, key=key, required=True
    )
    return chosen or Answer.NOT_ASSESSED.value
