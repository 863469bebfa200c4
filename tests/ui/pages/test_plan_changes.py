"""Every kind of change on the Plan page: its own fields, the proposal beside the version in force, and slips."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import display_rules
import taper_story
from taper_app import wiring
from taper_app.clinical.people import Role
from taper_app.clinical.planning.versions import VersionState
from taper_app.ui import session_binding
from taper_app.ui.components.plan_change_kinds import KINDS

ROOT = Path(__file__).parents[3]
#: Labels of the fields that a kind has beside the day, the reason and one to override a refusal.
OWN_FIELDS = {
    "keep": set(),
    "keep_days": {"Days longer"},
    "resume": set(),
    "slow": {"Cut each time, in percent", "Every … days"},
    "step_back": set(),
    "restabilise": {
        "Daily dose in mg",
        "Days without a cut",
        "Times of day",
        "Then cut each time, in percent",
        "Every … days",
        "Specialist's name",
    },
    "speed_up": {"Cut each time, in percent", "Every … days"},
    "maintain": {"Daily dose in mg to stay on"},
    "change_products": set(),
    "change_medicine": {"Medicine to change to", "Table of equivalents, to convert with"},
    "missed": {"First day missed", "Last day missed"},
}


@pytest.fixture
def story(monkeypatch):
    made = taper_story.Story()
    monkeypatch.setattr(wiring, "_apps", {False: made.app})
    st.cache_resource.clear()
    return made.with_signed_plan()


@pytest.fixture
def open_page(story, monkeypatch):
    def open_as(role: Role = Role.PHYSICIAN) -> AppTest:
        token = story.token(role)
        monkeypatch.setattr(session_binding, "cookie_token", lambda: token)
        at = AppTest.from_file(str(ROOT / "taper_app/ui/router.py"), default_timeout=30)
        at.session_state["open_episode"] = story.episode_id
        at.run().switch_page("pages/plan.py").run()
        assert not at.exception
        return at

    return open_as


def of_the_change(at, kinds=("text_input", "selectbox", "checkbox", "date_input", "button_group")):
    return [one for kind in kinds for one in at.get(kind) if one.key and one.key.startswith("plan-change-")]


def field(at, name):
    (found,) = [one for one in of_the_change(at) if one.key.startswith(f"plan-change-{name}-")]
    return found


def press(at, label):
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception
    return at


def choose(at, kind, **typed):
    field(at, "kind").set_value(kind).run()
    for name, value in {"reason": "a bad week", **typed}.items():
        field(at, name).set_value(value).run()
    return press(at, "Show the change")


def words(at):
    shown = [
        str(element.value)
        for kind in ("markdown", "error", "warning", "info", "success", "subheader")
        for element in at.get(kind)
    ]
    shown += [str(element.label) for kind in ("expander", "button", "checkbox") for element in at.get(kind)]
    shown += [str(cell) for table in at.table for cell in table.value.to_numpy().ravel()]
    return "\n".join(shown).replace("\\", "").replace("\u00a0", " ")


def errors(at):
    return "\n".join(element.value for element in at.error).replace("\\", "")


def differences(at):
    found = [table.value for table in at.table if "The proposal" in table.value.columns]
    clean = [table.map(lambda cell: str(cell).replace("\\", "").replace("\u00a0", " ")) for table in found]
    return {row.iloc[0]: tuple(row.iloc[1:4]) for _, row in clean[0].iterrows()}


def sign_all(at, number):
    for box in [box for box in at.checkbox if box.key.startswith("accept-")]:
        box.check()
    return press(at, f"Sign version {number}")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_asks_for_its_own_fields_alone(open_page, kind):
    at = open_page()
    field(at, "kind").set_value(kind).run()
    boxes = {one.label for one in of_the_change(at) if not one.key.startswith("plan-change-product-")}
    always = {"What to change", "From the day", "Reason", "Reason to override a refusal (only when one is given)"}
    also = {"Missed"} if kind == "missed" else set()
    assert boxes == always | OWN_FIELDS[kind] | also
    assert display_rules.violations(words(at)) == []


def test_every_kind_that_travels_can_be_chosen():
    from taper_app.clinical.planning.amend import changes

    assert set(KINDS) == set(changes._SHAPES)


SHOWN = {
    "keep": {},
    "keep_days": {"days": "10"},
    "slow": {"slow_cut_percent": "5"},
    "restabilise": {"daily_mg": "2"},
    "maintain": {"maintain_daily_mg": "1"},
    "change_products": {"product-clonazepam-tablet-0.5mg": False},
    "change_medicine": {"equivalence": "ashton-2002"},
    "missed": {},
}


@pytest.mark.parametrize("kind", SHOWN)
def test_a_change_stands_beside_the_version_in_force_before_anything_is_kept(story, open_page, kind):
    story.days_of_doses(3)
    at = choose(open_page(), kind, **SHOWN[kind])
    assert errors(at) == ""
    text = words(at)
    assert "The change, not proposed yet" in text
    assert "a bad week" in text
    drawn = [element.proto.spec for element in at.get("plotly_chart")]
    assert any("version 1, in force now" in spec and "changed from here" in spec for spec in drawn)
    table = differences(at)
    assert {"Next change", "Ends", "Above the ceiling", "Warnings to sign", "Tablets from then on"} <= set(table)
    assert any(mark == "≠" for _before, _after, mark in table.values())
    assert display_rules.violations(text) == []
    assert [version.number for version in story.chart().versions] == [1]


def test_keeping_until_reviewed_then_resuming_moves_the_rest_and_catches_nothing_up(story, open_page):
    story.days_of_doses(2)
    at = choose(open_page(), "keep")
    assert (
        "no end is planned" in differences(at)["Ends"][1]
        or "until a prescriber has reviewed" in differences(at)["Ends"][1]
    )
    sign_all(press(at, "Propose the change"), 2)
    story.days_of_doses(5)
    at = open_page()
    assert "Keep dose, no cut, until a prescriber has reviewed" in words(at)
    assert field(at, "kind").value == "resume"
    sign_all(press(choose(at, "resume"), "Propose the change"), 3)
    first, kept = story.chart().versions[0].plan, story.chart().versions[2].plan
    moved = kept.steps[-1].starts_on - first.steps[-1].starts_on
    assert moved == timedelta(days=5)


def test_a_step_back_offers_the_steps_that_gave_more_and_is_signed_as_a_rise(story, open_page):
    story.clock.advance(days=20)
    at = open_page()
    field(at, "kind").set_value("step_back").run()
    chosen = field(at, "to_step")
    assert [option.split(",")[0] for option in chosen.options] == ["step 1: clonazepam 1.875 mg a day"]
    at = choose(at, "step_back")
    assert "New to sign: dose rises" in words(at)
    assert "The daily dose rises from 1.75 mg clonazepam to 1.875 mg clonazepam" in words(at)


def test_without_a_higher_step_restabilising_is_named_instead(open_page):
    at = choose(open_page(), "step_back")
    assert "Order a dose under Restabilise" in words(at)
    assert "Step to go back to" in errors(at)
    assert "There is no earlier dose in this plan to go back to" in errors(at)
    assert "is ordered by “Restabilise”" in errors(at)


SLIPS = [
    ("keep_days", {"days": "0"}, "Days longer"),
    ("keep_days", {"days": "ten"}, "Days longer"),
    ("slow", {"slow_cut_percent": "20"}, "“Speed up”"),
    ("slow", {}, "the pace of now"),
    ("speed_up", {"speed_up_every_days": "60"}, "“Slow down”"),
    ("maintain", {"maintain_daily_mg": "3"}, "“Step back” or “Restabilise”"),
    ("maintain", {"maintain_daily_mg": ".5"}, "Daily dose in mg"),
    ("resume", {}, "nothing to resume"),
    ("missed", {"missed_from": date(2020, 1, 1)}, "First missed"),
    ("restabilise", {"daily_mg": ""}, "Daily dose in mg"),
    ("keep", {"on": date(2020, 1, 1)}, "From the day"),
    ("keep", {"reason": ""}, "Reason"),
]


@pytest.mark.parametrize(("kind", "typed", "said"), SLIPS)
def test_a_slip_is_named_beside_its_field_and_stays_typed(story, open_page, kind, typed, said):
    at = choose(open_page(), kind, **typed)
    assert said in errors(at)
    assert not any(
        name in errors(at) for name in ("cut_percent", "every_days", "daily_mg", "step_back", "override_reason")
    )
    for name, value in typed.items():
        assert field(at, name).value == value
    assert "Propose the change" not in [button.label for button in at.button]
    assert [version.number for version in story.chart().versions] == [1]


def test_a_day_with_a_dose_given_already_is_not_changed_any_more(story, open_page):
    story.days_of_doses(4)
    yesterday = story.chart().today - timedelta(days=2)
    at = choose(open_page(), "keep", on=yesterday)
    assert "Doses were given up to" in errors(at)


def test_too_long_without_a_dose_is_refused_with_whom_to_ask(story, open_page):
    story.clock.advance(days=14)
    at = choose(open_page(), "missed", missed_from=date(2026, 12, 2))
    assert "Refused" in errors(at)
    assert "Ask: A prescriber titrates anew" in words(at)


def test_missed_doses_may_be_said_by_their_times(story, open_page):
    story.days_of_doses(2)
    at = open_page()
    field(at, "kind").set_value("missed").run()
    field(at, "missed_by").set_value("times").run()
    at = choose(at, "missed", missed_from_time="20:00", missed_again_time="8 am")
    assert "write the time like 08:00" in errors(at)
    field(at, "missed_again_time").set_value("08:00").run()
    at = press(at, "Show the change")
    assert errors(at) == ""
    assert "12 hours" in words(at) or "Less than" in words(at)


def test_what_was_typed_for_one_kind_is_there_after_another_was_looked_at(open_page):
    at = open_page()
    field(at, "kind").set_value("keep_days").run()
    field(at, "days").set_value("9").run()
    field(at, "kind").set_value("slow").run()
    at = open_page()
    field(at, "kind").set_value("keep_days").run()
    assert field(at, "days").value == "9"


def test_all_versions_say_who_when_why_and_by_which_content(story, open_page):
    at = choose(open_page(), "keep_days", days="10")
    press(at, "Propose the change")
    text = words(open_page())
    version = story.chart().versions[-1]
    assert version.state is VersionState.PROPOSED
    assert "Keep dose, no cut, for some days, from Tue 1 Dec 2026: a bad week" in text
    assert f"Proposed by {version.proposed_by.signature}" in text
    assert f"SHA-256: {version.plan.protocol.sha256}" in text


@pytest.mark.parametrize("role", [Role.NURSE, Role.CHARGE_NURSE])
def test_who_may_not_change_a_plan_sees_no_field_of_it(open_page, role):
    assert of_the_change(open_page(role)) == []


def test_a_pharmacist_proposes_a_change_and_does_not_sign_it(story, open_page):
    at = choose(open_page(Role.PHARMACIST), "keep_days", days="7")
    at = press(at, "Propose the change")
    assert "Sign version 2" not in [button.label for button in at.button]
    assert story.chart().versions[-1].proposed_by.role is Role.PHARMACIST
