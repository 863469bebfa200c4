"""Who acts: a role, a unit, a name. Rights are decided in ``use_cases/rights.py``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    NURSE = "nurse"
    CHARGE_NURSE = "charge_nurse"
    PHYSICIAN = "physician"
    PHARMACIST = "pharmacist"
    PLANNER = "planner"
    AUDITOR = "auditor"
    ADMIN = "admin"

    @property
    def in_words(self) -> str:
        return {"charge_nurse": "charge nurse", "planner": "discharge planner", "admin": "administrator"}.get(
            self.value, self.value
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person on whose behalf a use-case runs."""

    user_id: str
    display_name: str
    role: Role
    unit_id: str

    @property
    def signature(self) -> str:
        """Name and role as printed beside what was signed."""
        return f"{self.display_name}, {self.role.in_words}"
