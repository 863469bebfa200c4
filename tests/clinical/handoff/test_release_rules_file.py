"""The shipped release rules: the numbers, each beside its source, and honest about what nobody has signed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from taper_app.clinical.protocol.citation import Cited, Evidence
from taper_app.clinical.protocol.release_rules import RequirementId
from taper_app.protocol_files import load_protocols
from taper_app.protocol_files.load import check_folder

PROTOCOLS = Path(__file__).parents[3] / "protocols"


@pytest.fixture(scope="module")
def rules():
    return load_protocols().release


def test_the_numbers_of_the_veto_the_supply_and_the_time_after_a_seizure(rules):
    veto = rules.veto
    assert (veto.free_for.hours, veto.ciwa_b.at_most, veto.ciwa_b_not_rising.hours) == (72, 20, 24)
    assert (veto.rass.score, veto.news2.at_most) == (0, 2)
    assert (rules.supply.beyond_first_visit.days, rules.supply.at_most_with_risk.days) == (3, 7)
    assert (rules.after_seizure.first_visit.hours, rules.after_seizure.call.hours) == (72, 24)


def test_every_number_of_the_veto_says_that_no_clinician_has_signed_it(rules):
    for section in (rules.veto, rules.supply, rules.after_seizure):
        cited = [value for _name, value in section if isinstance(value, Cited)]
        assert cited
        assert {entry.evidence for entry in cited} == {Evidence.UNVERIFIED}


def test_every_requirement_stands_once_and_names_who_owes_it(rules):
    assert {requirement.id for requirement in rules.requirements} == set(RequirementId)
    assert all(requirement.owed_by for requirement in rules.requirements)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('rules = ["R04"]', 'rules = ["R999"]', "No escalation rule R999"),
        ('id = "lock-box"', 'id = "lockbox"', "lockbox"),
        ("hours = 72", 'hours = "soon"', "hours"),
        ("[veto.rass]\nscore = 0", "[veto.rass]\nscroe = 0", "scroe"),
    ],
)
def test_a_slip_in_the_file_is_refused_with_its_place(tmp_path, old, new, says):
    folder = tmp_path / "protocols"
    shutil.copytree(PROTOCOLS, folder)
    file = folder / "release.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    faults = [fault for fault in check_folder(folder) if fault.file == "release.toml"]
    assert faults
    assert any(says in f"{fault.key} {fault.message}" for fault in faults)
