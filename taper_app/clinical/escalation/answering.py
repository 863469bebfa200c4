"""Who has to answer an alert now, by name, and to whom it goes next: worked out from the shift and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from taper_app.clinical.escalation.ladder import Climb, climb
from taper_app.clinical.protocol.alert_ladder import Rung
from taper_app.clinical.protocol.escalation_rules import RuleBook
from taper_app.clinical.records import AlertGlance, Author, Unit
from taper_app.clinical.shifts import Shift

ROLE_WORDS = {
    "nurse": "nurse",
    "charge_nurse": "nurse in charge",
    "prescriber": "prescriber",
    "emergency_team": "emergency team",
}
_SECONDS_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Answers:
    """A role of the ladder with its person. ``person`` None: nobody is set, or a team that is called by number."""

    role: Rung
    person: Author | None
    number: str = ""

    @property
    def in_words(self) -> str:
        """``prescriber, Dr C. Lind``; ``emergency team, call 911``; ``nurse, nobody is set``."""
        if self.role == "emergency_team":
            return f"{ROLE_WORDS[self.role]}, call {self.number}"
        return f"{ROLE_WORDS[self.role]}, {self.person.name if self.person else 'nobody is set'}"


@dataclass(frozen=True, slots=True)
class Answering:
    """One open alert at one moment. ``following`` None: it goes no higher."""

    glance: AlertGlance
    climb: Climb
    now_with: Answers
    following: Answers | None
    now: datetime
    zone: ZoneInfo

    @property
    def waited_minutes(self) -> int | None:
        """Whole minutes for which nobody has acknowledged it; None when somebody has."""
        if self.climb.waiting_since is None:
            return None
        return int((self.now - self.climb.waiting_since).total_seconds() // _SECONDS_A_MINUTE)

    @property
    def short(self) -> str:
        """``nobody acknowledged for 6 min → prescriber, Dr C. Lind``; empty when it was acknowledged."""
        waited = self.waited_minutes
        if waited is None:
            return ""
        since = f"nobody acknowledged for {waited} min" if waited else "not yet acknowledged"
        return f"{since} → {self.now_with.in_words}"

    @property
    def in_words(self) -> str:
        """The same with when and to whom it goes next."""
        if not self.short:
            return ""
        said = f"{self.short[0].upper()}{self.short[1:]}"
        if self.climb.climbs_at is None or self.following is None:
            return f"{said}."
        clock = f"{self.climb.climbs_at.astimezone(self.zone):%H:%M}"
        return f"{said}. After {clock} it goes to the {self.following.in_words}."


def answering(
    glance: AlertGlance, bed: str, unit: Unit, shift: Shift | None, rules: RuleBook, now: datetime
) -> Answering:
    """Where the alert of a patient in ``bed`` stands. ``shift``: the one that is on then, if one is set."""
    stands = climb(glance, now, rules)
    roles = rules.ladder.roles
    higher = roles[roles.index(stands.role) + 1 :] if stands.climbs_at else ()
    return Answering(
        glance=glance,
        climb=stands,
        now_with=_answers(stands.role, bed, unit, shift),
        following=_answers(higher[0], bed, unit, shift) if higher else None,
        now=now,
        zone=ZoneInfo(unit.zone),
    )


def _answers(role: Rung, bed: str, unit: Unit, shift: Shift | None) -> Answers:
    return Answers(role, shift.answers(role, bed) if shift else None, unit.emergency_number)
