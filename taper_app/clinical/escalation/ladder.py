"""An alert that nobody acknowledges climbs from role to role. Worked out from the record and the clock, never kept.

So it is true on every screen at any moment, whether or not a server ran in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from taper_app.clinical.protocol.alert_ladder import Rung
from taper_app.clinical.protocol.escalation_rules import RuleBook
from taper_app.clinical.records import AlertGlance


@dataclass(frozen=True, slots=True)
class Climb:
    """Where an alert stands now. ``rung`` 0: still with those it was raised for.

    ``climbs_at`` is None when it goes no higher: acknowledged, at the top, or a mere reminder.
    """

    level: int
    rung: int
    role: Rung
    waiting_since: datetime | None
    climbs_at: datetime | None

    @property
    def is_raised(self) -> bool:
        return self.rung > 0


def climb(alert: AlertGlance, now: datetime, rules: RuleBook) -> Climb:
    """Level and role of an open alert at ``now``. Its first time stamp stays whatever it climbs to."""
    roles = rules.ladder.roles
    first = max((roles.index(role) for role in roles if role in alert.notify), default=0)
    until = alert.acknowledged_at or now
    moments = _moments_of_climbing(alert, rules, len(roles) - 1 - first)
    rung = sum(moment < until for moment in moments)
    return Climb(
        level=min(rules.ladder.highest_level, alert.level + rung),
        rung=rung,
        role=roles[first + rung],
        waiting_since=None if alert.acknowledged_at else alert.raised_at,
        climbs_at=None if alert.acknowledged_at or rung == len(moments) else moments[rung],
    )


def _moments_of_climbing(alert: AlertGlance, rules: RuleBook, rungs_above: int) -> list[datetime]:
    """After which moments it goes one role up; empty for a reminder that never climbs."""
    if set(alert.rules) <= set(rules.ladder.not_for):
        return []
    wait = timedelta(minutes=max(alert.respond_within_minutes, rules.ladder.least_wait_minutes))
    each = timedelta(minutes=rules.minutes_a_rung)
    return [alert.raised_at + wait + each * rung for rung in range(rungs_above)]
