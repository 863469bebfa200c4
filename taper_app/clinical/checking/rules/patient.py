"""The patient the plan is for: asked about, and not one of those for whom no plan is made automatically.

Source: clinical_rules.md sections 2, 3 and 5.
"""

from __future__ import annotations

from fractions import Fraction

from taper_app.clinical.checking.case import Case
from taper_app.clinical.checking.ceiling_breaches import is_above
from taper_app.clinical.checking.paces import interval_of
from taper_app.clinical.checking.reading_request import ANSWERED_FACTS
from taper_app.clinical.checking.shapes import PatientRead, WarningRead
from taper_app.clinical.protocol.limits import SlowPace

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
    "other_sedatives": ("sedative",),
}


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
    if patient.other_sedatives is None:
        unknown.append("other_sedatives")
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
    for sedative in patient.other_sedatives or ():
        if case.limits.no_automatic_plan_with.are_named_in(sedative):
            _refuse(case, f"Dependence on {sedative.strip()} rules out an automatic plan.")
        if case.limits.designer_benzodiazepines.has(sedative):
            _refuse(case, f"{sedative.strip()} rules out an automatic plan: titrate to signs, inpatient.")
    if answers["alcohol_co_use"] == "yes" and case.request is not None and case.request.setting != "inpatient":
        _refuse(case, "With alcohol use a taper does not start outside hospital.")
    _judge_current_use(case)
    _judge_liver(case, patient)


def _judge_current_use(case: Case) -> None:
    """What is taken now is a medicine that a file has, and no unknown or designer benzodiazepine."""
    for dose in case.request.current if case.request is not None else ():
        if case.limits.designer_benzodiazepines.has(dose.as_written):
            _refuse(case, f"{dose.as_written.strip()} rules out an automatic plan: titrate to signs, inpatient.")
        elif dose.medicine not in case.protocols.medicines:
            case.findings.violated(
                "medicine-unknown", None, f"No medicine file has {dose.medicine}, which is taken now."
            )


def _judge_liver(case: Case, patient: PatientRead) -> None:
    """In liver impairment some medicines are refused as targets, and warned about where they are taken already."""
    if patient.answers["hepatic_impairment"] != "yes":
        return
    start = case.course.start or {}
    cautioned = [w for w in case.plan.warnings or () if w.is_caution and w.mentions("liver", "hepatic")]
    for medicine in sorted({medicine for step in case.plan.steps for medicine in step.amounts}):
        entry = case.protocols.medicines.get(medicine)
        if entry is None or entry.liver is None or not entry.liver.refuse_as_target:
            continue
        if medicine not in start:
            _refuse(case, f"In liver impairment nobody is changed to {entry.name}.")
        elif case.plan.warnings is not None and not cautioned:
            case.findings.violated(
                "liver-caution", None, f"{entry.name} is given in liver impairment, and no warning says so."
            )


def _judge_seizure_pace(case: Case, patient: PatientRead) -> None:
    """Whatever the protocol's model: no bigger a cut is asked, and none sooner."""
    if patient.answers["seizure_history"] != "yes" or case.has_override or case.taper is None:
        return
    limit = case.limits.seizure_history_pace
    is_too_soon = interval_of(case.taper.pace, case.asked) < limit.at_least_every_days
    if is_too_soon or any(_asks_more_than(case, place, limit) for place in range(len(case.plan.steps))):
        case.findings.violated(
            "seizure-history-pace",
            None,
            f"With a seizure history at most {limit.at_most_cut_percent} % is cut,"
            f" every {limit.at_least_every_days} days at the soonest.",
        )


def _asks_more_than(case: Case, place: int, limit: SlowPace) -> bool:
    """Whether the pace asks for a bigger cut in a step than a patient with a seizure history may have."""
    step, before = case.plan.steps[place], case.course.amounts_before(place)
    if step.kind not in ("cut", "keep") or not before or step.amounts == before or case.is_past(place):
        return False
    pace = case.pace_from(before, place)
    dose = sum(before.values())
    return pace is not None and is_above((dose, pace.asked(dose)[-1]), Fraction(limit.at_most_cut_percent))


def _refuse(case: Case, sentence: str) -> None:
    case.findings.violated("no-automatic-plan", None, sentence)


def _names(signs: list[WarningRead], fact: str) -> bool:
    return any(sign.mentions(*_WORDS[fact]) for sign in signs)


def _in_words(fact: str) -> str:
    return fact.replace("_", " ")
