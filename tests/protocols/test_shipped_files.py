"""The shipped protocol files: complete, cited, exact, and honest about what nobody has verified."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from taper_app.clinical.planning.pace import Ladder
from taper_app.clinical.protocol.citation import Cited, Evidence
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.protocol.tapers import PaceLadder
from taper_app.protocol_files import check_folder, load_for_plans, load_protocols, protocols_folder


@pytest.fixture(scope="module")
def protocols() -> Protocols:
    return load_protocols()


def cited(content: Any) -> Iterator[Cited]:
    """Every cited entry inside a shape."""
    if isinstance(content, BaseModel):
        if isinstance(content, Cited):
            yield content
        for name in type(content).model_fields:
            yield from cited(getattr(content, name))
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from cited(value)
    elif isinstance(content, (tuple, list)):
        for value in content:
            yield from cited(value)


def test_the_shipped_folder_has_no_fault() -> None:
    assert [str(fault) for fault in check_folder()] == []


def test_what_a_plan_is_made_by_is_the_same_without_the_rest_of_the_folder(protocols: Protocols) -> None:
    alone = load_for_plans()
    for part in ("sources", "medicines", "equivalence", "reference_tables", "tapers", "site_tapers", "limits"):
        assert getattr(alone, part) == getattr(protocols, part), part
    assert alone.sha256.items() <= protocols.sha256.items()


def test_the_medicines_tapers_and_tables_of_this_version_are_there(protocols: Protocols) -> None:
    assert {"clonazepam", "diazepam", "lorazepam"} <= set(protocols.medicines)
    assert {"asam-2025", "fda-klonopin-panic", "nice-cks-ladder"} <= set(protocols.tapers)
    assert {"ashton-2002", "va-dod-2021", "who-2009"} <= set(protocols.equivalence)


def test_a_default_that_no_source_prints_is_marked_unverified(protocols: Protocols) -> None:
    tables = (protocols.equivalence, protocols.reference_tables)
    for part in (protocols.medicines, *tables, protocols.tapers, protocols.limits):
        for entry in cited(part):
            if entry.source == "local-default":
                assert entry.evidence in (Evidence.UNVERIFIED, Evidence.DERIVED), entry.where
                assert entry.evidence.mark


def test_no_file_is_signed_by_a_clinician_who_did_not_sign(protocols: Protocols) -> None:
    """Nothing has been reviewed yet; a signature needs a name and a day."""
    tables = (*protocols.equivalence.values(), *protocols.reference_tables.values())
    for part in (*protocols.medicines.values(), *tables, *protocols.tapers.values()):
        assert part.reviewed is None


def test_every_file_has_a_fingerprint(protocols: Protocols) -> None:
    tables = [f"equivalence/{name}" for name in (*protocols.equivalence, *protocols.reference_tables)]
    for name in (*protocols.medicines, *tables, *protocols.tapers, "limits"):
        assert re.fullmatch(r"[0-9a-f]{64}", protocols.sha256[name]), name


@pytest.mark.parametrize(
    ("table", "medicine", "mg", "diazepam_mg"),
    [
        ("ashton-2002", "clonazepam", "0.5", "10"),
        ("ashton-2002", "lorazepam", "1", "10"),
        ("va-dod-2021", "clonazepam", "1", "10"),
        ("va-dod-2021", "lorazepam", "2", "10"),
        ("who-2009", "lorazepam", "1", "10"),
        ("ashton-2002", "diazepam", "10", "10"),
    ],
)
def test_equivalents_are_those_of_the_source(
    table: str, medicine: str, mg: str, diazepam_mg: str, protocols: Protocols
) -> None:
    entry = protocols.equivalence[table].entry(medicine)
    assert entry is not None
    assert entry.diazepam_mg_per_mg_low == entry.diazepam_mg_per_mg_high == Fraction(diazepam_mg) / Fraction(mg)


def test_who_2009_has_no_clonazepam_and_says_so(protocols: Protocols) -> None:
    assert protocols.equivalence["who-2009"].entry("clonazepam") is None
    assert "clonazepam" in protocols.equivalence["who-2009"].does_not_list


@pytest.mark.parametrize(
    ("product", "splits"),
    [
        ("clonazepam-tablet-0.5mg", "half"),
        ("clonazepam-tablet-1mg", "none"),
        ("clonazepam-tablet-2mg", "none"),
        ("clonazepam-odt-0.125mg", "none"),
        ("lorazepam-tablet-0.5mg", "none"),
        ("lorazepam-tablet-1mg", "half"),
        ("lorazepam-xr-capsule-1mg", "none"),
    ],
)
def test_only_scored_tablets_are_split(product: str, splits: str, protocols: Protocols) -> None:
    stocked = protocols.product(product)
    assert stocked is not None
    assert stocked.product.splits_into.value == splits


def test_a_liquid_says_its_smallest_volume_and_nothing_else_does(protocols: Protocols) -> None:
    for medicine in protocols.medicines.values():
        for product in medicine.products:
            assert (product.smallest_ml is not None) == (product.form is Form.LIQUID)


@pytest.mark.parametrize(
    ("medicine", "low", "moderate"), [("clonazepam", "0.5", "1.5"), ("lorazepam", "2", "3"), ("diazepam", None, None)]
)
def test_dose_bands_are_printed_per_medicine(
    medicine: str, low: str | None, moderate: str | None, protocols: Protocols
) -> None:
    bands = protocols.medicines[medicine].dose_bands
    if low is None or moderate is None:
        assert bands is None
    else:
        assert bands is not None
        assert (bands.low_up_to_mg, bands.moderate_up_to_mg) == (Decimal(low), Decimal(moderate))


@pytest.mark.parametrize(("start_mg", "steps"), [(40, 30), (20, 20)])
def test_the_ladder_takes_the_printed_number_of_steps(start_mg: int, steps: int, protocols: Protocols) -> None:
    """The source states 30 to 60 weeks from 40 mg and 20 to 40 from 20 mg, at one or two weeks a step."""
    printed = protocols.tapers["nice-cks-ladder"].pace
    assert isinstance(printed, PaceLadder)
    for every in (7, 14):
        assert Ladder(every, printed, Fraction(1)).days_needed(start_mg * 10_000, Fraction(0)) == steps * every


def test_brand_names_and_letter_case_find_the_medicine(protocols: Protocols) -> None:
    for text in ("Klonopin", "KLONOPIN", " clonazepam ", "Clonazepam"):
        medicine = protocols.medicine_named(text)
        assert medicine is not None
        assert medicine.id == "clonazepam"
    assert protocols.medicine_named("klono") is None


def test_numbers_are_read_exactly_whether_quoted_or_not(tmp_path: Path) -> None:
    folder = tmp_path / "protocols"
    shutil.copytree(protocols_folder(), folder)
    path = folder / "medicines/clonazepam.toml"
    path.write_text(path.read_text().replace('strength_mg = "0.125"', "strength_mg = 0.125", 1))
    product = load_protocols(folder).product("clonazepam-odt-0.125mg")
    assert product is not None
    assert product.product.strength_mg == Decimal("0.125")
