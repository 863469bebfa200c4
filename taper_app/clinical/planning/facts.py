"""Facts of the patient that rule out an automatic plan, or that a prescriber has to know when signing."""

from __future__ import annotations

from collections.abc import Iterator

from taper_app.clinical.answers import Answer
from taper_app.clinical.planning.answer import PlanWarning, Refusal, Severity
from taper_app.clinical.planning.pace import PercentOfCurrent
from taper_app.clinical.planning.request import PlanRequest, Setting
from taper_app.clinical.planning.request_faults import names_of_medicines
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import percent_text

#: The rules of this project that stand above the sources, as a source of their own.
HOUSE_RULES = "local-default"


#: Whom to ask when what was taken is not known: no number can be worked out from it.
_ASK_FOR_TITRATION = (
    "An addiction specialist with inpatient beds: the dose is titrated to signs there, with naloxone at hand."
)


def refusal_by_current_use(request: PlanRequest, protocols: Protocols) -> Refusal | None:
    """What is taken now and no plan is made with: asked before anything is looked up or worked out."""
    for name in names_of_medicines(request):
        if protocols.medicine_named(name):
            continue
        if protocols.limits.designer_benzodiazepines.has(name):
            return _unknown_benzodiazepine(name)
        return _other_sedative(name)
    return None


def _unknown_benzodiazepine(name: str) -> Refusal:
    return Refusal(
        code="designer-benzodiazepine",
        message=f"No automatic plan is made with {name}, an unknown or designer benzodiazepine: its dose is not known.",
        whom_to_ask=_ASK_FOR_TITRATION,
    )


def _other_sedative(names: str) -> Refusal:
    return Refusal(
        code="other-sedative-dependence",
        message=f"With {names} in use no automatic plan is made: its own withdrawal has to be planned first.",
        whom_to_ask="An addiction specialist with inpatient beds.",
    )


def refusal_by_facts(settled: Settled) -> Refusal | None:
    """The first fact that rules out an automatic plan, with whom to ask."""
    for refusal in _refusals(settled):
        return refusal
    return None


def _refusals(settled: Settled) -> Iterator[Refusal]:
    facts = settled.request.patient
    has_specialist = bool((facts.specialist or "").strip())
    if facts.seizure_history is Answer.YES and not has_specialist:
        yield Refusal(
            code="seizure-history-without-specialist",
            message="With a seizure disorder or earlier withdrawal seizure no plan is made without a named specialist.",
            whom_to_ask="A neurologist or an addiction specialist; enter the name and ask again.",
        )
    if facts.taken_for_epilepsy is Answer.YES and not has_specialist:
        # Whatever the medicine: who takes one for epilepsy has a seizure disorder.
        taken = " and ".join(settled.start_amounts)
        yield Refusal(
            code="taken-for-epilepsy",
            message=f"{taken} taken for epilepsy is not tapered without a neurologist's name.",
            whom_to_ask="The neurologist who treats the epilepsy; enter the name and ask again.",
        )
    if facts.pregnant is Answer.YES and not (facts.obstetric_contact or "").strip():
        yield Refusal(
            code="pregnant-without-obstetric-contact",
            message="In pregnancy no plan is made without a named obstetric contact; never abruptly, and slower.",
            whom_to_ask="Obstetrics together with addiction medicine; enter the contact and ask again.",
        )
    others = facts.other_sedatives or ()
    if named := ", ".join(name for name in others if settled.limits.no_automatic_plan_with.are_named_in(name)):
        yield _other_sedative(named)
    if named := ", ".join(name for name in others if settled.limits.designer_benzodiazepines.has(name)):
        yield _unknown_benzodiazepine(named)
    if facts.alcohol_co_use is Answer.YES and settled.request.setting is Setting.COMMUNITY:
        yield Refusal(
            code="alcohol-outside-hospital",
            message="With alcohol use a taper does not start outside hospital.",
            whom_to_ask="A detoxification ward: both withdrawals are watched together there.",
        )
    if _too_fast_after_a_seizure(settled) and not settled.has_override:
        yield Refusal(
            code="too-fast-after-a-seizure", message=_slow_pace_words(settled), whom_to_ask="The named specialist."
        )
    if facts.hepatic_impairment is Answer.YES and settled.changes_medicine:
        liver = settled.medicine.liver
        if liver and liver.refuse_as_target:
            yield Refusal(
                code="liver-impairment",
                message=f"In liver impairment {settled.medicine.name} is no medicine to change to.",
                whom_to_ask="A hepatologist or a pharmacist; first try a slower taper of the present medicine.",
            )


def _too_fast_after_a_seizure(settled: Settled) -> bool:
    return settled.request.patient.seizure_history is Answer.YES and _faster_than_the_slow_pace(settled)


def _faster_than_the_slow_pace(settled: Settled) -> bool:
    slow, pace = settled.limits.seizure_history_pace, settled.pace
    too_big = not isinstance(pace, PercentOfCurrent) or pace.cut_percent > slow.at_most_cut_percent
    return too_big or pace.every_days < slow.at_least_every_days


def _slow_pace_words(settled: Settled) -> str:
    slow = settled.limits.seizure_history_pace
    return (
        f"With a seizure history a cut is at most {percent_text(slow.at_most_cut_percent)} % "
        f"every {slow.at_least_every_days} days (a local default)."
    )


