"""The SQLite file: where it lies, who may write it, and how a connection to it is set up.

One writing connection at any time, in one process, and readers that cannot write: SQLite libraries from
3.7.0 to 3.51.2 can lose a committed write when two connections write in WAL mode (fixed in 3.51.3, 3.50.7
and 3.44.6). Because the library is the machine's and not ours, the rule holds whatever its version.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from taper_app.store.refusals import DatabaseAddressRefused, DatabaseInUse, StoreUnavailable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_BUSY_SECONDS = 10.0
"""How long a statement waits for a lock that a tool outside this program holds."""

_READERS_KEPT_OPEN = 8

_COMMON_SETTINGS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",  # nothing of a patient in temporary files
)
_READER_SETTINGS = (*_COMMON_SETTINGS, "PRAGMA query_only = ON")
_WRITER_SETTINGS = (
    *_COMMON_SETTINGS,
    "PRAGMA synchronous = FULL",  # NORMAL may lose the last commits when the power fails
    "PRAGMA fullfsync = ON",  # macOS: fsync alone leaves the data in the drive's cache
    "PRAGMA checkpoint_fullfsync = ON",
)


def path_of(url: str) -> Path:
    """The file that ``sqlite:///…`` names. Raises DatabaseAddressRefused for every other address."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise DatabaseAddressRefused("The database address cannot be read.") from None
    if address.get_backend_name() == "postgresql":
        raise DatabaseAddressRefused("PostgreSQL is not in this version; only SQLite is.")
    if address.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise DatabaseAddressRefused("The database address does not begin with sqlite:///.")
    if not address.database or address.database == ":memory:" or address.query:
        raise DatabaseAddressRefused("The database address does not name a file.")
    # Resolved, so that a link to the file and the file itself share one writer's lock.
    path = Path(address.database).expanduser().resolve()
    if path.is_dir():
        raise DatabaseAddressRefused("The database address names a folder and not a file.")
    return path


def create_file(path: Path) -> None:
    """Create the file, and its folders, for this account alone; an existing file is closed to others too."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # An existing file is never opened here: closing it would drop the locks SQLite holds in this process.
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
    except OSError:
        raise DatabaseAddressRefused("The database file cannot be created or opened for writing.") from None


class WriterLock:
    """The right to write one database file, held by at most one holder on this machine.

    The operating system frees it when the process ends, however it ends. Raises DatabaseInUse when taken.
    """

    def __init__(self, path: Path) -> None:
        lock_file = path.with_name(path.name + "-writer.lock")
        try:
            self._descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            raise DatabaseAddressRefused("The folder of the database cannot be written.") from None
        try:
            _lock(self._descriptor)
        except OSError:
            os.close(self._descriptor)
            raise DatabaseInUse() from None

    def release(self) -> None:
        os.close(self._descriptor)

    def __enter__(self) -> WriterLock:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def reading_engine(path: Path) -> Engine:
    """Connections that cannot write, shared by all threads; each transaction is one snapshot."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        return _set_up(connection, _READER_SETTINGS)

    # No upper bound: readers never wait for one another, and one connection costs little.
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=_READERS_KEPT_OPEN,
        max_overflow=-1,
        hide_parameters=True,
    )
    event.listen(engine, "begin", lambda connection: _straight(connection, "BEGIN"))
    return engine


def writing_engine(path: Path) -> Engine:
    """The one writing connection; only the thread that opened it may use it. The caller holds the WriterLock."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":  # a network folder, for one, cannot do it
            connection.close()
            raise StoreUnavailable()
        return _set_up(connection, _WRITER_SETTINGS)

    # Parameters hold names and doses: they stay out of error messages and logs.
    engine = create_engine(
        "sqlite+pysqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,
    )
    # IMMEDIATE takes the write lock at once: a transaction that reads first and writes later would fail.
    event.listen(engine, "begin", lambda connection: _straight(connection, "BEGIN IMMEDIATE"))
    return engine


def take_snapshot(connection: Connection) -> None:
    """SQLite takes its snapshot at the first read and not at BEGIN."""
    _straight(connection, "SELECT version_num FROM alembic_version")


def board_version(connection: Connection, unit_id: str) -> int:
    """One statement alone is a snapshot of its own: no transaction is begun for it."""
    found = _straight(connection, "SELECT number FROM board_version WHERE unit_id = ?", unit_id)
    return int(found[0][0]) if found else 0


def _straight(connection: Connection, statement: str, *values: str) -> list[tuple[Any, ...]]:
    """A fixed statement straight to SQLite: it is asked all the time, and through SQLAlchemy it costs more."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver.execute(statement, values).fetchall()


def _set_up(connection: sqlite3.Connection, settings: tuple[str, ...]) -> sqlite3.Connection:
    for setting in settings:
        connection.execute(setting)
    return connection
