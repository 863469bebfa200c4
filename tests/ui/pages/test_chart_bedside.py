"""More to chart: only what is asked for opens, what is typed stays, what is kept is listed and can be corrected."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from taper_app.clinical.people import Role
from taper_app.clinical.records import EpisodeId, RecordKind
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.chart_bedside import chart_bedside
from taper_app.use_cases.observe import chart_observation

Words = Callable[[AppTest], str]
WELL = {"vitals": {"respiratory_rate": 16, "spo2": 98, "on_oxygen": False}, "rass": 0}
ALL_ONES = {str(item): 1 for item in (*range(1, 18), 20, 21, 22)}
BAD = tomllib.loads((Path(__file__).parents[2] / "worked_examples/bad_at_the_bedside.toml").read_text(encoding="utf-8"))


@pytest.fixture
def patient(screen: Any) -> EpisodeId:
    screen.sign_in(Role.NURSE)
    admitted: EpisodeId = screen.admit()
    return admitted


def _open(screen: Any, patient: EpisodeId, page: str = "chart") -> AppTest:
    at: AppTest = screen.open(f"pages/{page}.py", patient=patient)
    assert not at.exception
    return at


def _text(at: AppTest, name: str, form: str = "bedside-") -> Any:
    return next(box for box in at.text_input if box.key and box.key.startswith(form) and f"|{name}|" in box.key)


def _choose(at: AppTest, name: str, value: Any, form: str = "bedside-") -> AppTest:
    groups = (group for group in at.button_group if group.key and group.key.startswith(form))
    return next(group for group in groups if f"|{name}|" in group.key).set_value(value).run()


def _press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def _count(screen: Any, patient: EpisodeId, kind: RecordKind) -> int:
    with screen.app.store.reading() as reading:
        return len(reading.records(patient, {kind}))


def test_a_form_opens_only_when_it_is_asked_for(screen: Any, patient: EpisodeId) -> None:
    at = _open(screen, patient)
    assert "Save entry" not in [button.label for button in at.button]
    _press(at, "Pain")
    assert "Save entry" in [button.label for button in at.button]
    _press(at, "Close")
    assert "Save entry" not in [button.label for button in at.button]
    assert not at.exception


def test_an_entry_is_charted_listed_and_corrected(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _press(_open(screen, patient), "Intake and output")
    _choose(at, "what", "urine")
    _text(at, "ml").input("250").run()
    _press(at, "Save entry")
    assert "Intake and output: urine 250 mL" in words(at)
    assert "Save entry" not in [button.label for button in at.button], "the form is put away"
    _press(at, "Correct")
    assert _text(at, "ml").value == "250"
    _text(at, "ml").input("520").run()
    _press(at, "Save entry")
    assert "Say in a few words why the entry is corrected." in words(at)
    _text(at, "correction_reason").input("digits swapped").run()
    _press(at, "Save entry")
    said = words(at)
    assert "Intake and output: urine 520 mL" in said
    assert "takes the place of an earlier entry, because: digits swapped" in said
    assert "before: Intake and output: urine 250 mL" in said
    assert not at.exception


def test_the_weight_is_charted_here_too_and_stands_in_the_list(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _press(_open(screen, patient), "Weight")
    _text(at, "weight", form="weight").input("154").run()
    _choose(at, "unit", "lb", form="weight")
    _choose(at, "how_it_is_known", "measured", form="weight")
    _press(at, "Save the weight")
    assert "Weight: 154 lb (69.85 kg), measured" in words(at)
    _press(at, "Close")
    _press(at, "Correct")
    assert "You correct the weight of" in words(at)
    assert not at.exception


def test_what_is_refused_stays_typed_and_nothing_is_kept(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _press(_open(screen, patient), "Intake and output")
    _text(at, "ml").input("2,5").run()
    _text(at, "note").input("a cup").run()
    _press(at, "Save entry")
    assert 'Volume in mL is "2,5"; write a whole number.' in words(at)
    assert (_text(at, "ml").value, _text(at, "note").value) == ("2,5", "a cup")
    assert _count(screen, patient, RecordKind.BEDSIDE_ENTRY) == 0
    assert not at.exception


def test_what_was_typed_is_there_again_in_a_new_browser(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _press(_open(screen, patient), "Observation level")
    _choose(at, "level", "one-to-one-in-sight")
    _text(at, "decided_by").input("Dr. Ames").run()
    again = _press(_open(screen, patient), "Observation level")
    assert _text(again, "decided_by").value == "Dr. Ames"
    _text(again, "reason").input("thoughts of suicide").run()
    _press(again, "Save entry")
    assert "Observation level: 1:1, in sight, decided by Dr. Ames; thoughts of suicide" in words(again)
    assert not again.exception


def test_patient_b_never_shows_what_was_typed_for_patient_a(screen: Any, patient: EpisodeId) -> None:
    other: EpisodeId = screen.admit(bed="08", record_number="00456", family_name="Roe", given_name="Ann")
    at = _press(_open(screen, patient), "Pain")
    _text(at, "where").input("head").run()
    at.session_state["open_episode"] = other
    _press(at.run(), "Pain")
    assert _text(at, "where").value == ""
    assert not at.exception


def test_nothing_by_mouth_is_answered_by_the_rules_at_once(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _press(_open(screen, patient), "Intake and output")
    _press(_choose(at, "nothing_by_mouth_24h", "yes"), "Save entry")
    said = words(at)
    assert "Not eating or drinking, repeated vomiting, or little urine." in said
    assert "Intake and output: nothing by mouth for 24 h: yes · ◆ Prescriber" in said
    assert len([line for line in said.split("\n") if "no oral intake" in line]) == 0, "one entry, one line"
    assert not at.exception


def test_a_late_bedside_entry_shows_both_times(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _press(_open(screen, patient), "Pain")
    _choose(at, "score", 4)
    _choose(at, "when", "Earlier (late entry)")
    _text(at, "when_time").input("07:30").run()
    _press(at, "Save entry")
    assert "Mon 11 Jan 2027 07:30 (late entry, written Mon 11 Jan 2027 09:00)" in words(at)
    assert not at.exception


def test_glucose_and_labs_speak_to_the_rules_and_are_corrected_with_their_own_form(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    at = _press(_open(screen, patient), "Glucose and labs")
    _text(at, "potassium_mmol_l").input("2.9").run()
    _press(at, "Save entry")
    assert "potassium 2.9 mmol/L" in words(at)
    assert "◆ Prescriber" in words(at)
    _press(at, "Read")
    _press(at, "Correct")
    assert _text(at, "potassium_mmol_l").value == "2.9"
    _text(at, "potassium_mmol_l").input("3.9").run()
    _text(at, "correction_reason").input("misread").run()
    _press(at, "Save entry")
    assert "before: potassium 2.9 mmol/L" in words(at)
    assert not at.exception


def test_a_glucose_in_the_other_unit_is_asked_about(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _press(_open(screen, patient), "Glucose and labs")
    _text(at, "glucose_mmol_l").input("54").run()
    _press(at, "Save entry")
    assert "Glucose 54 mmol/L is unusual; confirm the reading." in words(at)
    assert _count(screen, patient, RecordKind.OBSERVATION) == 0


def test_a_refusal_is_shown_as_due_until_somebody_has_spoken_with_the_patient(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    nurse = screen.person(Role.NURSE)
    refused = {"not_done": {"reason": "refused", "note": "wants to sleep"}}
    chart_observation(screen.app, nurse, patient, refused, entry_id="refused", happened_at=screen.clock())
    at = _open(screen, patient)
    said = words(at)
    assert "the charge nurse or the physician speaks with the patient by Tue 12 Jan 2027 09:00" in said
    assert "unverified" in said
    assert "could not be done: refused (wants to sleep), the set stays due" in said
    assert "Chart the talk" not in [button.label for button in at.button], "a nurse does not chart it"
    screen.sign_in(Role.PHYSICIAN)
    at = _press(_open(screen, patient), "Chart the talk")
    _text(at, "said").input("agreed on one set in the evening").run()
    _press(at, "Save entry")
    assert "speaks with the patient by" not in words(at)
    assert "Talk after a refusal: agreed on one set in the evening" in words(at)
    assert not at.exception


def test_an_overdue_talk_says_so(screen: Any, patient: EpisodeId, words: Words) -> None:
    nurse = screen.person(Role.NURSE)
    refused = {"not_done": {"reason": "refused"}}
    chart_observation(screen.app, nurse, patient, refused, entry_id="refused", happened_at=screen.clock())
    screen.clock.now += timedelta(hours=25)
    screen.sign_in(Role.NURSE)
    assert "overdue" in next(line for line in words(_open(screen, patient)).split("\n") if "speaks with" in line)


def test_the_baseline_is_shown_as_missing_on_chart_and_plan_until_it_is_complete(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    for page in ("chart", "plan"):
        assert "Baseline CIWA-B is missing" in words(_open(screen, patient, page))
    nurse = screen.person(Role.NURSE)
    complete = WELL | {"ciwa_b": ALL_ONES}
    chart_observation(screen.app, nurse, patient, complete, entry_id="base", happened_at=screen.clock())
    for page in ("chart", "plan"):
        assert "Baseline CIWA-B is missing" not in words(_open(screen, patient, page))


def test_two_people_count_and_the_second_signs_under_her_own_name(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    at = _press(_open(screen, patient), "Controlled-drug count")
    _text(at, "medicine").input("clonazepam 0.5 mg").run()
    _choose(at, "counted_in", "tablets")
    _text(at, "expected").input("10").run()
    _text(at, "counted").input("9.5").run()
    assert "The two numbers differ." in words(at)
    _choose(at, "witness", screen.person(Role.CHARGE_NURSE).user_id)
    _press(at, "Save entry")
    assert "count again, or write what may explain it and who was told" in words(at)
    _text(at, "difference_because").input("a half fell into the sink").run()
    _text(at, "difference_told").input("the pharmacist").run()
    _press(at, "Save entry")
    said = words(at)
    assert "DIFFERENCE 0.5 less, with The charge nurse" in said
    assert "Waits for the signature of The charge nurse" in said
    assert "A difference that nobody has settled yet" in said
    assert "It was so: sign" not in [button.label for button in at.button]
    screen.sign_in(Role.CHARGE_NURSE)
    at = _press(_open(screen, patient), "It was so: sign")
    assert "Waits for the signature" not in words(at)
    _press(at, "Settle the difference")
    _text(at, "how").input("found, counted anew, incident report written").run()
    _press(at, "Save entry")
    assert "A difference that nobody has settled yet" not in words(at)
    assert not at.exception


def test_a_second_observer_rates_without_seeing_the_first_ones_numbers(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    first = {"ciwa_b": ALL_ONES, "rass": 0, "symptoms": {"tremor": 1}}
    charge = screen.person(Role.CHARGE_NURSE)
    chart_observation(screen.app, charge, patient, first, entry_id="first", happened_at=screen.clock())
    at = _press(_open(screen, patient), "Second observer")
    box = next(box for box in at.selectbox if box.key and box.key.startswith("second-of-"))
    box.select("first").run()
    for number in ALL_ONES:
        _choose(at, f"ciwa_b.{number}", 3 if number == "21" else 1, form="second-of-")
    _choose(at, "rass", 1, form="second-of-")
    _choose(at, "symptoms.tremor", 2, form="second-of-")
    _press(at, "Save as second observer")
    assert _count(screen, patient, RecordKind.OBSERVATION) == 2
    _press(at, "Second observer")
    said = words(at)
    assert "CIWA-B: 20 and 22; difference +2" in said.replace("**", "")
    assert next(block.label for block in at.expander if "Two observers" in block.label).endswith("3 items differ")
    assert not at.exception


def test_a_pharmacist_is_offered_only_what_a_pharmacist_keeps(screen: Any, patient: EpisodeId) -> None:
    screen.sign_in(Role.PHARMACIST)
    labels = [button.label for button in _open(screen, patient).button]
    assert {"Last use", "Background"} <= set(labels)
    assert not {"Pain", "Controlled-drug count", "Second observer"} & set(labels)


def test_sleep_is_drawn_night_by_night(screen: Any, patient: EpisodeId) -> None:
    nurse = screen.person(Role.NURSE)
    entry = {"kind": "sleep", "hours": "4.5", "night_to": "2027-01-11", "told_by": "observed"}
    chart_bedside(screen.app, nurse, patient, entry, entry_id="night", happened_at=screen.clock())
    at = _press(_open(screen, patient), "Sleep")
    assert "Night to" in at.table[0].value.columns
    assert not at.exception


def test_craving_and_what_a_seizure_was_like_stand_in_the_list(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _press(_open(screen, patient), "Craving")
    _choose(at, "score", 2, form="quick-craving")
    _press(at, "Save")
    assert "craving 2 of 4" in words(at)
    nurse = screen.person(Role.NURSE)
    events = [
        {"kind": "seizure", "ongoing": True},
        {"kind": "hallucination", "insight": False, "modality": "auditory", "note": "voices"},
    ]
    signs = {"ataxia": "no", "slurred_speech": "yes"}
    vitals = {"temperature_f": "98.6"}
    told = {"events": events, "signs": signs, "vitals": vitals}
    chart_observation(screen.app, nurse, patient, told, entry_id="told", happened_at=screen.clock())
    said = words(_open(screen, patient))
    assert "Seizure, length not known, still going on" in said
    assert "Hallucination, heard, takes it for real (voices)" in said
    assert "slurred speech: yes; looked for, not there: ataxia" in said
    assert "98.6 °F (37.0 °C)" in said


@pytest.mark.parametrize("case", BAD["set"], ids=lambda case: case["name"])
def test_bad_input_in_a_set_is_refused_and_stays_typed(
    case: dict[str, Any], screen: Any, patient: EpisodeId, words: Words
) -> None:
    at = _open(screen, patient)
    for name, value in case.get("choose", {}).items():
        _choose(at, name, value, form="set|")
    for name, value in case["type"].items():
        _text(at, name, form="set|").input(value * case.get("times", 1)).run()
    _press(at, "Save set")
    assert case["says"] in words(at)
    for name, value in case["type"].items():
        assert _text(at, name, form="set|").value == value * case.get("times", 1)
    assert _count(screen, patient, RecordKind.OBSERVATION) == 0
    assert not at.exception


@pytest.mark.parametrize("case", BAD["kept"], ids=lambda case: case["name"])
def test_a_note_is_kept_exactly_as_it_was_typed(case: dict[str, Any], screen: Any, patient: EpisodeId) -> None:
    at = _open(screen, patient)
    _choose(at, "not_done.reason", "refused", form="set|")
    _text(at, "not_done.note", form="set|").input(case["note"]).run()
    _press(at, "Save set")
    chart = open_chart(screen.app, screen.person(Role.NURSE), patient)
    assert chart.sets[-1].observation.not_done.note == case["note"]
    assert not at.exception


def test_an_event_after_the_release_is_refused_in_a_sentence_and_the_draft_stays(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    at = _press(_open(screen, patient), "Pain")
    _text(at, "where").input("head").run()
    row = open_chart(screen.app, screen.person(Role.NURSE), patient).row
    released = row.model_copy(update={"status": "released"})
    screen.app.store.transact(lambda writing: writing.put_latest(released))
    _press(at, "Save entry")
    assert "this episode has ended and can only be read" in words(at)
    assert _count(screen, patient, RecordKind.BEDSIDE_ENTRY) == 0
    with screen.app.store.reading() as reading:
        draft = reading.draft(screen.person(Role.NURSE).user_id, patient, "bedside-pain")
    assert draft.body["where"] == "head"
    assert not at.exception
