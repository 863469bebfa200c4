"""The worked story of the first release, as a summary: a seizure on day 5, released on day 9 on version 2.

All names and numbers are invented. Schedule: 2 mg a day; 5 % asked, 0.125 mg is the smallest cut these
products make; first cut 28 days after the seizure of Fri 15 Jan 2027, so on Fri 12 Feb 2027, then every 28 days.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import display_rules
from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.summary import HandoffSummary, SummaryStatus
from taper_app.clinical.handoff.summary_parts import (
    ArrangedService,
    ConsentLine,
    CourseEvent,
    DayOfScores,
    Diagnosis,
    DiagnosisKind,
    DoseOutsidePlan,
    Fact,
    ListedMedicine,
    MedicineChange,
    Naloxone,
    NextPrescriber,
    PendingTest,
    ReleaseCheck,
    ScaleOfDay,
    SummaryPatient,
    SummaryUnit,
    SuppliedProduct,
    Supply,
    Task,
    Visit,
)
from taper_app.clinical.handoff.summary_taper import (
    AcceptedWarning,
    DiazepamRange,
    EarlierVersion,
    GivenDose,
    MedicineAmount,
    Piece,
    ProtocolLine,
    RemainingStep,
    RemainingTaper,
    Signature,
    SlotDose,
    StepKind,
)
from taper_app.clinical.handoff.topics import Absence, Listed, none_of, said
from taper_app.clinical.people import Role
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.handoff_texts import HandoffTexts
from taper_app.clinical.quantities import plain, rounded
from taper_app.clinical.records import Author, EpisodeId

ROOT = Path(__file__).resolve().parents[2]
EASTERN = timezone(timedelta(hours=-5))
ORTIZ = Author(user_id="u1", name="B. Ortiz", role=Role.PHYSICIAN)
PARK = Author(user_id="u2", name="L. Park", role=Role.PLANNER)
ODT = Piece(count=Decimal(1), form="orally disintegrating tablet", strength_mg=Decimal("0.125"))


def on(day: int, hour: int = 8, minute: int = 0) -> datetime:
    """A moment of the stay: day 1 is Mon 11 Jan 2027."""
    return datetime(2027, 1, 10, hour, minute, tzinfo=EASTERN) + timedelta(days=day)


def pieces_for(mg: Decimal) -> tuple[Piece, ...]:
    """1 mg and scored 0.5 mg tablets, halves allowed, and whole 0.125 mg orally disintegrating tablets."""
    if mg == 1:
        return (Piece(count=Decimal(1), form="tablet", strength_mg=Decimal(1)),)
    odd = (mg / Decimal("0.125")) % 2 == 1
    rest = (mg - Decimal("0.125") if odd else mg) / Decimal("0.5")
    tablets = (Piece(count=rest, form="tablet", strength_mg=Decimal("0.5")),) if rest else ()
    return (*tablets, *((ODT,) if odd else ()))


def slot(time: str, mg: Decimal) -> SlotDose:
    return SlotDose(time=time, medicine="clonazepam", mg=mg, pieces=pieces_for(mg))


def doses_of(daily: Decimal) -> tuple[SlotDose, ...]:
    """Evenly on 08:00 and 20:00, the cut taken from the morning first."""
    eighths = int(daily / Decimal("0.125"))
    morning, evening = eighths // 2, eighths - eighths // 2
    times = (("08:00", morning), ("20:00", evening))
    return tuple(slot(time, count * Decimal("0.125")) for time, count in times if count)


def clonazepam(mg: Decimal) -> tuple[MedicineAmount, ...]:
    return (MedicineAmount(medicine="clonazepam", mg=mg),) if mg else ()


def story_steps() -> tuple[RemainingStep, ...]:
    steps = [
        RemainingStep(
            number=1,
            kind=StepKind.RESTABILISE,
            starts_on=date(2027, 1, 16),
            days=27,
            daily=clonazepam(Decimal(2)),
            doses=doses_of(Decimal(2)),
            reason="Restabilised after the seizure; no cut for 28 days after it.",
            evidence=Evidence.UNVERIFIED,
        )
    ]
    daily, starts_on = Decimal(2), date(2027, 2, 12)
    while daily:
        before, daily = daily, daily - Decimal("0.125")
        wanted = plain(rounded(before * Decimal("0.95"), 3))
        reason = (
            f"5 % less than {plain(before)} mg is {wanted} mg, which these products cannot make; the smallest cut they "
            f"allow is to {plain(daily)} mg, so the dose before it was given for 28 days, the longest interval the "
            "source prints."
        )
        steps.append(
            RemainingStep(
                number=len(steps) + 1,
                kind=StepKind.CUT if daily else StepKind.STOP,
                starts_on=starts_on,
                days=28 if daily else 0,
                daily=clonazepam(daily),
                doses=doses_of(daily),
                target_daily_mg=rounded(before * Decimal("0.95"), 4) if daily else Decimal(0),
                cut_percent_of_current=rounded((before - daily) / before * 100, 1),
                reason=reason if daily else "0.125 mg is the smallest dose these products make.",
            )
        )
        starts_on += timedelta(days=28)
    return tuple(steps)


def story_taper() -> RemainingTaper:
    steps = story_steps()
    return RemainingTaper(
        plan_version=2,
        plan_signature=Signature(by=ORTIZ, at=on(5, 16, 40)),
        protocol=ProtocolLine(
            id="asam-2025",
            version="2026.11",
            pace="5 % of the current dose every 28 days; ceiling 25 % in any 14 days",
            pace_evidence=Evidence.UNVERIFIED,
        ),
        current_daily=clonazepam(Decimal(2)),
        equivalent=DiazepamRange(
            low_mg=Decimal(20), high_mg=Decimal(40), chosen_mg=Decimal(40), chosen_table="ashton-2002"
        ),
        last_dose=GivenDose(medicine="clonazepam", mg=Decimal(1), at=on(9)),
        steps=steps,
        first_day_without=steps[-1].starts_on,
        specialist="Dr N. Weiss, neurology",
        accepted_warnings=(
            AcceptedWarning(
                message="The last three steps fall more than 25 % in 14 days; a liquid would soften them.",
                accepted_by=ORTIZ.signature,
                at=on(5, 16, 40),
            ),
            AcceptedWarning(
                message="Seizure history: at most 5 % every 4 weeks, with a named specialist.",
                accepted_by=ORTIZ.signature,
                at=on(5, 16, 40),
                evidence=Evidence.UNVERIFIED,
            ),
        ),
        earlier_versions=(
            EarlierVersion(
                version=1,
                signed_by=ORTIZ.signature,
                signed_at=on(1, 10, 5),
                replaced_at=on(5, 16, 40),
                why="Suspended at the seizure; first cut of 0.125 mg was on day 1.",
            ),
        ),
    )


def scale(
    name: str, worst: tuple[int, int], latest: tuple[int, int], day: int, band: str = "", missing: tuple[str, ...] = ()
) -> ScaleOfDay:
    return ScaleOfDay(
        scale=name,
        worst_least=worst[0],
        worst_most=worst[1],
        worst_at=on(day, 14),
        latest_least=latest[0],
        latest_most=latest[1],
        latest_at=on(day, 20),
        band=band,
        missing_items=missing,
    )


def story_days() -> tuple[DayOfScores, ...]:
    ciwa = {1: (14, 14, "mild"), 2: (17, 17, "mild"), 3: (30, 38, ""), 4: (34, 34, "moderate"), 5: (41, 41, "severe")}
    ciwa |= {6: (29, 29, "moderate"), 7: (22, 22, "moderate"), 8: (17, 17, "mild"), 9: (14, 14, "mild")}
    symptoms = {3: "tremor 3, stomach cramps 2, muscle cramps 2", 4: "tremor 3, light 2", 5: "tremor 3, sound 2"}
    days = []
    for day, (least, most, band) in ciwa.items():
        missing = ("17 concentration", "21 tremor observed") if not band else ()
        days.append(
            DayOfScores(
                day=day,
                on=on(day).date(),
                scales=(
                    scale("CIWA-B", (least, most), (least - 3, most - 3), day, band, missing),
                    scale("NEWS2", (2 if day == 5 else 0,) * 2, (0, 0), day),
                ),
                symptoms=symptoms.get(day, "tremor 1"),
                daily_given=clonazepam(Decimal("1.875") if day < 5 else Decimal(2)),
            )
        )
    return tuple(days)


def story_fields() -> dict[str, Any]:
    """Every field of the story's signed summary."""
    return {
        "episode_id": EpisodeId("e1"),
        "version": 2,
        "status": SummaryStatus.SIGNED,
        "written_at": on(9, 10, 30),
        "written_by": PARK,
        "signature": Signature(by=ORTIZ, at=on(9, 11, 20)),
        "what_changed": "First visit moved from Fri 22 Jan to Thu 21 Jan 2027.",
        "texts_version": "2026.11",
        "patient": SummaryPatient(
            label="DOE, Jane", record_number="00123", born_on=date(1982, 3, 3), age_years=44, sex="F"
        ),
        "unit": SummaryUnit(
            name="3 East",
            zone="America/New_York",
            phone_day_and_night="555-0100",
            emergency_number="911",
            crisis_lines="988, call or text",
        ),
        "admitted_at": on(1, 9, 15),
        "released_at": on(9, 13, 0),
        "disposition": "Home, with her sister",
        "reason_for_admission": said("Observed start of a clonazepam taper."),
        "use_at_admission": said("Clonazepam 1 mg at 08:00 and 1 mg at 20:00 for 18 months, prescribed, verified."),
        "severity": "Stable for 4 days on 2 mg a day after one seizure on day 5.",
        "synopsis": said(
            "Day 1: first cut to 1.875 mg a day. Day 3: tremor 3, cramps; the next cut was suspended. "
            "Day 4: saw people in the room and knew they were not real. Day 5: seizure of 2 minutes, full recovery.",
            "Seizure, cause not yet known; withdrawal possible. Restabilised on 2 mg a day, plan version 2 signed.",
        ),
        "tasks": Listed[Task](
            entries=(
                Task(what="Telephone call", owner="L. Park, discharge planner", due_on=date(2027, 1, 20)),
                Task(
                    what="First visit: CIWA-B, blood pressure, next prescription",
                    owner="Dr A. Reyes",
                    due_on=date(2027, 1, 21),
                ),
                Task(what="EEG result to Dr Weiss", owner="Ward secretary, 3 East", due_on=date(2027, 1, 25)),
                Task(what="Clear for driving, or not", owner="Dr N. Weiss, neurology"),
            )
        ),
        "next_prescriber": NextPrescriber(
            name="Dr A. Reyes",
            where="Harbor Family Practice",
            phone="555-0142",
            accepted=Answer.YES,
            accepted_at=on(8, 15, 10),
            accepted_heard_by="L. Park",
        ),
        "first_visit": Visit(
            who="Dr A. Reyes",
            at=on(11, 10),
            where="Harbor Family Practice, 12 Quay Street",
            phone="555-0142",
            booked_by="L. Park",
            confirmed=Answer.YES,
        ),
        "taper": story_taper(),
        "scores": Listed[DayOfScores](entries=story_days()),
        "events": Listed[CourseEvent](
            entries=(
                CourseEvent(
                    kind="hallucination",
                    at=on(4, 21, 10),
                    what="Visual hallucination, with insight",
                    done="Prescriber within 40 minutes; dose kept, no cut",
                ),
                CourseEvent(
                    kind="seizure",
                    at=on(5, 13, 52),
                    what="Seizure, generalised, 2 minutes, full recovery in 20 minutes",
                    cause="cause not yet known; withdrawal possible",
                    done="Emergency dose, glucose normal, CT normal, EEG done",
                ),
            )
        ),
        "doses_outside_plan": Listed[DoseOutsidePlan](
            entries=(
                DoseOutsidePlan(
                    at=on(5, 13, 55),
                    medicine="lorazepam",
                    mg=Decimal(2),
                    route="intravenous",
                    why="seizure",
                    ordered_by=ORTIZ.signature,
                    given_by="K. Mbeki, nurse",
                ),
            )
        ),
        "procedures": none_of(Absence.NONE),
        "consultations": said("Neurology, Dr N. Weiss, Sat 16 Jan 2027."),
        "results": said("CT head normal. Glucose and electrolytes normal. Urine immunoassay negative."),
        "pending_tests": Listed[PendingTest](
            entries=(
                PendingTest(
                    test="EEG report",
                    chased_by="ward secretary, 3 East",
                    expected_on=date(2027, 1, 25),
                    phone="555-0101",
                ),
            )
        ),
        "vital_signs_at_release": said("Tue 19 Jan 2027 08:00: RR 14, SpO2 98, BP 122/76, pulse 68, 36.8 °C, alert."),
        "condition_at_release": said("Walks alone, RASS 0, CIWA-B 11. Suicide screen negative on Tue 19 Jan 2027."),
        "diagnoses": Listed[Diagnosis](
            entries=(
                Diagnosis(
                    text="Sedative dependence with withdrawal",
                    code="F13.23",
                    kind=DiagnosisKind.PRINCIPAL,
                    entered_by=ORTIZ.signature,
                ),
                Diagnosis(text="Panic disorder", code="F41.0", entered_by=ORTIZ.signature),
            )
        ),
        "co_occurring": said("Panic disorder, CBT to start."),
        "allergies": said("Penicillin: rash."),
        "medicines": Listed[ListedMedicine](
            entries=(
                ListedMedicine(
                    name="clonazepam",
                    change=MedicineChange.CHANGED,
                    mg=Decimal(1),
                    directions="at 08:00 and at 20:00",
                    indication="taper after long use for panic disorder",
                    note="See the steps left.",
                ),
                ListedMedicine(
                    name="sertraline",
                    change=MedicineChange.NEW,
                    mg=Decimal(50),
                    directions="once a day in the morning",
                    indication="panic disorder",
                ),
                ListedMedicine(
                    name="diphenhydramine",
                    change=MedicineChange.STOPPED,
                    mg=Decimal(25),
                    directions="at night",
                    indication="sleep",
                    note="Sedative; not to be restarted.",
                ),
            )
        ),
        "supply": Supply(
            days=5,
            last_day_covered=date(2027, 1, 24),
            products=(SuppliedProduct(product="clonazepam tablet", strength_mg=Decimal(1), count=Decimal(10)),),
            handed_over="Given to the patient by R. Singh, pharmacist, Tue 19 Jan 2027 12:30",
        ),
        "naloxone": Naloxone(given=Answer.YES, detail="nasal spray 4 mg, two devices; sister taught"),
        "opioid_treatment": none_of(Absence.NOT_APPLICABLE),
        "facts": Listed[Fact](
            entries=(
                Fact(question="Seizure before this stay", answer=Answer.NO),
                Fact(question="Opioid use", answer=Answer.NO),
                Fact(question="Alcohol use", answer=Answer.NO),
                Fact(question="Pregnant", answer=Answer.NO, note="test Mon 11 Jan 2027"),
                Fact(question="Liver impairment", answer=Answer.NO),
                Fact(question="Other sedatives", answer=Answer.NOT_ASSESSED),
                Fact(question="Drives or uses machinery", answer=Answer.YES, note="told not to"),
            )
        ),
        "services": Listed[ArrangedService](
            entries=(
                ArrangedService(
                    what="Visit with the next prescriber",
                    who="Dr A. Reyes",
                    where="Harbor Family Practice",
                    starts_at=on(11, 10),
                    how_often="after each cut",
                    phone="555-0142",
                    booked_by="L. Park",
                    confirmed=Answer.YES,
                ),
                ArrangedService(
                    what="Neurology",
                    who="Dr N. Weiss",
                    where="City Hospital",
                    starts_at=on(18, 9),
                    how_often="once",
                    phone="555-0177",
                    booked_by="L. Park",
                    confirmed=Answer.YES,
                ),
                ArrangedService(
                    what="Cognitive behavioural therapy",
                    who="M. Cole",
                    where="Harbor Counselling",
                    starts_at=on(15, 17),
                    how_often="once a week",
                    phone="555-0160",
                    booked_by="L. Park",
                    confirmed=Answer.NO,
                ),
            )
        ),
        "support_groups": Listed[ArrangedService](
            entries=(
                ArrangedService(
                    what="SMART Recovery",
                    where="online",
                    starts_at=on(13, 19),
                    how_often="once a week",
                    phone="555-0188",
                    booked_by="patient",
                    confirmed=Answer.YES,
                    evidence=Evidence.UNVERIFIED,
                ),
            )
        ),
        "care_team": said("Dr A. Reyes (taper), Dr N. Weiss (neurology), M. Cole (therapy)."),
        "housing": said("Own flat; sister stays for two weeks."),
        "support_network": said("Sister, consents to contact: 555-0199."),
        "goals": said("“Sleep through the night and be at work again in March.”"),
        "relapse_plan": said(
            "Triggers: quarrels, sleepless nights. Early signs: counting tablets. Calls her sister first."
        ),
        "readiness": none_of(Absence.NOT_ASSESSED),
        "transport": said("Sister drives."),
        "payer": said("Verified Mon 18 Jan 2027."),
        "advance_directive": none_of(Absence.NONE),
        "release_checks": Listed[ReleaseCheck](
            entries=(
                ReleaseCheck(what="Prescription-monitoring check", answer=Answer.YES, note="Tue 19 Jan 2027"),
                ReleaseCheck(what="Old prescriptions cancelled", answer=Answer.YES),
                ReleaseCheck(what="Tablets at home counted and removed", answer=Answer.YES, note="34, by her sister"),
                ReleaseCheck(what="0.125 mg tablet available at the community pharmacy", answer=Answer.YES),
                ReleaseCheck(what="Contraception discussed", answer=Answer.NOT_ASSESSED),
            )
        ),
        "teach_back": said("Patient and sister repeated the plan and the numbers to call."),
        "consent": ConsentLine(
            scope="This summary, for all future treatment, payment and health care operations",
            recipients="My treating providers, health plans, payers, and people helping to operate this program",
            purpose="Treatment, payment and health care operations",
            signed_at=on(8, 11),
            ends="ends with treatment; can be revoked in writing at 3 East at any time",
        ),
    }


