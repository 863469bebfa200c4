"""A site's own tapers: added beside the shipped ones, never in their place, with every fault named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from taper_app.clinical.protocol.tapers import PacePercentOfCurrent
from taper_app.protocol_files import ProtocolFilesRefused, check_folder, load_protocols, protocols_folder

SLOWER = "our-slow-taper"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site that cuts by 5 % where the shipped taper cuts by 10."""
    folder = tmp_path / "ward-7"
    (folder / "tapers").mkdir(parents=True)
    shipped = (protocols_folder() / "tapers/asam-2025.toml").read_text(encoding="utf-8")
    own = shipped.replace('id = "asam-2025"', f'id = "{SLOWER}"\nbased_on = "asam-2025"', 1)
    own = own.replace('cut_percent = "10"', 'cut_percent = "5"', 1)
    (folder / f"tapers/{SLOWER}.toml").write_text(own, encoding="utf-8")
    return folder


def edit(site: Path, old: str, new: str) -> None:
    path = site / f"tapers/{SLOWER}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_sites_taper_stands_beside_the_shipped_ones(site: Path) -> None:
    library = load_protocols(site=site)
    own = library.tapers[SLOWER]
    assert isinstance(own.pace, PacePercentOfCurrent)
    assert own.pace.cut_percent == 5
    assert own.based_on == "asam-2025"
    assert library.site_tapers == {SLOWER}
    assert len(library.sha256[SLOWER]) == 64
    assert set(library.tapers) - library.site_tapers == set(load_protocols().tapers)


def test_without_a_sites_folder_there_are_no_site_tapers() -> None:
    assert load_protocols().site_tapers == frozenset()


def test_a_site_may_cite_a_source_of_its_own(site: Path) -> None:
    (site / "sources-ward.toml").write_text(
        '[[sources]]\nid = "ward-7-decision"\ntitle = "Decision of the ward"\nshort = "Ward 7"\n', encoding="utf-8"
    )
    edit(site, 'source = "asam-2025-pocket-p3"', 'source = "ward-7-decision"')
    library = load_protocols(site=site)
    assert library.tapers[SLOWER].pace.source == "ward-7-decision"
    assert library.source_short("ward-7-decision") == "Ward 7"


def _takes_a_shipped_id(site: Path) -> None:
    (site / f"tapers/{SLOWER}.toml").rename(site / "tapers/asam-2025.toml")
    path = site / "tapers/asam-2025.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(SLOWER, "asam-2025"), encoding="utf-8")


def _based_on_nothing(site: Path) -> None:
    edit(site, 'based_on = "asam-2025"\n', "")


def _based_on_something_unknown(site: Path) -> None:
    edit(site, 'based_on = "asam-2025"', 'based_on = "asam-2019"')


def _unknown_source(site: Path) -> None:
    edit(site, 'source = "asam-2025-pocket-p3"', 'source = "our-memory"')


def _misspelt_key(site: Path) -> None:
    edit(site, "cut_percent", "cut_percnt")


def _another_medicine_file(site: Path) -> None:
    (site / "medicines").mkdir()
    (site / "medicines/clonazepam.toml").write_text('id = "clonazepam"', encoding="utf-8")


def _other_limits(site: Path) -> None:
    (site / "limits.toml").write_text('version = "1"', encoding="utf-8")


def _shipped_source_again(site: Path) -> None:
    (site / "sources.toml").write_text(
        '[[sources]]\nid = "nice-cks"\ntitle = "Another one"\nshort = "Other"\n', encoding="utf-8"
    )


def _unknown_medicine(site: Path) -> None:
    path = site / f"tapers/{SLOWER}.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("based_on", 'only_medicines = ["clonazolam"]\nbased_on', 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("break_it", "file", "key", "says"),
    [
        (_takes_a_shipped_id, "ward-7/tapers/asam-2025.toml", "id", "is shipped already"),
        (_based_on_nothing, f"ward-7/tapers/{SLOWER}.toml", "based_on", "Name the shipped taper"),
        (_based_on_something_unknown, f"ward-7/tapers/{SLOWER}.toml", "based_on", "asam-2019"),
        (_unknown_source, f"ward-7/tapers/{SLOWER}.toml", "pace.source", "our-memory"),
        (_misspelt_key, f"ward-7/tapers/{SLOWER}.toml", "pace.cut_percnt", ""),
        (_another_medicine_file, "ward-7/medicines/clonazepam.toml", "", "Nothing reads this file"),
        (_other_limits, "ward-7/limits.toml", "", "Nothing reads this file"),
        (_shipped_source_again, "ward-7", "sources", "nice-cks"),
        (_unknown_medicine, f"ward-7/tapers/{SLOWER}.toml", "only_medicines", "clonazolam"),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_a_fault_in_a_sites_folder_is_named_with_the_folder(
    break_it: Callable[[Path], None], file: str, key: str, says: str, site: Path
) -> None:
    break_it(site)
    faults = check_folder(site=site)
    named = [fault for fault in faults if fault.file == file and fault.key == key and says in fault.message]
    assert named, [str(fault) for fault in faults]
    assert all(fault.message.endswith(".") for fault in faults)
    with pytest.raises(ProtocolFilesRefused):
        load_protocols(site=site)


def test_a_misspelt_key_keeps_its_line(site: Path) -> None:
    _misspelt_key(site)
    fault = next(fault for fault in check_folder(site=site) if fault.key.endswith("cut_percnt"))
    lines = (site / f"tapers/{SLOWER}.toml").read_text(encoding="utf-8").splitlines()
    assert fault.line is not None
    assert "cut_percnt" in lines[fault.line - 1]


def test_a_sites_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    (fault,) = check_folder(site=tmp_path / "nowhere")
    assert (fault.file, fault.message) == (
        "nowhere",
        "There is no such folder of a site's protocol files; set TAPER_SITE_PROTOCOLS to one.",
    )


def test_a_market_without_any_product_is_refused_with_those_that_have_some() -> None:
    (fault,) = check_folder(market="fr")
    assert fault.message == 'No product is known for the market "fr"; use one of au, nz, uk, us.'
    with pytest.raises(ProtocolFilesRefused):
        load_protocols(market="fr")
