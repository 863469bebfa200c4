from __future__ import annotations

import pytest

from taper_app.clinical.answers import Answer
from taper_app.clinical.errors import InputRefused, NotAllowed
from taper_app.clinical.people import Role
from taper_app.use_cases.admit import admit_patient, record_facts
from taper_app.use_cases.board import ward_board
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.context import new_id

from .conftest import admission


def board(ward):
    return ward_board(ward, ward.person(Role.NURSE), ward.unit.id)


def test_an_admitted_patient_stands_on_the_board_with_bed_and_record_number(ward):
    ward.admit_her()
    (row,) = board(ward)
    assert (row.bed, row.label, row.record_number, row.status) == ("07", "DOE, Jane", "00123", "open")
    assert row.next_due_at <= ward.clock.now, "a patient nobody observed yet is due at once"


def test_the_same_submit_twice_admits_once(ward):
    written = admission(ward)
    first = admit_patient(ward, ward.person(Role.NURSE), written)
    assert admit_patient(ward, ward.person(Role.NURSE), written) == first
    assert len(board(ward)) == 1


def test_a_second_admission_of_an_admitted_patient_is_refused_and_stores_nothing(ward):
    ward.admit_her()
    with pytest.raises(InputRefused, match="admitted already"):
        ward.admit_her(episode_id=new_id(), bed="08")
    assert len(board(ward)) == 1


def test_a_record_number_of_somebody_else_is_refused(ward):
    ward.admit_her()
    with pytest.raises(InputRefused, match="another name or date of birth"):
        ward.admit_her(episode_id=new_id(), bed="08", born_on="1990-01-01")


def test_every_fault_of_the_form_is_named_at_once(ward):
    written = admission(ward) | {"family_name": "", "sex": "?", "born_on": "14.3.1982"}
    written["current_use"]["lines"][0]["mg"] = "0,5"
    written["current_use"]["lines"][1]["time"] = "8 pm"
    with pytest.raises(InputRefused) as refused:
        admit_patient(ward, ward.person(Role.NURSE), written)
    fields = {fault.field for fault in refused.value.faults}
    assert {"family_name", "sex", "born_on", "current_use.lines.0.mg", "current_use.lines.1.time"} <= fields
    assert board(ward) == []


def test_an_unknown_medicine_a_taken_bed_and_a_future_admission_are_refused(ward):
    ward.admit_her()
    written = admission(ward) | {"record_number": "00999", "admitted_at": "2028-01-01T00:00:00+00:00"}
    written["current_use"]["lines"][0]["drug"] = "clonazepan"
    with pytest.raises(InputRefused) as refused:
        admit_patient(ward, ward.person(Role.NURSE), written)
    assert {fault.field for fault in refused.value.faults} == {"bed", "admitted_at", "current_use.lines.0.drug"}


def test_a_pharmacist_admits_nobody_and_the_refusal_is_audited(ward):
    with pytest.raises(NotAllowed):
        admit_patient(ward, ward.person(Role.PHARMACIST), admission(ward))
    with ward.store.reading() as reading:
        newest = reading.audit_entries(1)[0]
    assert (newest.action, newest.outcome) == ("admit_patient", "refused")


def test_new_answers_stand_and_the_old_ones_stay_readable(ward):
    episode = ward.admit_her()
    nurse = ward.person(Role.NURSE)
    chart = open_chart(ward, nurse, episode)
    ward.clock.pass_time(hours=1)
    answers = type(chart.facts).model_validate(chart.facts.model_dump() | {"opioid_co_use": "yes"})
    record_facts(ward, nurse, episode, answers, entry_id=new_id())
    chart = open_chart(ward, nurse, episode)
    assert chart.facts.opioid_co_use is Answer.YES
    assert "opioid" in chart.row.flags
    assert len([record for record in chart.records if record.kind == "facts"]) == 2


def test_facts_nobody_asked_about_stand_on_the_banner(ward):
    episode = ward.admit_her(facts={})
    flags = open_chart(ward, ward.person(Role.NURSE), episode).row.flags
    assert flags == ("not assessed: seizure history, opioid, alcohol, pregnant",)


def test_opening_a_chart_is_audited_and_an_auditor_gives_a_reason(ward):
    episode = ward.admit_her()
    open_chart(ward, ward.person(Role.PHYSICIAN), episode)
    with ward.store.reading() as reading:
        assert reading.audit_entries(1)[0].action == "open_chart"
    with pytest.raises(NotAllowed, match="reason is kept"):
        open_chart(ward, ward.person(Role.AUDITOR), episode)
