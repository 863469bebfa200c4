"""Which plan may be taken away as a file, by whom, and what is given in its place while it is suspended."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from itertools import pairwise

import pytest

import taper_story
from taper_app.clinical.checking.check import check_plan
from taper_app.clinical.errors import InputRefused, NotAllowed, StateConflict
from taper_app.clinical.handoff.compose_taper import last_tolerated_slots
from taper_app.clinical.handoff.last_tolerated import LastTolerated, last_tolerated_on
from taper_app.clinical.people import Role
from taper_app.use_cases.alerts import resolve_alert
from taper_app.use_cases.export_plan import bridging_note, export_bridging_note, export_plan


@pytest.fixture
def story():
    return taper_story.Story()


def export(story, fmt, role=Role.PHYSICIAN):
    return export_plan(story.app, story.actor(role), story.episode_id, fmt)


def test_the_signed_plan_leaves_as_json_that_the_independent_checker_accepts(story):
    story.with_signed_plan()
    name, media_type, content = export(story, "json")
    assert (name, media_type) == ("taper-plan-version-1.json", "application/json")
    assert json.loads(content) == story.chart().signed.plan.as_json()
    assert check_plan(json.loads(content), story.app.protocols).ok


def test_the_csv_has_a_row_for_each_dose(story):
    story.with_signed_plan()
    _name, _media_type, content = export(story, "csv")
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    doses = [dose for step in story.chart().signed.plan.steps for dose in step.doses]
    assert sum(bool(row["dose"]) for row in rows) == len(doses)


def test_the_text_says_which_version_it_is_and_who_signed_it(story):
    story.with_signed_plan()
    _name, _media_type, content = export(story, "text")
    assert content.decode().startswith("Version 1, signed by Synthetic Physician, physician, Tue 1 Dec 2026 07:30.")


def test_the_text_says_that_the_next_cut_waits_while_a_finding_is_open(story):
    story.with_signed_plan()
    story.hallucination()
    text = export(story, "text")[2].decode()
    assert "Keep dose, no cut until a prescriber has reviewed: Hallucination with insight." in text


def test_after_a_seizure_no_format_leaves_as_the_current_plan(story):
    story.to_the_seizure()
    for fmt in ("json", "csv", "text"):
        with pytest.raises(StateConflict, match="version 1 is suspended") as refused:
            export(story, fmt)
        assert "bridging note" in refused.value.next_step


def test_a_new_signed_version_leaves_and_the_superseded_one_never_does(story):
    story.restabilised()
    name, _media_type, content = export(story, "json")
    assert name == "taper-plan-version-2.json"
    assert json.loads(content) == story.chart().versions[1].plan.as_json()


def test_when_a_physician_has_resolved_the_seizure_the_plan_is_current_again(story):
    story.to_the_seizure()
    for alert in story.chart().alerts:
        resolve_alert(
            story.app, story.physician, story.episode_id, alert.id, "seen and worked up", entry_id=story.entry()
        )
    assert export(story, "text")[0] == "taper-plan-version-1.txt"


def test_a_proposal_that_nobody_signed_does_not_leave(story):
    story.admit()
    story.propose()
    with pytest.raises(StateConflict, match="no signed plan"):
        export(story, "json")


@pytest.mark.parametrize("role", [Role.PLANNER, Role.AUDITOR, Role.ADMIN])
def test_who_has_no_right_to_the_whole_chart_takes_no_plan_away(story, role):
    story.with_signed_plan()
    with pytest.raises(NotAllowed):
        export(story, "json", role)
    with pytest.raises(NotAllowed):
        export_bridging_note(story.app, story.actor(role), story.episode_id)


def test_each_file_and_each_refusal_is_in_the_audit(story):
    story.with_signed_plan()
    export(story, "json")
    with pytest.raises(NotAllowed):
        export(story, "json", Role.PLANNER)
    with story.store.reading() as reading:
        newest = reading.audit_entries(limit=2)
    assert [(entry.account_id, entry.outcome) for entry in newest] == [
        ("id-planner", "refused"),
        ("id-physician", "done"),
    ]


def test_an_unknown_format_is_named(story):
    story.with_signed_plan()
    with pytest.raises(InputRefused, match="json, csv, text"):
        export(story, "exe")


def test_the_bridging_note_has_the_dose_before_the_last_cut_and_whom_to_call_and_no_cut(story):
    story.to_the_seizure()
    text = export_bridging_note(story.app, story.physician, story.episode_id)[2].decode()
    assert "Last tolerated daily dose: clonazepam 2 mg a day (the dose before the cut on Tue 1 Dec 2026)." in text
    assert "No cut until a prescriber has reviewed" in text
    assert "Synthetic Physician, physician" in text
    assert "911" in text
    assert "1.875" not in text


def test_the_note_on_the_screen_and_the_summary_name_the_same_tolerated_dose(story):
    story.to_the_seizure()
    chart = story.chart()
    slots = last_tolerated_slots(chart, story.app.protocols)
    assert sum(slot.mg for slot in slots) == sum(bridging_note(chart).daily_mg.values()) == 2


def test_a_finding_on_any_day_takes_back_the_last_cut_and_only_that(story):
    story.with_signed_plan()
    plan = story.chart().signed.plan
    before_any = LastTolerated(step=None, before_cut_on=plan.steps[0].starts_on)
    assert last_tolerated_on(plan, plan.steps[0].starts_on) == before_any
    for earlier, cut in pairwise(plan.steps):
        assert last_tolerated_on(plan, cut.starts_on) == LastTolerated(earlier, cut.starts_on)
        assert last_tolerated_on(plan, cut.starts_on - timedelta(days=1)).step != earlier


def test_on_a_restabilised_dose_that_dose_is_the_tolerated_one(story):
    story.restabilised()
    note = bridging_note(story.chart())
    assert note.dose_in_words == "clonazepam 2 mg a day"
    assert note.before_cut_on is None


def test_without_a_signed_plan_the_bridging_note_has_the_charted_present_use(story):
    story.admit()
    assert bridging_note(story.chart()).dose_in_words == "Klonopin 2 mg a day"
