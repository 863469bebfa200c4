"""The store in memory, with the same contract: for tests of use-cases, and for looking around without a file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from taper_app.store.interface import Reading, Writing
from taper_app.store.memory_tables import MemoryReading, MemoryTables, MemoryWriting

ResultT = TypeVar("ResultT")


class MemoryStore:
    """Implements ``interface.Store``. A work writes to a copy, which replaces the original when it succeeds."""

    def __init__(self) -> None:
        self._kept = MemoryTables()
        self._turn = threading.Lock()
        self._writing_thread: int | None = None
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        self._refuse_when_closed()
        yield MemoryReading(self._kept)

    def board_version(self, unit_id: str) -> int:
        self._refuse_when_closed()
        return int(self._kept.board_versions.get(unit_id, {"number": 0})["number"])

    def transact(self, work: Callable[[Writing], ResultT]) -> ResultT:
        self._refuse_when_closed()
        if self._writing_thread == threading.get_ident():
            raise RuntimeError("transact was called inside a work; a work already is one transaction.")
        with self._turn:
            self._writing_thread = threading.get_ident()
            try:
                changed = self._kept.copy()
                result = work(MemoryWriting(changed))
            finally:
                self._writing_thread = None
            self._kept = changed
            return result

    def close(self) -> None:
        self._closed = True

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise RuntimeError("The store is closed.")
