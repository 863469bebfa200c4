"""Passwords: the rules for a new one, and argon2id hashes.

Parameters: RFC 9106, second recommended choice (64 MiB, 3 passes, 4 lanes). At most two hashes are worked
on at once, so that a storm of sign-ins cannot starve charting of memory or processors.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from taper_app.clinical.errors import Fault

LEAST_CHARACTERS = 12
RECOMMENDED_CHARACTERS = 15
MOST_BYTES = 128

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
_TWO_AT_ONCE = BoundedSemaphore(2)


def _normal(password: str) -> str:
    """One form for letters that keyboards compose differently."""
    return unicodedata.normalize("NFC", password)


def hash_password(password: str) -> str:
    """The argon2id hash in its standard text form, with a salt of its own."""
    with _TWO_AT_ONCE:
        return HASHER.hash(_normal(password))


def password_matches(password_hash: str, password: str) -> bool:
    """Whether the password made this hash; False too for a hash that cannot be read, or an over-long password."""
    if len(password.encode()) > MOST_BYTES * 4:
        return False
    with _TWO_AT_ONCE:
        try:
            return HASHER.verify(password_hash, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


@cache
def hash_of_nobody() -> str:
    """A hash to check against when the name is unknown, so that the answer takes as long."""
    return hash_password("no account has this password")


@cache
def _very_common() -> frozenset[str]:
    text = files("taper_app.use_cases").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _is_very_common(password: str) -> bool:
    """In the shipped list, also when digits or punctuation were only hung onto its ends; or one piece repeated."""
    lowered = password.casefold()
    core = "".join(lowered.split()).strip("0123456789!?.,;:@#$%&*+-_=/()'\"")
    repeated = any(
        len(lowered) % size == 0 and lowered == lowered[:size] * (len(lowered) // size) for size in range(1, 5)
    )
    return repeated or not core or lowered in _very_common() or core in _very_common()


def faults_of_new_password(password: str, again: str, *, user_name: str, field: str = "password") -> list[Fault]:
    """Everything that is wrong with a new password, one sentence each; empty when it may be used."""
    faults: list[Fault] = []
    normal = _normal(password)
    if len(normal) < LEAST_CHARACTERS:
        faults.append(
            Fault(
                field,
                f"Password: use at least {LEAST_CHARACTERS} characters ({RECOMMENDED_CHARACTERS} are better); "
                "four unrelated words work well.",
            )
        )
    if len(normal.encode()) > MOST_BYTES:
        faults.append(Fault(field, f"Password: use at most {MOST_BYTES} bytes (about as many letters)."))
    name = user_name.strip().casefold()
    if name and normal.strip().casefold() in (name, name * 2, name[::-1]):
        faults.append(Fault(field, "Password: choose something other than the user name."))
    elif len(normal) >= LEAST_CHARACTERS and _is_very_common(normal):
        faults.append(Fault(field, "Password: this one is among the first to be guessed; choose unrelated words."))
    if password != again:
        faults.append(Fault(f"{field}_again", "Password again: type the same password a second time."))
    return faults
