"""A copy of the shipped protocol files that a test may break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from taper_app.protocol_files import protocols_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "protocols"
    shutil.copytree(protocols_folder(), copy)
    return copy
