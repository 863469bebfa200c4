"""Broken protocol files: every fault of every file at once, with the file, the line or key, and the fix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taper_app.protocol_files import FileFault, ProtocolFilesRefused, check_folder, load_protocols


def replace(folder: Path, file: str, old: str, new: str) -> None:
    """Replaces the first place, which must be there."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_with(folder: Path, file: str, text: str) -> int:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


CLONAZEPAM, ASAM, ASHTON = "medicines/clonazepam.toml", "tapers/asam-2025.toml", "equivalence/ashton-2002.toml"


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        (CLONAZEPAM, "splits_into =", "split_into =", "products.5.split_into"),
        (CLONAZEPAM, 'strength_mg = "0.125"', 'strength_mg = "0,125"', "products.0.strength_mg"),
        (CLONAZEPAM, 'strength_mg = "0.125"', 'strength_mg = ".125"', "products.0.strength_mg"),
        (CLONAZEPAM, 'strength_mg = "0.125"', 'strength_mg = "-0.125"', "products.0.strength_mg"),
        (CLONAZEPAM, 'strength_mg = "0.125"', 'strength_mg = "1e3"', "products.0.strength_mg"),
        (CLONAZEPAM, 'strength_mg = "0.125"', "strength_mg = true", "products.0.strength_mg"),
        (CLONAZEPAM, 'form = "odt"', 'form = "wafer"', "products.0.form"),
        (CLONAZEPAM, "used_for_epilepsy = true", 'used_for_epilepsy = "often"', "used_for_epilepsy"),
        (ASAM, 'cut_percent = "10"', 'cut_percnt = "10"', "pace.cut_percnt"),
        (ASAM, 'model = "percent_of_current"', 'model = "guess"', "pace.model"),
        (ASAM, "in_days = 14", "in_days = -1", "own_ceiling.in_days"),
        (ASHTON, 'printed_mg_low = "0.5"', 'printed_mg_low = "2,5"', "entries.0.printed_mg_low"),
        ("limits.toml", "months = 3\n", 'months = "three"\n', "long_use.months"),
        ("limits.toml", "youngest_adult", "youngest_adlt", "youngest_adlt"),
    ],
)
def test_a_bad_value_or_key_is_named_with_its_line(file: str, old: str, new: str, key: str, folder: Path) -> None:
    replace(folder, file, old, new)
    faults = [fault for fault in check_folder(folder) if fault.file == file]
    named = [fault for fault in faults if fault.key == key]
    assert named, [str(fault) for fault in faults]
    assert named[0].line == line_with(folder, file, new.strip().split(" = ")[0] if "[" not in new else new), str(
        named[0]
    )
    assert named[0].message.endswith(".")


def test_the_third_product_is_found_and_not_the_first(folder: Path) -> None:
    path = folder / CLONAZEPAM
    parts = path.read_text(encoding="utf-8").split("[[products]]")
    parts[3] = parts[3].replace('form = "odt"', 'form = "pill"')
    path.write_text("[[products]]".join(parts), encoding="utf-8")
    (fault,) = [fault for fault in check_folder(folder) if fault.file == CLONAZEPAM]
    assert fault.key.startswith("products.2")
    assert fault.line == line_with(folder, CLONAZEPAM, 'form = "pill"')


def test_every_fault_of_every_file_is_told_at_once(folder: Path) -> None:
    replace(folder, CLONAZEPAM, 'strength_mg = "0.125"', 'strength_mg = "0,125"')
    replace(folder, CLONAZEPAM, 'low_hours = "18"', 'low_hours = "x"')
    replace(folder, ASAM, 'name = "ASAM 2025"', 'nme = "ASAM 2025"')
    replace(folder, "tapers/nice-cks-ladder.toml", 'source = "nice-cks"', 'source = "nice"')
    (folder / ASHTON).write_bytes(b"\xff\xfe not text")
    (folder / "limits.toml").write_text("= broken", encoding="utf-8")
    faults = check_folder(folder)
    assert {
        CLONAZEPAM,
        ASAM,
        "tapers/nice-cks-ladder.toml",
        ASHTON,
        "limits.toml",
    } <= {fault.file for fault in faults}
    assert {fault.key for fault in faults if fault.file == CLONAZEPAM} == {
        "products.0.strength_mg",
        "half_life.low_hours",
    }
    assert {fault.key for fault in faults if fault.file == ASAM} == {"name", "nme"}
    with pytest.raises(ProtocolFilesRefused) as refused:
        load_protocols(folder)
    assert refused.value.faults == faults


