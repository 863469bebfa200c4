"""Arranging, and the release itself: through the gate, against advice, and read-only afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

import handoff_story
from taper_app.clinical.answers import Answer
from taper_app.clinical.errors import InputRefused, NotAllowed, NotFound, StateConflict
from taper_app.clinical.handoff.release_items import CheckTopic, NextPrescriberItem, SupplyItem
from taper_app.clinical.people import Role
from taper_app.clinical.protocol.release_rules import RequirementId
from taper_app.clinical.records import RecordKind
from taper_app.use_cases.aftercare import arrange_service, mark_topics_not_assessed, record_release_item
from taper_app.use_cases.consent import record_consent, revoke_consent
from taper_app.use_cases.hand_over import bridging_sheet, draft_summary, export_summary, sign_summary
from taper_app.use_cases.release import NotYetReleasable, release_patient

BRIDGING = {
    "form": "supply",
    "days": 3,
    "products": [{"product": "clonazepam-tablet-1mg", "count": "6"}],
    "handed_over": "given to the patient at the door",
}


@pytest.fixture
def story():
    return handoff_story.Leaving()


@pytest.fixture
def ready(story):
    """Day 9 with everything there, also the signed summary."""
    story.to_day_nine().everything_arranged().veto_cleared()
    draft = draft_summary(story.app, story.planner, story.episode_id, entry_id="draft-1")
    sign_summary(story.app, story.physician, story.episode_id, draft, entry_id="signed-1")
    return story


def released(story, who=None, **more):
    release_patient(story.app, who or story.physician, story.episode_id, entry_id=story.entry(), **more)


def missing_ids(story):
    return {missing.id for missing in story.view().gate.blocking}


def records(story, kind):
    return [record for record in story.chart().records if record.kind is kind]


# --- The ordinary release --------------------------------------------------------------------------


def test_with_everything_there_the_patient_is_released_and_the_bed_is_free(ready):
    assert ready.view().gate.is_open
    released(ready)
    view = ready.view()
    assert view.is_released
    assert view.kept.release[1].disposition == "Home, with her sister"
    with ready.store.reading() as reading:
        assert reading.latest_rows("unit-1") == []
        assert reading.open_episode_of(view.chart.patient.id) is None


def test_a_second_release_is_refused(ready):
    released(ready)
    with pytest.raises(StateConflict, match="ended"):
        released(ready)
    assert len(records(ready, RecordKind.RELEASE)) == 1


def test_after_release_nothing_is_charted_any_more_but_consent_and_export_still_work(ready):
    released(ready)
    with pytest.raises(StateConflict):
        ready.calm_set()
    with pytest.raises(StateConflict):
        ready.check("lock_box")
    with pytest.raises(StateConflict):
        ready.service("cbt")
    with pytest.raises(StateConflict):
        draft_summary(ready.app, ready.planner, ready.episode_id, entry_id="late", what_changed="late word")
    ready.clock.advance(days=30)
    assert export_summary(ready.app, ready.planner, ready.episode_id)[2]
    assert bridging_sheet(ready.app, ready.physician, ready.episode_id)[2]
    consent = ready.view().kept.consent.id
    revoke_consent(ready.app, ready.planner, ready.episode_id, consent, entry_id="revoked")
    with pytest.raises(InputRefused, match="revoked"):
        export_summary(ready.app, ready.planner, ready.episode_id)
    assert ready.view().is_released


def test_the_refusal_names_the_veto_and_everything_that_is_missing(story):
    story.to_day_nine()
    with pytest.raises(NotYetReleasable) as refused:
        released(story)
    fields = {fault.field for fault in refused.value.faults}
    assert {"veto", "next-prescriber", "first-visit", "naloxone", "supply", "consent", "summary"} <= fields
    assert {"call-after-seizure", "neurology", "no-driving"} <= fields
    assert not story.view().is_released


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PHYSICIAN])
def test_only_a_physician_releases(ready, role):
    with pytest.raises(NotAllowed):
        released(ready, ready.actor(role))
    with pytest.raises(NotAllowed):
        released(ready, ready.actor(role), against_advice={"supply": BRIDGING})
    assert not ready.view().is_released


# --- Against advice --------------------------------------------------------------------------------


def test_nothing_keeps_a_patient_who_leaves_against_advice_from_tablets(story):
    story.set_up(crisis_lines="").to_the_seizure()
    assert story.view().gate.veto.stands
    released(story, against_advice={"supply": BRIDGING, "naloxone": "yes", "risks_talked_over": "yes"})
    view = story.view()
    assert view.is_released
    body = view.kept.release[1]
    assert body.against_advice.supply.days == 3
    assert body.veto_stood
    assert "next-prescriber" in body.missing
    assert view.kept.item(SupplyItem).days == 3, "what was handed over counts as the supply of the record"


def test_leaving_without_tablets_asks_why_and_what_was_not_asked_stays_not_assessed(story):
    story.set_up().to_the_seizure()
    with pytest.raises(InputRefused, match="nobody leaves without them unnoticed"):
        released(story, against_advice={"supply": {"form": "supply", "days": 0}})
    released(story, against_advice={"supply": {"form": "supply", "days": 0, "none_because": "left running"}})
    body = story.view().kept.release[1]
    assert body.against_advice.naloxone is Answer.NOT_ASSESSED
    assert body.disposition == "left against advice, destination not told"


# --- The gate's requirements, one by one -----------------------------------------------------------


def test_each_requirement_leaves_the_list_when_it_is_met(story):
    story.to_day_nine()
    steps = [
        (RequirementId.NEXT_PRESCRIBER, lambda: story.prescriber()),
        (RequirementId.FIRST_VISIT, lambda: story.first_visit()),
        (RequirementId.CONSENT, lambda: story.consent()),
        (RequirementId.SUPPLY, lambda: story.supply(5)),
        (RequirementId.NALOXONE, lambda: story.check("naloxone_declined")),
        (RequirementId.NO_DRIVING, lambda: story.check("no_driving")),
        (RequirementId.NEUROLOGY, lambda: story.service("neurology")),
        (
            RequirementId.CALL_AFTER_SEIZURE,
            lambda: story.service("check-in", starts_at=(story.clock() + timedelta(hours=24)).isoformat()),
        ),
    ]
    for requirement, do in steps:
        before = story.view().gate
        assert requirement in missing_ids(story)
        do()
        assert requirement not in missing_ids(story)
        assert story.view().gate.percent_complete > before.percent_complete


def test_a_prescriber_who_was_named_and_has_not_accepted_is_not_enough(story):
    story.set_up().with_signed_plan()
    for accepted in ("not_assessed", "no"):
        story.prescriber(accepted=accepted)
        assert RequirementId.NEXT_PRESCRIBER in missing_ids(story)
        story.clock.advance(minutes=1)
    story.prescriber()
    assert RequirementId.NEXT_PRESCRIBER not in missing_ids(story)


def test_after_a_seizure_a_first_visit_beyond_72_hours_is_too_late_and_without_one_it_is_not(story):
    story.to_day_nine().first_visit(hours=73)
    late = next(found for found in story.view().gate.missing if found.id is RequirementId.FIRST_VISIT)
    assert "within 72 h" in late.why
    story.clock.advance(minutes=1)
    story.first_visit(hours=72)
    assert RequirementId.FIRST_VISIT not in missing_ids(story)
    calm = handoff_story.Leaving().set_up().with_signed_plan().first_visit(hours=200)
    assert RequirementId.FIRST_VISIT not in missing_ids(calm)


def test_a_call_after_the_next_day_is_too_late_after_a_seizure(story):
    story.to_day_nine().service("check-in", starts_at=(story.clock() + timedelta(days=3)).isoformat())
    assert RequirementId.CALL_AFTER_SEIZURE in missing_ids(story)


def test_naloxone_is_not_asked_for_only_when_every_reason_was_asked_and_answered_no(story):
    story.set_up().with_signed_plan()
    assert RequirementId.NALOXONE in missing_ids(story), "not assessed is never no"
    story.check("opioids_at_home", "no").check("substance_use_disorder", "no").check("naloxone", "no")
    assert RequirementId.NALOXONE not in missing_ids(story)
    story.clock.advance(minutes=1)
    story.check("opioids_at_home", "yes")
    assert RequirementId.NALOXONE in missing_ids(story)


def test_a_patient_who_declines_disclosure_is_released_all_the_same_and_nothing_is_exported(story):
    story.set_up().with_signed_plan()
    assert RequirementId.CONSENT in missing_ids(story)
    story.check("consent_declined")
    assert RequirementId.CONSENT not in missing_ids(story)
    draft = draft_summary(story.app, story.planner, story.episode_id, entry_id="draft-1")
    sign_summary(story.app, story.physician, story.episode_id, draft, entry_id="signed-1")
    with pytest.raises(InputRefused, match="declines"):
        export_summary(story.app, story.planner, story.episode_id)


def test_a_suspended_cut_keeps_the_ordinary_release_back_until_a_prescriber_has_decided(story):
    story.set_up().to_the_seizure()
    missing = next(found for found in story.view().gate.missing if found.id is RequirementId.SIGNED_PLAN)
    assert "until a prescriber has reviewed it" in missing.why


# --- Recording -------------------------------------------------------------------------------------


def test_the_newest_word_on_a_topic_stands_and_the_older_one_stays_in_the_record(story):
    story.set_up().admit().prescriber(accepted="no")
    story.clock.advance(hours=1)
    story.prescriber()
    assert story.view().kept.item(NextPrescriberItem).prescriber.accepted is Answer.YES
    assert len(records(story, RecordKind.RELEASE_ITEM)) == 2


def test_the_same_entry_sent_twice_is_kept_once(story):
    story.set_up().admit()
    written = {"form": "check", "topic": "lock_box", "answer": "yes"}
    for _click in range(2):
        record_release_item(story.app, story.nurse, story.episode_id, written, entry_id="entry-x")
        arrange_service(
            story.app, story.planner, story.episode_id, {"service": "cbt", "who": "M. Cole"}, entry_id="service-x"
        )
        record_consent(story.app, story.planner, story.episode_id, story.consent_form(), entry_id="consent-x")
    assert len(records(story, RecordKind.RELEASE_ITEM)) == 1
    assert len(records(story, RecordKind.AFTERCARE_SERVICE)) == 1
    assert len(records(story, RecordKind.CONSENT)) == 1


def test_a_cause_and_a_diagnosis_are_a_physicians_word(story):
    story.set_up().admit()
    cause = {"form": "text", "topic": "seizure_cause", "lines": ["unknown after work-up"]}
    diagnosis = {"form": "diagnoses", "diagnoses": [{"text": "Panic disorder", "code": "F41.0"}]}
    for written in (cause, diagnosis):
        for who in (story.planner, story.nurse):
            with pytest.raises(NotAllowed):
                record_release_item(story.app, who, story.episode_id, written, entry_id=story.entry())
        record_release_item(story.app, story.physician, story.episode_id, written, entry_id=story.entry())
    entered = story.view().composed.diagnoses.entries[0]
    assert entered.entered_by == "Synthetic Physician, physician"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"form": "check", "topic": "prescription_monitoring", "answer": "yes"}, "Give the date"),
        ({"form": "check", "topic": "naloxone", "answer": "yes"}, "Say which naloxone"),
        ({"form": "text", "topic": "goals", "lines": []}, "Write the topic"),
        ({"form": "supply", "days": 5, "products": []}, "exact products"),
        ({"form": "supply", "days": 0, "products": []}, "Say why no tablets"),
        (
            {
                "form": "supply",
                "days": 5,
                "products": [{"product": "clonazepam-tablet-9mg", "count": "3"}],
                "handed_over": "R. Singh to the patient",
            },
            "Choose a product from the list",
        ),
        (
            {
                "form": "supply",
                "days": 5,
                "products": [{"product": "clonazepam-tablet-1mg", "count": "1e1"}],
                "handed_over": "R. Singh to the patient",
            },
            "like 0.5 or 12",
        ),
        ({"form": "next_prescriber", "prescriber": {"name": "", "where": "", "phone": ""}}, "name and phone"),
    ],
)
def test_a_bad_entry_is_refused_in_a_sentence_and_nothing_is_kept(story, written, says):
    story.set_up().admit()
    with pytest.raises(InputRefused, match=says):
        record_release_item(story.app, story.physician, story.episode_id, written, entry_id="entry-x")
    assert records(story, RecordKind.RELEASE_ITEM) == []


def test_a_first_visit_in_the_past_is_refused(story):
    story.set_up().admit()
    with pytest.raises(InputRefused, match="lies ahead"):
        story.first_visit(hours=-1)


def test_an_unknown_service_is_refused_and_a_cancelled_one_leaves_the_list(story):
    story.set_up().admit()
    with pytest.raises(InputRefused, match="Choose a kind of service"):
        story.service("massage")
    story.service("cbt")
    kept = story.view().kept.services[0]
    cancelled = {**kept.body.model_dump(mode="json"), "cancelled": True}
    arrange_service(story.app, story.planner, story.episode_id, cancelled, entry_id="cancel-1", corrects=kept.record.id)
    assert story.view().kept.services == []
    assert len(records(story, RecordKind.AFTERCARE_SERVICE)) == 2
    with pytest.raises(StateConflict):
        arrange_service(
            story.app, story.planner, story.episode_id, cancelled, entry_id="cancel-2", corrects=kept.record.id
        )
    with pytest.raises(NotFound):
        arrange_service(story.app, story.planner, story.episode_id, cancelled, entry_id="cancel-3", corrects="none")


def test_a_nurse_arranges_no_service_and_a_pharmacist_records_no_item(story):
    story.set_up().admit()
    with pytest.raises(NotAllowed):
        arrange_service(story.app, story.nurse, story.episode_id, {"service": "cbt", "who": "M. Cole"}, entry_id="x")
    with pytest.raises(NotAllowed):
        story.item("check", story.actor(Role.PHARMACIST), topic="lock_box", answer="yes")


def test_topics_that_nobody_wrote_can_be_called_not_assessed_by_name_and_what_a_release_needs_is_untouched(story):
    story.set_up().with_signed_plan()
    story.item("text", topic="goals", lines=["Sleep through the night"])
    before = missing_ids(story)
    count = mark_topics_not_assessed(story.app, story.planner, story.episode_id, entry_id="bulk-1")
    composed = story.view().composed
    assert count > 10
    assert composed.goals.entries == ("Sleep through the night",)
    assert composed.housing.absence == "not_assessed"
    assert missing_ids(story) == before
    assert story.view().kept.check(CheckTopic.NALOXONE).answer is Answer.NOT_ASSESSED
    assert mark_topics_not_assessed(story.app, story.planner, story.episode_id, entry_id="bulk-2") == 0
