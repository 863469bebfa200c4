"""Weight and allergies are kept up by records; the patient's first row is never written again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from taper_app.clinical.charting.allergies import AllergyStatus
from taper_app.clinical.charting.body_weight import charted_weights
from taper_app.clinical.errors import InputRefused, NotAllowed
from taper_app.clinical.people import Role
from taper_app.clinical.records import RecordKind
from taper_app.use_cases.allergies import record_allergies
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.context import new_id
from taper_app.use_cases.rights import Grant, UseCase, grant_of
from taper_app.use_cases.weight import WeightToConfirm, chart_weight


@pytest.fixture
def episode(ward):
    return ward.admit_her()


def chart_of(ward, episode):
    return open_chart(ward, ward.person(Role.NURSE), episode)


def weigh(ward, episode, entered="72.5", unit="kg", role=Role.NURSE, at=None, entry_id=None, corrects=None, **more):
    written = {"weight": entered, "unit": unit, "how_it_is_known": "measured"} | more
    moment = at or ward.clock()
    ids = {"entry_id": entry_id or new_id(), "corrects": corrects}
    return chart_weight(ward, ward.person(role), episode, written, happened_at=moment, **ids)


def allergies(ward, episode, *substances, role=Role.NURSE, reason="", status="listed"):
    entries = [{"substance": name} for name in substances]
    written = {"status": status if entries else "none_known", "entries": entries, "reason": reason}
    return record_allergies(ward, ward.person(role), episode, written, entry_id=new_id())


def test_a_weight_in_pounds_keeps_what_was_read_beside_its_kilograms(ward, episode):
    weigh(ward, episode, "160", "lb")
    weight = chart_of(ward, episode).weight
    assert (weight.body.entered, weight.body.unit, weight.body.kg) == (Decimal("160"), "lb", Decimal("72.57"))
    assert weight.body.in_words == "160 lb (72.57 kg)"
    assert weight.record.author.name == "The nurse"
    assert weight.record.recorded_at >= weight.at


@pytest.mark.parametrize(
    ("entered", "unit"),
    [("24.99", "kg"), ("300.01", "kg"), ("0", "kg"), ("9999", "lb"), ("55", "lb"), ("72.555", "kg")],
)
def test_an_impossible_weight_is_refused_and_nothing_is_kept(ward, episode, entered, unit):
    with pytest.raises(InputRefused) as refused:
        weigh(ward, episode, entered, unit, confirmed=True)
    assert [fault.field for fault in refused.value.faults] == ["weight"]
    assert chart_of(ward, episode).weight is None


def test_pounds_written_as_kilograms_are_told_which_unit_to_choose(ward, episode):
    with pytest.raises(InputRefused, match="if it was read in lb, choose lb"):
        weigh(ward, episode, "310", "kg")


@pytest.mark.parametrize("entered", ["", "-70", "1e2", "NaN", "72,5", "٧٢", "72.5kg"])
def test_what_is_no_number_gets_a_sentence(ward, episode, entered):
    with pytest.raises(InputRefused):
        weigh(ward, episode, entered)


@pytest.mark.parametrize(("entered", "doubted"), [("34.9", True), ("35", False), ("250", False), ("250.1", True)])
def test_an_unusual_weight_is_kept_only_when_it_is_confirmed(ward, episode, entered, doubted):
    if not doubted:
        assert weigh(ward, episode, entered)
        return
    with pytest.raises(WeightToConfirm, match="kg or lb"):
        weigh(ward, episode, entered)
    assert chart_of(ward, episode).weight is None
    weigh(ward, episode, entered, confirmed=True)
    assert chart_of(ward, episode).weight.body.kg == Decimal(entered)


@pytest.mark.parametrize(("entered", "doubted"), [("66", False), ("54", False), ("66.01", True), ("53.99", True)])
def test_more_than_a_tenth_from_the_last_weight_is_asked_about(ward, episode, entered, doubted):
    weigh(ward, episode, "60")
    ward.clock.pass_time(hours=24)
    if doubted:
        with pytest.raises(WeightToConfirm, match="The last weight was 60 kg"):
            weigh(ward, episode, entered)
    else:
        assert weigh(ward, episode, entered)


def test_a_weight_is_corrected_by_its_author_with_a_reason_and_the_first_stays_readable(ward, episode):
    first = weigh(ward, episode, "82")
    with pytest.raises(InputRefused, match="why the weight is corrected"):
        weigh(ward, episode, "80", corrects=first)
    with pytest.raises(NotAllowed, match="Only the author"):
        weigh(ward, episode, "80", role=Role.CHARGE_NURSE, corrects=first, correction_reason="misread")
    weigh(ward, episode, "80", corrects=first, correction_reason="misread")
    chart = chart_of(ward, episode)
    assert [weight.body.in_words for weight in charted_weights(chart.records)] == ["80 kg"]
    assert [old.body["entered"] for old in chart.history_of(chart.weight.record.id)] == ["82"]


def test_a_second_tap_keeps_one_weight_and_a_time_ahead_is_refused(ward, episode):
    for _ in range(2):
        weigh(ward, episode, entry_id="tap")
    with pytest.raises(InputRefused, match="lies ahead"):
        weigh(ward, episode, at=ward.clock().replace(year=2030))
    with ward.store.reading() as reading:
        assert len(reading.records(episode, {RecordKind.WEIGHT})) == 1


@pytest.mark.parametrize("role", list(Role))
def test_who_may_chart_weighs_and_who_may_record_current_use_records_allergies(ward, episode, role):
    for act, right in (
        (lambda: weigh(ward, episode, role=role), UseCase.CHART_OBSERVATION),
        (lambda: allergies(ward, episode, "latex", role=role), UseCase.RECORD_CURRENT_USE),
    ):
        if grant_of(right, role) is Grant.NO:
            with pytest.raises(NotAllowed):
                act()
        else:
            act()


def test_not_assessed_is_told_apart_from_none_known(ward):
    silent = chart_of(ward, ward.admit_her(allergies="not assessed"))
    assert (silent.allergies.status, silent.patient.allergies) == (AllergyStatus.NOT_ASSESSED, "not assessed")
    assert not silent.of_kind(RecordKind.ALLERGIES), "nobody said anything"
    asked = chart_of(ward, ward.admit_her(episode_id=new_id(), bed="08", record_number="9", allergies="NKDA"))
    assert (asked.allergies.status, asked.patient.allergies) == (AllergyStatus.NONE_KNOWN, "none known")


def test_a_new_list_stands_on_the_banner_and_the_row_of_the_patient_stays_as_it_was(ward, episode):
    allergies(ward, episode, "penicillin", "latex")
    chart = chart_of(ward, episode)
    assert chart.patient.allergies == "penicillin; latex"
    with ward.store.reading() as reading:
        assert reading.patient(chart.patient.id).allergies == "none known"
    assert len(chart.of_kind(RecordKind.ALLERGIES)) == 2, "the first answer stays readable"


def test_an_allergy_leaves_the_list_only_with_a_reason(ward, episode):
    allergies(ward, episode, "Penicillin", "latex")
    with pytest.raises(InputRefused, match="No longer listed: latex"):
        allergies(ward, episode, "penicillin")
    with pytest.raises(InputRefused, match="Penicillin; latex"):
        allergies(ward, episode)
    allergies(ward, episode, "penicillin", reason="latex was another patient's")
    assert chart_of(ward, episode).patient.allergies == "penicillin"


@pytest.mark.parametrize(
    "written",
    [
        {"status": "listed", "entries": []},
        {"status": "none_known", "entries": [{"substance": "latex"}]},
        {"status": "not_assessed"},
        {"status": "listed", "entries": [{"substance": "x" * 81}]},
        {"status": "listed", "entries": [{"substance": "la\x00tex"}]},
        {"status": "listed", "entries": [{"substance": f"{n:02d}" + "y" * 70} for n in range(30)]},
    ],
)
def test_a_list_that_says_two_things_or_nothing_is_refused(ward, episode, written):
    with pytest.raises(InputRefused):
        record_allergies(ward, ward.person(Role.NURSE), episode, written, entry_id=new_id())
    assert chart_of(ward, episode).patient.allergies == "none known"


def test_allergies_of_an_earlier_stay_are_taken_over_and_marked_as_not_asked_again(ward, episode):
    allergies(ward, episode, "penicillin")
    release(ward, episode)
    again = chart_of(ward, ward.admit_her(episode_id=new_id(), allergies="not assessed"))
    assert (again.patient.allergies, again.allergies.asked) == ("penicillin", False)


def test_at_a_later_admission_allergies_are_added_and_never_lost(ward, episode):
    allergies(ward, episode, "penicillin")
    release(ward, episode)
    with pytest.raises(InputRefused, match="An earlier stay lists allergies"):
        ward.admit_her(episode_id=new_id(), allergies="none known")
    again = chart_of(ward, ward.admit_her(episode_id=new_id(), allergies="latex (rash)"))
    assert (again.patient.allergies, again.allergies.asked) == ("penicillin; latex (rash)", True)


def test_hidden_characters_in_the_allergies_of_an_admission_are_a_fault_of_that_field(ward):
    with pytest.raises(InputRefused) as refused:
        ward.admit_her(allergies="penicil\u202elin")
    assert [fault.field for fault in refused.value.faults] == ["allergies"]


def release(ward, episode):
    def close(writing):
        row = writing.latest_row(episode)
        writing.put_latest(type(row).model_validate(row.model_dump() | {"status": "released"}))

    ward.store.transact(close)


def test_a_long_line_without_semicolons_is_told_how_to_write_it_beside_every_other_fault(ward):
    with pytest.raises(InputRefused, match="a semicolon after it") as refused:
        ward.admit_her(allergies="penicillin, " * 10, bed="99")
    assert {fault.field for fault in refused.value.faults} == {"allergies", "bed"}
