"""Protocols: what every plan is made from, with sources and signatures; what a site changed. Read only, no patient.

For the nurse in charge also whether alerts get out of the building.
"""

from __future__ import annotations

from taper_app.ui import current
from taper_app.ui.components import frame, library_lists, outbox_part
from taper_app.use_cases.rights import Grant, UseCase, grant_of

at = current.here()
frame.top(at, "Protocols")
library_lists.library()
if grant_of(UseCase.SEE_OUTBOX, at.actor.role) is not Grant.NO:
    outbox_part.outbox()
frame.bottom(at.app.protocols)
