"""The shape of ``[ladder]`` in ``protocols/escalation/``: who is told when nobody acknowledges an alert."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from taper_app.clinical.protocol.citation import Cited
from taper_app.clinical.protocol.conditions import RuleId

Rung = Literal["nurse", "charge_nurse", "prescriber", "emergency_team"]


class AlertLadder(Cited):
    """From role to role, lowest first. How long each rung waits is the answering time of the rule named here."""

    rule: RuleId
    #: An alert that wants an answer at once is given this long before it climbs.
    least_wait_minutes: Annotated[int, Field(ge=1)]
    highest_level: Literal[4]
    roles: tuple[Rung, ...] = Field(min_length=2)
    #: Alerts of these rules alone remind and never climb.
    not_for: tuple[RuleId, ...] = ()

    @model_validator(mode="after")
    def _names_each_role_once(self) -> AlertLadder:
        if len(set(self.roles)) != len(self.roles):
            raise ValueError("roles names a role twice; name each once, the lowest first.")
        return self
