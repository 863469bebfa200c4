"""Files of self-test cases: every fault is named when the folder is checked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from taper_app.protocol_files import ProtocolFilesRefused, check_folder, load_protocols, protocols_folder
from taper_app.protocol_files.self_test_files import load_self_test


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(protocols_folder(), tmp_path / "protocols"))


@pytest.mark.parametrize(
    ("written", "instead", "sentence"),
    [
        ('caught_by = ["R11"]', 'caught_by = ["R99"]', "No escalation rule R99 is shipped; name one."),
        ('source = "rass-wikipedia"', 'source = "nowhere"', "The source nowhere is not in sources.toml; add it there."),
        ("spo2 = 88", "spo2 = 188", "SpO2 188 % is impossible"),
        ('id = "E02"', 'id = "E01"', "E01 stands twice in this file; give each case its own id."),
        ('id = "E02"', 'id = "P01"', "The case P01 stands in orders too; give it another id."),
        ("dangerous = true", "danger = true", "danger"),
    ],
)
def test_a_fault_in_a_case_is_named_with_its_file(folder: Path, written: str, instead: str, sentence: str) -> None:
    cases = folder / "self-test" / "patients.toml"
    text = cases.read_text(encoding="utf-8")
    assert written in text
    cases.write_text(text.replace(written, instead, 1), encoding="utf-8")
    faults = check_folder(folder)
    assert faults
    assert any(sentence in str(fault) and "self-test/" in fault.file for fault in faults), faults


def test_a_fault_in_a_case_keeps_no_ward_from_starting(folder: Path) -> None:
    (folder / "self-test" / "patients.toml").write_text("id =", encoding="utf-8")
    assert load_protocols(folder).rules.rules
    with pytest.raises(ProtocolFilesRefused, match=r"self-test/patients\.toml"):
        load_self_test(folder)


def test_without_any_case_the_test_is_refused_and_not_passed(folder: Path) -> None:
    shutil.rmtree(folder / "self-test")
    with pytest.raises(ProtocolFilesRefused, match="There is no case to test with"):
        load_self_test(folder)
