"""The one place that picks the database, the clock and the ways out. Nothing else opens a store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock

from taper_app.clinical.escalation.notices import NoticePolicy
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.notice_settings import notice_settings
from taper_app.outbox.channels import channels_of, policy_of
from taper_app.outbox.service import OutboxService
from taper_app.protocol_files import load_protocols
from taper_app.settings import settings
from taper_app.store.interface import Store

Clock = Callable[[], datetime]

_SQLITE_FILE = "sqlite:///"
_apps: dict[bool, TaperApp] = {}
_senders: list[OutboxService] = []
_opening = Lock()
_filling = Lock()  # its own, so that a ward goes on while somebody explores synthetic patients


class StrictClock:
    """The server's clock in UTC. No two looks give the same moment, so that records have an order."""

    def __init__(self) -> None:
        self._last = datetime.min.replace(tzinfo=UTC)
        self._looking = Lock()

    def __call__(self) -> datetime:
        with self._looking:
            self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
            return self._last


utc_now = StrictClock()


@dataclass(frozen=True, slots=True)
class TaperApp:
    """What a screen or a command needs: where records are kept, and what time it is."""

    store: Store
    is_demo: bool = False
    clock: Clock = field(default=utc_now)
    notices: NoticePolicy = field(default_factory=NoticePolicy)

    @property
    def protocols(self) -> WardProtocols:
        """Everything in ``protocols/``, read and checked at the first use. Raises ProtocolFilesRefused."""
        return _protocols()


@cache
def _protocols() -> WardProtocols:
    return load_protocols(market=settings().market, site=settings().site_protocols)


def app_for(demo: bool) -> TaperApp:
    """The application on the ward's database, or on the one of synthetic patients; opened once per process."""
    with _opening:
        if demo not in _apps:
            _apps[demo] = TaperApp(store=_open(settings().demo_database_url), is_demo=True) if demo else _ward()
        return _apps[demo]


def open_for_serving() -> None:
    """Open the ward's database as its one writer, so that a server which could not write never starts.

    Begins to send what waits in its outbox, where a way out is set. Invented patients have none.
    """
    channels = channels_of(notice_settings())
    with _opening:
        if False not in _apps:
            _apps[False] = _ward(take_writer=True)
        if channels and not _senders:
            _senders.append(OutboxService(_apps[False], channels))
            _senders[0].start()


def _ward(*, take_writer: bool = False) -> TaperApp:
    site = notice_settings()
    policy = policy_of(site, channels_of(site))
    return TaperApp(store=_open(settings().database_url, take_writer=take_writer), notices=policy)


def close_all() -> None:
    """End sending, and close every store that this process opened."""
    with _opening:
        for sender in _senders:
            sender.end()
        _senders.clear()
        for app in _apps.values():
            app.store.close()
        _apps.clear()


def fill_demo(app: TaperApp) -> None:
    """Put synthetic patients and one person per role into the demo database, unless they are there already."""
    from taper_app.use_cases import demo

    with _filling:
        with app.store.reading() as reading:
            if reading.accounts():
                return
        demo.fill(app.store, patients=settings().demo_patients, seed=7, now=app.clock())


def _open(url: str, *, take_writer: bool = False) -> Store:
    from taper_app.store.sql import open_store

    if url.startswith(_SQLITE_FILE):
        Path(url.removeprefix(_SQLITE_FILE)).parent.mkdir(parents=True, exist_ok=True)
    return open_store(url, take_writer=take_writer)
