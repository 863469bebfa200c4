"""A ward whose alerts leave the building, on every store, and a hospital's server that can be made to misbehave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from charting_ward import admitted
from outside import Hospital, OutWard, ward_on
from taper_app.store.memory import MemoryStore
from taper_app.store.sql import open_store


@pytest.fixture
def hospital() -> Iterator[Hospital]:
    made = Hospital()
    yield made
    made.close()


@pytest.fixture(params=["memory", "sqlite"])
def ward(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OutWard]:
    store = MemoryStore() if request.param == "memory" else open_store(f"sqlite:///{tmp_path / 'ward.sqlite3'}")
    yield ward_on(store)
    store.close()


@pytest.fixture
def episode(ward: OutWard) -> str:
    """The patient of the story, in bed 7."""
    return admitted(ward)
