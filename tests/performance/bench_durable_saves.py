"""What a save costs on the disk: ``just bench-saves``. It prints ratios to one ``fdatasync`` of the same run.

    sync     8 KiB written and synced to a file beside the database: the floor
    kept     observation, assessment, alert, board row and audit in one transaction, as the store keeps them
    charted  the whole use-case: rights, the chart read, judged by every rule, kept
    fifty    fifty people save at the same moment, each ten times

Syncs are counted by ``strace`` in a run of their own, where that is installed; without it they are not reported.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId, Record, RecordId
from taper_app.store.interface import AuditEntry, Writing
from taper_app.store.sql import open_store
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.context import new_id
from taper_app.use_cases.demo import fill
from taper_app.use_cases.observe import chart_observation
from taper_app.wiring import TaperApp, utc_now

SAVERS, SAVES_EACH = 50, 10
ALONE, SYNCS, COUNTED = 100, 400, 50
Save = Callable[[], object]
#: A line of strace's table: share, seconds, microseconds a call, calls, perhaps errors, name.
_CALLS = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\b.*\b(?:fsync|fdatasync)$", re.MULTILINE)
#: Loud enough for an alert each time: an event is never the same news as an earlier one.
OBSERVATION: dict[str, Any] = {
    "vitals": {
        "respiratory_rate": 16,
        "spo2": 97,
        "on_oxygen": False,
        "systolic": 124,
        "diastolic": 80,
        "pulse": 84,
        "temperature_c": "37.0",
        "acvpu": "A",
    },
    "rass": 0,
    "ciwa_b": {str(item): 1 for item in (*range(1, 18), 20, 21, 22)},
    "events": [{"kind": "vomiting"}, {"kind": "hallucination", "insight": True, "modality": "visual"}],
}


def main(folder: Path) -> None:
    app, nurse, episodes = a_ward(folder)
    try:
        floor = quantiles(list(synced(folder)))
        print(f"{'':34}{'p50 ms':>9}{'p99 ms':>9}{'p50 / sync':>12}{'p99 / sync':>12}{'faults':>8}")
        show("sync", floor, 0, floor)
        for words, saves in (("kept", keeping), ("charted", charting)):
            alone = saves(app, nurse, episodes[0], ALONE)
            show(f"{words}, one at a time", *at_once([alone]), floor)
            show(f"{words}, fifty at once", *at_once([saves(app, nurse, one, SAVES_EACH) for one in episodes]), floor)
        show("sync, again", quantiles(list(synced(folder))), 0, floor)
    finally:
        app.store.close()
    counted = syncs_of_saves()
    print(f"syncs a save: {counted}" if counted else "syncs a save: not counted, strace is not installed")


def a_ward(folder: Path) -> tuple[TaperApp, Actor, Sequence[EpisodeId]]:
    """A database of its own with fifty synthetic patients."""
    store = open_store(f"sqlite:///{folder / 'ward.sqlite3'}", take_writer=True)
    users = fill(store, patients=SAVERS, seed=7, now=utc_now())
    nurse = next(user for user in users if user.role is Role.NURSE)
    with store.reading() as reading:
        account = reading.account(nurse.account_id)
        assert account is not None
        assert account.unit_id is not None
        rows = reading.latest_rows(account.unit_id)
    actor = Actor(account.id, account.display_name, account.role, account.unit_id)
    return TaperApp(store=store), actor, [row.episode_id for row in rows]


def synced(folder: Path) -> Iterator[float]:
    """Seconds of one sync, as often as wanted."""
    descriptor = os.open(folder / "floor.bin", os.O_CREAT | os.O_WRONLY)
    try:
        for number in range(SYNCS):
            os.pwrite(descriptor, b"x" * 8192, number * 8192)
            began = time.perf_counter()
            os.fdatasync(descriptor)
            yield time.perf_counter() - began
    finally:
        os.close(descriptor)


def keeping(app: TaperApp, nurse: Actor, episode: EpisodeId, times: int) -> list[Save]:
    """The rows of a judged set with its alert, each time with new ids, without working them out again."""
    charted = chart(app, nurse, episode)
    chart_now = open_chart(app, nurse, episode, audited=False)
    of_one_set = [record for record in chart_now.records if record.id.startswith(charted)]
    note = AuditEntry(at=app.clock(), account_id=nurse.user_id, role="nurse", action="chart", outcome="done")

    def keep(records: Sequence[Record]) -> None:
        def work(writing: Writing) -> None:
            for record in records:
                writing.add_record(record)
            writing.put_latest(chart_now.row)
            writing.add_audit(note)

        app.store.transact(work)

    return [partial(keep, [under_new_id(record) for record in of_one_set]) for _ in range(times)]


def under_new_id(record: Record) -> Record:
    return Record.model_validate(record.model_dump() | {"id": RecordId(new_id()), "corrects": None})


def charting(app: TaperApp, nurse: Actor, episode: EpisodeId, times: int) -> list[Save]:
    return [partial(chart, app, nurse, episode) for _ in range(times // 2)]


def chart(app: TaperApp, nurse: Actor, episode: EpisodeId) -> str:
    entry_id = new_id()
    chart_observation(app, nurse, episode, OBSERVATION, entry_id=entry_id, happened_at=app.clock())
    return entry_id


def at_once(savers: Sequence[Sequence[Save]]) -> tuple[tuple[float, float], int]:
    """Each saver's saves one after the other, all savers together: p50 and p99, and how many saves failed."""
    found: list[float] = []
    faults: list[BaseException] = []
    together = threading.Barrier(len(savers))

    def one(saves: Sequence[Save]) -> None:
        together.wait()
        for save in saves:
            began = time.perf_counter()
            try:
                save()
            except Exception as fault:  # counted, and told below
                faults.append(fault)
            found.append(time.perf_counter() - began)

    threads = [threading.Thread(target=one, args=(saves,)) for saves in savers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for fault in faults[:3]:
        print(f"  {type(fault).__name__}: {fault}")
    return quantiles(found), len(faults)


def quantiles(seconds: list[float]) -> tuple[float, float]:
    ordered = sorted(seconds)
    return ordered[len(ordered) // 2], ordered[int(0.99 * (len(ordered) - 1))]


def show(words: str, found: tuple[float, float], faults: int, floor: tuple[float, float]) -> None:
    p50, p99 = found
    print(f"{words:34}{p50 * 1e3:9.2f}{p99 * 1e3:9.2f}{p50 / floor[0]:12.2f}{p99 / floor[0]:12.2f}{faults:8}")


def syncs_of_saves() -> str:
    """Counted over some saves, less those of a run that only opens and closes; empty without ``strace``."""
    if shutil.which("strace") is None:
        return ""
    with_saves, without = _syncs_of_run(COUNTED), _syncs_of_run(0)
    return f"{(with_saves - without) / COUNTED:.2f}"


def _syncs_of_run(saves: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "syncs.txt"
        command = ["strace", "-f", "-c", "-e", "trace=fsync,fdatasync", "-o", str(told)]
        subprocess.run([*command, sys.executable, __file__, "saves", str(saves)], check=True)
        calls = re.findall(
            r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\b.*\b(?:fsync|fdatasync)$", told.read_text(), re.MULTILINE
        )
    return sum(int(number) for number in calls)


def only_saves(folder: Path, saves: int) -> None:
    """For the run under ``strace``: one set is charted, so that every file exists, then so many are kept."""
    app, nurse, episodes = a_ward(folder)
    for save in keeping(app, nurse, episodes[0], saves):
        save()
    app.store.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=os.environ.get("TAPER_BENCH_FOLDER")) as scratch:
        if sys.argv[1:2] == ["saves"]:
            only_saves(Path(scratch), int(sys.argv[2]))
        else:
            main(Path(scratch))
