"""Sending what waits in the outbox through one channel: tried until delivered, by one server at a time.

A notice is marked delivered only after the other side has said so. When the server dies in between, or the answer is
lost, it is sent again under the same id; nothing is ever marked first and sent later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from taper_app.clinical.escalation.alerts import AlertBody
from taper_app.clinical.escalation.notices import Message, Notice, NoticePolicy, message_of
from taper_app.outbox.channel import Channel, NotDelivered
from taper_app.store.interface import Reading, Store, Writing

_log = logging.getLogger("taper_app")

#: Longer than any single try takes, so that nobody else begins while one is under way.
SENDING_LASTS = timedelta(seconds=45)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=5)
_DOUBLINGS_AT_MOST = 10
_LONGEST_FAILURE = 200


def wait_after(tries: int) -> timedelta:
    """How long a notice waits after so many failed tries: 5 s, doubled each time, never more than 5 minutes."""
    doubled: int = 2 ** min(tries - 1, _DOUBLINGS_AT_MOST)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


@dataclass(slots=True)
class Sender:
    """Sends through one channel. Any number of them may run on one database: the lease lets one send."""

    store: Store
    clock: Callable[[], datetime]
    policy: NoticePolicy
    channel: Channel
    holder: str = field(default_factory=lambda: str(uuid4()))

    def send_due(
        self, may_go_on: Callable[[], bool] = lambda: True, *, due: Callable[[], datetime] | None = None
    ) -> int:
        """Try everything that is due, also what falls due meanwhile; returns how many were delivered.

        ``due``: by which moment; a fixed one tries each notice once. Writes nothing while nothing is due. Raises what
        the store raises; what was not marked is sent again.
        """
        due = due or self.clock
        delivered, in_turn = 0, False
        while may_go_on() and self._next(due()) is not None and self._take_turn():
            in_turn = True
            notice = self._next(due())  # looked up again: before our turn somebody else may have sent it
            delivered += self._try(notice) if notice else 0
        if in_turn:
            self.store.transact(lambda writing: writing.give_back_sending(self.channel.name, self.holder))
        return delivered

    def _next(self, due: datetime) -> Notice | None:
        with self.store.reading() as reading:
            return reading.next_notice(self.channel.name, due)

    def _take_turn(self) -> bool:
        now = self.clock()
        return self.store.transact(
            lambda writing: writing.take_sending(self.channel.name, self.holder, now, now + SENDING_LASTS)
        )

    def _try(self, notice: Notice) -> bool:
        """Send it and keep what came of it."""
        with self.store.reading() as reading:
            message = _message(reading, notice, self.policy)
        failure = self._failure_of_sending(message)
        now = self.clock()
        self.store.transact(lambda writing: _keep(writing, notice, failure, now))
        return failure is None

    def _failure_of_sending(self, message: Message) -> str | None:
        try:
            self.channel.send(message, int(self.clock().timestamp()))
        except NotDelivered as failed:
            return str(failed)[:_LONGEST_FAILURE]
        except Exception as fault:  # a bug must not lose a notice either
            _log.error("Unexpected error in the outbox, channel %s: %s", self.channel.name, type(fault).__qualname__)
            return "It could not be sent: an unexpected error, which the log names."
        return None


def _message(reading: Reading, notice: Notice, policy: NoticePolicy) -> Message:
    """What it says now: the bed in which the patient lies now."""
    row = reading.latest_row(notice.episode_id)
    unit = reading.unit(row.unit_id) if row else None
    raised = reading.record(notice.alert_id)
    when = notice.since.astimezone(ZoneInfo(unit.zone if unit else "UTC"))
    return message_of(
        notice,
        row,
        policy.says,
        unit=unit.name if unit else "",
        when=when.isoformat(timespec="seconds"),
        reason=raised.body_as(AlertBody).headline if raised else "",
    )


def _keep(writing: Writing, notice: Notice, failure: str | None, now: datetime) -> None:
    """What came of a try. Somebody else may have kept a try of the same notice meanwhile; delivered stays delivered."""
    kept = writing.notice(notice.id, notice.channel)
    if kept is None or kept.delivered_at is not None:
        return
    tries = kept.tries + 1
    tried = {"tries": tries, "last_try_at": now}
    if failure is None:
        writing.replace_notice(_with(kept, **tried, delivered_at=now))
        writing.make_notices_due(now, notice.channel)  # the other side answers again: nothing need wait longer
    else:
        writing.replace_notice(_with(kept, **tried, last_failure=failure, next_try_at=now + wait_after(tries)))


def _with(notice: Notice, **changes: object) -> Notice:
    return Notice.model_validate(notice.model_dump() | changes)