@pytest.fixture
def story() -> HandoffSummary:
    return HandoffSummary(**story_fields())


@pytest.fixture
def change_story() -> Callable[..., HandoffSummary]:
    """The story with some fields changed, validated anew."""

    def changed(**fields: Any) -> HandoffSummary:
        return HandoffSummary(**{**story_fields(), **fields})

    return changed


@pytest.fixture(scope="session")
def handoff_texts() -> HandoffTexts:
    path = ROOT / "protocols" / "handoff.toml"
    return HandoffTexts.model_validate(tomllib.loads(path.read_text("utf-8"), parse_float=Decimal))


@pytest.fixture
def text_of(tmp_path: Path) -> Callable[[bytes], str]:
    """The words of a PDF as they stand on the page, a form feed after each page."""
    return lambda pdf: _pdftotext(pdf, tmp_path, "-layout")


@pytest.fixture
def text_in_order(tmp_path: Path) -> Callable[[bytes], str]:
    """The words of a PDF in the order of its content, so that a cell's words stay together."""
    return lambda pdf: _pdftotext(pdf, tmp_path, "-raw")


def _poppler(program: str) -> str:
    """Where poppler's program is; without it the test is skipped, except where the CI demands its tools."""
    found = shutil.which(program)
    if found is None:
        if os.environ.get("TAPER_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{program} (package poppler-utils) is not installed.")
        pytest.skip(f"{program} (package poppler-utils) is not installed.")
    return found


def _pdftotext(pdf: bytes, folder: Path, how: str) -> str:
    file = folder / "read.pdf"
    file.write_bytes(pdf)
    read = subprocess.run([_poppler("pdftotext"), how, file, "-"], capture_output=True, check=True)
    return read.stdout.decode("utf-8")


@pytest.fixture
def info_of(tmp_path: Path) -> Callable[[bytes], dict[str, str]]:
    """What pdfinfo says, by name."""

    def info(pdf: bytes) -> dict[str, str]:
        file = tmp_path / "info.pdf"
        file.write_bytes(pdf)
        told = subprocess.run([_poppler("pdfinfo"), file], capture_output=True, check=True).stdout.decode("utf-8")
        return {name: value.strip() for name, _, value in (line.partition(":") for line in told.splitlines())}

    return info


@pytest.fixture(scope="session")
def display_violations() -> Callable[[str], list[str]]:
    """``violations`` of tests/support/display_rules.py."""
    found: Callable[[str], list[str]] = display_rules.violations
    return found
