"""Which database errors a clinician can do something about; every other one is a bug and stays as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from taper_app.store.refusals import DatabaseDamaged, StoreUnavailable

_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY_CODE = 0xFF


def as_refusal(fault: BaseException) -> BaseException:
    """The TaperError that stands for this fault, or the fault itself."""
    origin = fault.orig if isinstance(fault, DBAPIError) else fault
    code = getattr(origin, "sqlite_errorcode", 0) & _PRIMARY_CODE
    refusal = StoreUnavailable() if code in _UNAVAILABLE else DatabaseDamaged() if code in _DAMAGED else None
    if refusal is None:
        return fault
    refusal.__cause__ = fault
    return refusal


def is_missing_reference(fault: DBAPIError) -> bool:
    """True when a row names another row that is not there."""
    return _constraint(fault) == "SQLITE_CONSTRAINT_FOREIGNKEY"


def is_taken(fault: DBAPIError) -> bool:
    """True when a value that must be unique is there already; the triggers on kept rows speak first."""
    return _constraint(fault) in {
        "SQLITE_CONSTRAINT_UNIQUE",
        "SQLITE_CONSTRAINT_PRIMARYKEY",
        "SQLITE_CONSTRAINT_TRIGGER",
    }


def _constraint(fault: DBAPIError) -> str:
    return str(getattr(fault.orig, "sqlite_errorname", ""))


@contextmanager
def refusing() -> Iterator[None]:
    """Raise what the database reports as a sentence where there is one."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as fault:
        refusal = as_refusal(fault)
        if refusal is fault:
            raise
        raise refusal from fault