def test_a_file_that_is_no_toml_is_named_with_its_line(folder: Path) -> None:
    (folder / ASAM).write_text('id = "asam-2025"\nname = \n', encoding="utf-8")
    (fault,) = [fault for fault in check_folder(folder) if fault.file == ASAM]
    assert fault.line == 2
    assert "TOML" in fault.message


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00" * 10, b"", b"id = 1", b"[[[["], ids=repr)
def test_a_file_of_other_bytes_is_a_fault_and_never_a_crash(content: bytes, folder: Path) -> None:
    (folder / CLONAZEPAM).write_bytes(content)
    assert any(fault.file == CLONAZEPAM for fault in check_folder(folder))


def _duplicate_product(folder: Path) -> None:
    path = folder / CLONAZEPAM
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n[[products]]" + text.split("[[products]]")[1], encoding="utf-8")


def _second_file_with_the_same_id(folder: Path) -> None:
    (folder / "medicines/klonopin.toml").write_bytes((folder / CLONAZEPAM).read_bytes())


def _unknown_source(folder: Path) -> None:
    replace(folder, ASAM, 'source = "asam-2025-pocket-p3"', 'source = "asam-2025-p3"')


def _source_twice(folder: Path) -> None:
    path = folder / "sources.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n[[sources]]" + text.split("[[sources]]")[1], encoding="utf-8")


def _medicine_without_a_file(folder: Path) -> None:
    replace(folder, ASHTON, 'medicine = "clonazepam"', 'medicine = "clonazolam"')


def _silent_table(folder: Path) -> None:
    replace(folder, "equivalence/who-2009.toml", '"clonazepam", ', "")


def _brand_of_two_medicines(folder: Path) -> None:
    replace(folder, "medicines/lorazepam.toml", 'brands = ["Ativan"]', 'brands = ["Ativan", "KLONOPIN"]')


def _product_twice_in_a_market(folder: Path) -> None:
    replace(folder, "medicines/diazepam.toml", 'markets = ["uk"]', 'markets = ["uk", "us"]')


def _no_market(folder: Path) -> None:
    replace(folder, "medicines/diazepam.toml", 'markets = ["uk"]', "markets = []")


def _split_sublingual_tablet(folder: Path) -> None:
    replace(folder, "medicines/zolpidem.toml", 'form = "sl-tablet"', 'form = "sl-tablet"\nsplits_into = "half"')


def _missing_medicine_is_unknown(folder: Path) -> None:
    replace(folder, "equivalence/va-dod-2021.toml", '"zaleplon"', '"zaleplom"')


def _nothing_converts(folder: Path) -> None:
    replace(folder, "equivalence/ashton-2002.toml", 'medicine = "medazepam"', 'medicine = "midazolam"')
    replace(folder, "equivalence/ashton-2002.toml", 'does_not_list = ["midazolam"]', 'does_not_list = ["medazepam"]')


def _central_figure_outside_the_range(folder: Path) -> None:
    replace(folder, "equivalence/clincalc.toml", 'printed_mg_central = "0.75"', 'printed_mg_central = "3"')


def _bands_in_the_wrong_order(folder: Path) -> None:
    replace(folder, "limits.toml", 'moderate_up_to_diazepam_mg = "15"', 'moderate_up_to_diazepam_mg = "10"')


def _ladder_in_an_unknown_medicine(folder: Path) -> None:
    replace(folder, "tapers/fda-klonopin-panic.toml", 'medicine = "clonazepam"', 'medicine = "klonazepam"')


def _gap_between_bands(folder: Path) -> None:
    replace(folder, "tapers/nice-cks-ladder.toml", 'to_mg = "20"', 'to_mg = "25"')


def _yaml(folder: Path) -> None:
    (folder / "tapers/mine.yaml").write_text("id: mine", encoding="utf-8")


def _file_nobody_reads(folder: Path) -> None:
    (folder / "limits-of-our-ward.toml").write_text('version = "1"', encoding="utf-8")


def _name_and_id_differ(folder: Path) -> None:
    (folder / ASAM).rename(folder / "tapers/asam.toml")


def _split_capsule(folder: Path) -> None:
    replace(folder, "medicines/lorazepam.toml", 'form = "xr-capsule"', 'form = "xr-capsule"\nsplits_into = "half"')


def _liquid_without_volume(folder: Path) -> None:
    replace(folder, "medicines/lorazepam.toml", 'smallest_ml = "0.5"\n', "")


def _no_ceiling_protocol(folder: Path) -> None:
    replace(folder, "limits.toml", 'ceiling_protocol = "asam-2025"', 'ceiling_protocol = "asam-2020"')


@pytest.mark.parametrize(
    ("break_it", "file", "says"),
    [
        (_duplicate_product, CLONAZEPAM, "stands twice"),
        (_second_file_with_the_same_id, "medicines/klonopin.toml", "two files"),
        (_unknown_source, ASAM, "asam-2025-p3"),
        (_source_twice, "sources.toml", "stands twice"),
        (_medicine_without_a_file, ASHTON, "medicines/clonazolam.toml"),
        (_silent_table, "equivalence/who-2009.toml", "clonazepam"),
        (_brand_of_two_medicines, "medicines/lorazepam.toml", "also stands for clonazepam"),
        (_product_twice_in_a_market, "medicines/diazepam.toml", "stands twice for the market us"),
        (_no_market, "medicines/diazepam.toml", ""),
        (_split_sublingual_tablet, "medicines/zolpidem.toml", "only plain tablets"),
        (_missing_medicine_is_unknown, "equivalence/va-dod-2021.toml", "medicines/zaleplom.toml"),
        (_nothing_converts, "medicines/medazepam.toml", "No table of equivalents that converts"),
        (_central_figure_outside_the_range, "equivalence/clincalc.toml", "printed_mg_central"),
        (_bands_in_the_wrong_order, "limits.toml", "must be below"),
        (_ladder_in_an_unknown_medicine, "tapers/fda-klonopin-panic.toml", "klonazepam"),
        (_gap_between_bands, "tapers/nice-cks-ladder.toml", "must meet"),
        (_yaml, "tapers/mine.yaml", "TOML"),
        (_file_nobody_reads, "limits-of-our-ward.toml", "Nothing reads"),
        (_name_and_id_differ, "tapers/asam.toml", "differ"),
        (_split_capsule, "medicines/lorazepam.toml", "only plain tablets"),
        (_liquid_without_volume, "medicines/lorazepam.toml", "smallest_ml"),
        (_no_ceiling_protocol, "limits.toml", "asam-2020"),
    ],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_files_that_contradict_themselves_are_refused(
    break_it: Callable[[Path], None], file: str, says: str, folder: Path
) -> None:
    break_it(folder)
    faults = [fault for fault in check_folder(folder) if fault.file == file]
    assert any(says in fault.message for fault in faults), [str(fault) for fault in faults]
    with pytest.raises(ProtocolFilesRefused):
        load_protocols(folder)


@pytest.mark.parametrize("file", ["limits.toml", "sources.toml", "aftercare/services.toml", ASAM])
def test_a_missing_file_is_a_fault(file: str, folder: Path) -> None:
    (folder / file).unlink()
    assert check_folder(folder)


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    (fault,) = check_folder(tmp_path / "nowhere")
    assert "folder" in fault.message


def test_a_fault_is_written_with_its_place() -> None:
    fault = FileFault("tapers/x.toml", "pace.model", "Write a model.", 7)
    assert str(fault) == "tapers/x.toml, line 7: pace.model: Write a model."
    assert fault.as_json() == {"file": "tapers/x.toml", "line": 7, "key": "pace.model", "message": "Write a model."}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read_and_never_crashes(data: st.DataObject, folder: Path) -> None:
    """One line of one file is taken out, doubled, or damaged in one character; then the file is put back."""
    file = data.draw(st.sampled_from([CLONAZEPAM, ASAM, ASHTON, "limits.toml", "tapers/nice-cks-ladder.toml"]))
    path = folder / file
    original = path.read_text(encoding="utf-8")
    lines = original.splitlines(keepends=True)
    at = data.draw(st.integers(min_value=0, max_value=len(lines) - 1))
    kind = data.draw(st.sampled_from(["drop", "double", "damage"]))
    if kind == "damage":
        character = data.draw(st.sampled_from(list('"=[]{}#-.x9\u0660\n')))
        place = data.draw(st.integers(min_value=0, max_value=len(lines[at])))
        lines[at] = lines[at][:place] + character + lines[at][place + 1 :]
    else:
        lines[at] = "" if kind == "drop" else lines[at] * 2
    try:
        path.write_text("".join(lines), encoding="utf-8")
        for fault in check_folder(folder):
            assert fault.file
            assert fault.message.endswith(".")
    finally:
        path.write_text(original, encoding="utf-8")
