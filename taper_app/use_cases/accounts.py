"""Accounts: the first administrator, signing in, changing a password.

These are the only use-cases that run before there is an acting person; everything else takes an Actor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from uuid import uuid4

from taper_app.clinical.errors import Fault, InputRefused, StateConflict, TaperError
from taper_app.clinical.people import Role
from taper_app.store.interface import Account, AuditEntry, Store, Writing
from taper_app.use_cases import passwords, sessions
from taper_app.use_cases.sign_in_limits import UnknownNames, failures_that_count, wait_after

_NAME = re.compile(r"[^\W_][\w.@-]{1,39}")
_UNKNOWN_NAMES = UnknownNames()


class SignInRefused(TaperError):
    """The name or the password is not right, or it is too soon to try again."""

    next_step = "Try again, or ask an administrator for a new password."

    def __init__(self, message: str, *, wait: timedelta = timedelta(0)) -> None:
        self.wait = wait
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class SignInGrant:
    """A new session. The token goes into the cookie and nowhere else."""

    token: str
    account: Account


def account_exists(store: Store) -> bool:
    """Whether anybody can sign in; without an account the application opens at its first-run page."""
    with store.reading() as reading:
        return bool(reading.accounts())


def create_first_administrator(
    store: Store, *, name: str, display_name: str, password: str, password_again: str, now: datetime
) -> Account:
    """Add the administrator of an empty database.

    Raises InputRefused with every fault, StateConflict when an account exists already. Nothing is stored then.
    """
    name, display_name = name.strip(), " ".join(display_name.split())
    faults = _faults_of_names(name, display_name)
    faults += passwords.faults_of_new_password(password, password_again, user_name=name)
    if faults:
        raise InputRefused(faults)
    account = Account(
        id=str(uuid4()),
        name=name,
        display_name=display_name,
        role=Role.ADMIN,
        unit_id=None,
        password_hash=passwords.hash_password(password),
    )

    def work(writing: Writing) -> None:
        if writing.accounts():
            raise StateConflict("An account exists already; the first administrator can be created only once.")
        writing.add_account(account)
        writing.add_audit(_audit(account, "create_first_administrator", "done", now))

    store.transact(work)
    return account


def sign_in(
    store: Store,
    *,
    name: str,
    password: str,
    now: datetime,
    session_lasts: timedelta,
    is_demo: bool = False,
    replaces_session: str | None = None,
) -> SignInGrant:
    """Check the password and start a session; the browser's former session, if any, ends.

    Raises SignInRefused; its text does not tell whether the name or the password was wrong.
    The attempt is counted before the password is checked, so that attempts side by side count too.
    """
    account = _charge_attempt(store, name.strip(), now)
    matches = passwords.password_matches(account.password_hash if account else passwords.hash_of_nobody(), password)
    if account is None or not matches:
        _note(store, account, "sign_in", "refused", now, "no such account" if account is None else "wrong password")
        raise SignInRefused("The name or the password is not right.")
    if account.disabled_at is not None:
        _note(store, account, "sign_in", "refused", now, "account disabled")
        raise SignInRefused("This account has been disabled.")
    fresh_hash = (
        passwords.hash_password(password) if passwords.HASHER.check_needs_rehash(account.password_hash) else None
    )
    return _start(store, account.id, now, session_lasts, is_demo, replaces_session, "sign_in", fresh_hash)


def sign_in_synthetic(store: Store, *, account_id: str, now: datetime, session_lasts: timedelta) -> SignInGrant:
    """Start a session for a synthetic person. Only ever called with the store of synthetic patients.

    Raises SignInRefused when there is no such person.
    """
    with store.reading() as reading:
        account = reading.account(account_id)
    if account is None or account.disabled_at is not None:
        raise SignInRefused("There is no such synthetic person.")
    return _start(store, account.id, now, session_lasts, True, None, "sign_in_synthetic", None)


def change_password(
    store: Store,
    *,
    account_id: str,
    present: str,
    password: str,
    password_again: str,
    now: datetime,
    session_lasts: timedelta,
    is_demo: bool = False,
) -> SignInGrant:
    """Replace one's own password; every session of the account ends and a new one starts.

    Raises InputRefused with every fault, SignInRefused when the present password is not right.
    """
    with store.reading() as reading:
        known = reading.account(account_id)
    if known is None or known.disabled_at is not None:
        raise SignInRefused("This account has been disabled.")
    faults = passwords.faults_of_new_password(password, password_again, user_name=known.name)
    if password == present:
        faults.append(Fault("password", "Password: choose one that differs from the present password."))
    if faults:
        raise InputRefused(faults)
    account = _charge_attempt(store, known.name, now)
    if account is None or not passwords.password_matches(account.password_hash, present):
        _note(store, account, "change_password", "refused", now, "wrong password")
        raise SignInRefused("The present password is not right.")
    new_hash = passwords.hash_password(password)

    def work(writing: Writing) -> SignInGrant:
        current = writing.account(account_id)
        if current is None:
            raise SignInRefused("This account has been disabled.")
        changed = current.model_copy(
            update={
                "password_hash": new_hash,
                "must_change_password": False,
                "failed_attempts": 0,
                "locked_until": None,
            }
        )
        writing.replace_account(changed)
        writing.end_sessions_of(account_id, now)
        token = sessions.add_session(writing, changed, is_demo=is_demo, now=now, lasts=session_lasts)
        writing.add_audit(_audit(changed, "change_password", "done", now))
        return SignInGrant(token=token, account=changed)

    return store.transact(work)


def _charge_attempt(store: Store, name: str, now: datetime) -> Account | None:
    """Count an attempt against the name; None when nobody has it. Raises SignInRefused while it must wait."""

    def work(writing: Writing) -> tuple[Account | None, datetime | None]:
        account = writing.account_named(name) if name else None
        if account is None:
            return None, _UNKNOWN_NAMES.charge(name, now)
        if account.locked_until is not None and account.locked_until > now:
            return account, account.locked_until
        failures = failures_that_count(account.failed_attempts, account.locked_until, now) + 1
        wait = wait_after(failures)
        writing.replace_account(
            account.model_copy(update={"failed_attempts": failures, "locked_until": now + wait if wait else None})
        )
        return account, None

    account, refused_until = store.transact(work)
    if refused_until is not None:
        _note(store, account, "sign_in", "refused", now, "too many attempts")
        wait = refused_until - now
        raise SignInRefused(f"Too many attempts. Wait {in_words(wait)} before the next one.", wait=wait)
    return account


def _start(
    store: Store,
    account_id: str,
    now: datetime,
    session_lasts: timedelta,
    is_demo: bool,
    replaces_session: str | None,
    action: str,
    fresh_hash: str | None,
) -> SignInGrant:
    """Clear the count of failures and add the session, in one transaction."""

    def work(writing: Writing) -> SignInGrant:
        account = writing.account(account_id)
        if account is None or account.disabled_at is not None:
            raise SignInRefused("This account has been disabled.")
        cleared: dict[str, object] = {"failed_attempts": 0, "locked_until": None}
        if fresh_hash is not None:
            cleared["password_hash"] = fresh_hash
        account = account.model_copy(update=cleared)
        writing.replace_account(account)
        former = writing.session(replaces_session) if replaces_session else None
        if former is not None and former.ended_at is None:
            writing.replace_session(former.model_copy(update={"ended_at": now}))
        token = sessions.add_session(writing, account, is_demo=is_demo, now=now, lasts=session_lasts)
        writing.add_audit(_audit(account, action, "done", now))
        return SignInGrant(token=token, account=account)

    return store.transact(work)


def in_words(wait: timedelta) -> str:
    """A waiting time, rounded up: "8 seconds", "3 minutes"."""
    seconds = ceil(wait.total_seconds())
    if seconds < 90:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{ceil(seconds / 60)} minutes"


def _faults_of_names(name: str, display_name: str) -> list[Fault]:
    faults: list[Fault] = []
    if not _NAME.fullmatch(name):
        faults.append(
            Fault(
                "name",
                "User name: use 2 to 40 letters, digits, points, hyphens or underscores, beginning with a letter "
                "or digit, without spaces.",
            )
        )
    if not 1 <= len(display_name) <= 80 or not display_name.isprintable():
        faults.append(Fault("display_name", "Name shown to colleagues: enter 1 to 80 characters, such as A. Ng."))
    return faults


def _audit(account: Account | None, action: str, outcome: str, now: datetime, detail: str = "") -> AuditEntry:
    return AuditEntry(
        at=now,
        account_id=account.id if account else None,
        role=account.role.value if account else None,
        action=action,
        outcome=outcome,
        detail=detail,
    )


def _note(store: Store, account: Account | None, action: str, outcome: str, now: datetime, detail: str) -> None:
    store.transact(lambda writing: writing.add_audit(_audit(account, action, outcome, now, detail)))
