"""What the Chart page's widgets say, as an observation and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from taper_app.clinical.charting.observation import CiwaB, Observation
from taper_app.clinical.charting.scores import CIWA_B, ciwa_b
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.people import Role
from taper_app.clinical.records import Author, Episode, EpisodeId, Patient, PatientId, Unit
from taper_app.protocol_files import load_protocols
from taper_app.ui.components import chart_values
from taper_app.use_cases.chart import Chart

SCALES = load_protocols().scales
NOW = datetime(2027, 1, 11, 14, 0, tzinfo=UTC)
PATIENT = Patient(
    id=PatientId("p"), record_number="1", family_name="Doe", given_name="Jane", born_on=date(1982, 5, 4), sex="F"
)
CHART = Chart(
    patient=PATIENT,
    episode=Episode(
        id=EpisodeId("e"),
        patient_id=PATIENT.id,
        unit_id="u",
        admitted_at=NOW,
        admitted_by=Author(user_id="n", name="A. Ng", role=Role.NURSE),
    ),
    unit=Unit(id="u", name="3 East", zone="America/New_York", beds=("1",), emergency_number="911"),
    kept_row=None,
    records=[],
    now=NOW,
)


def test_what_was_charted_comes_back_as_the_same_widgets_and_the_same_observation() -> None:
    values: dict[str, Any] = {
        "vitals.respiratory_rate": "16",
        "vitals.acvpu": "A",
        "temperature": "98.6",
        "temperature_unit": "°F",
        "oxygen": "air",
        "rass": -1,
        "ciwa_b.1": 0,
        "ciwa_b.18": "6.5",
        "symptoms.tremor": 0,
        "signs.ataxia": "no",
        "four_at.attention": "untestable",
        "four_at.amt4": "1",
        "asq.q1": "no",
        "poss": "2",
        "cssrs.q1": "yes",
        "cssrs.q2": "no",
        "cssrs.q6_ever": "no",
        "phq9.1": 0,
        "phq9.9": 3,
        "gad7.7": 1,
        "signs.catatonia_signs": 0,
        "nothing_happened": True,
    }
    observation = Observation.model_validate(chart_values.observation_of(values, SCALES))
    assert observation.vitals is not None
    assert (observation.vitals.respiratory_rate, observation.vitals.on_oxygen) == (16, False)
    assert observation.ciwa_b_form == SCALES[CIWA_B].form
    assert observation.events == ()
    assert observation.phq9 == (0, None, None, None, None, None, None, None, 3)
    assert chart_values.values_of(observation) == values


def test_what_was_left_blank_is_left_out_and_never_no() -> None:
    blank = {"vitals.pulse": " ", "rass": None, "signs.ataxia": None, "oxygen": None, "nothing_happened": False}
    assert chart_values.observation_of(blank, SCALES) == {}


def test_a_number_that_cannot_be_read_goes_on_as_it_was_typed() -> None:
    written = chart_values.observation_of({"vitals.pulse": "7o", "vitals.spo2": "-1"}, SCALES)
    assert written["vitals"] == {"pulse": "7o", "spo2": "-1"}


def test_last_nights_answers_alone_make_no_ciwa_b_of_this_set() -> None:
    carried = {"ciwa_b.12": 1, "ciwa_b.14": 2}
    assert "ciwa_b" not in chart_values.observation_of(carried | {"vitals.pulse": "70"}, SCALES, carried)
    assert chart_values.observation_of(carried | {"ciwa_b.1": 0}, SCALES, carried)["ciwa_b"] == {
        "12": 1,
        "14": 2,
        "1": 0,
    }
    assert chart_values.observation_of(carried | {"ciwa_b.12": 3}, SCALES, carried)["ciwa_b"]["12"] == 3


@pytest.mark.parametrize(
    ("scores", "line"),
    [
        ({}, "0 of 20 done"),
        ({"1": 2, "21": 3}, "2 of 20 done: 5 to 77"),
        ({str(item): 1 for item in (*range(1, 18), 20, 21, 22)}, "20 of 20 done: 20, mild"),
    ],
)
def test_the_running_line_shows_a_band_only_when_every_item_is_done(scores: dict[str, int], line: str) -> None:
    score = ciwa_b(CiwaB.of_scores(scores), SCALES[CIWA_B])
    assert chart_values.ciwa_line(score, SCALES[CIWA_B]) == line


@pytest.mark.parametrize("written", ["08:05", "8:05", "0805", "8.05"])
def test_a_time_is_read_on_the_wards_clock(written: str) -> None:
    assert chart_values.clock_moment(written, CHART) == datetime(2027, 1, 11, 13, 5, tzinfo=UTC)


def test_a_blank_time_is_now_and_a_day_can_be_named() -> None:
    assert chart_values.clock_moment(" ", CHART) == NOW
    named = chart_values.clock_moment("23:50", CHART, day_text="2027-01-10")
    assert named == datetime(2027, 1, 11, 4, 50, tzinfo=UTC)
    evening = replace(CHART, now=datetime(2027, 1, 12, 3, 0, tzinfo=UTC))
    assert chart_values.clock_moment("21:00", evening) == datetime(2027, 1, 12, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(("written", "day"), [("25:00", ""), ("8", ""), ("noon", "2027-01-11"), ("", "2027-01-11")])
def test_a_time_that_cannot_be_read_is_refused_with_the_fix(written: str, day: str) -> None:
    with pytest.raises(InputRefused, match="Write the time like"):
        chart_values.clock_moment(written, CHART, day_text=day)


def test_a_day_that_cannot_be_read_is_refused_with_the_fix() -> None:
    with pytest.raises(InputRefused, match="Write the day like"):
        chart_values.clock_moment("08:00", CHART, day_text="yesterday")
