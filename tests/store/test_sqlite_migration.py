"""A database is filled when empty, migrated when older, refused when newer or not ours."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_mock_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

from taper_app.store import schema
from taper_app.store.refusals import DatabaseInUse, ForeignDatabase, SchemaTooNew
from taper_app.store.sql import migrate, open_store
from taper_app.store.sqlite_file import reading_engine
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
    assert len(triggers) == 12
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
    """Columns and constraints, in whatever order they were written."""
    return sorted(re.split(r",?\s*\n\s*", statement))


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
