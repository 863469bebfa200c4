"""The scores of a course, read without its sets: what every store promises."""

from __future__ import annotations

import json

import pytest

from taper_app.clinical.records import RecordKind

SCORED = {"ciwa_b": {"total": 12, "least": 12, "most": 12, "band": "mild"}, "news2": {"total": None, "least": 3}}


def charted(ward, name, minutes, scores=SCORED, **observation):
    body = {"ciwa_b": {"1": 1}, "ciwa_b_form": None, "vitals": {"spo2": 97}} | observation
    at = {"happened_at": ward.at(minutes), "recorded_at": ward.at(minutes)}
    answer = {"observation": name, "answer": {"scores": scores, "level": 1}, "scales": {}}
    return [
        ward.record(name, body=body, **at),
        ward.record(f"{name}-assessment", kind=RecordKind.ASSESSMENT, body=answer, **at),
    ]


@pytest.fixture
def scores(store, ward):
    def read(*records, since=None):
        store.transact(lambda writing: [writing.add_record(record) for record in records])
        with store.reading() as reading:
            return reading.set_scores("e-1", since)

    return read


def test_they_come_oldest_first_with_what_is_not_complete(ward, scores):
    later, earlier = charted(ward, "r-1", 10, ciwa_b_form="20-item"), charted(ward, "r-2", 5)
    first, second = scores(*later, *earlier)
    assert (first.observation, first.at) == ("r-2", ward.at(5))
    assert (second.ciwa_b_total, second.ciwa_b_least, second.ciwa_b_most) == (12, 12, 12)
    assert (second.ciwa_b_form, first.ciwa_b_form) == ("20-item", None)
    assert (second.news2_total, second.news2_least) == (None, 3)


def test_a_scale_that_was_not_charted_has_no_score_and_not_the_least_there_is(ward, scores):
    nothing = {"ciwa_b": {"total": None, "least": 0, "most": 80}, "news2": {"total": None, "least": 0}}
    (found,) = scores(*charted(ward, "r-1", 0, nothing, ciwa_b=None, vitals=None))
    assert found[2:] == (None,) * 6


def test_the_newest_assessment_of_a_set_counts_and_a_set_without_one_has_none(ward, scores):
    judged_again = {"observation": "r-1", "answer": {"scores": SCORED | {"news2": {"total": 5, "least": 5}}}}
    again = ward.record("r-9", kind=RecordKind.ASSESSMENT, body=judged_again, recorded_at=ward.at(90))
    found = scores(*charted(ward, "r-1", 0), again, ward.record("r-3"))
    assert [(one.observation, one.news2_total) for one in found] == [("r-1", 5)]


def test_only_what_is_asked_for_is_read(ward, scores):
    found = scores(*charted(ward, "r-1", 0), *charted(ward, "r-2", 60), since=ward.at(60))
    assert [one.observation for one in found] == ["r-2"]
    assert json.dumps(found[0].ciwa_b_total) == "12"


def test_a_stay_without_sets_has_none(scores):
    assert list(scores()) == []
