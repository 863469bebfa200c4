"""The one writer of a process: a thread that owns the writing connection and takes works in turn.

Works that wait while a commit reaches the disk share the next one (group commit), so that fifty nurses
cost a few syncs and not fifty. Each has a savepoint of its own: one that fails undoes itself alone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine

from taper_app.store.faults import as_refusal
from taper_app.store.refusals import StoreUnavailable
from taper_app.store.sqlite_file import WriterLock, writing_engine

ResultT = TypeVar("ResultT")

_WORKS_IN_ONE_COMMIT = 64
"""At most: a longer group would make the first in it wait for the last."""


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    answer: Future[Any] = field(default_factory=Future)
    result: Any = None
    fault: BaseException | None = None


class Writer:
    """Holds the database's WriterLock from construction to ``close``. Raises DatabaseInUse when it is taken."""

    def __init__(self, path: Path) -> None:
        self._lock = WriterLock(path)
        self._path = path
        self._process = os.getpid()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="taper-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], ResultT]) -> ResultT:
        """Run ``work`` in the writer's thread and return its result once the commit is on the disk."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("transact was called inside a work; a work already is one transaction.")
        if os.getpid() != self._process:
            raise RuntimeError("The store was opened before a fork; open it in the new process.")
        job = _Job(work)
        with self._gate:
            if self._closed:
                raise RuntimeError("The store is closed.")
            self._jobs.put(job)
        return cast(ResultT, job.answer.result())

    def close(self) -> None:
        """Finish what is waiting, close the connection and give the lock back. Closing twice does nothing."""
        with self._gate:
            if self._closed or os.getpid() != self._process:
                return
            self._closed = True
            self._jobs.put(None)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        engine = writing_engine(self._path)
        try:
            while (jobs := self._next_group()) is not None:
                self._keep(engine, jobs)
        finally:
            engine.dispose()
            self._lock.release()

    def _next_group(self) -> list[_Job] | None:
        """The works that wait now, at least one; None when the writer is to end."""
        first = self._jobs.get()
        if first is None:
            return None
        jobs = [first]
        while len(jobs) < _WORKS_IN_ONE_COMMIT:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is None:
                self._jobs.put(None)  # nothing comes after it: the gate is closed
                break
            jobs.append(job)
        return jobs

    def _keep(self, engine: Engine, jobs: list[_Job]) -> None:
        """One transaction for all of them; callers hear of it only after the commit."""
        try:
            with engine.begin() as connection:
                for job in jobs:
                    _run_in_savepoint(connection, job)
        except BaseException as fault:
            engine.dispose()  # after a fault of the disk the connection itself is not trusted any more
            _refuse_all(jobs, as_refusal(fault))
            return
        for job in jobs:
            _tell(job)


def _run_in_savepoint(connection: Connection, job: _Job) -> None:
    """Raises only when the savepoint itself fails, which undoes the whole group."""
    savepoint = connection.begin_nested()
    try:
        job.result = job.work(connection)
    except BaseException as fault:
        job.fault = as_refusal(fault)
        savepoint.rollback()
    else:
        savepoint.commit()


def _refuse_all(jobs: list[_Job], fault: BaseException) -> None:
    """Nothing of the group was kept: a work's own fault stays its own, the others hear of the group's."""
    for job in jobs:
        if job.fault is None and len(jobs) == 1:
            job.fault = fault
        elif job.fault is None:
            job.fault = StoreUnavailable()  # an exception each: they are raised in different threads
            job.fault.__cause__ = fault
        _tell(job)


def _tell(job: _Job) -> None:
    if job.fault is None:
        job.answer.set_result(job.result)
    else:
        job.answer.set_exception(job.fault)
