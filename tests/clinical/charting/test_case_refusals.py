"""A case that cannot be used is refused with every fault at once: its path, and a sentence naming the fix."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.case import parse_case
from taper_app.clinical.charting.events import Seizure
from taper_app.clinical.charting.observation import Asq, Observation
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.protocol.vital_limits import VitalLimits


def refused(given: object, limits: VitalLimits) -> dict[str, str]:
    with pytest.raises(InputRefused) as error:
        parse_case(given, limits)
    return {fault.field: fault.message for fault in error.value.faults}


@pytest.mark.parametrize(
    ("observation", "field", "said"),
    [
        ({"vitals": {"puls": 70}}, "vitals.puls", "Puls is not a field here"),
        ({"vitals": {"pulse": 300}}, "vitals.pulse", "Pulse 300 beats a minute is impossible"),
        ({"vitals": {"pulse": "fast"}}, "vitals.pulse", 'Pulse is "fast"; write a whole number.'),
        ({"vitals": {"pulse": True}}, "vitals.pulse", "Pulse is true; write a whole number."),
        ({"vitals": {"pulse": Decimal("70.5")}}, "vitals.pulse", "Pulse is 70.5; write a whole number."),
        ({"vitals": {"respiratory_rate": 60}}, "vitals.respiratory_rate", "Respiratory rate 60"),
        ({"vitals": {"spo2": 101}}, "vitals.spo2", "SpO2 101 % is impossible (51 to 100)"),
        ({"vitals": {"spo2": 50}}, "vitals.spo2", "SpO2 50 %"),
        ({"vitals": {"systolic": 0}}, "vitals.systolic", "Systolic pressure 0"),
        ({"vitals": {"systolic": 80, "diastolic": 80}}, "vitals.diastolic", "Diastolic 80 is not below systolic 80"),
        ({"vitals": {"temperature_c": "98.6"}}, "vitals.temperature_c", "send it as temperature_f"),
        ({"vitals": {"temperature_f": "37"}}, "vitals.temperature_f", "send it as temperature_c"),
        ({"vitals": {"temperature_c": "27.0"}}, "vitals.temperature_c", "impossible (27.1 to 44.9)"),
        ({"vitals": {"temperature_c": "37", "temperature_f": "98.6"}}, "vitals.temperature_f", "not both"),
        ({"vitals": {"temperature_c": "37,5"}}, "vitals.temperature_c", "write the number like 37.5"),
        ({"vitals": {"temperature_c": "1e2"}}, "vitals.temperature_c", "write the number like 37.5"),
        ({"vitals": {"temperature_c": "NaN"}}, "vitals.temperature_c", "write the number like 37.5"),
        ({"vitals": {"temperature_c": "-1"}}, "vitals.temperature_c", "not negative"),
        ({"vitals": {"acvpu": "X"}}, "vitals.acvpu", 'choose "A", "C", "V", "P" or "U"'),
        ({"ciwa_b": {"1": 5}}, "ciwa_b.1", "CIWA-B 1 is 5; it cannot be more than 4."),
        ({"ciwa_b": {"23": 0}}, "ciwa_b.23", "CIWA-B 23 is not a field here"),
        ({"rass": -6}, "rass", "RASS is -6; it cannot be less than -5."),
        ({"poss": "5"}, "poss", 'POSS is "5"; choose'),
        ({"four_at": {"alertness": 2}}, "four_at.alertness", "choose 0 or 4"),
        ({"asq": {"q1": "maybe"}}, "asq.q1", 'ASQ q1 is "maybe"; choose "yes", "no" or "not_assessed".'),
        ({"cssrs": {"q1": "yes"}}, "cssrs.q1", "write true or false"),
        ({"phq9": [0, 0]}, "phq9", "PHQ-9: it has 2 answers; give 9, null for one that was left out."),
        ({"phq9": [0, 0, 0, 0, 0, 0, 0, 0, 4]}, "phq9.8", "cannot be more than 3"),
        ({"events": [{"kind": "fit"}]}, "events.0.kind", 'choose "seizure"'),
        ({"events": [{"at": "2026-12-01T08:00:00Z"}]}, "events.0.kind", "Kind is missing; add it."),
        ({"events": [{"kind": "fall", "insight": True}]}, "events.0.insight", "not a field here"),
        ({"events": [{"kind": "seizure", "duration_minutes": -1}]}, "events.0.duration_minutes", "not negative"),
        ({"not_done": {"reason": "busy"}}, "not_done.reason", 'choose "asleep"'),
        ({"at": "2026-12-01T08:00:00"}, "at", "has no offset"),
        ({"at": 1764600000}, "at", "write the moment like"),
        ({"at": "1026-12-01T08:00:00Z"}, "at", "year 1026"),
        ({"doses": {"late_minutes": -1}}, "doses.late_minutes", "cannot be less than 0"),
        ({"dose_due": "yes"}, "dose_due", "write true or false"),
    ],
)
def test_a_fault_names_its_path_and_its_fix(
    observation: dict[str, Any], field: str, said: str, limits: VitalLimits
) -> None:
    faults = refused({"observation": observation}, limits)
    assert list(faults) == [f"observation.{field}"]
    assert said in faults[f"observation.{field}"]
    assert faults[f"observation.{field}"].endswith(".")


def test_every_fault_is_found_at_once(limits: VitalLimits) -> None:
    faults = refused(
        {
            "patient": {"age_years": -1, "pregnant": "perhaps", "weight": 70},
            "history": [{"vitals": {"pulse": 999}}],
            "observation": {"vitals": {"pulse": 300, "spo2": 101, "systolic": "low"}, "rass": 9},
            "notes": "",
        },
        limits,
    )
    assert set(faults) == {
        "patient.age_years",
        "patient.pregnant",
        "patient.weight",
        "history.0.vitals.pulse",
        "observation.vitals.pulse",
        "observation.vitals.spo2",
        "observation.vitals.systolic",
        "observation.rass",
        "notes",
    }


@pytest.mark.parametrize("given", [None, [], "case", 3, {}, {"observation": None}, {"patient": {}}])
def test_what_is_no_case_is_refused_in_words(given: object, limits: VitalLimits) -> None:
    assert all(message.endswith(".") for message in refused(given, limits).values())


def test_history_stands_oldest_first_and_before_the_observation(limits: VitalLimits) -> None:
    faults = refused(
        {
            "history": [
                {"at": "2026-12-01T06:00:00-05:00"},
                {"at": "2026-12-01T05:00:00-05:00"},
                {"at": "2026-12-01T14:00:00Z"},
            ],
            "observation": {"at": "2026-12-01T08:00:00-05:00"},
        },
        limits,
    )
    assert set(faults) == {"history.1.at", "history.2.at"}


def test_zero_breaths_and_zero_pulse_are_accepted(limits: VitalLimits) -> None:
    case = parse_case({"observation": {"vitals": {"respiratory_rate": 0, "pulse": 0}}}, limits)
    assert case.observation.vitals is not None
    assert (case.observation.vitals.respiratory_rate, case.observation.vitals.pulse) == (0, 0)


def test_what_is_left_out_or_null_is_not_assessed_and_never_no(limits: VitalLimits) -> None:
    case = parse_case({"patient": {"pregnant": None}, "observation": {"asq": {"q5": None}}}, limits)
    assert case.patient.pregnant is Answer.NOT_ASSESSED
    assert case.patient.opioid_co_use is Answer.NOT_ASSESSED
    assert isinstance(case.observation.asq, Asq)
    assert case.observation.asq.q1 is Answer.NOT_ASSESSED
    assert case.observation.events is None


def test_numbers_are_exact_whether_written_as_text_or_as_json_numbers(limits: VitalLimits) -> None:
    for written in ("37.1", Decimal("37.1"), 37.1):
        case = parse_case({"observation": {"vitals": {"temperature_c": written}}}, limits)
        assert case.observation.vitals is not None
        assert case.observation.vitals.temperature_c == Decimal("37.1")


def test_an_observation_survives_being_stored(limits: VitalLimits) -> None:
    observation = Observation(
        ciwa_b={"1": 2, "18": "6.5"}, asq="refused", events=(Seizure(duration_minutes=Decimal(2)),), rass=-1
    )  # type: ignore[arg-type]
    stored = observation.model_dump(mode="json", exclude_none=True)
    assert stored["ciwa_b"] == {"1": 2, "18": "6.5"}
    assert Observation.model_validate(stored) == observation


def test_a_stored_reading_stays_readable_when_the_limits_change() -> None:
    assert Observation.model_validate({"vitals": {"pulse": 300}}).vitals is not None
