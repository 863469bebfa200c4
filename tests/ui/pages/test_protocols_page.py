"""The Protocols page: what every plan is made from, and what a site's own file changes."""

from __future__ import annotations

import pytest

from taper_app.clinical.errors import NotAllowed
from taper_app.clinical.people import Role
from taper_app.protocol_files import load_protocols
from taper_app.protocol_files.folder import protocols_folder
from taper_app.use_cases.read_protocols import read_protocols

PROTOCOLS = "pages/protocols.py"
READERS = [Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN, Role.PHARMACIST, Role.PLANNER, Role.AUDITOR]


@pytest.fixture
def page(screen):
    def open_as(role=Role.PHYSICIAN):
        screen.sign_in(role)
        at = screen.open(PROTOCOLS)
        assert not at.exception
        return at

    return open_as


def cells(at):
    return [str(cell).replace("\\", "").replace("\u00a0", " ") for t in at.table for cell in t.value.to_numpy().ravel()]


def pick(at, label):
    return next(box for box in at.selectbox if box.label == label)


def show_kind(at, kind):
    next(group for group in at.get("button_group") if group.key == "library-kind").set_value(kind).run()
    assert not at.exception
    return at


@pytest.mark.parametrize("role", READERS)
def test_everybody_who_may_open_a_chart_reads_it(page, words, role):
    at = page(role)
    assert at.title[0].value == "Protocols"
    assert "No clinician has signed any of them" in words(at)


def test_an_administrator_has_no_such_page_and_is_refused_by_the_use_case_too(screen):
    screen.sign_in(Role.ADMIN)
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        screen.open(PROTOCOLS)
    with pytest.raises(NotAllowed):
        read_protocols(screen.app, screen.person(Role.ADMIN))


def test_every_taper_shows_its_version_its_fingerprint_its_sources_and_that_nobody_signed_it(screen, page, words):
    at = page()
    for name, taper in screen.app.protocols.tapers.items():
        pick(at, "Taper").select(name).run()
        text = words(at).replace("\u00a0", " ")
        assert taper.name in text
        assert f"Version {taper.version}" in text
        assert screen.app.protocols.sha256[name][:16] in text
        assert "No clinician has signed this file" in text
        assert screen.app.protocols.source_short(taper.pace.source) in cells(at)
    assert not at.exception


def test_a_number_that_nobody_read_carries_its_mark(page):
    at = page()
    pick(at, "Taper").select("hyperbolic-occupancy").run()
    found = cells(at)
    assert "unverified local default, needs a clinical lead's signature" in found
    assert "worked out from the source" in found


def test_a_medicine_is_found_by_its_brand_and_shows_each_product(page, words):
    at = show_kind(page(), "Medicines")
    box = pick(at, "Medicine, by generic or brand name")
    assert len(box.options) == 28
    box.select("clonazepam").run()
    assert any("form odt; strength mg 0.125" in cell for cell in cells(at))
    assert "clonazePAM (Klonopin" in words(at)


def test_every_scale_shows_its_licence_its_cautions_its_bands_and_its_source(screen, page, words):
    at = show_kind(page(), "Scales")
    for name, scale in screen.app.protocols.scales.items():
        pick(at, "Scale").select(name).run()
        said = " ".join((words(at), *cells(at)))
        for expected in (scale.title, scale.licence.position, scale.version, *scale.limits_of_use):
            assert expected in said, (name, expected)
        for band in scale.bands.ranges if scale.bands else ():
            assert band.name in cells(at)
        assert screen.app.protocols.source_short(scale.source) in said
        assert "No clinician has signed this file" in said
        assert ("Switched off: no form offers it" in said) == (name in ("poss", "c-ssrs"))
    assert not at.exception


def test_ciwa_b_names_what_other_copies_print_and_that_its_bands_are_trend_words(page, words):
    at = show_kind(page(), "Scales")
    pick(at, "Scale").select("ciwa-b").run()
    assert "It cannot tell withdrawal from anxiety, alcohol, opioids or sepsis." in words(at)
    assert "Band names are words for a trend, no thresholds for treatment." in words(at)
    assert "taper-own-words-1" in words(at)
    assert "at most 9 / 10 to 20 / 21 and over" in cells(at)
    assert "ciwa-b-not-enough-sleep" in cells(at)


def test_a_scale_that_the_site_switched_on_says_by_whose_permission(screen, page, words, tmp_path):
    (tmp_path / "scales.toml").write_text(
        '[[switched_on]]\nscale = "poss"\npermission = "Letter of the owner, 3 East"\nby = "A. Lead"\non = 2027-01-05\n'
    )
    library = load_protocols(site=tmp_path)
    screen.monkeypatch.setattr("taper_app.wiring._protocols", lambda: library)
    at = show_kind(page(), "Scales")
    pick(at, "Scale").select("poss").run()
    said = words(at).replace("**", "")
    assert "Switched on by this site: Letter of the owner, 3 East (A. Lead, Tue 5 Jan 2027)" in said
    assert "Switched off" not in said


def test_a_reference_table_says_that_nothing_is_converted_by_it(screen, page, words):
    at = show_kind(page(), "Tables of equivalents")
    assert "Plans are converted by it" in words(at)
    assert "0.5 mg = 10 mg diazepam" in cells(at)
    reference = next(iter(screen.app.protocols.reference_tables))
    pick(at, "Table").select(reference).run()
    assert "nothing is converted by it" in words(at)


def test_what_a_site_changed_stands_first_field_by_field(screen, page, words, tmp_path):
    shipped = (protocols_folder() / "tapers" / "asam-2025.toml").read_text()
    own = shipped.replace('id = "asam-2025"', 'id = "our-own"\nbased_on = "asam-2025"')
    own = own.replace('name = "ASAM 2025"', 'name = "Our own"').replace("every_days = 14", "every_days = 21", 1)
    (tmp_path / "tapers").mkdir()
    (tmp_path / "tapers" / "our-own.toml").write_text(own)
    library = load_protocols(site=tmp_path)
    screen.monkeypatch.setattr("taper_app.wiring._protocols", lambda: library)
    at = page()
    assert pick(at, "Taper").value == "our-own"
    assert "What this site changed against ASAM 2025" in words(at)
    changed = at.table[0].value.to_numpy().tolist()
    assert [[str(cell) for cell in row] for row in changed] == [
        ["name", "ASAM 2025", "Our own"],
        ["pace, every days", "14", "21"],
    ]
