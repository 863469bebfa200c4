"""The protocol the plan names, and the patient it is for: known, allowed, and asked about."""

from __future__ import annotations

import re
from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.pace import PercentPace
from taper_app.clinical.checking.reading import ANSWERED_FACTS
from taper_app.clinical.checking.shapes import PatientRead, WarningRead

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
#: A word by which a warning's text names each fact; any one is enough.
_WORDS = {
    "age_years": ("age",),
    "months_of_use": ("months", "how long", "duration"),
    "use_verified": ("verif",),
    "seizure_history": ("seizure",),
    "taken_for_epilepsy": ("epilep",),
    "hepatic_impairment": ("hepatic", "liver"),
    "pregnant": ("pregnan",),
    "opioid_co_use": ("opioid",),
    "alcohol_co_use": ("alcohol",),
}


def judge_protocol(case: Case) -> None:
    named, request = case.plan.protocol, case.request
    if request is None:
        case.findings.not_judged(
            "The plan has no request: its pace, products, setting and patient are not judged by it."
        )
    if named is None:
        case.findings.not_judged("The plan does not say which edition of its protocol it was made from.")
        if request is not None and request.protocol is not None and case.taper is None:
            case.findings.violated("protocol-unknown", None, f"No shipped protocol is called {request.protocol}.")
        return
    if case.taper is None:
        case.findings.violated("protocol-unknown", None, f"No shipped protocol is called {named.id}.")
        return
    if request is not None and request.protocol is not None and request.protocol != named.id:
        case.findings.violated(
            "protocol-unknown", None, f"The plan was made by {named.id}, the request asks for {request.protocol}."
        )
    _judge_edition(case, named.sha256, named.version)
    medicines = {medicine for step in case.plan.steps for medicine in step.amounts}
    only = set(case.taper.only_medicines)
    if only and medicines - only:
        case.findings.violated(
            "protocol-for-another-medicine",
            None,
            f"{case.taper.name} is for {', '.join(sorted(only))}, not for {', '.join(sorted(medicines - only))}.",
        )


def _judge_edition(case: Case, sha256: str | None, version: str | None) -> None:
    assert case.taper is not None
    shipped = case.protocols.sha256.get(case.taper.id)
    if sha256 is None:
        case.findings.not_judged(f"The plan does not give the fingerprint of {case.taper.id}.")
    elif not _SHA256.fullmatch(sha256):
        case.findings.violated("protocol-fingerprint", None, "The protocol's sha256 is not 64 hexadecimal digits.")
    elif sha256 != shipped:
        case.findings.not_judged(
            f"The plan was made from another edition of {case.taper.id} (its sha256 is not that of the shipped file);"
            " it is judged by the shipped one."
        )
    elif version is not None and version != case.taper.version:
        case.findings.violated(
            "protocol-fingerprint", None, f"The fingerprint belongs to version {case.taper.version}, not to {version}."
        )


def judge_patient(case: Case) -> None:
    if case.request is None:
        return
    patient = case.request.patient
    _judge_not_assessed(case, patient)
    _judge_refusals(case, patient)
    _judge_seizure_pace(case, patient)


def _judge_not_assessed(case: Case, patient: PatientRead) -> None:
    """Facts that nobody asked about share one signature, which lists them."""
    unknown = [name for name in ANSWERED_FACTS if patient.answers[name] == "not_assessed"]
    if patient.months_of_use is None:
        unknown.insert(0, "months_of_use")
    if patient.age_years is None:
        unknown.insert(0, "age_years")
    signs = [w for w in case.plan.warnings or () if w.is_signed_for and w.mentions("assess")]
    if not unknown:
        return
    if not signs:
        case.findings.violated(
            "facts-not-assessed", None, f"Not assessed, and not signed for: {', '.join(map(_in_words, unknown))}."
        )
        return
    if len(signs) > 1:
        case.findings.violated("facts-not-assessed", None, "Facts that are not assessed share one sign warning.")
    unnamed = [name for name in unknown if not _names(signs, name)]
    if unnamed:
        case.findings.violated(
            "facts-not-assessed", None, f"The sign warning does not list: {', '.join(map(_in_words, unnamed))}."
        )
    else:
        case.findings.accepted(
            "facts-not-assessed",
            None,
            f"Not assessed: {', '.join(map(_in_words, unknown))}. Signed for as {signs[0].code}.",
        )


def _judge_refusals(case: Case, patient: PatientRead) -> None:
    """Patients for whom no plan is made automatically."""
    answers = patient.answers
    if patient.age_years is not None and patient.age_years < case.limits.youngest_adult.years:
        _refuse(case, f"The patient is {patient.age_years} years old; plans are for adults.")
    if patient.specialist is None:
        for name in ("seizure_history", "taken_for_epilepsy"):
            if answers[name] == "yes":
                _refuse(case, f"With {_in_words(name)} a plan needs a named specialist.")
    if answers["pregnant"] == "yes" and patient.obstetric_contact is None:
        _refuse(case, "In pregnancy a plan needs a named obstetric contact.")
    ruled_out = {name.casefold() for name in case.limits.no_automatic_plan_with.names}
    for sedative in patient.other_sedatives or ():
        if sedative.strip().casefold() in ruled_out:
            _refuse(case, f"Dependence on {sedative.strip()} rules out an automatic plan.")
    _judge_liver_target(case, patient)


def _judge_liver_target(case: Case, patient: PatientRead) -> None:
    target = case.request.taper_medicine if case.request is not None else None
    medicine = case.protocols.medicines.get(target) if target is not None else None
    if patient.answers["hepatic_impairment"] != "yes" or medicine is None or medicine.liver is None:
        return
    if medicine.liver.refuse_as_target and medicine.id not in (case.course.start or {}):
        _refuse(case, f"In liver impairment nobody is changed to {medicine.name}.")


def _judge_seizure_pace(case: Case, patient: PatientRead) -> None:
    if patient.answers["seizure_history"] != "yes" or case.has_override or case.pace is None:
        return
    limit = case.limits.seizure_history_pace
    if not isinstance(case.pace, PercentPace):
        case.findings.not_judged("With a seizure history the pace is limited in percent; this protocol's has none.")
        return
    is_too_big = case.pace.cut_percent > Fraction(limit.at_most_cut_percent)
    if is_too_big or case.pace.every_days < limit.at_least_every_days:
        case.findings.violated(
            "seizure-history-pace",
            None,
            f"With a seizure history at most {limit.at_most_cut_percent} % is cut,"
            f" every {limit.at_least_every_days} days at the soonest.",
        )


def _refuse(case: Case, sentence: str) -> None:
    case.findings.violated("no-automatic-plan", None, sentence)


def _names(signs: list[WarningRead], fact: str) -> bool:
    return any(sign.mentions(*_WORDS[fact]) for sign in signs)


def _in_words(fact: str) -> str:
    return fact.replace("_", " ")
