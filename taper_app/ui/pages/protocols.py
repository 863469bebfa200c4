"""Protocols: what every plan is made from, with sources and signatures; what a site changed. Read only, no patient."""

from __future__ import annotations

from taper_app.ui import current
from taper_app.ui.components import frame, library_lists

at = current.here()
frame.top(at, "Protocols")
library_lists.library()
frame.bottom(at.app.protocols)
