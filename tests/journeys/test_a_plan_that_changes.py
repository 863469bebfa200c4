"""A signed plan is changed at the screen: kept, taken up again, slowed and ended, with its pick-ups and its effect."""

from __future__ import annotations

import re

import pytest

import display_rules
import journey_steps as do


def the_physician_opens_her_plan(hospital, day: int) -> None:
    """A synthetic patient, some days after her first cut; whoever was away for a night signs in anew."""
    hospital.it_is(day, "15:00")
    page = hospital.page
    page.goto(f"{hospital.address}/demo")
    explore = page.get_by_role("button", name="Explore with synthetic patients")
    if explore.count():
        explore.click()
    page.get_by_role("button", name="Physician").first.click(timeout=60_000)
    do.open_patient(hospital, "ALDER, Ada")
    do.go_to(hospital, "Plan")


def change(hospital, kind: str, reason: str, **typed: str) -> None:
    """Fill the form of a change in and look at the answer."""
    do.tap(hospital, "plan-change-kind-", kind)
    for name, text in typed.items():
        do.write(hospital, f"plan-change-{name}-", text)
    do.write(hospital, "plan-change-reason-", reason)
    do.press(hospital, "Show the change")


def proposed_and_signed(hospital, version: int) -> None:
    """Every warning is accepted by its name, as each box asks."""
    do.sees(hospital, "The change, not proposed yet")
    do.press(hospital, "Propose the change")
    do.sees(hospital, f"Version {version}: proposed, not signed")
    do.accept_each_warning(hospital)
    do.press(hospital, f"Sign version {version}")
    do.sees(hospital, f"Version {version} is signed by")


def the_dose_is_kept_until_she_is_reviewed(hospital) -> None:
    change(hospital, "Keep dose, no cut, until reviewed", "a bad week")
    proposed_and_signed(hospital, 2)
    do.sees(hospital, "Keep dose, no cut, until a prescriber has reviewed")
    do.sees(hospital, "Keep dose, no cut, until reviewed, from")


def a_week_later_the_rest_is_taken_up_again_seven_days_later(hospital) -> None:
    the_physician_opens_her_plan(hospital, 8)
    change(hospital, "Resume after the review", "slept well for three nights")
    do.sees(hospital, "Thu 4 Feb 2027: clonazepam 1.75 mg")
    proposed_and_signed(hospital, 3)


def two_changes_on_one_day_are_refused_with_all_that_was_typed_kept(hospital) -> None:
    change(hospital, "Slow down", "still tired", slow_cut_percent="5", slow_every_days="28", on="2027-01-18")
    do.sees(hospital, "The plan was changed on Mon 18 Jan 2027 already")
    assert do.typed(hospital, "plan-change-reason-") == "still tired"
    assert "The change, not proposed yet" not in hospital.text()


def the_day_after_it_is_slowed(hospital) -> None:
    the_physician_opens_her_plan(hospital, 9)
    change(hospital, "Slow down", "still tired", slow_cut_percent="5", slow_every_days="28", on="2027-01-19")
    proposed_and_signed(hospital, 4)


def speeding_up_past_what_the_protocol_prints_is_refused(hospital) -> None:
    the_physician_opens_her_plan(hospital, 10)
    typed = {"speed_up_cut_percent": "15", "speed_up_every_days": "14"}
    change(hospital, "Speed up", "asks for it", **typed)
    do.sees(hospital, "Refused. ")
    assert "The change, not proposed yet" not in hospital.text()


def she_ends_at_a_maintenance_dose(hospital) -> None:
    change(hospital, "End at a maintenance dose", "agreed with her", maintain_daily_mg="0.5")
    proposed_and_signed(hospital, 5)
    do.sees(hospital, "stays on clonazepam 0.5 mg a day")


def a_new_plan_is_handed_out_week_by_week(hospital) -> None:
    do.unfold(hospital, "Build a new plan")
    do.sees(hospital, "As version 5 gives it today")
    assert do.typed(hospital, "plan-mg-0-") == "0.875"
    do.tap(hospital, "plan-pick_up-", "weekly")
    do.press(hospital, "Build")
    do.press(hospital, "Add the 0.125 mg orally disintegrating tablet.")
    do.sees(hospital, "Every pick-up")


def review_shows_what_the_last_cut_does(hospital) -> None:
    do.go_to(hospital, "Review")
    hospital.page.locator(".js-plotly-plot").first.wait_for()
    said = hospital.text()
    assert re.search(r"\bsymptoms\b", said)
    assert display_rules.violations(said) == []


@pytest.mark.browser
def test_a_plan_is_kept_taken_up_again_slowed_and_ended_at_a_lower_dose(hospital):
    the_physician_opens_her_plan(hospital, 1)
    do.sees(hospital, "Next change Thu 28 Jan 2027: clonazepam 1.75 mg")
    the_dose_is_kept_until_she_is_reviewed(hospital)
    a_week_later_the_rest_is_taken_up_again_seven_days_later(hospital)
    two_changes_on_one_day_are_refused_with_all_that_was_typed_kept(hospital)
    the_day_after_it_is_slowed(hospital)
    speeding_up_past_what_the_protocol_prints_is_refused(hospital)
    she_ends_at_a_maintenance_dose(hospital)
    a_new_plan_is_handed_out_week_by_week(hospital)
    review_shows_what_the_last_cut_does(hospital)
    assert "Traceback" not in hospital.log.read_text()
