"""The Rules page: what each rule says, what it asked of the ward, a changed number tried, the self-test."""

from __future__ import annotations

import pytest

from taper_app.clinical.people import Role
from taper_app.protocol_files import load_protocols
from taper_app.use_cases.observe import chart_observation

RULES = "pages/rules.py"
READERS = [Role.NURSE, Role.CHARGE_NURSE, Role.PHYSICIAN, Role.PHARMACIST]
VITALS = {
    "respiratory_rate": 16,
    "spo2": 98,
    "on_oxygen": False,
    "systolic": 120,
    "diastolic": 78,
    "pulse": 115,
    "temperature_c": "37.0",
    "acvpu": "A",
}


@pytest.fixture
def page(screen):
    def open_as(role=Role.PHYSICIAN):
        screen.sign_in(role)
        at = screen.open(RULES)
        assert not at.exception
        return at

    return open_as


def views(at):
    return next(group for group in at.get("button_group") if group.key == "rules-view")


def show_view(at, view):
    views(at).set_value(view).run()
    assert not at.exception
    return at


def pick(at, label):
    return next(box for box in at.selectbox if box.label == label)


def cells(at):
    return [str(cell).replace("\\", "").replace("\u00a0", " ") for t in at.table for cell in t.value.to_numpy().ravel()]


def chart_a_fast_pulse(screen):
    episode = screen.admit()
    observation = {"vitals": VITALS, "rass": 0, "events": []}
    chart_observation(
        screen.app,
        screen.person(Role.NURSE),
        episode,
        observation,
        entry_id="set-1",
        happened_at=screen.clock(),
    )
    return episode


@pytest.mark.parametrize("role", READERS)
def test_who_works_with_charts_reads_every_rule_with_its_source(page, words, role):
    at = page(role)
    assert at.title[0].value == "Rules"
    said = words(at)
    assert "No clinician has signed their files" in said
    assert "local defaults that await a clinical lead's signature" in said
    assert len(views(at).options) == 4


@pytest.mark.parametrize("role", [Role.PLANNER, Role.AUDITOR])
def test_who_has_no_use_for_the_rules_has_no_such_page(screen, role):
    screen.sign_in(role)
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        screen.open(RULES)


def test_an_administrator_sees_the_rules_and_the_self_test_and_nothing_counted_on_patients(screen, page, words):
    chart_a_fast_pulse(screen)
    at = page(Role.ADMIN)
    assert list(views(at).options) == ["What they say", "Self-test"]
    assert "DOE" not in words(at)


def test_every_rule_of_every_topic_says_when_it_fires_whom_it_tells_and_what_it_means_for_the_dose(screen, page, words):
    at = page()
    for name, file in screen.app.protocols.escalation.items():
        if name not in pick(at, "Topic").options and not (file.rules or file.gate):
            continue
        pick(at, "Topic").select(name).run()
        said = words(at)
        for rule in file.rules:
            assert f"**{rule.id}**" in said, rule.id
            assert rule.where in said, rule.id
            assert rule.action in said, rule.id
    assert not at.exception


def test_failing_breathing_reads_as_a_clinician_would_say_it(page, words):
    at = page()
    pick(at, "Topic").select("breathing-sedation").run()
    said = words(at)
    assert "EMERGENCY" in said
    assert "respiratory rate: 8 a minute or less" in said
    assert "Tells emergency team at once; look again after 5 minutes." in said
    assert "Withhold this dose until a prescriber orders" in said
    assert "One level above R12, R13" in said


def test_a_local_default_is_marked_and_can_be_shown_alone(page, words):
    at = page()
    pick(at, "Topic").select("vital-signs").run()
    assert "**R26**" in words(at)
    assert "trigger: local default, awaits a clinical lead's signature" in words(at)
    at.checkbox(key="rules-only-defaults").check().run()
    assert "**R26**" not in words(at), "trigger and minutes were read in the source"
    assert "**R30H**" in words(at)


def test_the_last_30_days_are_counted_without_a_name(screen, page, words):
    chart_a_fast_pulse(screen)
    at = show_view(page(Role.CHARGE_NURSE), "Last 30 days")
    said = words(at)
    assert "1 sets judged, 1 alerts" in said
    assert "No shift was set in this time" in said
    found = cells(at)
    assert any(cell.startswith("R31 Pulse … a minute.") for cell in found)
    assert "0 of 1 (0 %)" in found
    assert "DOE" not in said + " ".join(found)
    assert "The nurse" not in " ".join(found), "no colleague either"


