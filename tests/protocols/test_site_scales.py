"""A site's own ``scales.toml``: what it switches on is offered, and a fault in it is named like any other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from taper_app.protocol_files import ProtocolFilesRefused, check_folder, load_for_plans, load_protocols

PERMISSION = """
[[switched_on]]
scale = "poss"
permission = "Letter of the owner to this hospital, kept in the pharmacy office"
by = "A. Lead, chief nurse"
on = 2027-01-05
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "ward-7"
    folder.mkdir()
    (folder / "scales.toml").write_text(PERMISSION, encoding="utf-8")
    return folder


def test_a_scale_with_a_permission_is_offered_and_the_other_stays_off(site: Path) -> None:
    library = load_protocols(site=site)
    assert library.offers("poss")
    assert not library.offers("c-ssrs")
    assert library.switched_on["poss"].on == date(2027, 1, 5)
    assert len(library.sha256["site-scales"]) == 64
    assert not library.scales["poss"].enabled, "the shipped file stays as it is"


def test_without_a_sites_folder_nothing_is_switched_on() -> None:
    library = load_protocols()
    assert not library.switched_on
    assert [name for name in library.scales if not library.offers(name)] == ["c-ssrs", "poss"]


def test_a_command_that_plans_does_not_mind_the_file(site: Path) -> None:
    assert load_for_plans(site=site).tapers


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('scale = "poss"', 'scale = "bwsq"', "switched_on.0.scale", "No scale bwsq is shipped"),
        ('scale = "poss"', 'scale = "four-at"', "switched_on.0.scale", "four-at is offered already"),
        (PERMISSION, PERMISSION * 2, "switched_on.1.scale", "poss stands twice"),
        (
            'permission = "Letter',
            '# permission = "Letter',
            "switched_on.0.permission",
            "Permission is missing; add it.",
        ),
        ('by = "A. Lead, chief nurse"', "", "switched_on.0.by", "By is missing; add it."),
        ("on = 2027-01-05", 'on = "soon"', "switched_on.0.on", "On"),
        ("[[switched_on]]", "[[switched]]", "switched", "check its spelling"),
        (PERMISSION, "switched_on = []", "switched_on", "at least 1"),
        (PERMISSION, "= broken", "", "not TOML"),
    ],
)
def test_a_fault_is_named_with_the_folder_and_nothing_acts(old: str, new: str, key: str, says: str, site: Path) -> None:
    path = site / "scales.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    faults = check_folder(site=site)
    named = [fault for fault in faults if fault.key == key and says in fault.message]
    assert named, [str(fault) for fault in faults]
    assert named[0].file == "ward-7/scales.toml"
    assert named[0].message.endswith(".")
    with pytest.raises(ProtocolFilesRefused):
        load_protocols(site=site)
