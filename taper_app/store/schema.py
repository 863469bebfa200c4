"""Bringing a database to this version's tables: a new file is filled, an older one migrated, a newer one refused."""

from __future__ import annotations

import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from taper_app.store.faults import refusing
from taper_app.store.refusals import ForeignDatabase, SchemaTooNew
from taper_app.store.sqlite_file import WriterLock, create_file, path_of, reading_engine, writing_engine
from taper_app.store.tables import SCHEMA_REVISION

_one_at_a_time = threading.Lock()  # Alembic keeps its context in module globals


def migrate(url: str) -> str:
    """Bring the database to the newest tables, all steps in one transaction; returns the revision it has then.

    Creates the file when there is none. Raises DatabaseInUse while another process writes to it,
    SchemaTooNew, ForeignDatabase, DatabaseDamaged or DatabaseAddressRefused.
    """
    path = path_of(url)
    create_file(path)
    with _one_at_a_time, WriterLock(path), refusing():
        engine = writing_engine(path)
        try:
            with engine.begin() as connection:
                _upgrade(connection)
        finally:
            engine.dispose()
    return SCHEMA_REVISION


def is_current(path: Path) -> bool:
    """True when the file has this version's tables. Never writes. Raises what ``migrate`` raises for the others."""
    if not path.exists():
        return False
    engine = reading_engine(path)
    try:
        with refusing(), engine.connect() as connection:
            revision = _revision_of(connection)
    finally:
        engine.dispose()
    if revision not in (None, SCHEMA_REVISION):
        _refuse_unknown(revision, _alembic())
    return revision == SCHEMA_REVISION


def _upgrade(connection: Connection) -> None:
    config = _alembic()
    _refuse_unknown(_revision_of(connection), config)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision_of(connection: Connection) -> str | None:
    """The database's revision, None for an empty file."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if "alembic_version" not in tables or "episode" not in tables:
        raise ForeignDatabase()
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def _refuse_unknown(revision: str | None, config: Config) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaTooNew()


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", (Path(__file__).parent / "migrations").as_posix().replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
