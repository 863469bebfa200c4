"""What the ward board says of one patient at a moment: worked out of the kept row and the clock, and of nothing else.

The row holds moments and not how long ago they were, so that it is right at any moment without being written anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import inf
from typing import Any, Final

from taper_app.clinical.escalation.answer import Finding
from taper_app.clinical.escalation.ladder import Climb, climb
from taper_app.clinical.escalation.overdue import SetClock, calls_at, overdue
from taper_app.clinical.protocol.alert_ladder import Rung
from taper_app.clinical.protocol.escalation_rules import RuleBook
from taper_app.clinical.records import AlertGlance, DayGlance, DoseGlance, LatestRow, TrendGlance

#: What the board calls "due": within the hour (a working rule of the board, not a clinical number).
SOON: Final = timedelta(hours=1)
_SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An open alert, and where on the ladder it stands now."""

    glance: AlertGlance
    climb: Climb
    next_role: Rung | None = None

    @property
    def waits_for(self) -> Rung | None:
        """Whose acknowledgement is awaited; None once somebody has acknowledged it."""
        return None if self.glance.acknowledged_at else self.climb.role


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One patient on the board. ``doses``: those that are late or wanted within the hour, oldest first.

    ``late``: what the rules about late sets say at this moment, the most serious first; ``calls_at``: from when on.
    """

    kept: LatestRow
    level: int
    is_assessed: bool
    alerts: tuple[OpenAlert, ...]
    doses: tuple[DoseGlance, ...]
    today: DayGlance
    late: tuple[Finding, ...] = ()
    calls_at: datetime | None = None

    @property
    def set_due_at(self) -> datetime | None:
        return self.kept.set_due_at

    @property
    def due_first_at(self) -> datetime | None:
        """The first moment at which something is, or was, wanted: a set or a dose."""
        moments = [dose.due_at for dose in self.doses]
        return min([*moments, *([self.set_due_at] if self.set_due_at else [])], default=None)

    def is_overdue(self, now: datetime) -> bool:
        return self.due_first_at is not None and self.due_first_at < now

    def is_due_soon(self, now: datetime) -> bool:
        """Something is wanted within the next hour, whatever is overdue beside it."""
        return any(now <= moment < now + SOON for moment in self._wanted_at())

    def waits_for(self, role: Rung) -> bool:
        """Somebody in this role has to acknowledge an alert, or to see to a set that is late."""
        is_told = any(role in finding.notify for finding in self.late)
        return is_told or any(alert.waits_for == role for alert in self.alerts)

    @property
    def is_cut_suspended(self) -> bool:
        return self.kept.next_cut == _SUSPENDED

    def _wanted_at(self) -> Iterator[datetime]:
        yield from (dose.due_at for dose in self.doses)
        if self.set_due_at:
            yield self.set_due_at


def day_of(row: LatestRow, day: date) -> DayGlance | None:
    """What the row says of a day; None when it was kept too long ago to say anything of it."""
    return next((glance for glance in row.days if glance.day == day), None)


def board_row(row: LatestRow, today: DayGlance, now: datetime, rules: RuleBook) -> BoardRow:
    """The row as it stands at ``now``; ``today`` is its ``day_of`` the ward's present day."""
    alerts = [_alert(glance, now, rules) for glance in row.alerts]
    alerts.sort(key=lambda alert: (-alert.climb.level, alert.glance.raised_at))
    set_clock = SetClock(row.set_asked_at, row.level_of_sets, row.set_due_at) if row.set_due_at else None
    late = overdue(set_clock, now, rules) if set_clock else ()
    return BoardRow(
        kept=row,
        level=max([row.level, *(alert.climb.level for alert in alerts), *(finding.level for finding in late)]),
        is_assessed=row.last_observation_at is not None or bool(alerts),
        alerts=tuple(alerts),
        doses=tuple(dose for dose in row.doses if dose.due_at < now + SOON),
        today=today,
        late=late,
        calls_at=calls_at(set_clock, rules) if set_clock and not late else None,
    )


def _alert(glance: AlertGlance, now: datetime, rules: RuleBook) -> OpenAlert:
    stands = climb(glance, now, rules)
    roles = rules.ladder.roles
    return OpenAlert(glance, stands, roles[roles.index(stands.role) + 1] if stands.climbs_at else None)


def worst_first(rows: Iterable[BoardRow], now: datetime, rules: RuleBook) -> list[BoardRow]:
    """Level, then how long something is overdue, then the steepest rise, then the next cut; then bed 2 before 10."""
    steps = _rise_steps(rules)
    return sorted(rows, key=lambda row: (-row.level, *_urgency(row, now, steps), *_place(row)))


def changes_at(rows: Collection[BoardRow], now: datetime) -> datetime | None:
    """Until when nothing changes by the clock alone, that moment included; None: as long as nothing is written."""
    return min((moment for row in rows for moment in _turning_points(row) if moment >= now), default=None)


def _turning_points(row: BoardRow) -> Iterator[datetime]:
    if row.calls_at:
        yield row.calls_at
    for alert in row.alerts:
        if alert.climb.climbs_at:
            yield alert.climb.climbs_at
    wanted = [dose.due_at for dose in row.kept.doses]
    for moment in [*wanted, *([row.set_due_at] if row.set_due_at else [])]:
        yield from (moment - SOON, moment)


def _urgency(row: BoardRow, now: datetime, steps: Mapping[str, int]) -> tuple[Any, ...]:
    overdue_since = row.due_first_at if row.is_overdue(now) else None
    cut = (0, date.min) if row.is_cut_suspended else (1, row.today.next_cut_on or date.max)
    return (
        _at_or_never(overdue_since),
        -_steepness(row.kept.trends, steps),
        *cut,
        _at_or_never(row.due_first_at),
    )


def _at_or_never(moment: datetime | None) -> float:
    return inf if moment is None else moment.timestamp()


def _steepness(trends: Sequence[TrendGlance], steps: Mapping[str, int]) -> Fraction:
    """The greatest rise, each scale measured by the rise at which its own rule speaks; 0 when nothing rises."""
    rises = (Fraction(trend.rise, steps.get(trend.scale, 1)) for trend in trends if trend.rise > 0)
    return max(rises, default=Fraction(0))


def _rise_steps(rules: RuleBook) -> dict[str, int]:
    """Of each scale the greatest rise that a rule names."""
    found: dict[str, int] = {}
    for rule in rules.rules:
        condition = rule.when.model_dump(exclude_none=True) if rule.when is not None else {}
        for scale, points in _rises_in(condition):
            found[scale] = max(points, found.get(scale, 0))
    return found


def _rises_in(condition: object) -> Iterator[tuple[str, int]]:
    if isinstance(condition, Mapping):
        if "rise_of" in condition:
            yield str(condition["rise_of"]), int(condition["at_least"])
        for part in condition.values():
            yield from _rises_in(part)
    elif isinstance(condition, list | tuple):
        for part in condition:
            yield from _rises_in(part)


def _place(row: BoardRow) -> tuple[Any, ...]:
    """Bed 2 before bed 10."""
    parts = re.split(r"(\d+)", row.kept.bed)
    return ([(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts], row.kept.episode_id)
