"""What the board and a course of 90 days cost beside a million observations: ``just bench-ward``.

Each figure is a ratio to a floor of the same run, asked in turn with it:

    board    the board's statement through SQLAlchemy Core, against the maintained-latest join through the bare driver;
             and the same again from 100,000 to a million observations
    store    the store's whole reading: rows, shapes, order (no floor asks for that; told for itself)
    probe    what a refresh with nothing changed asks
    course   the store's own reading of what the plots use, against the bare fetch of the same columns

With ``--postgres 'postgresql+psycopg://…'`` (``pg_up.sh`` starts one; psycopg is no dependency of the application)
the same statements run there through SQLAlchemy Core on the same tables: a store for PostgreSQL is not part of this
version, nor is a course read there.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection, Engine

from taper_app.clinical.records import EpisodeId
from taper_app.store import score_columns, tables
from taper_app.store.exact import EARLIEST
from taper_app.store.sql import SqlStore, open_store
from taper_app.store.sql_reading import BOARD
from ward import big_ward
from ward.big_ward import Template

STAGES = (100_000, 1_000_000)
TIMES = 200
FLOOR = (
    "SELECT latest.*, patient.family_name, patient.given_name FROM latest "
    "JOIN patient ON patient.id = latest.patient_id WHERE latest.unit_id = {mark} AND latest.status = {mark}"
)
WHOLE_FLOOR = (
    "SELECT latest.*, patient.family_name, patient.given_name FROM latest "
    "JOIN patient ON patient.id = latest.patient_id WHERE latest.status = {mark}"
)
WHOLE = select(tables.latest).where(tables.latest.c.status == "open")
COURSE_OF = EpisodeId(big_ward.episode_of(2))
UNIT = big_ward.unit_of(100)
PROBE = select(tables.board_version.c.number).where(tables.board_version.c.unit_id == UNIT)
Work = Callable[[], object]
Clock = Callable[[], float]
#: SQLite works in this thread: its processor time is what it costs, whoever else uses the machine.
IN_THREAD: Clock = time.thread_time
BY_THE_WALL: Clock = time.perf_counter


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--postgres", help="address for SQLAlchemy")
    asked.add_argument("--folder", help="where the SQLite file is made; kept there when given")
    asked.add_argument("--observations", type=int, default=STAGES[-1])
    wanted = asked.parse_args()
    os.nice(19)
    made = big_ward.template()
    stages = [stage for stage in STAGES if stage < wanted.observations] + [wanted.observations]
    with tempfile.TemporaryDirectory() as scratch:
        on_sqlite(Path(wanted.folder or scratch), made, stages)
    if wanted.postgres:
        on_postgres(wanted.postgres, made, stages)


def on_sqlite(folder: Path, made: Template, stages: list[int]) -> None:
    path = folder / "big-ward.sqlite3"
    path.unlink(missing_ok=True)
    url = f"sqlite:///{path}"
    open_store(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        big_ward.fill_ward(connection, made)
    engine.dispose()
    board: dict[int, dict[str, float]] = {}
    filled = 0
    for stage in stages:
        began = time.perf_counter()
        fill_sqlite(path, made, filled, stage)
        told(f"sqlite: {stage:,} observations", f"filled in {time.perf_counter() - began:.0f} s")
        filled = stage
        store = open_store(url)
        with store._readers.connect() as connection:
            board[stage] = board_figures(connection, "?", IN_THREAD)
        store_figures(store)
        course_figures(store)
        store.close()
    told_flat("sqlite", board)
    told("sqlite file", f"{path.stat().st_size / 2**30:.1f} GiB")


def fill_sqlite(path: Path, made: Template, first: int, last: int) -> None:
    """Nobody else reads it yet, so nothing is synced."""
    raw = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "locking_mode = EXCLUSIVE"):
        raw.execute(f"PRAGMA {setting}")
    marks = ",".join("?" * len(big_ward.RECORD_COLUMNS))
    raw.execute("BEGIN")
    raw.executemany(
        f"INSERT INTO record ({','.join(big_ward.RECORD_COLUMNS)}) VALUES ({marks})",
        big_ward.records(made, first, last),
    )
    raw.execute("COMMIT")
    raw.execute("ANALYZE")
    raw.close()


def on_postgres(url: str, made: Template, stages: list[int]) -> None:
    engine = create_engine(url)
    tables.metadata.drop_all(engine)
    tables.metadata.create_all(engine)
    with engine.begin() as connection:
        big_ward.fill_ward(connection, made)
    board: dict[int, dict[str, float]] = {}
    filled = 0
    for stage in stages:
        began = time.perf_counter()
        fill_postgres(engine, made, filled, stage)
        told(f"postgres: {stage:,} observations", f"filled in {time.perf_counter() - began:.0f} s")
        filled = stage
        with engine.connect() as connection:
            board[stage] = board_figures(connection, "%s", BY_THE_WALL)
            told("  probe of the version", ms(median(partial(connection.execute, PROBE), BY_THE_WALL)))
    told_flat("postgres", board)
    tables.metadata.drop_all(engine)


def fill_postgres(engine: Engine, made: Template, first: int, last: int) -> None:
    with engine.begin() as connection:
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY record ({','.join(big_ward.RECORD_COLUMNS)}) FROM STDIN") as rows:
            for row in big_ward.records(made, first, last):
                rows.write_row(row)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def board_figures(connection: Connection, mark: str, clock: Clock) -> dict[str, float]:
    """One unit of 25 and the whole hospital; median of the application's statement by name."""
    cursor = connection.connection.cursor()

    def floor(statement: str, *values: str) -> Work:
        return lambda: cursor.execute(statement.format(mark=mark), values) and cursor.fetchall()

    found = {}
    pairs = {
        "board of 25": (
            floor(FLOOR, UNIT, "open"),
            lambda: connection.execute(BOARD, {"unit": UNIT, "status": "open"}).all(),
        ),
        "board of 500": (floor(WHOLE_FLOOR, "open"), lambda: connection.execute(WHOLE).all()),
    }
    for name, (bare, ours) in pairs.items():
        by_floor, by_us = in_turn(bare, ours, clock)
        told(f"  {name}", f"{ms(by_us)} = {by_us / by_floor:.2f} x the maintained-latest join ({ms(by_floor)})")
        found[name] = by_us
    return found


