"""What is still missing from a handoff summary, and which standard asks for it.

A topic counts as present when something is written or when it says why there is nothing: "none",
"not assessed", "not applicable" and "declined" are answers, silence is not. LOINC codes are those of the
C-CDA and IPS discharge sections.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.summary import HandoffSummary
from taper_app.clinical.handoff.summary_taper import RemainingTaper

#: LOINC code of the whole document.
DISCHARGE_SUMMARY_LOINC = "18842-5"


@dataclass(frozen=True, slots=True)
class RequiredSection:
    """One topic that the summary must hold; ``loinc`` is empty where no code was found."""

    key: str
    title: str
    loinc: str
    asked_by: str
    fix: str
    is_present: Callable[[HandoffSummary], bool]


@dataclass(frozen=True, slots=True)
class MissingSection:
    key: str
    title: str
    loinc: str
    asked_by: str
    fix: str


def missing_sections(summary: HandoffSummary) -> list[MissingSection]:
    """Every required topic that is neither written nor explicitly left empty, in the order of the summary."""
    return [
        MissingSection(required.key, required.title, required.loinc, required.asked_by, required.fix)
        for required in REQUIRED_SECTIONS
        if not required.is_present(summary)
    ]


def _listed(key: str, title: str, loinc: str, asked_by: str) -> RequiredSection:
    return RequiredSection(
        key,
        title,
        loinc,
        asked_by,
        f'Write "{title}", or say that it is none, not assessed or not applicable.',
        lambda summary: bool(getattr(summary, key).written),
    )


def _filled(
    key: str, title: str, loinc: str, asked_by: str, fix: str, is_present: Callable[[HandoffSummary], bool]
) -> RequiredSection:
    return RequiredSection(key, title, loinc, asked_by, fix, is_present)


def _protocol_is_named(summary: HandoffSummary) -> bool:
    return not isinstance(summary.taper, RemainingTaper) or bool(summary.taper.protocol.id)


def _last_dose_is_told(summary: HandoffSummary) -> bool:
    return summary.taper.kind == "none" or summary.taper.last_dose is not None


_JC = "Joint Commission RC.02.04.01"
_IPFQR = "CMS transition record"
_CCDA = "C-CDA discharge summary"
_SUD = "substance-use handoff"

REQUIRED_SECTIONS: tuple[RequiredSection, ...] = (
    _listed("reason_for_admission", "Reason for admission", "29299-5", _JC),
    _filled(
        "released_at",
        "Dates of the stay",
        "",
        _CCDA,
        "Record when the patient leaves.",
        lambda summary: summary.released_at is not None,
    ),
    _filled(
        "disposition",
        "Disposition",
        "",
        _JC,
        "Say where the patient goes.",
        lambda summary: bool(summary.disposition),
    ),
    _filled(
        "severity",
        "How ill",
        "",
        "I-PASS",
        "Say in a few words how ill the patient is at release.",
        lambda summary: bool(summary.severity),
    ),
    _listed("synopsis", "Hospital course", "8648-8", _CCDA),
    _listed("use_at_admission", "Use at admission", "42346-7", _CCDA),
    _listed("tasks", "To do, with owners", "", "I-PASS"),
    _filled(
        "next_prescriber",
        "Who prescribes next",
        "85847-2",
        _SUD,
        "Name the next prescriber with a phone number.",
        lambda summary: summary.next_prescriber is not None and bool(summary.next_prescriber.phone),
    ),
    _filled(
        "first_visit",
        "First visit",
        "18776-5",
        _JC,
        "Book the first visit and record who, when, where and the phone number.",
        lambda summary: summary.first_visit is not None and bool(summary.first_visit.phone),
    ),
    _filled(
        "unit.phone_day_and_night",
        "Number answered day and night",
        "",
        _IPFQR,
        "Enter the unit's number that is answered day and night in the unit's set-up.",
        lambda summary: bool(summary.unit.phone_day_and_night),
    ),
    _filled(
        "unit.emergency_number",
        "Emergency number",
        "",
        _SUD,
        "Enter the emergency number in the unit's set-up.",
        lambda summary: bool(summary.unit.emergency_number),
    ),
    _filled(
        "unit.crisis_lines",
        "Crisis lines",
        "",
        _SUD,
        "Enter the crisis lines in the unit's set-up.",
        lambda summary: bool(summary.unit.crisis_lines),
    ),
    _filled(
        "taper.protocol",
        "Protocol of the taper",
        "18776-5",
        _SUD,
        "Name the protocol that the plan follows.",
        _protocol_is_named,
    ),
    _filled(
        "taper.last_dose",
        "Last dose given",
        "",
        _SUD,
        "Record which dose was given last, and when.",
        _last_dose_is_told,
    ),
    _listed("scores", "Scores by day", "8648-8", _SUD),
    _listed("events", "Seizures, hallucinations, falls and other events", "8648-8", _SUD),
    _listed("doses_outside_plan", "Doses outside the plan", "8648-8", _SUD),
    _listed("procedures", "Procedures", "47519-4", _JC),
    _listed("consultations", "Consultations", "18841-7", _CCDA),
    _listed("results", "Results", "30954-2", _IPFQR),
    _listed("pending_tests", "Pending tests", "30954-2", _IPFQR),
    _listed("vital_signs_at_release", "Vital signs at release", "8716-3", _CCDA),
    _listed("condition_at_release", "Condition at release", "47420-5", _JC),
    _listed("diagnoses", "Diagnoses", "11535-2", _IPFQR),
    _listed("co_occurring", "Co-occurring disorders", "11450-4", _SUD),
    _listed("allergies", "Allergies", "48765-2", _CCDA),
    _listed("medicines", "Medicines", "10183-2", _IPFQR),
    _filled(
        "supply",
        "Supply handed over",
        "10183-2",
        _SUD,
        "Record how many days' supply was handed over, even when it is none.",
        lambda summary: summary.supply is not None,
    ),
    _filled(
        "naloxone",
        "Naloxone",
        "10183-2",
        _SUD,
        "Record whether naloxone was given.",
        lambda summary: (
            summary.naloxone is not None and (summary.naloxone.given is not Answer.YES or bool(summary.naloxone.detail))
        ),
    ),
    _listed("opioid_treatment", "Medicines for opioid use disorder", "10183-2", _SUD),
    _listed("facts", "Clinical facts asked", "11348-0", _SUD),
    _listed("services", "Aftercare services", "18776-5", _JC),
    _listed("support_groups", "Support groups", "18776-5", _SUD),
    _listed("care_team", "Care team", "85847-2", "USCDI"),
    _listed("housing", "Housing", "29762-2", _SUD),
    _listed("support_network", "Support at home", "29762-2", _SUD),
    _listed("goals", "Patient's goals", "61146-7", "42 CFR 482.43"),
    _listed("relapse_plan", "Relapse plan", "75310-3", _SUD),
    _listed("readiness", "Readiness", "75310-3", _SUD),
    _listed("transport", "Transport", "29762-2", _SUD),
    _listed("payer", "Insurance", "48768-6", _SUD),
    _listed("advance_directive", "Advance directive", "42348-3", _IPFQR),
    _listed("release_checks", "Checks before leaving", "8653-8", _SUD),
    _listed("teach_back", "Explained and repeated back", "8653-8", "Project RED"),
    _filled(
        "consent",
        "Consent to the disclosure",
        "",
        "42 CFR part 2",
        "Record the consent under which the summary is handed over.",
        lambda summary: not summary.unit.part2_program or summary.consent is not None,
    ),
)
