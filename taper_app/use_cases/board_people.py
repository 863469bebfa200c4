"""Whose beds the shift gives to the person who looks at the board."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from taper_app.clinical.people import Actor
from taper_app.store.interface import Reading
from taper_app.use_cases.shift import shift_now


def beds_of(
    reading: Reading, unit_id: str, actor: Actor, now: datetime, beds: Collection[str]
) -> frozenset[str] | None:
    """Of the occupied ``beds`` those that this person looks after now; None while nobody has set the unit's shift."""
    shift = shift_now(reading, unit_id, now)
    return None if shift is None else shift.beds_of(actor.user_id, beds)