def store_figures(store: SqlStore) -> None:
    def read() -> object:
        with store.reading() as reading:
            return reading.latest_rows(UNIT)

    told("  store: rows of 25", ms(median(read, IN_THREAD)))
    with counted(store) as asked:
        store.board_version(UNIT)
    told(
        "  probe of the version", f"{ms(median(partial(store.board_version, UNIT), IN_THREAD))}, {len(asked)} statement"
    )


def course_figures(store: SqlStore) -> None:
    """All sets that one patient has so far; 90 days of them at the last stage."""
    raw = store._readers.raw_connection()
    cursor = raw.cursor()
    asked = [
        statement.compile(dialect=sqlite.dialect(paramstyle="named"))
        for statement in (score_columns.OBSERVATIONS, score_columns.ASSESSMENTS)
    ]
    wanted = {"episode": COURSE_OF, "since": EARLIEST}
    statements = [(str(statement), {**statement.params, **wanted}) for statement in asked]

    def bare() -> object:
        return [cursor.execute(statement, values).fetchall() for statement, values in statements]

    def ours() -> object:
        with store.reading() as reading:
            return reading.set_scores(COURSE_OF)

    by_floor, by_us = in_turn(bare, ours, IN_THREAD, times=20)
    with store.reading() as reading:
        sets = len(reading.set_scores(COURSE_OF))
    told(f"  course of {sets} sets", f"{ms(by_us)} = {by_us / by_floor:.2f} x the same columns bare ({ms(by_floor)})")
    cursor.close()
    raw.close()


@contextmanager
def counted(store: SqlStore) -> Iterator[list[str]]:
    """Every statement that SQLite runs for the store's readers."""
    asked: list[str] = []

    def begin(dbapi_connection: Any, *_: object) -> None:
        dbapi_connection.set_trace_callback(asked.append)

    def end(dbapi_connection: Any, *_: object) -> None:
        dbapi_connection.set_trace_callback(None)

    event.listen(store._readers, "checkout", begin)
    event.listen(store._readers, "checkin", end)
    yield asked
    event.remove(store._readers, "checkout", begin)
    event.remove(store._readers, "checkin", end)


def in_turn(bare: Work, ours: Work, clock: Clock, times: int = TIMES) -> tuple[float, float]:
    """Medians of both, asked one after the other so that a noisy moment meets both."""
    pairs = [(timed(bare, clock), timed(ours, clock)) for _ in range(times)]
    return statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs)


def median(work: Work, clock: Clock) -> float:
    return statistics.median(timed(work, clock) for _ in range(TIMES))


def timed(work: Work, clock: Clock) -> float:
    began = clock()
    work()
    return clock() - began


def told_flat(where: str, board: dict[int, dict[str, float]]) -> None:
    small, large = min(board), max(board)
    for name in board[large]:
        told(f"{where}: {name}, {large:,} against {small:,}", f"{board[large][name] / board[small][name]:.2f} x")


def ms(seconds: float) -> str:
    return f"{seconds * 1e3:.3f} ms"


def told(what: str, found: str) -> None:
    print(f"{what:58}{found}", flush=True)


if __name__ == "__main__":
    main()
