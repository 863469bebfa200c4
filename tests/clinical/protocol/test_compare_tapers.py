"""What a site's own taper file changes against the shipped one, field by field."""

from __future__ import annotations

import pytest

from taper_app.clinical.protocol.compare_tapers import FieldChange, changes
from taper_app.clinical.protocol.entries import entry_lines
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.clinical.quantities import plain
from taper_app.protocol_files import load_protocols


@pytest.fixture(scope="module")
def library():
    return load_protocols()


def own(shipped: PublishedTaper, **changed):
    """The site's copy of a shipped file, with fields named as ``pace__cut_percent``."""
    written = shipped.model_dump(mode="json") | {"id": "our-own", "based_on": shipped.id}
    for path, value in changed.items():
        *parents, field = path.split("__")
        place = written
        for name in parents:
            place = place[int(name) if name.isdecimal() else name]
        place[field] = value
    return PublishedTaper.model_validate(written)


def test_a_copy_changes_nothing(library):
    for shipped in library.tapers.values():
        assert changes(shipped, own(shipped)) == ()


def test_a_smaller_cut_and_a_longer_interval_are_two_changes_in_the_order_of_the_file(library):
    shipped = library.tapers["asam-2025"]
    site = own(shipped, pace__cut_percent="5", pace__every_days=21)
    assert changes(shipped, site) == (
        FieldChange("pace.cut_percent", "10", "5"),
        FieldChange("pace.every_days", "14", "21"),
    )


def test_another_source_of_the_same_number_is_a_change_too(library):
    shipped = library.tapers["asam-2025"]
    site = own(shipped, own_ceiling__source="local-default", own_ceiling__evidence="unverified")
    assert [(change.path, change.after) for change in changes(shipped, site)] == [
        ("own_ceiling.source", "local-default"),
        ("own_ceiling.evidence", "unverified"),
    ]


def test_a_ceiling_that_the_site_took_out_is_listed_field_by_field(library):
    shipped = library.tapers["asam-2025"]
    found = changes(shipped, own(shipped, own_ceiling=None))
    assert FieldChange("own_ceiling.percent", "25", None) in found
    assert {change.path.split(".")[0] for change in found} == {"own_ceiling"}
    assert all(change.after is None for change in found)


def test_a_band_of_a_ladder_is_named_by_its_place(library):
    shipped = library.tapers["nice-cks-ladder"]
    found = changes(shipped, own(shipped, pace__bands__0__cut_mg="4"))
    assert found == (FieldChange("pace.bands.0.cut_mg", "2", "4"),)


def test_another_pace_model_shows_what_came_and_what_went(library):
    shipped = library.tapers["asam-2025"]
    found = {change.path: (change.before, change.after) for change in changes(shipped, library.tapers["scotland-2024"])}
    assert found["pace.model"] == ("percent_of_current", "ladder")
    assert found["pace.cut_percent"] == ("10", None)
    assert found["pace.bands.0.cut_mg"] == (None, "1")
    assert found["is_published_ladder"] == ("no", "yes")


def test_every_number_of_a_file_stands_on_a_line_with_its_source(library):
    lines = {line.path: line for line in entry_lines(library.tapers["nice-cks-ladder"])}
    assert list(lines)[:2] == ["pace", "pace.bands.0"]
    assert "every days 14" in lines["pace"].says
    assert "bands" not in lines["pace"].says, "the bands have lines of their own"
    assert lines["pace.bands.0"].says.startswith("from mg 40; to mg 20; cut mg 2")
    assert lines["pace.bands.0"].cited.source == "nice-cks"


def test_no_number_of_any_shipped_file_is_left_out_of_the_lines(library):
    for taper in library.tapers.values():
        shown = "; ".join(line.says for line in entry_lines(taper))
        assert f"every days {taper.pace.every_days}" in shown, taper.id
    for medicine in library.medicines.values():
        strengths = [line for line in entry_lines(medicine) if line.path.startswith("products.")]
        assert len(strengths) == len(medicine.products)
        if medicine.half_life:
            half_life = next(line for line in entry_lines(medicine) if line.path == "half_life")
            assert half_life.says.startswith(f"low hours {plain(medicine.half_life.low_hours)}; high hours ")
