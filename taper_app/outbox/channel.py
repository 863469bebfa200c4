"""What every way out of the building offers, and how it says that it failed."""

from __future__ import annotations

from typing import Protocol

from taper_app.clinical.escalation.notices import Message


class NotDelivered(Exception):
    """It may or may not have arrived: it is tried again under the same id.

    The text is kept and shown: what happened, in our words. It holds no address, no answer and no secret.
    """


class Channel(Protocol):
    """One way out. ``name`` stands beside each of its notices in the database and stays the same over restarts."""

    @property
    def name(self) -> str: ...

    def send(self, message: Message, at: int) -> None:
        """Deliver, or raise NotDelivered. ``at``: now, in seconds since 1970. Ends in the time that is set for it."""
