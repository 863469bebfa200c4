"""A summary is complete when every required topic is written or says why it is empty; silence never counts."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.advice import advice_for, contingencies_for
from taper_app.clinical.handoff.completeness import REQUIRED_SECTIONS, missing_sections
from taper_app.clinical.handoff.summary import HandoffSummary, SummaryStatus
from taper_app.clinical.handoff.summary_parts import (
    CourseEvent,
    Naloxone,
    ScaleOfDay,
    SummaryPatient,
    SummaryUnit,
    Supply,
)
from taper_app.clinical.handoff.summary_taper import (
    MedicineAmount,
    NoTaperLeft,
    ProtocolLine,
    RemainingStep,
    RemainingTaper,
    Signature,
    SlotDose,
    StepKind,
)
from taper_app.clinical.handoff.topics import Absence, Listed, none_of, said
from taper_app.clinical.people import Role
from taper_app.clinical.protocol.handoff_texts import HandoffTexts, filled
from taper_app.clinical.records import Author, EpisodeId

NOW = datetime(2027, 1, 19, 15, 30, tzinfo=UTC)
AUTHOR = Author(user_id="u", name="B. Ortiz", role=Role.PHYSICIAN)
PROTOCOLS = Path(__file__).resolve().parents[3] / "protocols"


def bare(**fields: Any) -> HandoffSummary:
    """A draft in which nothing is written."""
    base: dict[str, Any] = {
        "episode_id": EpisodeId("e"),
        "version": 1,
        "status": SummaryStatus.DRAFT,
        "written_at": NOW,
        "written_by": AUTHOR,
        "patient": SummaryPatient(
            label="DOE, Jane", record_number="1", born_on=date(1982, 3, 3), age_years=44, sex="F"
        ),
        "unit": SummaryUnit(name="3 East", zone="America/New_York"),
        "admitted_at": NOW - timedelta(days=8),
        "taper": NoTaperLeft(statement="No taper was begun."),
    }
    return HandoffSummary(**{**base, **fields})


def texts() -> HandoffTexts:
    read = tomllib.loads((PROTOCOLS / "handoff.toml").read_text("utf-8"), parse_float=Decimal)
    return HandoffTexts.model_validate(read)


def missing_keys(summary: HandoffSummary) -> set[str]:
    return {section.key for section in missing_sections(summary)}


def test_an_empty_draft_lacks_every_topic_but_the_taper_it_states() -> None:
    keys = {required.key for required in REQUIRED_SECTIONS}
    assert missing_keys(bare()) == keys - {"taper.protocol", "taper.last_dose"}


def test_every_missing_topic_names_the_fix() -> None:
    assert all(section.fix.endswith(".") and len(section.fix) > 15 for section in missing_sections(bare()))


@pytest.mark.parametrize("absence", list(Absence))
def test_saying_why_a_topic_is_empty_makes_it_present(absence: Absence) -> None:
    assert "housing" in missing_keys(bare())
    assert "housing" not in missing_keys(bare(housing=none_of(absence)))


def test_writing_about_a_topic_makes_it_present() -> None:
    assert "allergies" not in missing_keys(bare(allergies=said("Penicillin: rash.")))


def test_no_supply_at_all_must_still_be_said() -> None:
    assert "supply" in missing_keys(bare())
    assert "supply" not in missing_keys(bare(supply=Supply(days=0)))


def test_naloxone_ticked_without_what_was_given_is_missing() -> None:
    assert "naloxone" in missing_keys(bare(naloxone=Naloxone(given=Answer.YES)))
    assert "naloxone" not in missing_keys(bare(naloxone=Naloxone(given=Answer.YES, detail="nasal spray")))


def test_consent_is_asked_for_only_under_part_2() -> None:
    elsewhere = SummaryUnit(name="3 East", zone="America/New_York", part2_program=False)
    assert "consent" in missing_keys(bare())
    assert "consent" not in missing_keys(bare(unit=elsewhere))


def test_every_loinc_code_has_a_right_check_digit() -> None:
    for required in REQUIRED_SECTIONS:
        if required.loinc:
            number, digit = required.loinc.split("-")
            assert mod_10(number) == int(digit), required.key


def mod_10(number: str) -> int:
    """The LOINC check digit: every second digit from the right doubled, digits summed, up to the next ten."""
    odd = number[::-1][0::2][::-1]
    even = number[::-1][1::2][::-1]
    total = sum(int(digit) for digit in str(int(odd) * 2) + even)
    return -total % 10


def test_a_topic_cannot_hold_entries_and_a_reason_for_none() -> None:
    with pytest.raises(ValidationError, match="not both"):
        Listed[str](entries=("x",), absence=Absence.NONE)


def test_a_signed_summary_needs_a_signature_and_a_draft_has_none() -> None:
    signature = Signature(by=AUTHOR, at=NOW)
    with pytest.raises(ValidationError, match="who signed"):
        bare(status=SummaryStatus.SIGNED)
    with pytest.raises(ValidationError, match="no signature"):
        bare(signature=signature)


def test_a_superseded_summary_names_what_replaced_it() -> None:
    with pytest.raises(ValidationError, match="replaced it"):
        bare(status=SummaryStatus.SUPERSEDED)


def taper(**fields: Any) -> dict[str, Any]:
    daily = (MedicineAmount(medicine="clonazepam", mg=Decimal(1)),)
    step = RemainingStep(number=1, kind=StepKind.KEEP, starts_on=date(2027, 1, 16), days=14, daily=daily)
    return {
        "plan_version": 1,
        "plan_signature": None,
        "protocol": ProtocolLine(id="asam-2025", version="1"),
        "current_daily": daily,
        "steps": (step,),
        **fields,
    }


def test_a_signed_summary_cannot_show_an_unsigned_plan() -> None:
    with pytest.raises(ValidationError, match="sign the plan first"):
        bare(status=SummaryStatus.SIGNED, signature=Signature(by=AUTHOR, at=NOW), taper=RemainingTaper(**taper()))


def test_steps_with_a_gap_between_their_dates_are_refused() -> None:
    daily = (MedicineAmount(medicine="clonazepam", mg=Decimal(1)),)
    steps = (
        RemainingStep(number=1, kind=StepKind.KEEP, starts_on=date(2027, 1, 16), days=14, daily=daily),
        RemainingStep(number=2, kind=StepKind.CUT, starts_on=date(2027, 1, 31), days=14, daily=daily),
    )
    with pytest.raises(ValidationError, match="step 1 ends"):
        RemainingTaper(**taper(steps=steps))


def test_doses_that_do_not_add_up_to_the_day_are_refused() -> None:
    with pytest.raises(ValidationError, match="do not add up"):
        RemainingStep(
            number=1,
            kind=StepKind.KEEP,
            starts_on=date(2027, 1, 16),
            daily=(MedicineAmount(medicine="clonazepam", mg=Decimal(1)),),
            doses=(SlotDose(time="08:00", medicine="clonazepam", mg=Decimal("0.5")),),
        )


def test_the_next_cut_is_never_the_dose_that_is_given_now() -> None:
    daily = (MedicineAmount(medicine="clonazepam", mg=Decimal(1)),)
    now = RemainingStep(number=3, kind=StepKind.CUT, starts_on=date(2027, 1, 16), days=14, daily=daily)
    assert RemainingTaper(**taper(steps=(now,))).next_cut is None


def test_an_incomplete_scale_has_no_band() -> None:
    scores = {"worst_least": 1, "worst_most": 9, "latest_least": 1, "latest_most": 9}
    with pytest.raises(ValidationError, match="no band"):
        ScaleOfDay(scale="CIWA-B", worst_at=NOW, latest_at=NOW, band="mild", missing_items=("17",), **scores)


def test_the_summary_survives_json_unchanged() -> None:
    summary = bare(status=SummaryStatus.DRAFT, taper=RemainingTaper(**taper()), housing=none_of(Absence.DECLINED))
    assert HandoffSummary.model_validate_json(summary.model_dump_json()) == summary


def shown_ids(summary: HandoffSummary) -> set[str]:
    entries = [entry.id for entry in advice_for(summary, texts())]
    return {*entries, *(entry.id for entry in contingencies_for(summary, texts()))}


def test_the_seizure_restrictions_are_shown_after_a_seizure_and_when_nobody_recorded_events() -> None:
    seizure = Listed[CourseEvent](entries=(CourseEvent(kind="seizure", at=NOW, what="Seizure"),))
    assert "after-seizure" in shown_ids(bare(events=seizure))
    assert "after-seizure" in shown_ids(bare())
    assert "after-seizure" not in shown_ids(bare(events=Listed[CourseEvent](absence=Absence.NONE)))


def test_lost_tolerance_and_the_emergency_are_for_everyone() -> None:
    assert {"lost-tolerance", "emergency", "suicidal-thoughts"} <= shown_ids(bare())


def test_the_notices_are_the_present_wording_of_the_law() -> None:
    full, short = " ".join(texts().notice_full.paragraphs), texts().notice_short.paragraphs
    assert short == ("42 CFR part 2 prohibits unauthorized use or disclosure of these records.",)
    assert "any other use or disclosure of this record unless at least one of the following applies" in full
    assert "45 CFR part 164, subparts A and E" in full
    assert "further disclosure is expressly permitted" not in full


def test_every_text_names_a_listed_source() -> None:
    listed = tomllib.loads((PROTOCOLS / "sources-handoff.toml").read_text("utf-8"))["sources"]
    known = {source["id"] for source in listed}
    file = texts()
    cited = {file.notice_full, file.notice_short, file.plan_is_no_prescription, *file.contingencies, *file.advice}
    assert {entry.source for entry in cited} <= known


def test_a_blank_number_is_said_to_be_missing_and_a_value_is_never_filled_again() -> None:
    assert filled("Call {unit_phone}.", {}) == "Call the unit (number not recorded)."
    assert filled("Call {unit_phone}.", {"unit_phone": "{crisis_lines}"}) == "Call {crisis_lines}."


def test_an_unknown_placeholder_is_refused() -> None:
    broken = texts().model_dump()
    broken["advice"][0]["text"] = "Call {somebody}."
    with pytest.raises(ValidationError, match="somebody"):
        HandoffTexts.model_validate(broken)
