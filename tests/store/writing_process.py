"""Writes records from four threads until it is killed; prints the id of each one that was acknowledged.

Run as ``python writing_process.py URL PREFIX``. Not a test: the durability test starts and kills it.
"""

from __future__ import annotations

import itertools
import os
import sys
import threading
from datetime import UTC, datetime

from taper_app.clinical.people import Role
from taper_app.clinical.records import Author, EpisodeId, Record, RecordId, RecordKind
from taper_app.store.interface import AuditEntry, Writing
from taper_app.store.sql import open_store

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def main(url: str, prefix: str) -> None:
    store = open_store(url, take_writer=True)

    def write(thread: int) -> None:
        for number in itertools.count():
            name = f"{prefix}-{thread}-{number}"
            store.transact(lambda writing, name=name: add(writing, name))
            os.write(1, f"{name}\n".encode())

    for thread in range(4):
        threading.Thread(target=write, args=(thread,)).start()


def add(writing: Writing, name: str) -> None:
    record = Record(
        id=RecordId(name),
        episode_id=EpisodeId("e-1"),
        kind=RecordKind.OBSERVATION,
        happened_at=NOON,
        recorded_at=NOON,
        author=Author(user_id="a-1", name="A. Nurse", role=Role.NURSE),
        body={"tremor": 3},
    )
    writing.add_record(record)
    writing.add_audit(AuditEntry(at=NOON, account_id="a-1", role="nurse", action=name, outcome="done"))


if __name__ == "__main__":
    main(*sys.argv[1:])