def test_a_ward_on_which_nothing_was_charted_says_so(page, words):
    assert "nothing to count" in words(show_view(page(), "Last 30 days"))


def test_a_changed_number_is_tried_and_says_what_it_would_have_done(screen, page, words):
    chart_a_fast_pulse(screen)
    at = show_view(page(Role.NURSE), "Try a change")
    pick(at, "Rule").select("R31").run()
    at.text_input(key="try-new-R31-when.at_least").set_value("120").run()
    at.button(key="try-go").click().run()
    assert not at.exception
    said = words(at)
    assert "R31 with “pulse: at least 120” in place of “pulse: at least 111”" in said
    assert "of 1 sets of 1 stays it fires on 0 in place of 1" in said
    assert "1 sets would be Routine in place of Nurse in charge" in said
    assert "DOE" not in said


def test_a_level_4_rule_that_would_fire_less_often_is_not_allowed_to_go_live(screen, page, words):
    chart_a_fast_pulse(screen)
    at = show_view(page(), "Try a change")
    pick(at, "Rule").select("R11").run()
    at.text_input(key="try-new-R11-when.at_most").set_value("6").run()
    at.button(key="try-go").click().run()
    assert "Not allowed to go live" in words(at)


def test_a_number_that_is_none_is_refused_and_stays_in_its_field(page, words):
    at = show_view(page(), "Try a change")
    pick(at, "Rule").select("R11").run()
    at.text_input(key="try-new-R11-when.at_most").set_value("six").run()
    at.button(key="try-go").click().run()
    assert "Write the new number like 8, -2 or 38.5" in words(at)
    assert at.text_input(key="try-new-R11-when.at_most").value == "six"


@pytest.mark.parametrize("role", [Role.CHARGE_NURSE, Role.ADMIN])
def test_the_self_test_is_run_on_the_screen_with_every_case_and_its_source(page, words, role):
    at = show_view(page(role), "Self-test")
    assert not at.table
    at.button(key="self-test-run").click().run()
    assert not at.exception
    assert "33 of 33 dangerous patients and orders caught, 0 missed." in words(at)
    found = cells(at)
    assert sum(cell == "✓ caught" for cell in found) == 33
    assert sum(cell == "✓ quiet" for cell in found) == 7


OWN_FILE = """
id = "ward-7-rules"
title = "Rules of ward 7"
version = "2027.01"

[[changed]]
rule = "R12"
when = { fact = "respiratory_rate", at_least = 9, at_most = 12 }
because = "decided after the audit of December"
by = "A. Lead, consultant"
on = 2027-01-05
source = "local-default"
where = "decision of the ward"

[[rules]]
id = "S01"
level = 2
when = { fact = "systolic", at_most = 100 }
message = "Systolic pressure {systolic} mmHg."
action = "Nurse in charge reviews before the patient gets up."
notify = ["charge_nurse"]
respond_within_minutes = 60
reassess_within_minutes = 60
effect = "none"
source = "local-default"
where = "decision of the ward"
trigger_evidence = "unverified"
time_evidence = "unverified"
"""


def test_what_the_site_changed_stands_first_and_beside_its_rules(screen, page, words, tmp_path):
    (tmp_path / "escalation").mkdir()
    (tmp_path / "escalation" / "ward-7-rules.toml").write_text(OWN_FILE, encoding="utf-8")
    library = load_protocols(site=tmp_path)
    screen.monkeypatch.setattr("taper_app.wiring._protocols", lambda: library)
    at = page()
    assert "This site changes 1 of the shipped rules." in words(at)
    assert "Rules of its own: S01." in words(at)
    changed = cells(at)
    assert "▲ tighter" in changed
    assert any("decided after the audit of December. A. Lead, consultant" in cell for cell in changed)
    pick(at, "Topic").select("breathing-sedation").run()
    assert ":blue-badge[changed by this site]" in words(at)
    assert "respiratory rate: 9 to 12 a minute" in words(at)
    pick(at, "Topic").select("ward-7-rules").run()
    assert ":blue-badge[added by this site]" in words(at)
    assert not at.exception
