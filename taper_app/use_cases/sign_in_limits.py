"""How guessing is slowed: by account name (kept in the store), by unknown name and by address (in memory).

Nothing is ever locked for good: a ward must be able to sign in again without an administrator.
Figures: two to the power of the failures in seconds from the third failure, 15 minutes at the tenth,
50 failures per address in 15 minutes (security design of this project, after NIST SP 800-63B and ASVS 6.3.1).
"""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

DELAY_FROM_FAILURE = 3
LOCK_AT_FAILURE = 10
LOCK_LASTS = timedelta(minutes=15)
ADDRESS_FAILURES = 50
ADDRESS_WINDOW = timedelta(minutes=15)


def wait_after(failures: int) -> timedelta:
    """How long the next attempt must wait after so many failures in a row."""
    if failures >= LOCK_AT_FAILURE:
        return LOCK_LASTS
    if failures >= DELAY_FROM_FAILURE:
        return timedelta(seconds=2**failures)
    return timedelta(0)


def failures_that_count(failures: int, locked_until: datetime | None, now: datetime) -> int:
    """Failures so far; a lock that has run its time wipes them, so that a lock never becomes lasting."""
    if failures >= LOCK_AT_FAILURE and (locked_until is None or locked_until <= now):
        return 0
    return failures


class UnknownNames:
    """The same delays for names that nobody has, so that answers do not tell which names exist."""

    def __init__(self, most_names: int = 4096) -> None:
        self._most_names = most_names
        self._lock = Lock()
        self._by_name: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def charge(self, name: str, now: datetime) -> datetime | None:
        """Count an attempt on the name. Returns until when it is refused unread, or None when it may go on."""
        key = sha256(name.casefold().encode()).hexdigest()
        with self._lock:
            failures, locked_until = self._by_name.get(key, (0, now))
            if locked_until > now:
                return locked_until
            failures = failures_that_count(failures, locked_until, now) + 1
            self._by_name[key] = (failures, now + wait_after(failures))
            self._by_name.move_to_end(key)
            while len(self._by_name) > self._most_names:
                self._by_name.popitem(last=False)
            return None


class AddressLimit:
    """Failed sign-ins by network address, within a sliding window."""

    def __init__(self, most_addresses: int = 4096) -> None:
        self._most_addresses = most_addresses
        self._lock = Lock()
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()

    def refused_until(self, address: str, now: datetime) -> datetime | None:
        with self._lock:
            failures = self._recent(address, now)
            return failures[0] + ADDRESS_WINDOW if len(failures) >= ADDRESS_FAILURES else None

    def count_failure(self, address: str, now: datetime) -> None:
        with self._lock:
            self._recent(address, now).append(now)
            self._failures.move_to_end(address)
            while len(self._failures) > self._most_addresses:
                self._failures.popitem(last=False)

    def _recent(self, address: str, now: datetime) -> deque[datetime]:
        failures = self._failures.setdefault(address, deque())
        while failures and failures[0] <= now - ADDRESS_WINDOW:
            failures.popleft()
        return failures
