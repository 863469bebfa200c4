"""The store on a database: ``open_store`` is how the application gets one, ``migrate`` brings the tables up to date.

Any number of processes may read; one may write. The writer's place is taken at the first ``transact``, so
a command that only reads runs beside the application.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from taper_app.store.faults import refusing
from taper_app.store.interface import Reading, Writing
from taper_app.store.kept_records import KeptRecords
from taper_app.store.schema import is_current, migrate
from taper_app.store.sql_reading import SqlReading
from taper_app.store.sql_writing import SqlWriting
from taper_app.store.sqlite_file import board_version, path_of, reading_engine, take_snapshot
from taper_app.store.writer import Writer

__all__ = ["SqlStore", "migrate", "open_store"]

ResultT = TypeVar("ResultT")


def open_store(url: str, *, take_writer: bool = False) -> SqlStore:
    """The store at ``sqlite:///…``, created or migrated when needed.

    ``take_writer`` takes the writer's place now: a server that could not write is refused at its start and
    not at the first entry. Raises DatabaseInUse, SchemaTooNew, ForeignDatabase, DatabaseDamaged or
    DatabaseAddressRefused, each a TaperError.
    """
    path = path_of(url)
    if not is_current(path):
        migrate(url)
    store = SqlStore(path)
    if take_writer:
        store.take_writer()
    return store


class SqlStore:
    """Implements ``interface.Store``; safe to share between threads, not across a fork."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process = os.getpid()
        self._readers = reading_engine(path)
        self._kept = KeptRecords()
        self._writer: Writer | None = None
        self._starting = threading.Lock()
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        self._refuse_misuse()
        with refusing(), self._readers.connect() as connection:
            connection.begin()
            take_snapshot(connection)
            yield SqlReading(connection, self._kept)

    def board_version(self, unit_id: str) -> int:
        self._refuse_misuse()
        with refusing(), self._readers.connect() as connection:
            return board_version(connection, unit_id)

    def transact(self, work: Callable[[Writing], ResultT]) -> ResultT:
        kept = self._kept  # not the store itself: the writer's thread would keep a dropped store alive
        return self.take_writer().submit(lambda connection: work(SqlWriting(connection, kept)))

    def take_writer(self) -> Writer:
        """This process's writer, started when it is not. Raises DatabaseInUse when another process writes."""
        self._refuse_misuse()
        with self._starting:
            if self._writer is None:
                self._writer = Writer(self._path)
                # A store that is dropped, or the end of the program, closes the writer as well.
                weakref.finalize(self, self._writer.close)
            return self._writer

    def close(self) -> None:
        """Finish the works that wait, give up the writer's place and close every connection."""
        with self._starting:
            self._closed = True
            self._readers.dispose()
            if self._writer is not None:
                self._writer.close()

    def _refuse_misuse(self) -> None:
        if self._closed:
            raise RuntimeError("The store is closed.")
        if os.getpid() != self._process:
            raise RuntimeError("The store was opened before a fork; open it in the new process.")
