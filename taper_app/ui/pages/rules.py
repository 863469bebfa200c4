"""Rules: what each escalation rule says and where from, what it asks of the ward, and trying it. No patient's name."""

from __future__ import annotations

from taper_app.ui import current
from taper_app.ui.components import frame, rules_page

at = current.here()
frame.top(at, "Rules")
rules_page.rules()
frame.bottom(at.app.protocols)
