"""Records that were read once are not read again; which ones there are is asked of the database each time."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event

from taper_app.clinical.records import RecordKind
from taper_app.store.kept_records import KeptRecords
from taper_app.store.sql import open_store


@pytest.fixture
def bodies_read(sqlite_store):
    """How many statements asked for whole records."""
    asked = []

    def count(connection, cursor, statement, *_):
        if "record.body" in statement and statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(sqlite_store._readers, "before_cursor_execute", count)
    return asked


def add(store, *records):
    store.transact(lambda writing: [writing.add_record(record) for record in records])


def ids_in(store, **different):
    with store.reading() as reading:
        return [record.id for record in reading.records("e-1", **different)]


def test_a_stay_that_is_looked_at_twice_is_read_once(sqlite_store, ward, bodies_read):
    add(sqlite_store, *(ward.record(f"r-{number}") for number in (1, 2, 3)))
    first = ids_in(sqlite_store)
    assert ids_in(sqlite_store) == first == ["r-1", "r-2", "r-3"]
    assert len(bodies_read) == 1
    assert ids_in(sqlite_store, kinds={RecordKind.DOSE}) == []
    add(sqlite_store, ward.record("r-4"))
    assert ids_in(sqlite_store) == [*first, "r-4"]
    assert len(bodies_read) == 2


def test_what_another_program_has_recorded_meanwhile_is_seen_at_once(sqlite_store, sqlite_file, ward):
    add(sqlite_store, ward.record("r-1"))
    beside = open_store(f"sqlite:///{sqlite_file}")
    assert ids_in(beside) == ["r-1"]
    add(sqlite_store, ward.record("r-2"))
    assert ids_in(beside) == ["r-1", "r-2"]
    beside.close()


def test_a_record_of_a_transaction_that_was_undone_is_never_seen(sqlite_store, ward):
    def undone(writing):
        writing.add_record(ward.record("r-1", body={"tremor": "4"}))
        assert [record.id for record in writing.records("e-1")] == ["r-1"]
        raise RuntimeError("the power failed")

    with pytest.raises(RuntimeError):
        sqlite_store.transact(undone)
    assert ids_in(sqlite_store) == []
    add(sqlite_store, ward.record("r-1", body={"tremor": "1"}))
    with sqlite_store.reading() as reading:
        assert [record.body for record in reading.records("e-1")] == [{"tremor": "1"}]


def test_a_work_sees_its_own_records_beside_those_that_are_kept(sqlite_store, ward):
    add(sqlite_store, ward.record("r-1"))
    assert ids_in(sqlite_store) == ["r-1"]

    def work(writing):
        writing.add_record(ward.record("r-2"))
        return [record.id for record in writing.records("e-1")]

    assert sqlite_store.transact(work) == ["r-1", "r-2"]


def test_the_stay_that_was_longest_not_looked_at_is_forgotten_first(ward):
    kept = KeptRecords(most=3)
    for stay in (1, 2):
        kept.add(f"e-{stay}", [ward.record(f"e{stay}-{number}") for number in (1,)])
    kept.of("e-1")
    kept.add("e-3", [ward.record(f"e3-{number}") for number in (1, 2)])
    assert [len(kept.of(f"e-{stay}")) for stay in (1, 2, 3)] == [1, 0, 2]
    kept.add("e-4", [ward.record(f"e4-{number}") for number in range(9)])
    assert [len(kept.of(f"e-{stay}")) for stay in (1, 3, 4)] == [0, 0, 9], "one stay is kept whole, however long"


def test_many_readers_beside_a_writer_always_find_the_whole_stay(sqlite_store, ward):
    written, faults = 0, []

    def read():
        while not done.is_set():
            known = written
            found = ids_in(sqlite_store)
            if found != [f"r-{number}" for number in range(1, len(found) + 1)] or len(found) < known:
                faults.append(found)

    done = threading.Event()
    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(1, 41):
        add(sqlite_store, ward.record(f"r-{number}", happened_at=ward.at(number / 60)))
        written = number
    done.set()
    for reader in readers:
        reader.join()
    assert not faults
