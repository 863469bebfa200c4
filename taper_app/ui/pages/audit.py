"""The audit: who did what, when. Holds no names of patients."""

from __future__ import annotations

import streamlit as st

from taper_app.ui import current
from taper_app.ui.components import frame, show
from taper_app.ui.components.times import moment_text
from taper_app.use_cases.audit import read_audit
from taper_app.use_cases.set_up_unit import the_unit

at = current.here()
frame.top(at, "Audit")
with show.refusals():
    unit = the_unit(at.app)
    zone = unit.zone if unit else "UTC"
    entries = read_audit(at.app, at.actor)
    st.markdown(f"The newest {len(entries)} entries. Each says who, what and when; none holds a patient's name.")
    st.dataframe(
        [
            {
                "when": moment_text(entry.at, zone),
                "role": entry.role or "",
                "action": entry.action.replace("_", " "),
                "outcome": entry.outcome,
                "detail": entry.detail,
                "episode": entry.episode_id or "",
                "account": entry.account_id or "",
            }
            for entry in entries
        ],
        hide_index=True,
        width="stretch",
    )
frame.bottom(at.app.protocols)
