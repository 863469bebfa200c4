"""What speaks against the next cut: findings once each, and everything that nobody charted."""

from __future__ import annotations

from datetime import date

import pytest

import taper_story
from taper_app.use_cases.next_cut import against_next_cut, next_cut_step
from taper_app.use_cases.plan_taper import request_plan_change


@pytest.fixture
def story():
    return taper_story.Story()


def against(story):
    return against_next_cut(story.chart(), story.app.protocols)


def test_todays_cut_is_the_next_one_and_without_a_signed_plan_there_is_none(story):
    story.admit()
    assert next_cut_step(story.chart()) is None
    story.propose()
    assert next_cut_step(story.chart()) is None
    story.sign()
    assert next_cut_step(story.chart()).starts_on == date(2026, 12, 1)
    story.clock.advance(days=1)
    assert next_cut_step(story.chart()).starts_on == date(2026, 12, 15)


def test_after_restabilising_the_next_cut_is_28_days_after_the_seizure(story):
    story.restabilised()
    assert next_cut_step(story.chart()).starts_on == date(2027, 1, 2)


def test_findings_come_first_the_gravest_on_top_and_each_rule_once(story):
    story.to_the_seizure()
    found = against(story)
    levels = [reason.level for reason in found]
    assert levels[0] == 4
    assert levels == sorted(levels, reverse=True)
    rules = [reason.source.split(",")[0] for reason in found if reason.level > 1]
    assert len(rules) == len(set(rules))
    assert rules[0] == "R03"


def test_a_number_that_no_clinician_signed_is_marked_where_it_acts(story):
    story.to_the_seizure()
    assert against(story)[0].is_unverified


def test_a_nurses_wish_to_keep_the_dose_speaks_against_the_cut(story):
    story.with_signed_plan()
    request_plan_change(story.app, story.nurse, story.episode_id, "shaky since noon", entry_id=story.entry())
    assert "Asked to keep the dose: shaky since noon" in [reason.text for reason in against(story)]


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [("ciwa_b", "has no CIWA-B"), ("vitals", "has no vital signs"), ("rass", "has no sedation score")],
)
def test_what_the_newest_set_lacks_speaks_against_the_cut(story, left_out, sentence):
    story.with_signed_plan()
    parts = {"vitals": taper_story.VITALS, "rass": 0, "ciwa_b": taper_story.ciwa_b(0)}
    del parts[left_out]
    story.observe(**parts, events=[])
    assert any(sentence in reason.text for reason in against(story))


def test_a_note_of_an_event_is_no_observation_set(story):
    story.with_signed_plan()
    story.observe(events=[{"kind": "vomiting"}])
    assert "No observation set has been charted yet." in [reason.text for reason in against(story)]


def test_an_overdue_set_and_an_uncharted_dose_speak_against_the_cut(story):
    story.with_signed_plan()
    story.observe(vitals=taper_story.VITALS, rass=0, ciwa_b=taper_story.ciwa_b(0), events=[])
    assert against(story) == []
    story.clock.advance(days=1)
    texts = " ".join(reason.text for reason in against(story))
    assert "is overdue" in texts
    assert "planned doses are not charted, the first of Tue 1 Dec 2026 08:00" in texts
