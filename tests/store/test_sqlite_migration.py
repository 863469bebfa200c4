"""A database is filled when empty, migrated when older, refused when newer or not ours."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_mock_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

from taper_app.clinical.records import PatientMerge
from taper_app.store import schema
from taper_app.store.refusals import DatabaseInUse, ForeignDatabase, SchemaTooNew
from taper_app.store.sql import migrate, open_store
from taper_app.store.sqlite_file import reading_engine, writing_engine
from taper_app.store.tables import SCHEMA_REVISION, metadata


def test_an_empty_file_is_filled(sqlite_file):
    sqlite_file.touch()
    store = open_store(f"sqlite:///{sqlite_file}")
    with store.reading() as reading:
        assert list(reading.units()) == []
    store.close()


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(sqlite_file):
    assert migrate(f"sqlite:///{sqlite_file}") == SCHEMA_REVISION
    engine = reading_engine(sqlite_file)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, {"compare_type": True}), metadata) == []
        made = dict(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").all())
    engine.dispose()
    with closing(sqlite3.connect(":memory:")) as raw:
        for statement in statements_of_tables():
            raw.execute(statement)
        wanted = dict(raw.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    triggers = {name for name in made if "_refuses_" in name}
    assert len(triggers) == 22
    assert made.keys() - wanted.keys() == triggers | {"alembic_version"}
    # Also what the comparison does not look at: checks, partial indexes, tables without a row id.
    for name, statement in wanted.items():
        assert parts_of(made[name]) == parts_of(statement), name


def statements_of_tables() -> list[str]:
    statements: list[str] = []

    def keep(statement, *_, **__):
        statements.append(str(statement.compile(dialect=sqlite.dialect())))

    metadata.create_all(create_mock_engine("sqlite://", keep), checkfirst=False)
    return statements


def parts_of(statement: str) -> list[str]:
    """Columns and constraints, in whatever order they were written, a column that was added later among them."""
    begun, _, inside = statement.strip().removesuffix(")").partition("(\n")
    added_later = r",\s+(?=[a-z_]+ (?:BIGINT|DATE|INTEGER|TEXT|VARCHAR)\b)"
    return [begun, *sorted(part.strip() for part in re.split(rf",?\s*\n\s*|{added_later}", inside) if part.strip())]


def test_the_code_names_the_newest_migration():
    assert ScriptDirectory.from_config(schema._alembic()).get_current_head() == SCHEMA_REVISION


def test_migrating_twice_changes_nothing(sqlite_store, sqlite_file, ward):
    sqlite_store.close()
    with closing(sqlite3.connect(sqlite_file)) as raw:
        before = list(raw.iterdump())
        migrate(f"sqlite:///{sqlite_file}")
        assert list(raw.iterdump()) == before


def test_a_current_database_is_opened_without_writing_to_it(sqlite_store, sqlite_file):
    second = open_store(f"sqlite:///{sqlite_file}")  # while the first holds the writer's place
    with second.reading() as reading:
        assert reading.unit("u-1") is not None
    second.close()


def test_migrating_while_another_process_writes_is_refused(sqlite_store, sqlite_file):
    with pytest.raises(DatabaseInUse):
        migrate(f"sqlite:///{sqlite_file}")


def test_a_database_of_a_newer_version_is_refused_and_left_alone(sqlite_file):
    url = f"sqlite:///{sqlite_file}"
    migrate(url)
    with closing(sqlite3.connect(sqlite_file)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
        before = list(raw.iterdump())
        for attempt in (open_store, migrate):
            with pytest.raises(SchemaTooNew, match="newer version") as refusal:
                attempt(url)
            assert refusal.value.next_step
        assert list(raw.iterdump()) == before


def test_another_programs_database_is_refused_and_left_alone(sqlite_file):
    with closing(sqlite3.connect(sqlite_file)) as raw:
        raw.execute("CREATE TABLE recipes (name)")
        before = list(raw.iterdump())
        for attempt in (open_store, migrate):
            with pytest.raises(ForeignDatabase):
                attempt(f"sqlite:///{sqlite_file}")
        assert list(raw.iterdump()) == before


def test_a_migration_that_fails_at_any_statement_leaves_an_empty_database(sqlite_file):
    url = f"sqlite:///{sqlite_file}"
    for number in range(1, 1000):
        begun = []

        def fail(connection, cursor, statement, *_, begun=begun, number=number):
            begun.append(statement)
            if len(begun) == number:
                raise sqlite3.OperationalError("disk I/O error")

        event.listen(Engine, "before_cursor_execute", fail)
        try:
            migrate(url)
        except OperationalError:
            with closing(sqlite3.connect(sqlite_file)) as raw:
                assert raw.execute("SELECT name FROM sqlite_master").fetchall() == []
        else:
            break
        finally:
            event.remove(Engine, "before_cursor_execute", fail)
    assert number > 30
    open_store(url).close()


def test_a_ward_of_the_first_tables_is_brought_up_to_date_with_everything_in_it(sqlite_file, ward):
    url = f"sqlite:///{sqlite_file}"
    fill_first_tables(sqlite_file)
    tables = ("unit", "account", "session", "patient", "episode", "record", "latest", "draft", "audit")
    before = {table: rows_of(sqlite_file, table) for table in tables}
    assert all(before.values()), "there is something of everything"
    assert migrate(url) == SCHEMA_REVISION
    after = {table: rows_of(sqlite_file, table) for table in tables}
    added = [row[-7:] for row in after["latest"]]
    assert added == [("[]", None, None, None, "[]", "[]", "[]")], "no clock, dose or day is made up for such a row"
    after["latest"] = [row[:-7] for row in after["latest"]]
    assert rows_of(sqlite_file, "board_version") == [("u-1", 1)]
    assert after == before
    store = open_store(url)
    with store.reading() as reading:
        assert reading.episode("e-1") == ward.episode()
        assert [patient.id for patient in reading.patients_born_on(ward.patient().born_on)] == ["p-1"]
        assert list(reading.merges()) == []
    store.close()


def test_a_merge_that_is_kept_cannot_be_changed_or_taken_away(sqlite_store, sqlite_file, ward):
    def merge(writing):
        writing.add_patient(ward.patient(2))
        writing.add_record(ward.record())
        writing.add_merge(PatientMerge(merged_id="p-2", kept_id="p-1", record_id="r-1", merged_at=ward.noon))

    sqlite_store.transact(merge)
    sqlite_store.close()
    with closing(sqlite3.connect(sqlite_file)) as raw:
        for statement in (
            "UPDATE patient_merge SET merged_at = 0",
            "DELETE FROM patient_merge",
            "REPLACE INTO patient_merge SELECT merged_id, 'p-2', record_id, merged_at FROM patient_merge",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="only added"):
                raw.execute(statement)


def fill_first_tables(path) -> None:
    """A database as the first version left it, with a row in every table."""
    path.touch()
    engine = writing_engine(path)
    with engine.begin() as connection:
        config = schema._alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in (
            "INSERT INTO unit VALUES ('u-1', 'East', 'America/New_York', '[\"1\",\"2\"]', '911', '', '', 1)",
            "INSERT INTO account VALUES ('a-1', 'Anna', 'anna', 'A. Nurse', 'nurse', 'u-1', 'x', 0, NULL, 0, NULL)",
            "INSERT INTO session VALUES ('s-1', 'a-1', 1, 1, 2, NULL)",
            "INSERT INTO patient VALUES ('p-1', '00001', 'Example', 'Ida', '1982-03-04', 'F', 'not assessed')",
            "INSERT INTO episode VALUES ('e-1', 'p-1', 'u-1', 1796126400000000, 'a-1', 'A. Nurse', 'nurse')",
            "INSERT INTO record VALUES (1, 'r-1', 'e-1', 'observation', 1, 2, 'a-1', 'A. Nurse', 'nurse', NULL, '{}')",
            "INSERT INTO latest VALUES ('e-1', 'p-1', 'u-1', 'open', '1', 'EXAMPLE, Ida', 'F', '1982-03-04', '00001',"
            " 1, '', 'as_planned', 'give', NULL, NULL, 0, NULL, NULL, '', '[]', 1)",
            "INSERT INTO draft VALUES ('a-1', 'e-1', 'observation', 'r-9', '{}', 1)",
            "INSERT INTO audit VALUES (1, 1, 'a-1', 'nurse', 'open_chart', 'e-1', 'done', '')",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()


def rows_of(path, table: str) -> list[object]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
