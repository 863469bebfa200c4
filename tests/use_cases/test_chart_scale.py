"""A scale that is asked once a stay: kept once, scored by its file, corrected by a new entry, or refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from taper_app.clinical.charting.stay_scales import ScaleBody
from taper_app.clinical.errors import InputRefused, NotAllowed, NotFound
from taper_app.clinical.people import Role
from taper_app.clinical.records import RecordKind
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.chart_scale import chart_scale


@pytest.fixture
def episode(ward):
    return ward.admit_her()


def kept(ward, episode):
    with ward.store.reading() as reading:
        return len(reading.records(episode, {RecordKind.SCALE}))


WORST = {str(item): 3 for item in range(1, 6)}


def chart_sds(ward, episode, answers=WORST, role=Role.NURSE, entry_id="sds", scale="sds", **more):
    return chart_scale(
        ward,
        ward.person(role),
        episode,
        scale,
        answers,
        entry_id=entry_id,
        happened_at=more.pop("happened_at", ward.clock()),
        **more,
    )


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        (dict.fromkeys("12345", 0), "SDS 0, not positive"),
        ({"1": 3, "2": 3, "3": 0, "4": 0, "5": 0}, "SDS 6, not positive"),
        ({"1": 3, "2": 3, "3": 1, "4": 0, "5": 0}, "SDS 7, positive"),
        (WORST, "SDS 15, positive"),
        ({"1": 3, "2": 3, "3": 3}, "SDS incomplete: 9 to 15"),
    ],
)
def test_above_six_is_positive_and_a_blank_has_no_band(ward, episode, answers, words):
    assert chart_sds(ward, episode, answers).in_words == words


def test_the_same_entry_twice_is_kept_once_with_its_edition_and_wording(ward, episode):
    first = chart_sds(ward, episode)
    assert chart_sds(ward, episode, {"1": 0}) == first
    assert kept(ward, episode) == 1
    assert (first.edition, first.form) == (ward.protocols.scales["sds"].version, "sds-own-words-1")


def test_every_fault_is_told_at_once_and_nothing_is_kept(ward, episode):
    with pytest.raises(InputRefused) as refused:
        chart_sds(ward, episode, {"1": 4, "2": True, "6": 0, "3": "1"})
    assert {fault.field for fault in refused.value.faults} == {f"answers.{item}" for item in ("1", "2", "6", "3")}
    with pytest.raises(InputRefused, match="Nothing of SDS is answered yet"):
        chart_sds(ward, episode, {})
    assert kept(ward, episode) == 0


def test_a_refusal_is_kept_and_is_no_zero(ward, episode):
    body = chart_sds(ward, episode, {}, refused=True)
    assert (body.in_words, body.score.total) == ("SDS refused", None)


def test_ones_own_entry_is_replaced_by_a_new_one_with_a_reason(ward, episode):
    chart_sds(ward, episode)
    with pytest.raises(InputRefused, match="why the entry is corrected"):
        chart_sds(ward, episode, {"1": 0}, entry_id="again", corrects="sds")
    with pytest.raises(NotAllowed):
        chart_sds(ward, episode, entry_id="hers", role=Role.CHARGE_NURSE, corrects="sds", reason="misread")
    chart_sds(ward, episode, dict.fromkeys("12345", 1), entry_id="again", corrects="sds", reason="misread the form")
    chart = open_chart(ward, ward.person(Role.NURSE), episode)
    assert [record.body_as(ScaleBody).in_words for record in chart.of_kind(RecordKind.SCALE)] == ["SDS 5, not positive"]
    assert kept(ward, episode) == 2


@pytest.mark.parametrize("scale", ["phq-9", "bwsq", "poss"])
def test_only_a_scale_of_the_stay_is_charted_this_way(ward, episode, scale):
    with pytest.raises(NotFound, match="not offered here"):
        chart_sds(ward, episode, scale=scale)


def test_a_scale_that_is_switched_off_is_refused(ward, episode):
    off = ward.protocols.scales["sds"].model_copy(update={"enabled": False})
    library = replace(ward.protocols, scales={**ward.protocols.scales, "sds": off})
    with pytest.raises(NotFound):
        chart_sds(replace(ward, protocols=library), episode)


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.PLANNER, Role.AUDITOR, Role.ADMIN])
def test_who_does_not_chart_is_refused(ward, episode, role):
    with pytest.raises(NotAllowed):
        chart_sds(ward, episode, role=role)
