"""Setting up the ward and its people. An administrator sees no patient."""

from __future__ import annotations

from taper_app.ui import current
from taper_app.ui.components import frame, outbox_part, set_up_forms

at = current.here()
frame.top(at, "Set-up")
set_up_forms.unit_form()
set_up_forms.people()
outbox_part.outbox()
frame.bottom(at.app.protocols)
