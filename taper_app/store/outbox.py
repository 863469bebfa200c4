"""What the outbox needs of a store: notices that wait until they were delivered, and whose turn it is to send them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from taper_app.clinical.escalation.notices import Notice


class OutboxReading(Protocol):
    """A look at what waits."""

    def notice(self, notice_id: str, channel: str) -> Notice | None: ...

    def notices_known(self, channel: str, ids: Collection[str]) -> set[str]:
        """Those of the ids that are in the outbox of this channel already, waiting or delivered."""

    def next_notice(self, channel: str, now: datetime) -> Notice | None:
        """Whose try is due: the highest level first, then the fewest tries, then the longest wait. None: nothing."""

    def notices_waiting(self) -> Sequence[Notice]:
        """Everything that was not delivered yet, the oldest first."""

    def notices_delivered(self, limit: int) -> Sequence[Notice]:
        """The newest first."""


class OutboxWriting(OutboxReading, Protocol):
    """Notices are queued once, tried until delivered, and never taken away."""

    def add_notice(self, notice: Notice) -> bool:
        """Queue it once: the same id for the same channel again changes nothing and answers False.

        Raises NotFound when its episode is not there.
        """

    def replace_notice(self, notice: Notice) -> None:
        """How far its delivery got. Raises NotFound when it was never queued."""

    def make_notices_due(self, now: datetime, channel: str | None = None) -> int:
        """Let what waits for a later try be tried now, through one channel or all; returns how many that were."""

    def take_sending(self, channel: str, holder: str, now: datetime, until: datetime) -> bool:
        """Take the right to send through a channel, or keep it, until then. False while somebody else has it."""

    def give_back_sending(self, channel: str, holder: str) -> None:
        """Let the next one send; does nothing for whoever does not have the right."""
