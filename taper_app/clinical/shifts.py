"""Who is on shift: which nurse has which beds, who is in charge, who covers as prescriber.

A shift is a record: it is added, never edited. A later one that begins at the same moment or after takes its place,
and one that has ended names nobody any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from pydantic import AwareDatetime, Field

from taper_app.clinical.people import Role
from taper_app.clinical.protocol.alert_ladder import Rung
from taper_app.clinical.records import Author, Frozen

#: Who can stand for which role of the ladder.
NURSING = (Role.NURSE, Role.CHARGE_NURSE)
PRESCRIBING = (Role.PHYSICIAN,)


class NurseOfBeds(Frozen):
    """A nurse with the beds that are theirs on this shift."""

    nurse: Author
    beds: tuple[str, ...] = Field(min_length=1)


class Shift(Frozen):
    """One shift of a unit, as it was set. ``ends_at`` is not part of it any more."""

    id: str = Field(min_length=1)
    unit_id: str
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    in_charge: Author
    prescriber: Author
    nurses: tuple[NurseOfBeds, ...]
    set_by: Author
    recorded_at: AwareDatetime

    def is_on(self, moment: datetime) -> bool:
        return self.begins_at <= moment < self.ends_at

    def nurse_of(self, bed: str) -> Author | None:
        return next((line.nurse for line in self.nurses if bed in line.beds), None)

    def answers(self, role: Rung, bed: str) -> Author | None:
        """The person of a role of the ladder for a bed; None for a bed without a nurse, and for the emergency team."""
        if role == "nurse":
            return self.nurse_of(bed)
        return {"charge_nurse": self.in_charge, "prescriber": self.prescriber}.get(role)

    def beds_of(self, user_id: str, beds: Collection[str]) -> frozenset[str]:
        """A nurse's own beds; all ``beds`` of the unit for who is in charge or covers and has none of their own."""
        own = frozenset(bed for line in self.nurses if line.nurse.user_id == user_id for bed in line.beds)
        answers_for_all = user_id in (self.in_charge.user_id, self.prescriber.user_id)
        return own or (frozenset(beds) if answers_for_all else frozenset())

    def duties_of(self, user_id: str) -> Iterator[Rung]:
        """The roles of the ladder that a person has on this shift."""
        if any(line.nurse.user_id == user_id for line in self.nurses):
            yield "nurse"
        if self.in_charge.user_id == user_id:
            yield "charge_nurse"
        if self.prescriber.user_id == user_id:
            yield "prescriber"
