"""What leaves the building when an alert is raised or climbs, and what a message says: bed and level, unless a site
has set that it says more. A name, a record number or a birthday is never said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from pydantic import AwareDatetime, Field

from taper_app.clinical.escalation.ladder import Climb, climb
from taper_app.clinical.protocol.alert_ladder import Rung
from taper_app.clinical.protocol.escalation_rules import RuleBook
from taper_app.clinical.records import AlertGlance, EpisodeId, Frozen, LatestRow, RecordId

_ALERTS = UUID("5d8d8f2e-6a0e-4c36-9c0b-0f6a3a3f5b11")
_LOWEST_ALERT_LEVEL = 2
_AN_INSTANT = timedelta(microseconds=1)


class Said(StrEnum):
    """What a site may let a message say beside bed and level."""

    UNIT = "unit"
    ROLE = "role"
    TIME = "time"
    STATE = "state"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """What this site sends: through which channels, from which level on, and what it says.

    Without a channel nothing is queued and nothing leaves.
    """

    channels: tuple[str, ...] = ()
    from_level: int = _LOWEST_ALERT_LEVEL
    says: frozenset[Said] = frozenset()


class Notice(Frozen):
    """One message that has to leave through one channel, and how far that got. It holds nothing that could be said:
    bed and words are looked up when it is sent, so that nobody is sent to a bed that the patient has left.
    """

    id: str = Field(description="The same however often it is sent, and nothing of the record can be told from it.")
    channel: str
    episode_id: EpisodeId
    alert_id: RecordId
    rung: int = Field(ge=0, description="0: the alert was raised; 1, 2, 3: nobody acknowledged it and it climbed.")
    level: int = Field(ge=2, le=4)
    role: Rung
    since: AwareDatetime = Field(description="When it was raised or reached this rung.")
    queued_at: AwareDatetime
    next_try_at: AwareDatetime
    tries: int = Field(default=0, ge=0)
    last_try_at: AwareDatetime | None = None
    last_failure: str = Field(default="", max_length=200, description="In words; never an address or an answer.")
    delivered_at: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What is said: ``body`` as it is posted, ``text`` for services that show a line to a person."""

    id: str
    body: Mapping[str, str | int | bool | None]
    text: str


def notice_id(alert_id: RecordId, rung: int) -> str:
    """One id for each rung of an alert, so that nothing is said twice under two ids."""
    return str(uuid5(_ALERTS, f"{alert_id} {rung}"))


def notices_due(
    alert: AlertGlance, episode_id: EpisodeId, now: datetime, rules: RuleBook, policy: NoticePolicy
) -> Iterator[Notice]:
    """Everything that has to have left by ``now`` about an alert that nobody has acknowledged, lowest rung first.

    A rung that was reached while no server ran is told too: its people were never called.
    """
    for reached, since in _rungs(alert, now, rules):
        if reached.level < policy.from_level:
            continue
        for channel in policy.channels:
            yield Notice(
                id=notice_id(alert.id, reached.rung),
                channel=channel,
                episode_id=episode_id,
                alert_id=alert.id,
                rung=reached.rung,
                level=reached.level,
                role=reached.role,
                since=since,
                queued_at=now,
                next_try_at=now,
            )


def _rungs(alert: AlertGlance, now: datetime, rules: RuleBook) -> Iterator[tuple[Climb, datetime]]:
    """Each rung with the moment at which it was reached."""
    reached, since = climb(alert, alert.raised_at, rules), alert.raised_at
    yield reached, since
    while reached.climbs_at is not None and reached.climbs_at < now:
        since = reached.climbs_at
        reached = climb(alert, since + _AN_INSTANT, rules)
        yield reached, since


def message_of(
    notice: Notice, row: LatestRow | None, says: Collection[Said], *, unit: str, when: str, reason: str
) -> Message:
    """What is said of it now. ``row``: where the patient is; ``unit``, ``when`` and ``reason`` are said if allowed.

    No bed is said of a stay that has ended: somebody else may lie there by now.
    """
    may_be_said: dict[str, str] = {
        Said.UNIT: unit,
        Said.ROLE: notice.role.replace("_", " "),
        Said.TIME: when,
        Said.STATE: _state(notice, row),
        Said.REASON: reason,
    }
    said = {str(name): words for name, words in may_be_said.items() if name in says and words}
    bed = row.bed if row is not None and row.status == "open" else None
    line = [f"Alert level {notice.level}, " + (f"bed {bed}" if bed else "of a stay that has ended")]
    line += [f"{name} {words}" for name, words in said.items()]
    body = {"id": notice.id, "bed": bed, "level": notice.level, **said}
    return Message(notice.id, body, " · ".join([*line, f"id {notice.id}"]))


def trial_message(trial_id: str) -> Message:
    """To see whether a way out works: it speaks of nobody."""
    return Message(
        trial_id, {"id": trial_id, "test": True}, f"Test by Taper: no patient, nothing to do · id {trial_id}"
    )


def _state(notice: Notice, row: LatestRow | None) -> str:
    alert = next((alert for alert in row.alerts if alert.id == notice.alert_id), None) if row else None
    if alert is None:
        return "closed"
    return "acknowledged" if alert.acknowledged_at else "open"
