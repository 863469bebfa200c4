"""Doses on the Chart page: one tap to give, what is typed beside a dose stays, orders, waste, outside the plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from taper_app.clinical.charting.doses import DosePurpose, DoseStatus
from taper_app.clinical.people import Role
from taper_app.clinical.records import EpisodeId, RecordKind
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.give_dose import chart_dose
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.orders import order_medicine
from taper_app.use_cases.plan_taper import propose_plan, sign_plan

Words = Callable[[AppTest], str]
PRODUCTS = ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"]
WELL = {"vitals": {"respiratory_rate": 16, "spo2": 98, "on_oxygen": False}, "rass": 0}
LORAZEPAM = {"kind": "as_needed", "medicine": "lorazepam", "mg": "0.5", "most_mg": "0.5", "reason": "shaking"}


@pytest.fixture
def patient(screen: Any) -> EpisodeId:
    screen.sign_in(Role.NURSE)
    admitted: EpisodeId = screen.admit()
    return admitted


@pytest.fixture
def on_plan(screen: Any, patient: EpisodeId) -> EpisodeId:
    """With a signed plan, at 08:00, the time of its first dose."""
    screen.clock.now -= timedelta(hours=2)
    plan = _propose(screen, patient)
    physician = screen.person(Role.PHYSICIAN)
    codes = open_chart(screen.app, physician, patient).versions[-1].plan.codes_to_sign
    sign_plan(screen.app, physician, patient, plan, codes, entry_id="signature")
    screen.clock.now += timedelta(hours=1)
    return patient


def _propose(screen: Any, patient: EpisodeId) -> Any:
    asked = {"protocol": "asam-2025", "start_on": "2027-01-11", "products": PRODUCTS}
    return propose_plan(screen.app, screen.person(Role.PHYSICIAN), patient, asked, entry_id="plan")


def _observe(screen: Any, patient: EpisodeId, entry_id: str = "well", **more: Any) -> None:
    nurse = screen.person(Role.NURSE)
    chart_observation(screen.app, nurse, patient, WELL | more, entry_id=entry_id, happened_at=screen.clock())


def _open(screen: Any, patient: EpisodeId) -> AppTest:
    at: AppTest = screen.open("pages/chart.py", patient=patient)
    assert not at.exception
    return at


def _named(at: AppTest, kind: str, name: str) -> Any:
    return next(widget for widget in at.get(kind) if widget.key and f"|{name}|" in widget.key)


def _pill(at: AppTest, name: str) -> Any:
    return next(widget for widget in at.button_group if widget.key and f"|{name}|" in widget.key)


def _button(at: AppTest, label: str) -> Any:
    return next(button for button in at.button if button.label == label)


def _press(at: AppTest, label: str) -> AppTest:
    pressed: AppTest = _button(at, label).click().run()
    assert not pressed.exception
    return pressed


def _switch(at: AppTest, label: str) -> AppTest:
    switched: AppTest = next(toggle for toggle in at.toggle if toggle.label == label).set_value(True).run()
    return switched


def _chart(screen: Any, patient: EpisodeId) -> Chart:
    return open_chart(screen.app, screen.person(Role.NURSE), patient, audited=False)


def test_a_dose_that_the_check_allows_is_given_with_one_tap(screen: Any, on_plan: EpisodeId) -> None:
    _observe(screen, on_plan)
    _press(_open(screen, on_plan), "Give")
    given = _chart(screen, on_plan).doses[-1].body
    assert (given.status, given.purpose) == (DoseStatus.GIVEN, DosePurpose.PLANNED)
    assert given.pieces


def test_what_the_check_also_asks_for_and_nobody_looked_for_is_named(
    screen: Any, on_plan: EpisodeId, words: Words
) -> None:
    _observe(screen, on_plan, signs={"ataxia": "no"})
    assert "Not looked for in the last 30 min: slurred speech, nystagmus, alcohol on breath." in words(
        _open(screen, on_plan)
    )


def test_other_listed_tablets_are_chosen_and_kept(screen: Any, on_plan: EpisodeId) -> None:
    _observe(screen, on_plan)
    at = _open(screen, on_plan)
    made_of = _named(at, "selectbox", "made_of")
    assert made_of.options[0].endswith("(as planned)")
    made_of.select_index(1).run()
    _press(at, "Give")
    chart = _chart(screen, on_plan)
    planned = chart.step_on(chart.today).doses[0].pieces  # type: ignore[union-attr]
    assert chart.doses[-1].body.pieces != planned


def test_what_is_typed_beside_a_due_dose_is_there_again_in_a_new_browser(
    screen: Any, on_plan: EpisodeId, words: Words
) -> None:
    at = _open(screen, on_plan)
    _pill(at, "not").set_value("refused").run()
    _named(at, "text_input", "because").input("says it makes her sick").run()
    again = _open(screen, on_plan)
    assert _pill(again, "not").value == "refused"
    assert _named(again, "text_input", "because").value == "says it makes her sick"
    assert "Draft saved" in words(again)
    _press(again, "Save: refused")
    assert _chart(screen, on_plan).doses[-1].body.reason == "says it makes her sick"
    with screen.app.store.reading() as reading:
        form = f"dose-{_chart(screen, on_plan).doses[-1].body.planned_for.isoformat()}-clonazepam"
        assert reading.draft(screen.person(Role.NURSE).user_id, on_plan, form) is None


def test_a_withheld_dose_is_looked_at_again_after_an_hour(screen: Any, on_plan: EpisodeId, words: Words) -> None:
    at = _open(screen, on_plan)
    _pill(at, "not").set_value("withheld").run()
    _named(at, "text_input", "because").input("RASS -2, being watched").run()
    at = _press(at, "Save: withhold this dose")
    assert "dose withheld of 08:00, look again 09:00" in words(at)
    screen.clock.now += timedelta(minutes=61)
    assert "LOOK AGAIN NOW (since 09:00)" in words(_open(screen, on_plan))
    board = screen.open("pages/board.py")
    assert "Withheld: " in words(board)
    assert "look again 09:00" in words(board)
    assert "overdue 1 min" in words(board)


def test_a_dose_of_an_unsigned_plan_is_refused_and_offered_outside_the_plan(
    screen: Any, patient: EpisodeId, words: Words
) -> None:
    screen.clock.now -= timedelta(hours=2)
    _propose(screen, patient)
    screen.clock.now += timedelta(hours=1)
    at = _open(screen, patient)
    button = next(button for button in at.button if button.label.startswith("Chart 08:00: clonazepam"))
    at = button.click().run()
    assert "There is no signed plan" in words(at)
    assert _chart(screen, patient).doses == []
    assert _named(at, "text_input", "medicine").value == "clonazepam"
    assert _named(at, "text_input", "mg").value
    _pill(at, "purpose").set_value("admission").run()
    _named(at, "text_input", "ordered_by").input("Dr. Ames").run()
    at = _press(at, "Save dose outside the plan")
    kept = _chart(screen, patient).doses[-1].body
    assert (kept.purpose, kept.medicine, kept.ordered_by) == (DosePurpose.ADMISSION, "clonazepam", "Dr. Ames")


def test_a_prescriber_orders_and_a_nurse_gives_up_to_the_maximum(screen: Any, patient: EpisodeId, words: Words) -> None:
    at = _open(screen, patient)
    assert not [button for button in at.button if button.label == "Sign the order"]
    screen.sign_in(Role.PHYSICIAN)
    at = _open(screen, patient)
    _named(at, "selectbox", "medicine").select("lorazepam").run()
    for name, value in {"mg": "0.5", "most_mg": "0.5", "reason": "shaking"}.items():
        box = next(box for box in at.text_input if box.key and box.key.startswith(f"order|{name}|"))
        box.input(value).run()
    at = _press(at, "Sign the order")
    assert "lorazepam 0.5 mg by mouth, at most 0.5 mg in 24 h, for shaking" in words(at)
    screen.sign_in(Role.NURSE)
    _observe(screen, patient)
    at = _open(screen, patient)
    assert "0 mg of at most 0.5 mg taken in the last 24 hours. **The next one is possible now.**" in words(at)
    at = _press(at, "Give lorazepam 0.5 mg")
    said = words(at)
    assert "Not now: the next one is possible Tue 12 Jan 2027 09:00" in said
    assert "Dose: lorazepam 0.5 mg, given" in said
    assert _button(at, "Give lorazepam 0.5 mg").disabled


def test_a_prescriber_ends_an_order_with_a_reason(screen: Any, patient: EpisodeId, words: Words) -> None:
    order_medicine(screen.app, screen.person(Role.PHYSICIAN), patient, LORAZEPAM, entry_id="order")
    screen.sign_in(Role.PHYSICIAN)
    at = _press(_switch(_open(screen, patient), "End this order"), "End the order")
    assert "Say in a few words why the order ends." in words(at)
    next(box for box in at.text_input if box.key and box.key.startswith("end-order-")).input("calm now").run()
    at = _press(at, "End the order")
    assert "No order is in force." in words(at)
    assert "Order ended: lorazepam 0.5 mg" in words(at)


def test_an_older_adults_comfort_medicine_shows_the_caution_to_sign(screen: Any, words: Words) -> None:
    screen.sign_in(Role.NURSE)
    older = screen.admit(born_on="1950-01-01")
    screen.sign_in(Role.PHYSICIAN)
    at = _open(screen, older)
    next(group for group in at.button_group if group.key and group.key.startswith("order|kind|")).set_value(
        "comfort"
    ).run()
    _named(at, "text_input", "comfort_medicine").input("hydroxyzine").run()
    assert "From 65 years hydroxyzine is not used as a comfort medicine" in words(at)
    for name, value in {"mg": "25", "most_mg": "50", "reason": "sleep"}.items():
        next(box for box in at.text_input if box.key and box.key.startswith(f"order|{name}|")).input(value).run()
    at = _press(at, "Sign the order")
    assert "Accept it by name, or order something else." in words(at)
    assert _named(at, "text_input", "comfort_medicine").value == "hydroxyzine"
    next(box for box in at.checkbox if box.label.startswith("I order it all the same")).check().run()
    at = _press(at, "Sign the order")
    assert _chart(screen, older).orders[0].body.medicine == "hydroxyzine"


def test_after_a_seizure_the_prescriber_orders_the_route_and_the_nurse_gives_it(
    screen: Any, on_plan: EpisodeId, words: Words
) -> None:
    seizure = {"kind": "seizure", "duration_minutes": 2, "ongoing": False, "recovered": True}
    _observe(screen, on_plan, rass=-2, events=[seizure])
    at = _open(screen, on_plan)
    assert "Late, route to be ordered" in words(at)
    assert "missed" not in _pill(at, "not").options
    screen.sign_in(Role.PHYSICIAN)
    at = _open(screen, on_plan)
    _named(at, "selectbox", "ordered_route").select("into the cheek").run()
    _named(at, "text_input", "ordered_because").input("not awake yet").run()
    _press(at, "Order it")
    screen.sign_in(Role.NURSE)
    at = _press(_open(screen, on_plan), "Give as ordered, into the cheek")
    given = _chart(screen, on_plan).doses[-1].body
    assert (given.route.value, given.ordered_by) == ("into the cheek", "The physician")


def test_a_vomited_dose_says_what_may_be_done_and_is_repeated_on_order(
    screen: Any, on_plan: EpisodeId, words: Words
) -> None:
    _observe(screen, on_plan)
    at = _press(_open(screen, on_plan), "Give")
    screen.clock.now += timedelta(minutes=10)
    at = _switch(_open(screen, on_plan), "A given dose was vomited")
    next(box for box in at.text_input if box.label == "What happened, in a few words").input("at once").run()
    at = _press(at, "Save: vomited")
    assert "ask the prescriber for one repeat" in words(at)
    at = _press(at, "Read")
    next(box for box in at.text_input if box.label == "Repeat ordered by").input("Dr. Ames").run()
    label = next(button.label for button in at.button if button.label.endswith("once more"))
    at = _press(at, label)
    assert _chart(screen, on_plan).doses[-1].body.purpose is DosePurpose.REPEAT
    assert "one repeat is the most" in words(at)


def test_a_half_is_wasted_and_witnessed_under_another_name(screen: Any, patient: EpisodeId, words: Words) -> None:
    nurse = screen.person(Role.NURSE)
    half = [{"product": "clonazepam-tablet-0.5mg", "count": "0.5"}]
    dose = {"status": "given", "purpose": "admission", "medicine": "clonazepam", "mg": "0.25", "ordered_by": "Dr. Ames"}
    chart_dose(screen.app, nurse, patient, dose | {"pieces": half}, entry_id="given", happened_at=screen.clock())
    at = _open(screen, patient)
    assert "Left over: half a tablet of clonazepam 0.5 mg (0.25 mg)" in words(at)
    witness = next(box for box in at.selectbox if box.key and box.key.startswith("waste-given-"))
    witness.select("user-charge_nurse").run()
    at = _press(at, "Wasted: half a tablet of clonazepam 0.5 mg (0.25 mg)")
    assert "not witnessed yet by The charge nurse" in words(at)
    assert not [button for button in at.button if button.label.startswith("I saw it")]
    screen.sign_in(Role.CHARGE_NURSE)
    at = _press(_open(screen, patient), "I saw it wasted as written")
    assert "witnessed by The charge nurse" in words(at)
    with screen.app.store.reading() as reading:
        assert len(reading.records(patient, {RecordKind.WASTE_WITNESSED})) == 1
