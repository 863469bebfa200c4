"""Whatever goes wrong: what was acknowledged is there, what was not is not, and never half."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

from taper_app.store.refusals import StoreUnavailable
from taper_app.store.sql import open_store

WRITING_PROCESS = Path(__file__).with_name("writing_process.py")
ROUNDS, ACKNOWLEDGED_PER_ROUND = 5, 60


def test_a_killed_process_loses_nothing_it_had_acknowledged(sqlite_file, ward):
    url = f"sqlite:///{sqlite_file}"
    store = open_store(url)
    store.transact(ward.set_up)
    store.close()
    acknowledged: set[str] = set()
    for round_number in range(ROUNDS):
        acknowledged |= acknowledged_until_killed(url, f"round-{round_number}")
        store = open_store(url)
        with store.reading() as reading:
            kept = {record.id for record in reading.records("e-1")}
            audited = {entry.action for entry in reading.audit_entries(limit=1_000_000)}
        store.close()
        assert acknowledged <= kept
        assert kept == audited  # each work added one of both
    assert len(acknowledged) >= ROUNDS * ACKNOWLEDGED_PER_ROUND
    with closing(sqlite3.connect(sqlite_file)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []


def acknowledged_until_killed(url: str, prefix: str) -> set[str]:
    """Ids that a writing process had printed when it was killed in the middle of its work."""
    process = subprocess.Popen([sys.executable, WRITING_PROCESS, url, prefix], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    seen = [process.stdout.readline() for _ in range(ACKNOWLEDGED_PER_ROUND)]
    process.kill()
    seen += process.stdout.readlines()
    assert process.wait() == -signal.SIGKILL
    return {line.strip() for line in seen if line.endswith("\n")}


@contextmanager
def failing_statement(number: int):
    """The writer's statement of that number fails as a full disk would; yields the statements that were begun."""
    begun: list[str] = []

    def count(connection, cursor, statement, parameters, context, executemany):
        begun.append(statement)
        if len(begun) == number:
            fault = sqlite3.OperationalError("disk I/O error")
            fault.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise fault

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield begun
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def contents(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


def test_a_fault_at_any_statement_of_a_work_leaves_nothing_of_it(sqlite_store, sqlite_file, ward):
    def work(writing):
        writing.add_patient(ward.patient(2))
        writing.add_episode(ward.episode(2, patient_id="p-2"))
        writing.add_record(ward.record("r-2", episode_id="e-2"))
        writing.put_latest(ward.latest(episode_id="e-2", patient_id="p-2", bed="2"))
        writing.save_draft(ward.draft())
        writing.drop_draft("a-1", "e-1", "observation")
        writing.add_audit(ward.audit())
        return "kept"

    before = contents(sqlite_file)
    for number in range(1, 100):
        with failing_statement(number) as begun:
            try:
                answer = sqlite_store.transact(work)
            except StoreUnavailable:
                pass
            else:
                break
        assert contents(sqlite_file) == before, begun[number - 1]
    assert answer == "kept"
    assert number > 12  # begin, savepoint, ten statements of the work, release
    assert contents(sqlite_file) != before


def test_a_fault_at_the_commit_leaves_nothing_and_the_next_work_succeeds(sqlite_store, sqlite_file, ward):
    def fail(connection):
        raise sqlite3.OperationalError("disk I/O error")

    before = contents(sqlite_file)
    event.listen(Engine, "commit", fail)
    try:
        with pytest.raises(sqlite3.OperationalError):
            sqlite_store.transact(lambda writing: writing.add_record(ward.record()))
    finally:
        event.remove(Engine, "commit", fail)
    assert contents(sqlite_file) == before
    assert sqlite_store.transact(lambda writing: writing.add_record(ward.record())) is True


def test_a_full_disk_refuses_with_a_sentence_and_recovers_without_a_restart(sqlite_file, ward):
    def small(connection, _):
        connection.execute("PRAGMA max_page_count = 80")

    event.listen(Pool, "connect", small)
    kept = []

    def chart_until_full():
        for number in range(1000):
            record = ward.record(f"r-{number:03}", body={"note": "x" * 3000})
            store.transact(lambda writing, record=record: writing.add_record(record))
            kept.append(record)

    try:
        store = open_store(f"sqlite:///{sqlite_file}")
        store.transact(ward.set_up)
        with pytest.raises(StoreUnavailable, match="nothing was saved"):
            chart_until_full()
    finally:
        event.remove(Pool, "connect", small)
    with store.reading() as reading:
        assert list(reading.records("e-1")) == kept != []
    assert store.transact(lambda writing: writing.add_record(ward.record("afterwards"))) is True
    store.close()


def test_a_database_that_another_tool_has_locked_is_refused_with_a_sentence(sqlite_store, sqlite_file, ward):
    def impatient(connection, record, proxy):
        connection.execute("PRAGMA busy_timeout = 1")

    event.listen(Pool, "checkout", impatient)
    try:
        with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as tool:
            tool.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable):
                sqlite_store.transact(lambda writing: writing.add_record(ward.record()))
            tool.execute("ROLLBACK")
    finally:
        event.remove(Pool, "checkout", impatient)
    assert sqlite_store.transact(lambda writing: writing.add_record(ward.record())) is True
