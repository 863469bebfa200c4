"""Numbers that no protocol file can mean: a strength of nothing, an interval of no days, a cut of 150 %."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bad_requests import FOLDER
from taper_app.protocol_files import check_folder

GROUPS = tomllib.loads((FOLDER / "protocol_files.toml").read_text())["group"]
ROWS = [(group["file"], row) for group in GROUPS for row in group["rows"]]


@pytest.mark.parametrize(("file", "row"), ROWS, ids=[f"{file}: {row['new']}" for file, row in ROWS])
def test_an_impossible_number_is_named_with_its_file_and_line(file: str, row: dict[str, Any], folder: Path) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert row["old"] in text
    path.write_text(text.replace(row["old"], row["new"], 1), encoding="utf-8")
    faults = [fault for fault in check_folder(folder) if fault.file == file]
    assert any(_is_meant(fault.key, row) for fault in faults), [str(fault) for fault in faults]
    assert all(fault.line and fault.message.endswith(".") for fault in faults)


def _is_meant(key: str, row: dict[str, Any]) -> bool:
    return key == row["key"] if "key" in row else key.endswith(row["key_ends"])
