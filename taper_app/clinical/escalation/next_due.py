"""When the next observation set is wanted, and which finding asks for it: highest finding, last cut, first day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """A charted set with what the rules said of it (None: not judged). ``is_full``: see ``ChartedSet``."""

    at: datetime
    is_full: bool
    answer: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class NextDue:
    """``asked_at``: the moment of the set that asks for it. ``rule`` and ``because`` empty: no finding asks for it
    sooner than the ward's own interval does.

    ``asked_at`` and ``after_minutes`` None: there is no full set yet, so one is due from the admission on.
    """

    at: datetime
    asked_at: datetime | None
    after_minutes: int | None
    rule: str = ""
    because: str = ""

    def overdue_minutes(self, now: datetime) -> int:
        """Whole minutes since it was due; 0 while it is not."""
        return max(0, int((now - self.at).total_seconds() // 60))


def next_due(newest_first: Iterable[JudgedSet], admitted_at: datetime) -> NextDue:
    """When the next set is wanted; at once when there is no full one yet.

    Something charted since the last full set (an event, a dose, a partial or refused set) may bring it forward, never
    put it off.
    """
    wanted: list[NextDue] = []
    for judged in newest_first:
        wanted.append(_wish(judged))
        if judged.is_full:
            return min(wanted, key=lambda wish: (wish.at, wish.asked_at or wish.at))
    return NextDue(admitted_at, None, None)


def _wish(judged: JudgedSet) -> NextDue:
    """Of the findings that ask for the shortest time the most serious one is named; findings are in that order."""
    answer = judged.answer or {}
    minutes = int(answer.get("next_due_minutes") or 0)
    asking = [found for found in answer.get("findings", ()) if _minutes(found) == minutes]
    named = asking[0] if asking else {"rule": "", "message": ""}
    due_at = judged.at + timedelta(minutes=minutes)
    return NextDue(due_at, judged.at, minutes, str(named["rule"]), str(named["message"]))


def _minutes(finding: Mapping[str, Any]) -> int | None:
    wish = finding.get("reassess_within_minutes")
    return 0 if wish == "continuous" else wish
