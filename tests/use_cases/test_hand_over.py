"""The handoff through its use-cases: the ninth day end to end, consent, rights, versions, the bridging sheet."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from datetime import timedelta

import pytest

import handoff_story
from taper_app.clinical.errors import InputRefused, NotAllowed, StateConflict
from taper_app.clinical.handoff.consent import RecipientKind
from taper_app.clinical.handoff.entries import ExportBody
from taper_app.clinical.handoff.summary import SummaryStatus
from taper_app.clinical.handoff.summary_taper import BridgingSheet, RemainingTaper
from taper_app.clinical.people import Role
from taper_app.clinical.records import RecordKind
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.consent import revoke_consent
from taper_app.use_cases.hand_over import (
    ExportRefused,
    SummaryOutdated,
    bridging_sheet,
    draft_summary,
    export_summary,
    sign_summary,
)
from taper_app.use_cases.handoff_view import open_summary
from taper_app.use_cases.plan_taper import request_plan_change
from taper_app.use_cases.release import clear_release_veto


@pytest.fixture
def story():
    return handoff_story.Leaving()


@pytest.fixture
def day_nine(story):
    """Everything is arranged and the veto is cleared; the summary is still to be written."""
    return story.to_day_nine().everything_arranged().veto_cleared()


def drafted(story, **more):
    return draft_summary(story.app, story.planner, story.episode_id, entry_id=story.entry(), **more)


def signed(story, **more):
    sign_summary(story.app, story.physician, story.episode_id, drafted(story, **more), entry_id=story.entry())


def exported(story, who=None, **more):
    return export_summary(story.app, who or story.planner, story.episode_id, **more)


def records(story, kind):
    return [record for record in story.chart().records if record.kind is kind]


@pytest.fixture
def words(tmp_path):
    """The words of a PDF."""
    program = shutil.which("pdftotext")
    if program is None:
        if os.environ.get("TAPER_REQUIRE_BROWSER") == "1":
            pytest.fail("pdftotext (package poppler-utils) is not installed.")
        pytest.skip("pdftotext (package poppler-utils) is not installed.")

    def read(pdf):
        file = tmp_path / "read.pdf"
        file.write_bytes(pdf)
        return subprocess.run([program, "-layout", file, "-"], capture_output=True, check=True).stdout.decode("utf-8")

    return read


# --- Day 9 -----------------------------------------------------------------------------------------


def test_the_printed_summary_of_day_nine_tells_the_story_and_no_cut_within_28_days_of_the_seizure(day_nine, words):
    signed(day_nine)
    _name, media_type, pdf = exported(day_nine)
    text = words(pdf)
    assert media_type == "application/pdf"
    assert "Seizure, 2 minutes, recovered" in text
    assert "Visual hallucination, with insight" in text
    assert "unknown after work-up" in text
    assert "Fri 11 Dec 2026 08:00" in text, "the first visit"
    assert "This record which has been disclosed to you is protected" in text
    assert "SMART Recovery" in text
    assert "lorazepam 2 mg" in text
    taper = day_nine.view().kept.signed_summary.summary.taper
    assert isinstance(taper, RemainingTaper)
    first_cut = taper.next_cut
    seizure_on = next(event.at for event in day_nine.view().composed.events.entries if event.kind == "seizure").date()
    assert first_cut.starts_on >= seizure_on + timedelta(days=28)
    assert taper.steps[0].starts_on <= day_nine.chart().today
    for step in taper.steps:
        assert f"{step.starts_on.day} {step.starts_on:%b %Y}" in text, "every remaining step is printed"


def test_version_1_stands_in_the_summary_without_any_dose(day_nine):
    signed(day_nine)
    earlier = day_nine.view().kept.signed_summary.summary.taper.earlier_versions
    assert [version.version for version in earlier] == [1]
    assert earlier[0].why == "seizure under version 1"


def test_the_file_name_holds_nothing_of_the_patient(day_nine):
    signed(day_nine)
    name, _media_type, _pdf = exported(day_nine)
    assert name == "handoff-summary-version-1.pdf"


def test_an_export_is_a_record_with_recipient_consent_and_fingerprint(day_nine):
    signed(day_nine)
    _name, _media_type, pdf = exported(day_nine, recipient="Harbor Family Practice")
    kept = records(day_nine, RecordKind.EXPORT)[-1]
    body = kept.body_as(ExportBody)
    assert body.recipient == "Harbor Family Practice"
    assert body.consent == day_nine.view().kept.consent.id
    assert body.sha256 == hashlib.sha256(pdf).hexdigest()
    assert "2.32" in body.notice
    assert kept.author.role is Role.PLANNER


# --- The veto --------------------------------------------------------------------------------------


def test_the_veto_cannot_be_cleared_before_72_hours(story):
    story.set_up().restabilised().stay_well(4).everything_arranged()
    assert story.view().gate.veto.stands
    with pytest.raises(InputRefused) as refused:
        story.veto_cleared()
    assert [fault.field for fault in refused.value.faults] == ["veto.free"]
    assert "72 h are needed" in str(refused.value)
    assert records(story, RecordKind.VETO_CLEARANCE) == []


def test_the_veto_is_cleared_by_a_physician_by_name_and_with_a_reason(story):
    story.to_day_nine().everything_arranged()
    with pytest.raises(InputRefused, match="Write in a sentence"):
        story.veto_cleared(reason="ok")
    story.veto_cleared()
    veto = story.view().gate.veto
    assert not veto.stands
    assert veto.cleared_by == "Synthetic Physician, physician"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PHYSICIAN])
def test_nobody_but_a_physician_clears_the_veto(story, role):
    story.to_day_nine().everything_arranged()
    with pytest.raises(NotAllowed):
        clear_release_veto(story.app, story.actor(role), story.episode_id, handoff_story.REASON, entry_id="x")
    assert story.view().gate.veto.stands


def test_a_second_click_clears_nothing_twice_and_a_later_seizure_is_not_covered(story):
    story.to_day_nine().everything_arranged()
    for _click in range(2):
        clear_release_veto(story.app, story.physician, story.episode_id, handoff_story.REASON, entry_id="clearance-1")
    assert len(records(story, RecordKind.VETO_CLEARANCE)) == 1
    story.clock.advance(hours=1)
    story.seizure()
    assert story.view().gate.veto.stands


# --- Consent and what else keeps a summary back ----------------------------------------------------


def test_without_a_consent_nothing_is_exported_and_the_refusal_names_it(story):
    story.set_up().with_signed_plan()
    signed(story)
    with pytest.raises(ExportRefused, match="No consent is recorded") as refused:
        exported(story)
    assert [fault.field for fault in refused.value.faults] == ["consent"]
    assert records(story, RecordKind.EXPORT) == []
    with story.store.reading() as reading:
        newest = reading.audit_entries(1)[0]
    assert (newest.action, newest.outcome, newest.detail) == ("export_summary", "refused", "missing: consent")


def test_a_revoked_consent_keeps_the_summary_back_at_once_also_after_release(day_nine):
    signed(day_nine)
    exported(day_nine)
    consent = day_nine.view().kept.consent.id
    revoke_consent(day_nine.app, day_nine.planner, day_nine.episode_id, consent, entry_id="revoked-1")
    with pytest.raises(ExportRefused, match="revoked"):
        exported(day_nine)


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("covers", ""),
        ("recipients", ""),
        ("purpose", ""),
        ("ends", ""),
        ("signed_by", ""),
        ("signed_at", None),
        ("right_to_revoke_explained", False),
        ("redisclosure_explained", False),
    ],
)
def test_a_consent_without_one_of_its_elements_is_refused_by_that_element(story, element, value):
    story.set_up().admit()
    with pytest.raises(InputRefused) as refused:
        story.consent(**{element: value})
    assert [fault.field for fault in refused.value.faults] == [element]
    assert records(story, RecordKind.CONSENT) == []


def test_every_missing_element_is_named_at_once(story):
    story.set_up().admit()
    with pytest.raises(InputRefused) as refused:
        story.consent(covers="", purpose="", signed_by="")
    assert [fault.field for fault in refused.value.faults] == ["covers", "purpose", "signed_by"]


def test_one_consent_for_treatment_does_not_reach_the_family(day_nine):
    signed(day_nine)
    with pytest.raises(ExportRefused, match="specific one is needed"):
        exported(day_nine, recipient="her sister", recipient_kind=RecipientKind.FAMILY)


def test_a_specific_consent_reaches_those_it_names_and_nobody_else(story):
    story.set_up().with_signed_plan().consent(scope="specific", recipients="Harbor Family Practice, her sister")
    signed(story)
    exported(story, recipient="Her  sister", recipient_kind=RecipientKind.FAMILY)
    with pytest.raises(ExportRefused, match="does not name this recipient"):
        exported(story, recipient="her employer", recipient_kind=RecipientKind.OTHER)


def test_a_consent_that_has_ended_keeps_the_summary_back(story):
    story.set_up().with_signed_plan()
    story.consent(ends_on=(story.chart().today + timedelta(days=1)).isoformat())
    signed(story)
    exported(story)
    story.clock.advance(days=2)
    with pytest.raises(InputRefused, match="The consent has ended"):
        exported(story)


def test_while_the_crisis_lines_are_blank_nothing_is_exported(story):
    story.set_up(crisis_lines="").with_signed_plan().consent()
    signed(story)
    with pytest.raises(ExportRefused, match="crisis lines are blank"):
        exported(story)


def test_everything_that_is_missing_is_named_together(story):
    story.set_up(crisis_lines="").with_signed_plan()
    with pytest.raises(ExportRefused) as refused:
        exported(story, fmt="docx")
    assert [fault.field for fault in refused.value.faults] == ["format", "crisis_lines", "consent", "summary"]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PHYSICIAN, Role.PLANNER)])
def test_only_a_physician_and_a_planner_hand_a_summary_over(day_nine, role):
    signed(day_nine)
    with pytest.raises(NotAllowed):
        exported(day_nine, day_nine.actor(role))
    assert records(day_nine, RecordKind.EXPORT) == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PHYSICIAN])
def test_only_a_physician_signs_a_summary(day_nine, role):
    draft = drafted(day_nine)
    with pytest.raises(NotAllowed):
        sign_summary(day_nine.app, day_nine.actor(role), day_nine.episode_id, draft, entry_id="x")
    assert day_nine.view().kept.signed_summary is None


def test_a_planner_sees_the_handoff_and_not_the_whole_chart(story):
    story.set_up().with_signed_plan()
    assert open_summary(story.app, story.planner, story.episode_id).gate.missing
    with pytest.raises(NotAllowed):
        open_chart(story.app, story.planner, story.episode_id)


# --- Versions --------------------------------------------------------------------------------------


def test_a_draft_is_signed_as_it_was_read_and_not_when_the_plan_moved_on(story):
    story.set_up().with_signed_plan()
    draft = drafted(story)
    request_plan_change(story.app, story.nurse, story.episode_id, "shaky since noon", entry_id=story.entry())
    with pytest.raises(SummaryOutdated, match="the plan"):
        sign_summary(story.app, story.physician, story.episode_id, draft, entry_id=story.entry())


def test_only_the_newest_draft_can_be_signed(story):
    story.set_up().with_signed_plan()
    first = drafted(story)
    story.clock.advance(minutes=1)
    drafted(story)
    with pytest.raises(SummaryOutdated, match="newer draft"):
        sign_summary(story.app, story.physician, story.episode_id, first, entry_id=story.entry())


def test_a_summary_signed_before_the_seizure_is_never_handed_over_as_current(story):
    story.set_up().with_signed_plan().consent()
    signed(story)
    exported(story)
    story.clock.advance(hours=1)
    story.seizure()
    with pytest.raises(SummaryOutdated, match="suspended after the summary was signed"):
        exported(story)


def test_a_summary_of_an_older_plan_version_is_never_handed_over_as_current(story):
    story.set_up().with_signed_plan().consent()
    signed(story)
    story.clock.advance(minutes=5)
    story.propose(every_days=28)
    story.sign()
    with pytest.raises(SummaryOutdated, match="Another plan version was signed"):
        exported(story)


def test_an_older_summary_is_printed_only_as_superseded(day_nine, words):
    signed(day_nine)
    day_nine.clock.advance(minutes=30)
    day_nine.first_visit(hours=40)
    day_nine.clock.advance(minutes=1)
    signed(day_nine, what_changed="First visit brought forward.")
    name, _media_type, pdf = exported(day_nine, version=1)
    assert name == "handoff-summary-version-1.pdf"
    text = words(pdf)
    assert "SUPERSEDED by version 2" in text
    assert "Do not act on this version" in text
    newest = words(exported(day_nine)[2])
    assert "SUPERSEDED by version" not in newest
    assert "First visit brought forward." in newest


def test_a_new_version_says_what_changed(day_nine):
    signed(day_nine)
    with pytest.raises(InputRefused, match="Say what changed"):
        drafted(day_nine)


def test_a_signed_summary_stays_as_it_was_signed(day_nine):
    signed(day_nine)
    before = day_nine.view().kept.signed_summary.summary
    day_nine.clock.advance(hours=1)
    day_nine.prescriber(accepted="no")
    after = day_nine.view().kept.signed_summary.summary
    assert after == before
    assert after.status is SummaryStatus.SIGNED


# --- The bridging sheet ----------------------------------------------------------------------------


def test_after_the_seizure_the_summary_holds_a_bridging_sheet_and_no_cut(story):
    story.set_up().to_the_seizure()
    taper = story.view().composed.taper
    assert isinstance(taper, BridgingSheet)
    assert [(amount.medicine, amount.mg) for amount in taper.last_tolerated_daily] == [("clonazepam", 2)]
    assert "911" in " ".join(taper.call)


def test_the_bridging_sheet_is_printed_without_consent_plan_or_crisis_lines(story, words):
    story.set_up(crisis_lines="").admit()
    name, _media_type, pdf = bridging_sheet(story.app, story.nurse, story.episode_id)
    text = words(pdf)
    assert name == "bridging-sheet.pdf"
    assert "clonazepam 2 mg a day" in text
    assert "No cut until a prescriber has reviewed it" in text
    assert "Do not omit the benzodiazepine" in text
    assert records(story, RecordKind.EXPORT)[-1].body_as(ExportBody).recipient == "patient"


def test_while_the_plan_is_suspended_the_bridging_sheet_gives_the_dose_before_the_cut_and_none_of_its_steps(
    story, words
):
    story.set_up().to_the_seizure()
    text = words(bridging_sheet(story.app, story.physician, story.episode_id)[2])
    assert "Plan version 1 is suspended since" in text
    assert "clonazepam 2 mg a day" in text
    assert "1.875" not in text
    assert "1.75" not in text


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.AUDITOR, Role.ADMIN])
def test_who_does_not_care_for_the_patient_prints_no_bridging_sheet(story, role):
    story.set_up().admit()
    with pytest.raises(NotAllowed):
        bridging_sheet(story.app, story.actor(role), story.episode_id)


def test_a_plan_signed_after_a_bridging_summary_makes_that_summary_old(story):
    story.set_up().admit().consent()
    signed(story)
    story.clock.advance(minutes=5)
    story.propose()
    story.sign()
    with pytest.raises(StateConflict, match="after this bridging summary"):
        exported(story)


def test_a_consent_given_after_signing_is_explained_on_the_copy_that_is_handed_over(story, words):
    story.set_up().with_signed_plan()
    signed(story)
    story.consent(covers="the taper and the visits")
    _, _, pdf = exported(story)
    said = " ".join(words(pdf).split())
    assert "the taper and the visits" in said
    (kept,) = story.view().kept.summaries[-1:]
    assert kept.summary.consent is None, "what was signed stays as it was signed"
