"""Queueing what has to leave the building: in the transaction that raises an alert, and when one has climbed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taper_app.clinical.escalation.alerts import Alert, AlertBody
from taper_app.clinical.escalation.notices import Notice, notices_due
from taper_app.clinical.records import Record, RecordKind
from taper_app.store.interface import Reading, Writing
from taper_app.use_cases.context import App


def announce(app: App, writing: Writing, added: Iterable[Record]) -> None:
    """Queue a notice for each alert that ``added`` raises, so that it is kept with the alert or not at all."""
    if not app.notices.channels:
        return
    for kept in added:
        if kept.kind is RecordKind.ALERT and kept.corrects is None:
            alert = Alert(kept, kept.body_as(AlertBody), None, None)
            for notice in notices_due(alert.glance, kept.episode_id, app.clock(), app.protocols.rules, app.notices):
                writing.add_notice(notice)


def queue_what_climbed(app: App) -> int:
    """Queue whatever an unacknowledged alert has climbed to by now and was not queued; returns how many notices.

    It writes only when there is something new, and any number of servers may do it: one id is queued once.
    """
    with app.store.reading() as reading:
        missing = list(_not_queued(app, reading))
    if not missing:
        return 0
    return app.store.transact(lambda writing: sum(writing.add_notice(notice) for notice in missing))


def _not_queued(app: App, reading: Reading) -> Iterator[Notice]:
    due = [notice for unit in reading.units() for notice in _due_on(app, reading, unit.id)]
    for channel in app.notices.channels:
        of_channel = {notice.id: notice for notice in due if notice.channel == channel}
        known = reading.notices_known(channel, of_channel) if of_channel else set()
        yield from (notice for notice_id, notice in of_channel.items() if notice_id not in known)


def _due_on(app: App, reading: Reading, unit_id: str) -> Iterator[Notice]:
    now, rules = app.clock(), app.protocols.rules
    for row in reading.latest_rows(unit_id):
        for alert in row.alerts:
            if alert.acknowledged_at is None:
                yield from notices_due(alert, row.episode_id, now, rules, app.notices)
