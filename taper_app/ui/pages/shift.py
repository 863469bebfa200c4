"""Shift: who nurses which beds, who is in charge, who covers as prescriber; and what each of them takes over."""

from __future__ import annotations

from taper_app.ui import current
from taper_app.ui.components import frame, shift_form, shift_now, show
from taper_app.use_cases.rights import Grant, UseCase, grant_of

at = current.here()
unit = current.unit_or_stop(at)
frame.top(at, f"Shift: {unit.name}")
with show.refusals():
    shift_now.who_is_on(unit.id)
    if grant_of(UseCase.TRANSFER_BED_OR_UNIT, at.actor.role) is not Grant.NO:
        shift_form.set_the_shift(unit.id)
frame.bottom(at.app.protocols)
