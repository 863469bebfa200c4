"""The printed handoff: everything the next clinician needs, nothing that misleads, whatever was typed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from taper_app.clinical.handoff.summary import HandoffSummary, SummaryStatus
from taper_app.clinical.handoff.summary_parts import (
    CourseEvent,
    ListedMedicine,
    MedicineChange,
    Replacement,
    SummaryPatient,
    SummaryUnit,
)
from taper_app.clinical.handoff.summary_taper import (
    BridgingSheet,
    MedicineAmount,
    NoTaperLeft,
    Piece,
    RemainingStep,
    RemainingTaper,
    SlotDose,
    StepKind,
)
from taper_app.clinical.handoff.topics import Absence, Listed, Section, said
from taper_app.clinical.protocol.handoff_texts import HandoffTexts
from taper_app.export.handoff_document import handoff_document
from taper_app.export.pdf import bridging_pdf, handoff_pdf

ChangeStory = Callable[..., HandoffSummary]
TextOf = Callable[[bytes], str]
InfoOf = Callable[[bytes], dict[str, str]]

EASTERN = timezone(timedelta(hours=-5))


def flat(text: str) -> str:
    """One line, so that a phrase is found wherever the page broke it."""
    return " ".join(text.split())


def taper_of(summary: HandoffSummary) -> RemainingTaper:
    assert isinstance(summary.taper, RemainingTaper)
    return summary.taper


@pytest.mark.parametrize(
    "phrase",
    [
        "Seizure, generalised, 2 minutes",
        "cause not yet known; withdrawal possible",
        "Visual hallucination, with insight",
        "Fri 15 Jan 2027 13:52",
        "lorazepam 2 mg,",
        "B. Ortiz, physician",
        "at least 30, at most 38",
        "incomplete, no band",
        "Plan for the prescriber, not a prescription",
        "asam-2025, version 2026.11, not signed by a clinician",
        "Thu 21 Jan 2027 10:00",
        "Dr A. Reyes",
        "Accepted, Mon 18 Jan 2027 15:10",
        "Telephone call",
        "L. Park, discharge planner",
        "911",
        "988, call or text",
        "555-0100",
        "Missed a dose",
        "Vomited after a dose",
        "Tablets lost, stolen or running",
        "no driving, no bathing or swimming alone, no heights, no machinery",
        "Tolerance is lower now",
        "does not reverse benzodiazepines",
        "often negative on an immunoassay",
        "locked box",
        "F13.23",
        "diphenhydramine stopped",
        "5 days to Sun 24 Jan 2027: clonazepam tablet 1 mg: 10 tablets",
        "two devices",
        "Penicillin: rash.",
        "EEG report, expected Mon 25 Jan 2027",
        "Other sedatives not assessed",
        "Readiness not assessed",
        "Procedures none",
        "Medicines for opioid use disorder not applicable",
        "Panic disorder, CBT to start.",
        "sister stays for two weeks",
        "SMART Recovery",
        "by L. Park, NOT confirmed",
        "For what Treatment, payment and health care operations",
        "Plan version 1, signed by B. Ortiz, physician on Mon 11 Jan 2027 10:05: SUPERSEDED",
        "First day without Fri 7 Apr 2028",
        "† unverified local default, needs a clinical lead's signature",
    ],
)
def test_the_story_is_told_on_paper(phrase: str, words_of_story: str) -> None:
    assert phrase in words_of_story


@pytest.fixture
def text_of_story(story: HandoffSummary, handoff_texts: HandoffTexts, text_of: TextOf) -> str:
    return text_of(handoff_pdf(story, handoff_texts))


@pytest.fixture
def words_of_story(story: HandoffSummary, handoff_texts: HandoffTexts, text_in_order: TextOf) -> str:
    return flat(text_in_order(handoff_pdf(story, handoff_texts)))


def test_every_remaining_step_stands_in_the_table_with_its_date_dose_and_cut(
    story: HandoffSummary, text_of_story: str
) -> None:
    words = flat(text_of_story)
    for day, dose, fall in (
        ("Fri 12 Feb 2027", "1.875 mg", "6.2% less"),
        ("Fri 12 Mar 2027", "1.75 mg", "6.7% less"),
        ("Fri 17 Dec 2027", "0.5 mg", "20% less"),
        ("Fri 10 Mar 2028", "0.125 mg", "50% less"),
    ):
        assert day in words
        assert dose in words
        assert fall in words
    assert len(taper_of(story).steps) == 17
    assert "1 and a half tablets of 0.5 mg" in words
    assert "half a tablet of 0.5 mg" in words


def test_no_cut_is_printed_before_28_days_after_the_seizure(story: HandoffSummary) -> None:
    cut = taper_of(story).next_cut
    assert cut is not None
    assert cut.starts_on == date(2027, 1, 15) + timedelta(days=28)


def test_each_page_names_the_patient_the_version_its_number_and_the_short_notice(
    story: HandoffSummary, handoff_texts: HandoffTexts, text_of: TextOf
) -> None:
    pages = text_of(handoff_pdf(story, handoff_texts)).rstrip("\f\n").split("\f")
    for number, page in enumerate(pages, start=1):
        words = flat(page)
        assert "DOE, Jane" in words
        assert "Record 00123" in words
        assert "born 3 Mar 1982" in words
        assert "3 East" in words
        assert f"page {number} of {len(pages)}" in words
        assert "version 2: signed by B. Ortiz, physician, Tue 19 Jan 2027 11:20" in words
        assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in words


def test_the_full_notice_stands_once_on_the_last_page(text_of_story: str) -> None:
    pages = [flat(page) for page in text_of_story.rstrip("\f\n").split("\f")]
    full = "These rules prohibit you from using or disclosing this record, or testimony that describes"
    assert [full in page for page in pages] == [False] * (len(pages) - 1) + [True]
    assert "is NOT sufficient to meet the required elements of written consent" in pages[-1]


def test_an_ordinary_stay_takes_two_to_four_pages(
    story: HandoffSummary, handoff_texts: HandoffTexts, info_of: InfoOf
) -> None:
    assert 2 <= int(info_of(handoff_pdf(story, handoff_texts))["Pages"]) <= 4


def test_the_file_is_tagged_has_a_title_and_nothing_that_runs(
    story: HandoffSummary, handoff_texts: HandoffTexts, info_of: InfoOf
) -> None:
    pdf = handoff_pdf(story, handoff_texts)
    info = info_of(pdf)
    assert info["Tagged"] == "yes"
    assert info["JavaScript"] == "no"
    assert info["Title"].startswith("Aftercare handoff summary, version 2")
    for name in (b"/JavaScript", b"/OpenAction", b"/Launch", b"/JS", b"/URI", b"/EmbeddedFile"):
        assert name not in pdf
    assert b"pdfuaid" in pdf


def test_the_chart_has_a_text_alternative(story: HandoffSummary, handoff_texts: HandoffTexts) -> None:
    assert b"Step chart of clonazepam" in handoff_pdf(story, handoff_texts)


def test_the_same_summary_gives_the_same_bytes(story: HandoffSummary, handoff_texts: HandoffTexts) -> None:
    again = HandoffSummary.model_validate_json(story.model_dump_json())
    assert handoff_pdf(story, handoff_texts) == handoff_pdf(again, handoff_texts)


def test_every_word_on_paper_keeps_the_display_rules(
    text_of_story: str, display_violations: Callable[[str], list[str]]
) -> None:
    assert display_violations(flat(text_of_story)) == []


def test_every_text_handed_to_the_typesetter_keeps_the_display_rules(
    story: HandoffSummary, handoff_texts: HandoffTexts, display_violations: Callable[[str], list[str]]
) -> None:
    def strings(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return [text for part in parts for text in strings(part)]

    document = json.loads(handoff_document(story, handoff_texts).as_json())
    texts = [text for text in strings(document) if not text.startswith("<svg")]
    assert len(texts) > 200
    assert [found for text in texts for found in display_violations(text)] == []


def test_a_draft_says_so_on_every_page_and_lists_what_is_missing(
    change_story: ChangeStory, handoff_texts: HandoffTexts, text_of: TextOf
) -> None:
    draft = change_story(status=SummaryStatus.DRAFT, signature=None, naloxone=None, allergies=Section())
    pages = text_of(handoff_pdf(draft, handoff_texts)).rstrip("\f\n").split("\f")
    assert all("DRAFT, not signed" in flat(page) for page in pages)
    assert "Still missing: Allergies, Naloxone." in flat(pages[0])
    assert "signed by B. Ortiz, physician, Tue 19 Jan" not in flat(" ".join(pages))


def test_a_superseded_version_never_looks_current(
    change_story: ChangeStory, handoff_texts: HandoffTexts, text_of: TextOf
) -> None:
    replaced = Replacement(version=3, at=datetime(2027, 1, 20, 9, tzinfo=EASTERN))
    old = change_story(status=SummaryStatus.SUPERSEDED, replaced=replaced)
    text = text_of(handoff_pdf(old, handoff_texts))
    pages = text.rstrip("\f\n").split("\f")
    assert all("SUPERSEDED by version 3 on Wed 20 Jan 2027 09:00" in flat(page) for page in pages)
    assert "See version 3" in flat(pages[0])
    assert "Fri 12 Feb 2027" not in flat(pages[0])
    assert "Taper: steps left" not in text
    assert "these steps are no longer valid" in text


def bridging() -> BridgingSheet:
    return BridgingSheet(
        plan_version=1,
        suspended_since=datetime(2027, 1, 15, 13, 52, tzinfo=EASTERN),
        because="Seizure on Fri 15 Jan 2027, cause not yet known; withdrawal possible.",
        last_tolerated=(SlotDose(time="08:00", medicine="clonazepam", mg=Decimal(1)),),
        last_tolerated_daily=(MedicineAmount(medicine="clonazepam", mg=Decimal(2)),),
        call=("Dr A. Reyes, 555-0142", "3 East, day and night, 555-0100"),
    )


def test_a_suspended_plan_prints_a_bridging_sheet_and_no_cut(
    change_story: ChangeStory,
    handoff_texts: HandoffTexts,
    text_in_order: TextOf,
    display_violations: Callable[[str], list[str]],
) -> None:
    text = flat(text_in_order(handoff_pdf(change_story(taper=bridging()), handoff_texts)))
    assert "Bridging sheet: keep the dose, no cut" in text
    assert "Last tolerated dose clonazepam 2 mg a day" in text
    assert "Do not omit the benzodiazepine." in text
    assert "3 East, day and night, 555-0100" in text
    assert "% less" not in text
    assert "first cut Fri" not in text
    assert "1.75 mg" not in text
    assert display_violations(text) == []


def test_a_summary_and_a_bridging_sheet_print_at_any_part_of_a_second(
    change_story: ChangeStory, handoff_texts: HandoffTexts
) -> None:
    now = change_story(written_at=datetime(2027, 1, 19, 10, 0, 0, 123_456, tzinfo=EASTERN))
    assert handoff_pdf(now, handoff_texts).startswith(b"%PDF")
    assert bridging_pdf(now, bridging(), handoff_texts).startswith(b"%PDF")


def test_a_finished_taper_says_so(change_story: ChangeStory, handoff_texts: HandoffTexts, text_of: TextOf) -> None:
    done = change_story(taper=NoTaperLeft(statement="Last dose on Mon 18 Jan 2027; nothing is left to taper."))
    text = flat(text_of(handoff_pdf(done, handoff_texts)))
    assert "nothing is left to taper" in text
    assert "Missed a dose" not in text


def test_a_topic_nobody_wrote_reads_not_written_and_never_none(
    change_story: ChangeStory, handoff_texts: HandoffTexts, text_of: TextOf
) -> None:
    draft = change_story(status=SummaryStatus.DRAFT, signature=None, events=Listed[CourseEvent](), housing=Section())
    text = flat(text_of(handoff_pdf(draft, handoff_texts)))
    assert "Housing not written yet" in text
    assert "no driving, no bathing" in text, "what nobody recorded is treated as if it happened"


def test_without_a_seizure_its_restrictions_are_not_printed(
    change_story: ChangeStory, handoff_texts: HandoffTexts, text_of: TextOf
) -> None:
    calm = change_story(events=Listed[CourseEvent](absence=Absence.NONE))
    assert "no bathing" not in flat(text_of(handoff_pdf(calm, handoff_texts)))


HOSTILE = (
    '#read("/etc/passwd")',
    '"]) #panic("x")',
    "<script>alert(1)</script>",
    "$x^2$ *bold* _it_ `raw` @ref <label>",
    "\\u{41} \\# // /* comment */",
    ") << /JS (app.alert) >>",
    "{emergency_number} {unknown}",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_typed_comes_out_as_text(
    text: str, change_story: ChangeStory, handoff_texts: HandoffTexts, text_of: TextOf
) -> None:
    hostile = change_story(
        patient=SummaryPatient(label=text, record_number="1", born_on=date(1982, 3, 3), age_years=44, sex="F"),
        synopsis=said(text),
        medicines=Listed[ListedMedicine](entries=(ListedMedicine(name=text, change=MedicineChange.NEW),)),
        unit=SummaryUnit(name=text, zone="America/New_York", emergency_number=text, crisis_lines=text),
    )
    words = text_of(handoff_pdf(hostile, handoff_texts)).replace("\u200b", "")
    assert flat(words).count(text) >= 3


def test_names_of_every_script_are_printed_or_spelt_out(
    change_story: ChangeStory, handoff_texts: HandoffTexts, text_of: TextOf
) -> None:
    strange = change_story(
        patient=SummaryPatient(
            label="Ω ÅSTRÖM-ŁUKASZ, דנה سلمى 王 😀 \u202e5.0",
            record_number="1",
            born_on=date(1982, 3, 3),
            age_years=44,
            sex="X",
        ),
        goals=said("a\x00b\ud800c\u2066d"),
    )
    text = flat(text_of(handoff_pdf(strange, handoff_texts)))
    assert "ÅSTRÖM-ŁUKASZ" in text
    assert "unprintable 738B" in text
    assert "unprintable 202E" in text
    assert "\u202e5.0" not in text
    assert "a[unprintable 0000]b[unprintable D800]c[unprintable 2066]d" in text.replace("\u200b", "")


def test_very_long_names_and_texts_stay_on_the_page(
    change_story: ChangeStory, handoff_texts: HandoffTexts, text_of: TextOf, info_of: InfoOf
) -> None:
    name = "W" * 80 + ", " + "M" * 80
    long = change_story(
        patient=SummaryPatient(label=name, record_number="9" * 40, born_on=date(1982, 3, 3), age_years=44, sex="F"),
        housing=said("very " * 3000),
        goals=said("x" * 4000),
        medicines=Listed[ListedMedicine](
            entries=(ListedMedicine(name="n" * 300, change=MedicineChange.NEW, note="word " * 2000),)
        ),
    )
    pdf = handoff_pdf(long, handoff_texts)
    text = text_of(pdf)
    letters = "".join(text.replace("\u200b", "").split())
    pages = int(info_of(pdf)["Pages"])
    assert letters.count("W") >= 80 * pages, "the whole name stands on each page"
    assert len(re.findall(r"\bvery\b", text)) == 3000
    assert letters.count("x") >= 4000


def two_hundred_steps() -> RemainingTaper:
    medicine = "diazepam"
    steps = []
    for index in range(200):
        mg = Decimal(200 - index) / 2
        dose = SlotDose(
            time="20:00",
            medicine=medicine,
            mg=mg,
            pieces=(Piece(count=mg, form="oral solution", strength_mg=Decimal(1), liquid=True),),
        )
        steps.append(
            RemainingStep(
                number=index + 1,
                kind=StepKind.CUT if index else StepKind.KEEP,
                starts_on=date(2027, 1, 1) + timedelta(days=7 * index),
                days=7,
                daily=(MedicineAmount(medicine=medicine, mg=mg),),
                doses=(dose,),
            )
        )
    return RemainingTaper(
        plan_version=1,
        plan_signature=None,
        protocol={"id": "p", "version": "1"},
        current_daily=(MedicineAmount(medicine=medicine, mg=Decimal(100)),),
        steps=tuple(steps),
    )


def test_two_hundred_steps_are_all_printed_with_a_head_on_each_page(
    change_story: ChangeStory, handoff_texts: HandoffTexts, text_of: TextOf
) -> None:
    long = change_story(status=SummaryStatus.DRAFT, signature=None, taper=two_hundred_steps())
    text = text_of(handoff_pdf(long, handoff_texts))
    assert len(re.findall(r"mL of oral solution 1 mg per mL", flat(text))) == 200
    assert text.count("From, for") > 3


def test_with_three_or_more_times_a_day_every_dose_has_its_own_line(
    change_story: ChangeStory, handoff_texts: HandoffTexts, text_of: TextOf
) -> None:
    tablet = Piece(count=Decimal("0.5"), form="tablet", strength_mg=Decimal(1))
    doses = tuple(
        SlotDose(time=time, medicine="clonazepam", mg=Decimal("0.5"), pieces=(tablet,))
        for time in ("08:00", "14:00", "22:00")
    )
    daily = (MedicineAmount(medicine="clonazepam", mg=Decimal("1.5")),)
    step = RemainingStep(number=1, kind=StepKind.KEEP, starts_on=date(2027, 1, 16), daily=daily, doses=doses)
    fields: dict[str, Any] = {"plan_version": 1, "plan_signature": None, "current_daily": daily, "steps": (step,)}
    taper = RemainingTaper(protocol={"id": "p", "version": "1"}, **fields)
    text = flat(
        text_of(handoff_pdf(change_story(status=SummaryStatus.DRAFT, signature=None, taper=taper), handoff_texts))
    )
    assert "14:00 0.5 mg: half a tablet of 1 mg" in text
    assert "until reviewed" in text


def test_outside_part_2_no_notice_of_that_law_is_printed(
    change_story: ChangeStory, handoff_texts: HandoffTexts, text_of: TextOf
) -> None:
    unit = SummaryUnit(name="3 East", zone="America/New_York", part2_program=False)
    text = flat(text_of(handoff_pdf(change_story(unit=unit), handoff_texts)))
    assert "42 CFR" not in text
    assert "Confidential health record." in text
