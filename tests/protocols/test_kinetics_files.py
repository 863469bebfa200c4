"""Times to the peak and the time course of withdrawal: what the files say is what was read, each with its source."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.protocol_files import check_folder, load_protocols
from taper_app.protocol_files.folder import protocols_folder

#: Hours to the peak, low and high, and where they were read.
TMAX = {
    "alprazolam": ("1", "2", "asam-2025-pocket-p19"),
    "bromazepam": ("1", "2", "utd-hypnotics-copy"),
    "chlordiazepoxide": ("0.5", "4", "asam-2025-pocket-p19"),
    "clobazam": ("0.5", "4", "utd-hypnotics-copy"),
    "clonazepam": ("1", "2", "asam-2025-pocket-p19"),
    "clorazepate": ("0.5", "2", "asam-2025-pocket-p19"),
    "diazepam": ("0.5", "2", "asam-2025-pocket-p19"),
    "estazolam": ("2", "2", "asam-2025-pocket-p19"),
    "eszopiclone": ("1.5", "1.5", "asam-2025-pocket-p19"),
    "flunitrazepam": ("1", "2", "utd-hypnotics-copy"),
    "flurazepam": ("0.5", "2", "asam-2025-pocket-p19"),
    "loprazolam": ("2", "5", "scribd-10060506"),
    "lorazepam": ("2", "4", "asam-2025-pocket-p19"),
    "lormetazepam": ("1", "2.5", "scribd-10060506"),
    "nitrazepam": ("0.5", "2", "emedicine-2172250"),
    "oxazepam": ("2", "4", "asam-2025-pocket-p19"),
    "prazepam": ("2.5", "6", "clin-handbook-4e-copy"),
    "quazepam": ("2", "2", "asam-2025-pocket-p19"),
    "temazepam": ("2", "3", "asam-2025-pocket-p19"),
    "triazolam": ("1", "2", "asam-2025-pocket-p19"),
    "zaleplon": ("1", "1", "asam-2025-pocket-p19"),
    "zolpidem": ("1.6", "1.6", "asam-2025-pocket-p19"),
}
OTHERS = {
    "alprazolam": [("modified-release tablet", "5", "11")],
    "clonazepam": [("parent", "1", "4")],
    "diazepam": [("parent", "1", "1.5")],
    "lorazepam": [("parent", "2", "2")],
}
NO_LEVEL = {"clorazepate", "flurazepam", "medazepam", "prazepam"}
#: id: onset low and high in hours, peak from and to, eases from and to, as days.
COURSES = {
    "psychdb-short": (6, 8, 2, 2, 4, 5),
    "withdrawal-app-short": (24, 48, None, None, 14, 28),
    "triazolam-type": (None, None, None, None, None, None),
    "psychdb-long": (7 * 24, None, 8, 14, 15, 28),
    "withdrawal-app-long": (2 * 24, 7 * 24, None, None, None, None),
    "wikem-any": (None, 3 * 7 * 24, None, None, None, None),
}


@pytest.fixture(scope="module")
def protocols() -> WardProtocols:
    return load_protocols()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(protocols_folder(), tmp_path / "protocols"))


def test_every_time_to_the_peak_is_the_one_that_was_read(protocols: WardProtocols) -> None:
    found = {
        name: (str(one.absorption.tmax_low_hours), str(one.absorption.tmax_high_hours), one.absorption.source)
        for name, one in protocols.medicines.items()
        if one.absorption
    }
    assert found == TMAX
    others = {
        name: [(other.of, str(other.tmax_low_hours), str(other.tmax_high_hours)) for other in one.other_absorptions]
        for name, one in protocols.medicines.items()
        if one.other_absorptions
    }
    assert others == OTHERS


def test_where_the_half_life_is_not_of_what_is_swallowed_the_file_says_that_no_level_is_drawn(
    protocols: WardProtocols,
) -> None:
    assert {name for name, one in protocols.medicines.items() if one.no_level_curve} == NO_LEVEL


def test_the_time_course_is_the_one_that_was_read_and_no_source_is_averaged(protocols: WardProtocols) -> None:
    found = {
        one.id: (
            one.onset_low_hours,
            one.onset_high_hours,
            one.peak_from_day,
            one.peak_to_day,
            one.eases_from_day,
            one.eases_to_day,
        )
        for one in protocols.time_course.courses
    }
    assert found == COURSES


def test_what_nobody_read_is_marked(protocols: WardProtocols) -> None:
    course = protocols.time_course
    unread = {one.id for one in course.courses if one.evidence is Evidence.UNVERIFIED}
    assert unread == {"triazolam-type"}
    assert course.watch_after_long_acting.evidence is Evidence.UNVERIFIED
    assert course.protracted.evidence is Evidence.UNVERIFIED
    assert course.settled.evidence is Evidence.DERIVED


def test_every_medicine_has_a_course_of_a_named_source(protocols: WardProtocols) -> None:
    for name, medicine in protocols.medicines.items():
        names = {course.id for course in protocols.time_course.courses_for(medicine)}
        acting = "short" if medicine.acting.short_acting else "long"
        assert {f"psychdb-{acting}", f"withdrawal-app-{acting}", "wikem-any"} <= names, name
        assert ("triazolam-type" in names) == (name == "triazolam")


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        ("time-course.toml", "onset_low_hours = 6", "onset_low_hours = 9", "courses.0"),
        ("time-course.toml", "peak_from_day = 8", "peak_from_day = 15", "courses.3"),
        ("time-course.toml", "eases_from_day = 15", "eases_from_day = 0", "courses.3.eases_from_day"),
        ("time-course.toml", '["triazolam"]', '["triazolan"]', "courses.2.only_medicines"),
        ("time-course.toml", '"wikem-withdrawal"', '"wikem"', "courses.5.source"),
        ("medicines/clonazepam.toml", 'tmax_low_hours = "1"', 'tmax_low_hours = "0"', "absorption.tmax_low_hours"),
        ("medicines/clonazepam.toml", 'tmax_high_hours = "2"', 'tmax_high_hours = "0.5"', "absorption"),
        ("medicines/clonazepam.toml", 'low_hours = "18"', 'low_hours = "0"', "half_life.low_hours"),
    ],
)
def test_a_wrong_number_or_name_is_a_fault_that_names_its_key(
    file: str, old: str, new: str, key: str, folder: Path
) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert (file, key) in {(fault.file, fault.key) for fault in check_folder(folder)}


def test_without_the_time_course_the_library_is_refused(folder: Path) -> None:
    (folder / "time-course.toml").unlink()
    assert any(fault.file == "time-course.toml" for fault in check_folder(folder))
