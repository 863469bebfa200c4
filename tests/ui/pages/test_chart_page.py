"""The Chart page, as a nurse opens it: what is typed stays, what is saved is answered, and nobody sees another's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from taper_app.clinical.people import Role
from taper_app.clinical.records import EpisodeId, RecordKind
from taper_app.ui.components.chart_due import DAY_ANCHOR, DOSES_ANCHOR, MORE_ANCHOR, SET_ANCHOR
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.give_dose import chart_dose
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.plan_taper import propose_plan, sign_plan
from taper_app.use_cases.rights import UseCase

Words = Callable[[AppTest], str]
PRODUCTS = ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"]
FULL_VITALS = {
    "vitals.respiratory_rate": "16",
    "vitals.spo2": "98",
    "vitals.systolic": "120",
    "vitals.diastolic": "78",
    "vitals.pulse": "70",
    "temperature": "37.0",
}


@pytest.fixture
def patient(screen: Any) -> EpisodeId:
    screen.sign_in(Role.NURSE)
    admitted: EpisodeId = screen.admit()
    return admitted


def _open(screen: Any, patient: EpisodeId) -> AppTest:
    at: AppTest = screen.open("pages/chart.py", patient=patient)
    assert not at.exception
    assert at.title[0].value == "Chart"
    return at


def _by_name(at: AppTest, kind: str, name: str) -> Any:
    """The widget whose key holds this name between bars."""
    return next(widget for widget in at.get(kind) if widget.key and f"|{name}|" in widget.key)


def _text(at: AppTest, name: str) -> Any:
    return next(widget for widget in at.text_input if widget.key and f"|{name}|" in widget.key)


def _choose(at: AppTest, name: str, value: Any) -> AppTest:
    group = next(widget for widget in at.button_group if widget.key and f"|{name}|" in widget.key)
    return group.set_value(value).run()


def _press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def _with_signed_plan(screen: Any, patient: EpisodeId) -> None:
    asked = {"protocol": "asam-2025", "start_on": "2027-01-11", "products": PRODUCTS}
    physician = screen.person(Role.PHYSICIAN)
    plan = propose_plan(screen.app, physician, patient, asked, entry_id="plan")
    codes = open_chart(screen.app, physician, patient).versions[-1].plan.codes_to_sign
    sign_plan(screen.app, physician, patient, plan, codes, entry_id="signature")


def _count(screen: Any, patient: EpisodeId, kind: RecordKind) -> int:
    with screen.app.store.reading() as reading:
        return len(reading.records(patient, {kind}))


def test_the_parts_of_the_long_chart_are_one_tap_away(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = screen.open("pages/chart.py", patient=patient)
    anchors = {heading.anchor for heading in at.subheader if heading.anchor}
    for anchor in (SET_ANCHOR, DOSES_ANCHOR, MORE_ANCHOR, DAY_ANCHOR):
        assert f"(#{anchor})" in " ".join(shown.value for shown in at.markdown)
        assert anchor in anchors


def test_what_is_due_stands_above_the_form(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _open(screen, patient)
    assert "Due: first observation set 09:00 (now)" in words(at)
    assert "There is no signed plan" in words(at)
    labels = [button.label for button in at.button]
    assert labels.index("Seizure") < labels.index("Hallucination") < labels.index("Tremor") < labels.index("Save set")
    assert not at.exception


def test_a_typed_set_is_charted_once_and_answered(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _open(screen, patient)
    for name, value in FULL_VITALS.items():
        _text(at, name).input(value).run()
    _choose(at, "oxygen", "air")
    _choose(at, "vitals.acvpu", "A")
    _choose(at, "rass", 0)
    _choose(at, "symptoms.tremor", 3)
    _press(at, "Save set")
    said = words(at)
    assert _count(screen, patient, RecordKind.OBSERVATION) == 1
    assert "▲ Nurse in charge" in said
    assert "A symptom of 3 or 4 out of 4." in said
    assert "This dose: give it as planned, when it is due" in said.replace("**", "")
    assert "none until a prescriber has reviewed. Keep the dose." in said
    assert "NEWS2 0." in said
    assert "The set was charted." in said
    _press(at, "Chart another set")
    assert _text(at, "vitals.pulse").value == ""
    _press(at, "Read")
    assert not [button for button in at.button if button.label == "Read"]
    assert "A symptom of 3 or 4 out of 4." in words(at)
    assert not at.exception


def test_the_answer_says_to_assess_first_when_a_due_dose_was_not_cleared_by_the_set(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    screen.clock.now -= timedelta(hours=2)
    _with_signed_plan(screen, patient)
    screen.clock.now += timedelta(hours=1)
    at = _open(screen, patient)
    _choose(at, "symptoms.tremor", 1)
    _press(at, "Save set")
    assert "This dose: Assess first. Sedation score missing" in words(at).replace("**", "")
    assert not at.exception


def test_an_incomplete_ciwa_b_shows_least_and_most_while_it_is_filled_in(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    at = _open(screen, patient)
    _choose(at, "ciwa_b.1", 2)
    _choose(at, "ciwa_b.21", 3)
    assert "CIWA-B 2 of 20 done: 5 to 77" in words(at)
    assert not at.exception


def test_what_was_typed_stays_after_a_refusal_and_nothing_is_kept(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    at = _open(screen, patient)
    _text(at, "vitals.respiratory_rate").input("99").run()
    _text(at, "vitals.spo2").input("0,5").run()
    _press(at, "Save set")
    assert "Nothing was stored." in words(at)
    assert "Respiratory rate 99 breaths a minute is impossible" in words(at)
    assert "SpO2" in words(at)
    assert (_text(at, "vitals.respiratory_rate").value, _text(at, "vitals.spo2").value) == ("99", "0,5")
    assert _count(screen, patient, RecordKind.OBSERVATION) == 0
    assert not at.exception


def test_a_draft_survives_a_new_browser_and_is_dropped_when_charted(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    at = _open(screen, patient)
    _text(at, "vitals.pulse").input("71").run()
    _choose(at, "symptoms.tremor", 1)
    again = _open(screen, patient)
    assert _text(again, "vitals.pulse").value == "71"
    assert "Draft saved" in words(again)
    _press(again, "Save set")
    chart = open_chart(screen.app, screen.person(Role.NURSE), patient)
    assert chart.sets[-1].observation.vitals.pulse == 71
    assert chart.sets[-1].observation.symptoms.tremor == 1
    with screen.app.store.reading() as reading:
        assert reading.draft(screen.person(Role.NURSE).user_id, patient, "set") is None
    assert not again.exception


def test_patient_b_never_shows_what_was_typed_for_patient_a(screen: Any, patient: EpisodeId, words: Words) -> None:
    other: EpisodeId = screen.admit(bed="08", record_number="00456", family_name="Roe", given_name="Ann")
    at = _open(screen, patient)
    _text(at, "vitals.pulse").input("71").run()
    at.session_state["open_episode"] = other
    at.run()
    assert "ROE, Ann" in words(at)
    assert _text(at, "vitals.pulse").value == ""
    assert "Draft saved" not in words(at)
    at.session_state["open_episode"] = patient
    at.run()
    assert _text(at, "vitals.pulse").value == "71"
    assert not at.exception


def test_an_unusual_reading_is_confirmed_before_it_is_charted(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _open(screen, patient)
    _text(at, "vitals.respiratory_rate").input("0").run()
    _press(at, "Save set")
    assert "Respiratory rate 0 breaths a minute is unusual; confirm the reading." in words(at)
    assert _count(screen, patient, RecordKind.OBSERVATION) == 0
    _press(at, "The readings are right: save")
    assert _count(screen, patient, RecordKind.OBSERVATION) == 1
    assert "■ EMERGENCY" in words(at)
    assert "Emergency number 911" in words(at)
    assert not at.exception


def test_one_tap_on_seizure_asks_three_questions_and_charts_it(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _open(screen, patient)
    _press(at, "Seizure")
    assert "**DOE, Jane** · bed 07" in words(at), "the dialog hides the banner, so it names the patient itself"
    _text(at, "minutes").input("2").run()
    _choose(at, "now", "recovered")
    _press(at, "Save")
    event = open_chart(screen.app, screen.person(Role.NURSE), patient).sets[-1].observation.events[0]
    assert (event.kind, str(event.duration_minutes), event.recovered, event.ongoing) == ("seizure", "2", True, False)
    said = words(at)
    assert "■ EMERGENCY" in said
    assert "cause not yet known" in said
    assert "do not omit the benzodiazepine" in said
    assert not [button for button in at.button if button.label == "Save"]
    assert not at.exception


def test_a_half_charted_seizure_is_there_again_in_a_new_browser(screen: Any, patient: EpisodeId) -> None:
    at = _open(screen, patient)
    _press(at, "Seizure")
    _text(at, "minutes").input("4").run()
    _choose(at, "now", "not_recovered")
    again = _press(_open(screen, patient), "Seizure")
    assert _text(again, "minutes").value == "4"
    _press(again, "Save")
    event = open_chart(screen.app, screen.person(Role.NURSE), patient).sets[-1].observation.events[0]
    assert (str(event.duration_minutes), event.recovered) == ("4", False)
    afresh = _press(_open(screen, patient), "Seizure")
    assert _text(afresh, "minutes").value == "", "the next seizure starts with empty fields"
    assert not afresh.exception


def test_a_due_dose_waits_for_the_assessment_and_is_then_given(screen: Any, patient: EpisodeId, words: Words) -> None:
    screen.clock.now -= timedelta(hours=2)
    _with_signed_plan(screen, patient)
    screen.clock.now += timedelta(hours=1)
    at = _open(screen, patient)
    assert "dose 08:00 (now): clonazepam" in words(at)
    assert "Assess first. Sedation score missing" in words(at)
    give = next(button for button in at.button if button.label.startswith("Give"))
    assert give.disabled
    well = {"vitals": {"respiratory_rate": 16, "spo2": 98, "on_oxygen": False}, "rass": 0}
    nurse = screen.person(Role.NURSE)
    chart_observation(screen.app, nurse, patient, well, entry_id="well", happened_at=screen.clock())
    at.run()
    assert "✓ May be given." in words(at)
    _press(at, "Give")
    assert "The dose was charted as given." in words(at)
    assert _count(screen, patient, RecordKind.DOSE) == 1
    assert not at.exception


def test_a_withheld_dose_asks_why_and_is_looked_at_again(screen: Any, patient: EpisodeId, words: Words) -> None:
    screen.clock.now -= timedelta(hours=2)
    _with_signed_plan(screen, patient)
    screen.clock.now += timedelta(hours=1)
    at = _open(screen, patient)
    group = next(widget for widget in at.button_group if widget.key and "|not|" in widget.key)
    group.set_value("withheld").run()
    _press(at, "Save: withhold this dose")
    assert "Say in a few words why the dose was withheld." in words(at)
    next(box for box in at.text_input if box.label == "Because" and "|because|" in box.key).input("too sleepy").run()
    _press(at, "Save: withhold this dose")
    assert "withheld at 08:00, look again at 09:00" in words(at)
    assert not at.exception


def test_a_reading_that_cannot_be_right_is_refused_at_once_and_stays(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    at = _open(screen, patient)
    _text(at, "temperature").input("98.6").run()
    _press(at, "Save set")
    assert "98.6 °C is impossible" in words(at)
    assert "Please confirm" not in words(at)
    assert _text(at, "temperature").value == "98.6"
    assert _count(screen, patient, RecordKind.OBSERVATION) == 0


def test_a_nurse_who_withholds_an_allowed_dose_is_asked_who_ordered_it(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    screen.clock.now -= timedelta(hours=2)
    _with_signed_plan(screen, patient)
    screen.clock.now += timedelta(hours=1)
    well = {"vitals": {"respiratory_rate": 16, "spo2": 98, "on_oxygen": False}, "rass": 0}
    nurse = screen.person(Role.NURSE)
    chart_observation(screen.app, nurse, patient, well, entry_id="well", happened_at=screen.clock())
    at = _open(screen, patient)
    group = next(widget for widget in at.button_group if widget.key and "|not|" in widget.key)
    group.set_value("withheld").run()
    next(box for box in at.text_input if box.label == "Because" and "|because|" in box.key).input("too sleepy").run()
    _press(at, "Save: withhold this dose")
    assert "only a prescriber's order withholds it" in words(at)
    assert _count(screen, patient, RecordKind.DOSE) == 0
    next(box for box in at.text_input if box.label.startswith("Ordered by (")).input("Dr. Ames").run()
    _press(at, "Save: withhold this dose")
    assert "withheld, by mouth, ordered by Dr. Ames: too sleepy" in words(at)
    assert not at.exception


def test_an_emergency_dose_outside_the_plan_is_charted(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _open(screen, patient)
    _choose(at, "purpose", "emergency")
    for name, value in {"medicine": "lorazepam", "mg": "0,5", "ordered_by": "Dr. Ames"}.items():
        _text(at, name).input(value).run()
    next(box for box in at.selectbox if "|route|" in box.key).select("into a vein").run()
    _press(at, "Save dose outside the plan")
    assert "Nothing was stored." in words(at)
    assert _text(at, "medicine").value == "lorazepam"
    _text(at, "mg").input("2").run()
    _press(at, "Save dose outside the plan")
    assert "Dose: lorazepam 2 mg, given, into a vein, outside the plan (emergency), ordered by Dr. Ames" in words(at)
    assert not at.exception


def test_an_alert_is_acknowledged_and_resolved_with_what_was_done(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    nurse = screen.person(Role.NURSE)
    shaking = {"symptoms": {"tremor": 3}}
    chart_observation(screen.app, nurse, patient, shaking, entry_id="tremor", happened_at=screen.clock())
    at = _open(screen, patient)
    _press(at, "Acknowledge")
    assert "Acknowledged 09:00 by The nurse, nurse." in words(at)
    _press(at, "Resolve")
    assert "Write what was done" in words(at)
    next(box for box in at.text_input if box.label == "What was done").input("Seen, comfort measures").run()
    _press(at, "Resolve")
    assert "The alert was resolved." in words(at)
    assert not [button for button in at.button if button.label == "Resolve"]
    assert not at.exception


def test_ones_own_entry_is_corrected_and_the_original_stays_readable(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    nurse = screen.person(Role.NURSE)
    wrong = {"vitals": {"pulse": 17}}
    chart_observation(screen.app, nurse, patient, wrong, entry_id="wrong", happened_at=screen.clock())
    at = _open(screen, patient)
    _press(at, "Correct")
    assert _text(at, "vitals.pulse").value == "17"
    _text(at, "vitals.pulse").input("71").run()
    _press(at, "Save set")
    assert "Say in a few words why the entry is corrected." in words(at)
    _text(at, "reason").input("digits swapped").run()
    _press(at, "Save set")
    said = words(at)
    assert "takes the place of an earlier entry, because: digits swapped" in said
    assert "before: pulse 17" in said
    assert not at.exception


def test_correcting_an_entry_keeps_its_seizure_unless_it_is_taken_out(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    nurse = screen.person(Role.NURSE)
    wrong = {"events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}], "vitals": {"pulse": 17}}
    chart_observation(screen.app, nurse, patient, wrong, entry_id="wrong", happened_at=screen.clock())
    at = _open(screen, patient)
    _press(at, "Correct")
    _text(at, "vitals.pulse").input("71").run()
    _text(at, "reason").input("digits swapped").run()
    _press(at, "Save set")
    kept = open_chart(screen.app, nurse, patient).sets[-1].observation
    assert [event.kind for event in kept.events] == ["seizure"]
    assert kept.vitals.pulse == 71
    _press(at, "Correct")
    next(box for box in at.checkbox if box.label == "It happened: Seizure, 2 min, over and recovered").uncheck().run()
    _text(at, "reason").input("it was another patient").run()
    _press(at, "Save set")
    assert not open_chart(screen.app, nurse, patient).sets[-1].observation.events
    assert "before: Seizure, 2 min" in words(at)
    assert not at.exception


def test_a_dose_that_was_charted_by_a_slip_is_corrected_with_a_reason(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    nurse = screen.person(Role.NURSE)
    dose = {"status": "given", "purpose": "emergency", "medicine": "lorazepam", "mg": "5", "ordered_by": "Dr. Ames"}
    chart_dose(screen.app, nurse, patient, dose, entry_id="slip", happened_at=screen.clock())
    at = _open(screen, patient)
    _press(at, "Correct")
    next(box for box in at.text_input if "correct-dose-" in box.key and "|mg|" in box.key).input("0.5").run()
    _press(at, "Save correction")
    assert "Say in a few words why the entry is corrected." in words(at)
    next(box for box in at.text_input if box.label == "Why is it corrected").input("point forgotten").run()
    _press(at, "Save correction")
    said = words(at)
    assert "Dose: lorazepam 0.5 mg, given" in said
    assert "before: lorazepam 5 mg, given" in said
    assert not at.exception


def test_a_colleagues_entry_has_no_correct_button(screen: Any, patient: EpisodeId) -> None:
    charge = screen.person(Role.CHARGE_NURSE)
    set_ = {"vitals": {"pulse": 71}}
    chart_observation(screen.app, charge, patient, set_, entry_id="hers", happened_at=screen.clock())
    at = _open(screen, patient)
    assert not [button for button in at.button if button.label == "Correct"]
    assert not at.exception


def test_a_late_entry_shows_both_times(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _open(screen, patient)
    _text(at, "vitals.pulse").input("71").run()
    _choose(at, "when", "Earlier (late entry)")
    _text(at, "when_time").input("7:65").run()
    _press(at, "Save set")
    assert "Write the time like 14:05." in words(at)
    _text(at, "when_time").input("07:30").run()
    _press(at, "Save set")
    assert "Mon 11 Jan 2027 07:30 (late entry, written Mon 11 Jan 2027 09:00)" in words(at)
    assert not at.exception


def test_keeping_the_dose_suspends_the_next_cut(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _open(screen, patient)
    next(box for box in at.text_input if "keep-the-dose|" in box.key).input("shaking since noon").run()
    _press(at, "Keep the dose until reviewed")
    assert "Keep dose, no cut until a prescriber has reviewed" in words(at)
    assert not at.exception


def test_a_pharmacist_reads_the_chart_and_charts_nothing(screen: Any, patient: EpisodeId, words: Words) -> None:
    screen.sign_in(Role.PHARMACIST)
    at = _open(screen, patient)
    labels = {button.label for button in at.button}
    assert not labels & {"Seizure", "Save set", "Save dose outside the plan", "Resolve"}
    assert "Your role reads this chart" in words(at)
    assert UseCase.CHART_OBSERVATION.value not in words(at)
    assert not at.exception


def test_two_pages_of_one_nurse_never_take_different_answers_for_one_set(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    one = _open(screen, patient)
    _text(one, "vitals.pulse").input("71").run()
    two = _open(screen, patient)
    _press(one, "Save set")
    assert _count(screen, patient, RecordKind.OBSERVATION) == 1
    _text(two, "vitals.spo2").input("97").run()
    _press(two, "Save set")
    assert "This set was charted already from another page, with other answers." in words(two)
    assert _count(screen, patient, RecordKind.OBSERVATION) == 1
    assert _text(two, "vitals.spo2").value == "97"
    _press(two, "Save set")
    assert _count(screen, patient, RecordKind.OBSERVATION) == 2
    assert not two.exception


def test_a_colleagues_set_charted_while_one_typed_is_named_and_both_are_kept(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    at = _open(screen, patient)
    _text(at, "vitals.pulse").input("71").run()
    charge = screen.person(Role.CHARGE_NURSE)
    hers = {"vitals": {"pulse": 88}}
    chart_observation(screen.app, charge, patient, hers, entry_id="hers", happened_at=screen.clock())
    _press(at, "Save set")
    assert "The charge nurse charted a set at 09:00 while you typed. Both are kept." in words(at)
    assert _count(screen, patient, RecordKind.OBSERVATION) == 2
    assert not at.exception


def test_the_last_24_hours_stand_below_the_form_with_a_table_behind_them(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    nurse = screen.person(Role.NURSE)
    fell = {"vitals": {"pulse": 71}, "events": [{"kind": "fall", "head_strike": "no"}]}
    chart_observation(screen.app, nurse, patient, fell, entry_id="fell", happened_at=screen.clock())
    at = _open(screen, patient)
    said = words(at)
    assert "Last sets" in said
    assert "Last 24 hours" in said
    assert "1 set, 1 event or symptom, 0 doses" in said
    assert "Fall, no blow to the head" in said
    assert not at.exception
