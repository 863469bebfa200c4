"""``taper outbox``: what waits to leave the building; ``send`` tries it now, ``test`` sends a line about nobody.

Whoever looks after the server sees no patient, so no bed is shown.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from uuid import uuid4

from taper_app import wiring
from taper_app.cli.answers import Exit, print_faults, print_json
from taper_app.cli.database import database_of
from taper_app.clinical.errors import Fault
from taper_app.clinical.escalation.notices import Notice, trial_message
from taper_app.notice_settings import notice_settings
from taper_app.outbox.channel import Channel, NotDelivered
from taper_app.outbox.channels import channels_of
from taper_app.outbox.sender import Sender
from taper_app.use_cases.announce import queue_what_climbed
from taper_app.wiring import TaperApp

_NO_WAY_OUT = Fault("TAPER_WEBHOOK_URL", "No way out is set: set TAPER_WEBHOOK_URL or TAPER_APPRISE_URLS.")


def answer(arguments: argparse.Namespace) -> Exit:
    database_of(arguments)
    channels = channels_of(notice_settings())
    if arguments.action != "list" and not channels:
        print_faults([_NO_WAY_OUT])
        return Exit.REFUSED_BY_STATE
    if arguments.action == "test":
        return _test(channels, as_json=arguments.json)
    try:
        app = wiring.app_for(demo=False)
        sent = _send(app, channels) if arguments.action == "send" else None
        return _tell(app, sent, as_json=arguments.json)
    finally:
        wiring.close_all()


def _send(app: TaperApp, channels: Sequence[Channel]) -> int:
    """Once each, also what waits for a later try. Raises DatabaseInUse while a server runs: that one sends."""
    queue_what_climbed(app)
    app.store.transact(lambda writing: writing.make_notices_due(app.clock()))
    until = app.clock()
    return sum(Sender(app.store, app.clock, app.notices, channel).send_due(due=lambda: until) for channel in channels)


def _tell(app: TaperApp, sent: int | None, *, as_json: bool) -> Exit:
    with app.store.reading() as reading:
        waiting = reading.notices_waiting()
    if as_json:
        now = {} if sent is None else {"delivered_now": sent}
        print_json({**now, "channels": list(app.notices.channels), "waiting": [_fields(notice) for notice in waiting]})
    else:
        print(_NO_WAY_OUT.message if not app.notices.channels else f"Ways out: {', '.join(app.notices.channels)}.")
        if sent is not None:
            print(f"{sent} delivered now.")
        print(f"{len(waiting)} waiting.")
        for notice in waiting:
            print(f"  {_line(notice)}")
    return Exit.REFUSED_BY_STATE if sent is not None and waiting else Exit.DONE


def _fields(notice: Notice) -> dict[str, object]:
    shown = {"id", "channel", "level", "queued_at", "tries", "last_try_at", "last_failure", "next_try_at"}
    return notice.model_dump(mode="json", include=shown)


def _line(notice: Notice) -> str:
    failed = f", last: {notice.last_failure}" if notice.last_failure else ""
    since = f"{notice.queued_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{since}  level {notice.level}  {notice.channel}  {notice.tries} tries{failed}"


def _test(channels: Sequence[Channel], *, as_json: bool) -> Exit:
    found = {channel.name: _trial(channel) for channel in channels}
    if as_json:
        print_json({"channels": found})
    else:
        for name, failure in found.items():
            print(f"{name}: {failure or 'delivered.'}")
    return Exit.REFUSED_BY_STATE if any(found.values()) else Exit.DONE


def _trial(channel: Channel) -> str:
    """What failed; empty when it was delivered."""
    try:
        channel.send(trial_message(str(uuid4())), int(wiring.utc_now().timestamp()))
    except NotDelivered as failed:
        return str(failed)
    return ""
