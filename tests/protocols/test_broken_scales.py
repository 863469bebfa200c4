"""Broken scale files: each fault is one sentence that names the file and the fix, and nothing of the folder acts."""

from __future__ import annotations

from pathlib import Path

import pytest

from taper_app.protocol_files import ProtocolFilesRefused, check_folder, load_protocols

CIWA, ASQ, CSSRS, NEWS2, POSS = (f"scales/{name}.toml" for name in ("ciwa-b", "asq", "c-ssrs", "news2", "poss"))
FOUR_AT, GAD7, CATATONIA = (f"scales/{name}.toml" for name in ("four-at", "gad-7", "catatonia"))


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "says"),
    [
        (CIWA, 'name = "moderate", lowest = 21', 'name = "moderate", lowest = 22', "bands", "close the gap after mild"),
        (CIWA, 'name = "moderate", lowest = 21', 'name = "moderate", lowest = 20', "bands", "overlaps mild"),
        (CIWA, "lowest = 61, highest = 80", "lowest = 61, highest = 79", "", "totals run from 0 to 80"),
        (CIWA, "lowest = 0, highest = 0 }", "lowest = 1, highest = 0 }", "bands.ranges.0", "exchange its two numbers"),
        (ASQ, "[licence]\nposition", "[licence]\npositon", "licence.positon", "check its spelling"),
        (ASQ, "[licence]\nposition", "[licence]\n# position", "licence.position", "Position is missing; add it."),
        (ASQ, 'evidence = "read"', 'evidence = "heard"', "licence.evidence", "choose"),
        (ASQ, 'version = "2026.12"', 'version = "2026.12"\nversoin = "1"', "versoin", "check its spelling"),
        (GAD7, "highest = 3", "highest = 3\nhigest = 3", "items.0.higest", "check its spelling"),
        (GAD7, "highest = 3", "highest = 2", "items.0", "anchors outside its range: 3"),
        (GAD7, 'asked = "weekly"', 'asked = "sometimes"', "items.0.asked", "choose"),
        (GAD7, 'source = "camcops-gad7"', 'source = "camcops-gad-7"', "source", "is not in sources.toml"),
        (CIWA, 'id = "22"', 'id = "21"', "", "An item id stands twice"),
        (CIWA, 'id = "22"', 'id = "23"', "items", "no place for item 23"),
        (CIWA, 'id = "22"', 'id = "23"', "items", "Item 22 is missing"),
        (CIWA, 'id = "ciwa-b-openemr-13"', 'id = "taper-own-words-1"', "", "stands among other_forms"),
        (NEWS2, "lowest = 9, highest = 11", "lowest = 10, highest = 11", "items.0", "between 8 and 10"),
        (NEWS2, "lowest = 9, highest = 11", "lowest = 8, highest = 11", "items.0", "overlap between 8 and 8"),
        (NEWS2, "{ highest = 8, score", "{ lowest = 1, highest = 8, score", "items.0", "open below"),
        (NEWS2, "{ lowest = 25, score", "{ lowest = 25, highest = 59, score", "items.0", "open above"),
        (FOUR_AT, 'value = "4"', 'value = "0"', "items.0", "a choice twice"),
        (POSS, "enabled = false\n", "", "", "has to be switched off"),
        (ASQ, 'any_yes = ["q5"]', 'any_yes = ["q6"]', "", "There is no question q6"),
        (ASQ, '["q1", "q2", "q3", "q4"], words', '["q1", "q2", "q3"], words', "", "A yes to q4 has no outcome"),
        (ASQ, 'refused = "positive"', 'refused = "negativ"', "outcomes", "A refusal counts as negativ"),
        (CSSRS, 'otherwise = "none"', 'otherwise = "high"', "outcomes", "n outcome stands twice"),
        (CSSRS, 'asked_after_yes = ["q2"]', 'asked_after_yes = ["q0"]', "", "There is no question q0"),
        (CATATONIA, "highest = 14\n", "highest = 13\n", "items.0", "let it count from 0 to 14"),
    ],
)
def test_a_fault_of_a_scale_is_one_sentence_with_its_fix(
    file: str, old: str, new: str, key: str, says: str, folder: Path
) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [fault for fault in check_folder(folder) if fault.file == file]
    said = [fault for fault in found if says in fault.message]
    assert said, [str(fault) for fault in found]
    assert said[0].key.startswith(key), str(said[0])
    assert said[0].message.endswith(".")
    with pytest.raises(ProtocolFilesRefused):
        load_protocols(folder)


@pytest.mark.parametrize("file", [CIWA, NEWS2, ASQ, "scales/rass.toml", CATATONIA])
def test_a_scale_that_the_set_charts_cannot_be_taken_away(file: str, folder: Path) -> None:
    (folder / file).unlink()
    (fault,) = check_folder(folder)
    assert (fault.file, fault.message) == (file, "The observation set charts this scale; add its file.")


def test_a_file_without_any_licence_is_refused(folder: Path) -> None:
    path = folder / "scales/rass.toml"
    text = path.read_text(encoding="utf-8")
    begin, end = text.index("[licence]"), text.index("[[items]]")
    path.write_text(text[:begin] + text[end:], encoding="utf-8")
    assert [(fault.key, fault.message) for fault in check_folder(folder)] == [
        ("licence", "Licence is missing; add it.")
    ]
