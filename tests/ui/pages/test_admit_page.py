from __future__ import annotations

import pytest

from taper_app.clinical.people import Role

ADMIT = "pages/admit.py"


@pytest.fixture
def form(screen):
    screen.sign_in(Role.NURSE)
    at = screen.open(ADMIT)
    assert not at.exception
    return at


def field(at, name):
    return next(element for element in at.text_input if element.key and element.key.startswith(f"{name}-"))


def fill_identity(at):
    for name, value in {"family": "Doe", "given": "Jane", "number": "00123", "born": "1982-03-14"}.items():
        field(at, name).set_value(value)
    next(box for box in at.selectbox if box.key.startswith("bed-")).set_value("07")
    next(group for group in at.get("button_group") if group.key.startswith("sex-")).set_value("F")
    for index, hour in enumerate(("08:00", "20:00")):
        field(at, f"drug-{index}").set_value("Klonopin")
        field(at, f"mg-{index}").set_value("1")
        field(at, f"time-{index}").set_value(hour)


def submit(at):
    return next(button for button in at.button if button.label == "Admit").click().run()


def admitted(screen):
    with screen.app.store.reading() as reading:
        return reading.latest_rows(screen.unit.id)


def test_a_complete_form_admits_and_opens_the_chart(screen, form):
    fill_identity(form)
    submit(form)
    (row,) = admitted(screen)
    assert row.label == "DOE, Jane"
    assert form.session_state["open_episode"] == row.episode_id
    assert not form.exception


@pytest.mark.parametrize("dose", ["-1", "1e3", "NaN", "0,5", ".5", "0.50", "٢"])
def test_an_unreadable_dose_gets_a_sentence_stores_nothing_and_stays_on_the_screen(screen, form, words, dose):
    fill_identity(form)
    field(form, "mg-0").set_value(dose)
    submit(form)
    assert "Nothing was stored" in words(form)
    assert "0.5" in words(form), "the fix is named"
    assert admitted(screen) == []
    assert field(form, "mg-0").value == dose
    assert field(form, "family").value == "Doe"


def test_every_fault_is_named_at_once(screen, form, words):
    submit(form)
    shown = words(form)
    for name in ("family name", "given name", "record number", "born on", "sex", "bed"):
        assert name in shown, name
    assert admitted(screen) == []


def test_an_unknown_medicine_is_refused_with_those_that_are_known(screen, form, words):
    fill_identity(form)
    field(form, "drug-0").set_value("clonazepan")
    submit(form)
    assert "clonazepan" in words(form)
    assert "names close to it: clonazepam" in words(form)


def test_a_second_admission_of_an_admitted_patient_is_refused_and_what_was_typed_stays(screen, words):
    screen.admit()
    screen.sign_in(Role.NURSE)
    at = screen.open(ADMIT)
    fill_identity(at)
    next(box for box in at.selectbox if box.key.startswith("bed-")).set_value("08")
    submit(at)
    assert "admitted already" in words(at)
    assert len(admitted(screen)) == 1
    assert field(at, "number").value == "00123"


def test_facts_that_nobody_touched_are_not_assessed(screen, form):
    fill_identity(form)
    submit(form)
    (row,) = admitted(screen)
    assert row.flags == ("not assessed: seizure history, opioid, alcohol, pregnant",)


def test_the_ward_that_is_not_set_up_says_who_sets_it_up(screen, words, monkeypatch):
    from taper_app.ui import current

    monkeypatch.setattr(current, "unit_or_first", lambda app, unit_id: None)
    screen.sign_in(Role.NURSE)
    assert "An administrator opens Set-up" in words(screen.open(ADMIT))


def test_what_was_typed_is_there_again_after_a_reload_and_admits_one_patient(screen, form):
    field(form, "family").set_value("Doe").run()
    field(form, "mg-0").set_value("0,5").run()
    again = screen.open(ADMIT)
    assert field(again, "family").value == "Doe"
    assert field(again, "mg-0").value == "0,5"
    fill_identity(again)
    submit(again)
    assert len(admitted(screen)) == 1
    assert field(screen.open(ADMIT), "family").value == "", "the next form begins empty"


def test_a_colleagues_half_written_admission_is_not_shown(screen, form):
    field(form, "family").set_value("Doe").run()
    screen.sign_in(Role.CHARGE_NURSE)
    assert field(screen.open(ADMIT), "family").value == ""


def test_a_bed_that_was_taken_meanwhile_is_asked_for_again(screen, form, words):
    fill_identity(form)
    field(form, "number").set_value("00456").run()
    screen.admit()
    submit(form)
    assert "bed" in words(form)
    assert not form.exception
    assert [row.record_number for row in admitted(screen)] == ["00123"]


def test_a_choice_that_the_browser_lost_hides_no_line(form):
    lines = next(group for group in form.get("button_group") if group.key.startswith("lines-"))
    lines.set_value(None)
    form.run()
    assert field(form, "drug-1").value == ""
    assert not form.exception