def is_older_adult(settled: Settled) -> bool:
    """From the shipped age on; an age that nobody asked is no answer (the plan then asks for a signature)."""
    age = settled.request.patient.age_years
    return age is not None and age >= settled.limits.older_adult.from_age_years


def warnings_by_facts(settled: Settled) -> Iterator[PlanWarning]:
    """What the prescriber has to know of the patient; facts nobody asked about share one warning to sign."""
    facts = settled.request.patient
    if missing := facts.not_assessed():
        yield _warning(
            "facts-not-assessed",
            Severity.SIGN,
            f"Not assessed, and never taken for no: {', '.join(missing)}. Ask, or sign that the plan goes on without.",
        )
    yield from _warnings_of_seizures(settled)
    yield from _warnings_of_other_substances(settled)
    if facts.pregnant is Answer.YES:
        yield _of_pregnancy(settled)
    if facts.hepatic_impairment is Answer.YES:
        yield from _warnings_of_liver(settled)
    if is_older_adult(settled):
        yield _of_older_adult(settled)
    if settled.request.setting is Setting.INPATIENT:
        yield _warning(
            "baseline-before-first-cut", Severity.WARN, "Chart a complete baseline CIWA-B before the first cut."
        )


def _warnings_of_seizures(settled: Settled) -> Iterator[PlanWarning]:
    """A pace faster than the slow one, though there were seizures or the medicine is taken against them."""
    facts = settled.request.patient
    if _too_fast_after_a_seizure(settled):
        yield _warning(
            "seizure-pace-overridden",
            Severity.SIGN,
            f"{_slow_pace_words(settled)} This plan goes faster; an override reason was given.",
            source=settled.limits.seizure_history_pace.source,
        )
    elif facts.taken_for_epilepsy is Answer.YES and _faster_than_the_slow_pace(settled):
        yield _warning(
            "taken-for-epilepsy-faster-pace",
            Severity.SIGN,
            f"Epilepsy is a seizure disorder. {_slow_pace_words(settled)} This plan goes faster.",
            source=settled.limits.seizure_history_pace.source,
        )


def _warnings_of_other_substances(settled: Settled) -> Iterator[PlanWarning]:
    """What is taken beside it, and whether anybody verified the use."""
    facts = settled.request.patient
    if facts.opioid_co_use is Answer.YES:
        yield _warning(
            "opioid-co-use",
            Severity.WARN,
            "Opioids are in use: have naloxone at hand and at discharge, change one medicine at a time, never cut "
            "both, and never cut an opioid agonist treatment with this taper.",
            source="asam-2025-pocket-p10",
        )
    if facts.alcohol_co_use is Answer.YES:
        yield _warning(
            "alcohol-co-use",
            Severity.WARN,
            "Alcohol is in use: watch both withdrawals, with CIWA-Ar beside CIWA-B and breath alcohol; thiamine before "
            "glucose.",
        )
    if facts.use_verified is Answer.NO:
        yield _warning(
            "use-not-verified",
            Severity.WARN,
            "The use is reported and not verified: the true dose may be lower or higher; watch for sedation.",
        )
    if others := ", ".join(facts.other_sedatives or ()):
        yield _warning("other-sedatives", Severity.WARN, f"Other sedatives are in use ({others}): one at a time.")


def _of_pregnancy(settled: Settled) -> PlanWarning:
    limit = settled.limits.eclampsia_from
    return _warning(
        "pregnant",
        Severity.WARN,
        "Pregnant: slower, never abrupt, with the named obstetric contact; NEWS2 is not valid, and a seizure after "
        f"{limit.weeks} weeks is eclampsia until shown otherwise.",
        source=limit.source,
    )


def _warnings_of_liver(settled: Settled) -> Iterator[PlanWarning]:
    cautions = {
        medicine.name: medicine.liver
        for name in settled.start_amounts
        if (medicine := settled.protocols.medicines[name]).liver
    }
    for name, liver in cautions.items():
        assert liver is not None, "only medicines with a caution were kept"
        yield _warning(
            "liver-impairment",
            Severity.WARN,
            f"Liver impairment: {name} may build up; a slower taper is the first thing to offer.",
            source=liver.source,
        )


def _of_older_adult(settled: Settled) -> PlanWarning:
    care, pace = settled.limits.older_adult, settled.pace
    asked = pace.cut_percent if isinstance(pace, PercentOfCurrent) else None
    faster = (
        f" {percent_text(asked)} % is above the {percent_text(care.at_most_cut_percent)} % that is the default here."
        if asked is not None and asked > care.at_most_cut_percent
        else ""
    )
    return _warning(
        "older-adult",
        Severity.WARN,
        f"From {care.from_age_years} years {' and '.join(care.watched)} are watched, and no "
        f"{_or(care.no_comfort_medicines)} is given for comfort.{faster}",
        source=care.source,
    )


def _or(names: tuple[str, ...]) -> str:
    return " or ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _warning(code: str, severity: Severity, message: str, *, source: str = HOUSE_RULES) -> PlanWarning:
    return PlanWarning(code=code, severity=severity, step=None, message=message, source=source)
