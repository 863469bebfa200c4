"""A part that is folded away, and drawn only from the moment it is first opened: what nobody looks at costs no time.

Folded again it stays drawn, so that nothing that was typed in it is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st


@contextmanager
def folded(label: str, *, key: str, begin_open: bool = False) -> Iterator[bool]:
    """``with folded(…) as is_drawn``: draw the contents only then. ``key`` names the patient, and the entry if any."""
    # Said anew each time: where the label counts its answers, the browser folds or unfolds with each of them.
    is_open = bool(st.session_state.get(key, begin_open))
    part = st.expander(label, expanded=is_open, key=key, on_change="rerun")
    pin = f"{key}|drawn"
    if part.open:
        st.session_state[pin] = True
    with part:
        yield bool(st.session_state.get(pin))
