"""An end that is promised, pick-ups, stock at home: asked on the Plan page, and told back in words."""

from __future__ import annotations

from datetime import date

import pytest

import display_rules
from taper_app.clinical.people import Role
from taper_app.ui.components.plan_request import asked, filled_in
from taper_app.ui.components.plan_request_supply import supply_asked

PLAN = "pages/plan.py"
ODT = "clonazepam-odt-0.125mg"


@pytest.fixture
def at(screen):
    patient = screen.admit()
    screen.sign_in(Role.PHYSICIAN)
    page = screen.open(PLAN, patient=patient)
    field(page, f"product-{ODT}").check().run()
    page.patient = patient
    return page


def field(at, name):
    kinds = ("text_input", "selectbox", "checkbox", "date_input", "button_group")
    (found,) = [one for kind in kinds for one in at.get(kind) if one.key and one.key.startswith(f"plan-{name}-")]
    return found


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception
    return at


def errors(at):
    return "\n".join(element.value for element in at.error).replace("\\", "")


def shown(at, words):
    cells = "\n".join(str(cell) for table in at.table for cell in table.value.to_numpy().ravel())
    return f"{words(at)}\n{cells}".replace("\\", "").replace("\u00a0", " ")


def test_weekly_pick_ups_are_told_in_whole_pieces_with_what_is_left(at, words):
    field(at, "pick_up").set_value("weekly").run()
    text = shown(press(at, "Build"), words)
    assert "Mon 11 Jan to Sun 17 Jan 2027:" in text
    assert "tablets of 0.5 mg clonazepam" in text
    assert any(expander.label.startswith("Every pick-up (") for expander in at.expander)
    assert display_rules.violations(text) == []


def test_what_is_at_home_is_used_first_and_what_nobody_takes_is_said(at, words):
    press(at, "Some is at home already")
    field(at, "stock-product-0").set_value("clonazepam-tablet-2mg").run()
    field(at, "stock-count-0").set_value("3").run()
    field(at, f"product-{'clonazepam-tablet-2mg'}").uncheck().run()
    text = shown(press(at, "Build"), words)
    assert "Left over from the first day: 3 tablets of 2 mg clonazepam on hand" in text
    assert "have the pharmacy take it back" in text


STOCK_SLIPS = [("-1", "how many"), ("1.25", "how many"), ("ten", "how many"), ("", "how many")]


@pytest.mark.parametrize(("count", "label"), STOCK_SLIPS)
def test_a_slip_in_the_stock_is_named_beside_its_line(at, count, label):
    press(at, "Some is at home already")
    field(at, "stock-product-0").set_value("clonazepam-tablet-1mg").run()
    field(at, "stock-count-0").set_value(count).run()
    press(at, "Build")
    assert f"At home, line 1, {label}" in errors(at)
    assert field(at, "stock-count-0").value == count


def test_a_longest_supply_of_no_days_is_named_beside_its_field(at):
    field(at, "max_supply_days").set_value("0").run()
    press(at, "Build")
    assert "Longest supply in days" in errors(at)


def test_an_end_too_early_is_refused_with_the_earliest_safe_date_which_fills_the_form(at, words):
    field(at, "pace_by").set_value("date").run()
    assert field(at, "by_date_cut").value == ""
    field(at, "ends_by").set_value(date(2027, 3, 1)).run()
    press(at, "Build")
    assert "Mon 1 Mar 2027 is too early" in errors(at)
    assert "the earliest safe first day without clonazepam is" in errors(at)
    (remedy,) = [button.label for button in at.button if button.label.startswith("End on")]
    press(at, remedy)
    assert field(at, "ends_by").value > date(2027, 3, 1)
    assert "first day without" in shown(at, words)
    assert errors(at) == ""


def test_an_end_that_is_not_named_or_lies_before_the_start_is_named_beside_its_field(at):
    field(at, "pace_by").set_value("date").run()
    press(at, "Build")
    assert "Off by" in errors(at)
    field(at, "ends_by").set_value(date(2026, 12, 1)).run()
    press(at, "Build")
    assert "Off by" in errors(at)
    assert field(at, "ends_by").value == date(2026, 12, 1)


def test_why_a_plan_was_built_is_kept_with_its_version(screen, at, words):
    field(at, "note").set_value("her own wish").run()
    press(press(at, "Build"), "Propose")
    assert "Noted: her own wish" in words(at)


def test_by_an_end_date_the_pace_of_the_other_fields_is_not_asked(screen):
    library = screen.app.protocols
    fields = {"protocol": "asam-2025", "cut": "10", "every_days": "14", "pace_by": "date", "ends_by": "2028-01-01"}
    written = asked(fields, library)
    assert written["ends_by"] == "2028-01-01"
    assert "cut_percent" not in written
    assert "every_days" not in written
    assert asked(fields | {"by_date_cut": "5"}, library)["cut_percent"] == "5"
    assert "ends_by" not in asked(fields | {"pace_by": "pace"}, library)


def test_a_remedy_fills_in_end_stock_and_pace(screen):
    change = {"ends_by": "2028-02-01", "stock": [{"product": ODT, "count": "4"}], "cut_percent": None}
    values = filled_in(change, {"protocol": "asam-2025"}, screen.app.protocols)
    assert (values["pace_by"], values["ends_by"]) == ("date", "2028-02-01")
    assert (values["cut"], values["by_date_cut"]) == ("", "")
    assert supply_asked(values) == {"stock": [{"product": ODT, "count": "4"}]}
