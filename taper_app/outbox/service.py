"""The threads that send while the server runs: one for each channel, and one that queues what has climbed.

Nothing waits for them: a save only adds a row, and a screen only reads rows. Nothing depends on them either: what is
overdue or unacknowledged is worked out wherever it is shown, and what they did not send waits in the database.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from taper_app.clinical.errors import TaperError
from taper_app.outbox.channel import Channel
from taper_app.outbox.sender import Sender
from taper_app.use_cases.announce import queue_what_climbed
from taper_app.use_cases.context import App

_log = logging.getLogger("taper_app")

LOOKS_EVERY_SECONDS: Final = 1.0
CLIMBS_EVERY_SECONDS: Final = 10.0
#: Ending the server does not wait for a hanging post: it is sent again at the next start.
_WAITS_FOR_A_THREAD_SECONDS: Final = 2.0


class OutboxService:
    """Started with the server, ended with it."""

    def __init__(self, app: App, channels: Sequence[Channel]) -> None:
        self._ending = threading.Event()
        self._threads = [self._thread("climbs", CLIMBS_EVERY_SECONDS, lambda: queue_what_climbed(app))]
        for channel in channels:
            sender = Sender(app.store, app.clock, app.notices, channel)
            self._threads.append(self._thread(channel.name, LOOKS_EVERY_SECONDS, self._sending(sender)))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Before the store is closed. A try that is under way is left alone and counts as not delivered."""
        self._ending.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_WAITS_FOR_A_THREAD_SECONDS)

    def _sending(self, sender: Sender) -> Callable[[], object]:
        return lambda: sender.send_due(lambda: not self._ending.is_set())

    def _thread(self, name: str, seconds: float, act: Callable[[], object]) -> threading.Thread:
        return threading.Thread(
            target=self._again_and_again, args=(name, seconds, act), name=f"outbox-{name}", daemon=True
        )

    def _again_and_again(self, name: str, seconds: float, act: Callable[[], object]) -> None:
        while not self._ending.wait(seconds):
            try:
                act()
            except TaperError:
                continue  # the database is busy, or another server writes: the next look comes soon
            except Exception as fault:
                if not self._ending.is_set():
                    _log.error("Unexpected error in the outbox, %s: %s", name, type(fault).__qualname__)
