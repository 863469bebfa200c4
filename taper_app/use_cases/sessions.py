"""Sign-in sessions: the cookie's token, what it still opens, and how it ends.

A token is 256 random bits; the store keeps only its SHA-256. The part before the point says which database
it belongs to, so that a browser exploring synthetic patients can never reach the real ward.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from taper_app.store.interface import Account, AuditEntry, Reading, SignInSession, Store, Writing

_WARD, _DEMO = "ward", "demo"
_TOKEN_LENGTH = len(secrets.token_urlsafe(32))

# Use is written down at most this often: every write waits for the disk, and the idle limit counts minutes.
USE_WRITTEN_EVERY = timedelta(seconds=30)


def new_token(*, is_demo: bool) -> str:
    return f"{_DEMO if is_demo else _WARD}.{secrets.token_urlsafe(32)}"


def is_demo_token(token: str) -> bool:
    return token.startswith(f"{_DEMO}.")


def session_id_of(token: str) -> str:
    """The id under which the session is stored."""
    return sha256(token.encode()).hexdigest()


class NotLive(StrEnum):
    """Why a token opens nothing."""

    NONE = "none"
    UNKNOWN = "unknown"
    ENDED = "ended"
    EXPIRED = "expired"
    IDLE = "idle"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class LiveSession:
    session: SignInSession
    account: Account
    is_demo: bool


def well_formed(token: str | None) -> bool:
    """Whether it could be a token at all, before a store is asked."""
    if not token or not token.isascii():
        return False
    kind, point, secret = token.partition(".")
    return bool(point) and kind in (_WARD, _DEMO) and len(secret) == _TOKEN_LENGTH


def look_up(reading: Reading, token: str | None, *, now: datetime, idle_limit: timedelta) -> LiveSession | NotLive:
    """The session a token opens now, or why it opens none. ``reading`` must be of the token's own database."""
    if not token:
        return NotLive.NONE
    if not well_formed(token):
        return NotLive.UNKNOWN
    session = reading.session(session_id_of(token))
    if session is None:
        return NotLive.UNKNOWN
    if session.ended_at is not None:
        return NotLive.ENDED
    if session.expires_at <= now:
        return NotLive.EXPIRED
    if session.last_activity_at + idle_limit <= now:
        return NotLive.IDLE
    account = reading.account(session.account_id)
    if account is None or account.disabled_at is not None:
        return NotLive.DISABLED
    return LiveSession(session=session, account=account, is_demo=is_demo_token(token))


def add_session(writing: Writing, account: Account, *, is_demo: bool, now: datetime, lasts: timedelta) -> str:
    """Start a session inside a transaction. Returns the token, which nothing keeps but the browser."""
    token = new_token(is_demo=is_demo)
    writing.add_session(
        SignInSession(
            id=session_id_of(token),
            account_id=account.id,
            started_at=now,
            last_activity_at=now,
            expires_at=now + lasts,
        )
    )
    return token


def record_use(store: Store, session: SignInSession, *, now: datetime) -> None:
    """Note that the person did something, unless that was noted moments ago."""
    if now - session.last_activity_at < USE_WRITTEN_EVERY:
        return

    def work(writing: Writing) -> None:
        current = writing.session(session.id)
        if current is not None and current.ended_at is None and current.last_activity_at < now:
            writing.replace_session(current.model_copy(update={"last_activity_at": now}))

    store.transact(work)


def sign_out(store: Store, session_id: str, *, now: datetime) -> None:
    """End the session; ending it twice, or one that never was, changes nothing."""

    def work(writing: Writing) -> None:
        session = writing.session(session_id)
        if session is None or session.ended_at is not None:
            return
        writing.replace_session(session.model_copy(update={"ended_at": now}))
        account = writing.account(session.account_id)
        writing.add_audit(
            AuditEntry(
                at=now,
                account_id=session.account_id,
                role=account.role.value if account else None,
                action="sign_out",
                outcome="done",
            )
        )

    store.transact(work)
