"""What the database file itself refuses, whoever opens it."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest
from sqlalchemy import Engine, event

from taper_app.clinical.errors import TaperError
from taper_app.clinical.records import RecordKind
from taper_app.store.refusals import DatabaseDamaged, DatabaseInUse, StoreUnavailable
from taper_app.store.sql import open_store


@pytest.fixture
def raw(sqlite_store, sqlite_file, ward):
    """A connection that knows nothing of Taper and may write."""

    def work(writing):
        writing.add_record(ward.record())
        writing.add_audit(ward.audit())

    sqlite_store.transact(work)
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as connection:
        yield connection


@pytest.mark.parametrize("table", ["patient", "episode", "record", "audit"])
def test_kept_rows_cannot_be_changed_deleted_or_replaced_even_by_raw_sql(raw, table):
    kept = raw.execute(f"SELECT * FROM {table}").fetchall()
    columns = [column[1] for column in raw.execute(f"PRAGMA table_info({table})")]
    assert kept
    for change in (
        *(f"UPDATE {table} SET {column} = {column}" for column in columns),
        f"UPDATE OR REPLACE {table} SET {columns[-1]} = 'x'",
        f"DELETE FROM {table}",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        f"REPLACE INTO {table} SELECT * FROM {table}",
        f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO UPDATE SET {columns[-1]} = 'x'",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="only added"):
            raw.execute(change)
    assert raw.execute(f"SELECT * FROM {table}").fetchall() == kept


@pytest.mark.parametrize(
    "replacing",
    [
        "REPLACE INTO patient SELECT 'p-2', record_number, 'Other', given_name, born_on, sex, allergies FROM patient",
        "REPLACE INTO record SELECT seq, 'r-2', episode_id, kind, happened_at, recorded_at, author_user_id, "
        "author_name, author_role, corrects, '{}' FROM record",
    ],
)
def test_a_new_row_cannot_push_out_a_kept_one_through_its_other_key(raw, replacing):
    with pytest.raises(sqlite3.IntegrityError, match="only added"):
        raw.execute(replacing)


def test_the_database_itself_refuses_a_second_open_episode(raw):
    raw.execute("INSERT INTO episode SELECT 'e-2', patient_id, unit_id, admitted_at, 'a', 'a', 'nurse' FROM episode")
    raw.execute("CREATE TEMP TABLE copy AS SELECT * FROM latest")
    raw.execute("UPDATE copy SET episode_id = 'e-2'")
    with pytest.raises(sqlite3.IntegrityError, match=r"latest\.patient_id"):
        raw.execute("INSERT INTO latest SELECT * FROM copy")


def test_every_file_of_the_database_is_closed_to_other_people(sqlite_store, sqlite_file):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in sqlite_file.parent.iterdir()}
    assert modes == dict.fromkeys([f"ward.sqlite3{end}" for end in ("", "-wal", "-shm", "-writer.lock")], 0o600)


def test_a_missing_folder_is_created_for_this_account_alone(tmp_path):
    open_store(f"sqlite:///{tmp_path / 'data' / 'ward.sqlite3'}").close()
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_commits_are_durable_and_references_are_checked(sqlite_store):
    settings = {}

    def work(writing):
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
            settings[name] = writing._connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    sqlite_store.transact(work)
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_a_work_has_the_write_lock_from_its_first_moment(sqlite_store, sqlite_file):
    def work(writing):
        with closing(sqlite3.connect(sqlite_file, isolation_level=None, timeout=0)) as tool:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                tool.execute("BEGIN IMMEDIATE")
            return "refused"

    assert sqlite_store.transact(work) == "refused"


def test_a_reading_cannot_write(sqlite_store):
    with pytest.raises(StoreUnavailable) as refusal, sqlite_store.reading() as reading:
        reading._connection.exec_driver_sql("DELETE FROM draft")
    assert "readonly" in str(refusal.value.__cause__)


def test_no_page_ever_reads_a_whole_table(sqlite_store, ward):
    asked = []

    def keep(connection, cursor, statement, parameters, context, executemany):
        asked.append((statement, parameters))

    with sqlite_store.reading() as reading:
        event.listen(Engine, "before_cursor_execute", keep)
        try:
            reading.records("e-1")
            reading.records("e-1", kinds=[RecordKind.PLAN], since=ward.noon)
            reading.record("r-1")
            reading.latest_rows("u-1")
            reading.latest_row("e-1")
            reading.open_episode_of("p-1")
            reading.patient_with_record_number("00001")
            reading.account_named("anna")
            reading.session("s-1")
            reading.draft("a-1", "e-1", "observation")
        finally:
            event.remove(Engine, "before_cursor_execute", keep)
        for statement, parameters in asked:
            plan = reading._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            assert not [step for step in plan if step.detail.startswith("SCAN")], statement
    assert len(asked) == 10


def test_a_second_writing_process_is_refused_and_may_still_read(sqlite_store, sqlite_file):
    other = (
        "import sys\n"
        "from taper_app.clinical.errors import TaperError\n"
        "from taper_app.store.sql import open_store\n"
        "store = open_store(sys.argv[1])\n"
        "with store.reading() as reading: print(reading.unit('u-1').name)\n"
        "for work in (lambda: store.transact(print), lambda: open_store(sys.argv[1], take_writer=True)):\n"
        "    try: work()\n"
        "    except TaperError as refusal: print(type(refusal).__name__, bool(refusal.next_step))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", other, f"sqlite:///{sqlite_file}"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == ["East", "DatabaseInUse True", "DatabaseInUse True"]


def test_a_link_to_the_database_shares_its_writers_lock(sqlite_store, sqlite_file, tmp_path):
    link = tmp_path / "link.sqlite3"
    link.symlink_to(sqlite_file)
    with pytest.raises(DatabaseInUse):
        open_store(f"sqlite:///{link}", take_writer=True)


def test_the_writers_place_is_free_again_after_closing(sqlite_store, sqlite_file, ward):
    sqlite_store.close()
    second = open_store(f"sqlite:///{sqlite_file}", take_writer=True)
    assert second.transact(lambda writing: writing.add_record(ward.record())) is True
    second.close()
    assert not sqlite_file.with_name("ward.sqlite3-wal").exists()


def test_a_store_that_is_dropped_without_closing_gives_up_the_writers_place(sqlite_file, ward):
    store = open_store(f"sqlite:///{sqlite_file}", take_writer=True)
    store.transact(lambda writing: writing.add_unit(ward.unit()))
    del store
    second = open_store(f"sqlite:///{sqlite_file}", take_writer=True)
    with second.reading() as reading:
        assert reading.units() == [ward.unit()]
    second.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_store_is_not_carried_across_a_fork(sqlite_store, ward):
    child = os.fork()
    if child == 0:
        refused = 0
        for use in (lambda: sqlite_store.transact(lambda writing: None), lambda: sqlite_store.reading().__enter__()):
            try:
                use()
            except RuntimeError as fault:
                refused += "before a fork" in str(fault)
        os._exit(refused)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert sqlite_store.transact(lambda writing: writing.add_record(ward.record())) is True


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://taper@localhost/taper",
        "mysql://localhost/taper",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:////",
        "sqlite:////dev/null/ward.sqlite3",
        "sqlite:///ward.sqlite3?mode=rwc",
        "ward.sqlite3",
        "",
    ],
)
def test_an_address_that_cannot_be_opened_is_refused_with_a_next_step(url):
    with pytest.raises(TaperError, match=r"^(The|PostgreSQL) .*\.$") as refusal:
        open_store(url)
    assert refusal.value.next_step


def test_a_file_that_is_no_database_is_refused_and_left_alone(sqlite_file):
    sqlite_file.write_text("Dear ward, please find enclosed\n" * 100)
    with pytest.raises(DatabaseDamaged):
        open_store(f"sqlite:///{sqlite_file}")
    assert sqlite_file.read_text().startswith("Dear ward")


def test_no_name_and_no_dose_stands_in_a_database_error(sqlite_store, ward):
    def work(writing):
        writing._connection.exec_driver_sql("INSERT INTO nowhere VALUES (?)", ("Example, Ida",))

    with pytest.raises(Exception, match="nowhere") as fault:
        sqlite_store.transact(work)
    assert "Ida" not in str(fault.value)


def test_works_that_wait_together_share_one_commit_and_hear_of_it_afterwards(sqlite_store, ward):
    begun, may_go_on, commits, answered = threading.Event(), threading.Event(), [], []

    def chart(number):
        def work(writing):
            writing.add_record(ward.record(f"r-{number}"))
            if number == 3:
                raise LookupError("this one fails")

        try:
            sqlite_store.transact(work)
        except LookupError:
            answered.append("failed")
        else:
            answered.append("kept")

    def count(connection):
        commits.append(len(answered))

    def keep_the_writer_busy(writing):
        begun.set()
        may_go_on.wait(30)

    first = threading.Thread(target=sqlite_store.transact, args=(keep_the_writer_busy,))
    first.start()
    assert begun.wait(30)
    others = [threading.Thread(target=chart, args=(number,)) for number in range(6)]
    for other in others:
        other.start()
    while sqlite_store.take_writer()._jobs.qsize() < 6:
        time.sleep(0.001)
    event.listen(Engine, "commit", count)
    try:
        may_go_on.set()
        for thread in (first, *others):
            thread.join()
    finally:
        event.remove(Engine, "commit", count)
    assert commits == [0, 0]  # the first work's commit and one for the six, before anybody was told
    assert sorted(answered) == ["failed"] + ["kept"] * 5
    with sqlite_store.reading() as reading:
        assert [record.id for record in reading.records("e-1")] == ["r-0", "r-1", "r-2", "r-4", "r-5"]
