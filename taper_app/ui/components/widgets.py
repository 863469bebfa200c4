"""Small inputs that keep the house's rules: three answers instead of a tick box."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from taper_app.clinical.answers import Answer
from taper_app.ui.components.form_widgets import FormWidgets

_WORDS = {Answer.YES.value: "Yes", Answer.NO.value: "No", Answer.NOT_ASSESSED.value: "Not assessed"}


def answer(form: FormWidgets, name: str, label: str, *, begin: str = Answer.NOT_ASSESSED.value) -> str:
    """Yes, no or not assessed; the last is the default, so that nothing is answered by passing over it."""
    arguments = form.chosen(name, list(_WORDS), begin)
    chosen = st.segmented_control(label, format_func=_WORDS.__getitem__, required=True, **arguments)
    return chosen or Answer.NOT_ASSESSED.value


def text_field(
    place: DeltaGenerator, form: FormWidgets, name: str, label: str, *, begin: str = "", placeholder: str = ""
) -> str:
    """A line of text that begins with ``begin`` unless something was typed before."""
    return str(place.text_input(label, placeholder=placeholder, **form.text(name, begin)) or "").strip()
