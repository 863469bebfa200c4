"""Admitting a patient."""

from __future__ import annotations

from taper_app.ui import current
from taper_app.ui.components import admit_form, frame

at = current.here()
unit = current.unit_or_stop(at)
frame.top(at, "Admit a patient")
admit_form.form(unit.id)
frame.bottom(at.app.protocols)
