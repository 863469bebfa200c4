"""The real server is killed while a post hangs, and started again: none lost, and the repeat carries the same id."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from charting_ward import admitted
from outside import SECRET, Hospital, ward_on
from taper_app.store.sql import open_store


def settings_for(hospital: Hospital) -> dict[str, str]:
    return {
        **os.environ,
        "TAPER_WEBHOOK_URL": hospital.url,
        "TAPER_WEBHOOK_SECRET": SECRET,
        "TAPER_WEBHOOK_TIMEOUT_SECONDS": "20",
        "TAPER_WEBHOOK_PRIVATE_ADDRESSES": "127.0.0.0/8",
    }


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Two alerts were raised, and the server ended before anything was sent."""
    url = f"sqlite:///{tmp_path / 'ward.sqlite3'}"
    store = open_store(url)
    ward = ward_on(store)
    for bed in ("1", "2"):
        ward.raise_alert(admitted(ward, bed))
    # The story lies in another year than the server's clock.
    store.transact(lambda writing: writing.make_notices_due(datetime.now(UTC)))
    store.close()
    return url


@contextmanager
def running(database: str, hospital: Hospital) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-m", "taper_app", "run", "--port", "0", "--database", database]
    server = subprocess.Popen(words, env=settings_for(hospital), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield server
    finally:
        server.kill()
        server.wait()


def taper(*words: str, database: str, hospital: Hospital) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "taper_app", *words, "--database", database]
    return subprocess.run(command, env=settings_for(hospital), capture_output=True, text=True, check=False)


def test_a_server_killed_while_a_post_hangs_loses_nothing(database, hospital):
    hospital.behaviour = "hang"
    with running(database, hospital) as server:
        hospital.wait_for(1, seconds=30)
        server.send_signal(signal.SIGKILL)
    heard_before = hospital.delivered_ids()
    hospital.behaviour = 204
    listed = json.loads(taper("outbox", "--json", database=database, hospital=hospital).stdout)
    assert len(listed["waiting"]) >= 2
    # The turn of the killed server has to run out first; a test does not wait for it.
    forget_the_turn(database)
    with running(database, hospital):
        hospital.wait_for(len(heard_before) + 2, seconds=30)
    assert set(heard_before) <= set(hospital.delivered_ids()[len(heard_before) :]), "the same id again"
    assert {post.body["bed"] for post in hospital.heard} == {"1", "2"}


def test_a_server_that_is_asked_to_end_does_not_wait_for_a_hanging_post(database, hospital):
    hospital.behaviour = "hang"
    with running(database, hospital) as server:
        hospital.wait_for(1, seconds=30)
        server.terminate()
        assert server.wait(timeout=10) is not None
        printed = server.stdout.read().decode()
    assert "Traceback" not in printed
    assert SECRET not in printed
    assert hospital.url not in printed


def forget_the_turn(database: str) -> None:
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as raw:
        raw.execute("DELETE FROM outbox_lease")
        raw.commit()


def test_the_command_lists_what_waits_and_sends_it(database, hospital):
    hospital.behaviour = 500
    failed = taper("outbox", "send", database=database, hospital=hospital)
    assert failed.returncode == 4
    assert "The answer was 500." in failed.stdout
    hospital.behaviour = 204
    sent = taper("outbox", "send", "--json", database=database, hospital=hospital)
    assert sent.returncode == 0
    answer = json.loads(sent.stdout)
    assert answer["waiting"] == []
    assert answer["delivered_now"] >= 2
    assert "Doe" not in failed.stdout + sent.stdout


def test_the_command_tries_a_way_out_without_speaking_of_anybody(database, hospital):
    hospital.behaviour = 302
    failed = taper("outbox", "test", database=database, hospital=hospital)
    assert (failed.returncode, failed.stdout.count("not followed")) == (4, 1)
    hospital.behaviour = 204
    tried = taper("outbox", "test", "--json", database=database, hospital=hospital)
    assert (tried.returncode, json.loads(tried.stdout)) == (0, {"channels": {"webhook": ""}})
    assert set(hospital.heard[-1].body) == {"id", "test"}


def test_the_command_says_when_no_way_out_is_set(database):
    words = [sys.executable, "-m", "taper_app", "outbox", "send", "--database", database]
    ran = subprocess.run(words, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert ran.returncode == 4
    assert "TAPER_WEBHOOK_URL" in ran.stderr


def test_a_server_does_not_start_with_settings_that_cannot_be_used(database, hospital):
    settings = settings_for(hospital) | {"TAPER_WEBHOOK_URL": "ftp://hunter2/x", "TAPER_WEBHOOK_SECRET": "hunter2"}
    words = [sys.executable, "-m", "taper_app", "run", "--port", "0", "--database", database]
    ran = subprocess.run(words, env=settings, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode != 0
    assert "TAPER_WEBHOOK_URL must begin with https://" in ran.stdout + ran.stderr
    assert "TAPER_WEBHOOK_SECRET is too short" in ran.stdout + ran.stderr
    assert "hunter2" not in ran.stdout + ran.stderr
