"""The printed sheet of the last 24 hours: everything that happened, when it was written, and what it replaced."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

import charting_ward as kit
import display_rules
from taper_app.clinical.errors import NotAllowed
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import RecordKind
from taper_app.use_cases.changes import change_number
from taper_app.use_cases.day_sheet import print_day, sheet_of
from taper_app.use_cases.drafts import AlreadyCharted, keep_field, open_draft
from taper_app.use_cases.rights import UseCase


@pytest.fixture
def ward() -> kit.Ward:
    return kit.new_ward()


def test_a_late_entry_stands_under_its_own_time_and_names_when_it_was_written(ward):
    her = kit.admitted(ward)
    ward.now = kit.at(1, "14:00")
    ward.observe(her, kit.WELL, kit.at(1, "10:00"))
    column = sheet_of(ward.chart(her), "A. Ng", ward.protocols).sets[0]
    assert (column.written.happened_at, column.written.recorded_at) == (kit.at(1, "10:00"), kit.at(1, "14:00"))


def test_a_corrected_set_carries_what_stood_there_before_and_why(ward):
    her = kit.admitted(ward)
    ward.observe(her, {"vitals": {"pulse": 17}}, kit.at(1, "10:00"), entry_id="slip")
    right = {"vitals": {"pulse": 71}}
    ward.observe(her, right, kit.at(1, "10:00"), corrects="slip", reason="digits swapped")
    (column,) = sheet_of(ward.chart(her), "A. Ng", ward.protocols).sets
    assert column.observation.vitals.pulse == 71
    assert "pulse 17" in column.written.before[0]
    assert column.written.because == "digits swapped"


def test_what_lies_more_than_a_day_back_is_left_out_unless_it_was_written_within_the_day(ward):
    her = kit.admitted(ward)
    ward.observe(her, kit.WELL, kit.at(1, "08:00"))
    ward.now = kit.at(2, "09:00")
    ward.observe(her, kit.WELL, kit.at(1, "07:30"))
    ward.now = kit.at(2, "10:00")
    shown = sheet_of(ward.chart(her), "A. Ng", ward.protocols).sets
    assert [column.written.happened_at for column in shown] == [kit.at(1, "07:30")]


def test_a_planned_dose_that_nobody_charted_is_printed_as_not_charted(ward):
    her = kit.with_signed_plan(ward, kit.admitted(ward))
    ward.now = kit.at(1, "21:00")
    lines = sheet_of(ward.chart(her), "A. Ng", ward.protocols).doses
    assert [line.what for line in lines if "NOT CHARTED" in line.what]
    assert all(line.written.by == "nobody yet" for line in lines if "NOT CHARTED" in line.what)


def test_an_unsigned_plan_never_counts_and_a_signed_one_names_who_signed(ward):
    her = kit.admitted(ward)
    before = sheet_of(ward.chart(her), "A. Ng", ward.protocols)
    assert (before.plan, before.plan_counts) == ("No plan", False)
    kit.with_signed_plan(ward, her)
    after = sheet_of(ward.chart(her), "A. Ng", ward.protocols)
    assert after.plan.startswith("Plan version 1 signed by Dr. Ames")
    assert after.plan_counts


def test_after_a_seizure_the_sheet_says_suspended_and_never_a_bare_hold(ward, tmp_path: Path):
    her = kit.with_signed_plan(ward, kit.admitted(ward))
    seizure = {"events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]}
    ward.observe(her, kit.WELL, kit.at(1, "09:00"))
    ward.observe(her, seizure, kit.at(1, "10:00"))
    name, media_type, content = print_day(ward, kit.NURSE, her)
    assert (name, media_type) == ("chart-of-24-hours.pdf", "application/pdf")
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed")
    printed = tmp_path / name
    printed.write_bytes(content)
    said = subprocess.run(["pdftotext", "-layout", printed, "-"], check=True, capture_output=True, text=True).stdout
    pages = [page for page in said.split("\f") if page.strip()]
    for page in pages:
        assert "DOE, Jane" in page
        assert "SUSPENDED" in page
    assert "Seizure, 2 min" in said
    assert "EMERGENCY" in said
    assert display_rules.violations(said) == []


def test_printing_is_for_those_who_may_see_the_whole_chart(ward):
    her = kit.admitted(ward)
    planner = Actor("planner-1", "L. Park", Role.PLANNER, "unit-1")
    with pytest.raises(NotAllowed):
        print_day(ward, planner, her)
    elsewhere = Actor("nurse-9", "X. Far", Role.NURSE, "unit-2")
    for act in (print_day, change_number):
        with pytest.raises(NotAllowed):
            act(ward, elsewhere, her)


def test_the_number_of_a_chart_grows_with_each_entry(ward):
    her = kit.admitted(ward)
    before = change_number(ward, kit.NURSE, her)
    ward.observe(her, kit.WELL, kit.at(1, "09:00"))
    after = change_number(ward, kit.NURSE, her)
    assert after > before
    assert ward.chart(her).changes == after


def test_fields_that_are_kept_one_by_one_stand_in_the_draft_together(ward):
    her = kit.admitted(ward)
    draft = open_draft(ward, kit.NURSE, UseCase.CHART_OBSERVATION, her, "set")
    for name, value in (("vitals.pulse", "7"), ("rass", 0), ("vitals.pulse", "71"), ("vitals.spo2", "98")):
        ward.now += timedelta(seconds=1)
        keep_field(ward, kit.NURSE, UseCase.CHART_OBSERVATION, draft, name, value, begin={"ciwa_b.18": "6"})
    keep_field(ward, kit.NURSE, UseCase.CHART_OBSERVATION, draft, "vitals.spo2", None)
    kept = open_draft(ward, kit.NURSE, UseCase.CHART_OBSERVATION, her, "set")
    assert kept.body == {"ciwa_b.18": "6", "vitals.pulse": "71", "rass": 0}
    assert kept.entry_id == draft.entry_id


def test_a_field_that_arrives_after_its_set_was_charted_begins_no_draft_of_it_anew(ward):
    her = kit.admitted(ward)
    draft = open_draft(ward, kit.NURSE, UseCase.CHART_OBSERVATION, her, "set")
    keep_field(ward, kit.NURSE, UseCase.CHART_OBSERVATION, draft, "vitals.pulse", "71")
    ward.observe(her, {"vitals": {"pulse": 71}}, kit.at(1, "09:00"), entry_id=draft.entry_id, draft=draft)
    with pytest.raises(AlreadyCharted):
        keep_field(ward, kit.NURSE, UseCase.CHART_OBSERVATION, draft, "vitals.pulse", "71")
    assert open_draft(ward, kit.NURSE, UseCase.CHART_OBSERVATION, her, "set").body == {}


def test_the_same_set_again_is_answered_the_same_and_other_answers_under_its_id_are_refused(ward):
    her = kit.admitted(ward)
    ward.observe(her, {"vitals": {"pulse": 71}}, kit.at(1, "09:00"), entry_id="one")
    ward.observe(her, {"vitals": {"pulse": 71}}, kit.at(1, "09:00"), entry_id="one")
    with pytest.raises(AlreadyCharted):
        ward.observe(her, {"vitals": {"pulse": 91}}, kit.at(1, "09:00"), entry_id="one")
    assert ward.count(her, RecordKind.OBSERVATION) == 1
