"""The handoff summary, composed from the chart. Nothing is invented: what nobody wrote stays unwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff import compose_course, compose_words
from taper_app.clinical.handoff.chart_like import ChartLike
from taper_app.clinical.handoff.compose_taper import compose_taper, last_covered_day
from taper_app.clinical.handoff.kept import HandoffRecords, KeptConsent, KeptService
from taper_app.clinical.handoff.release_items import (
    CheckItem,
    CheckTopic,
    DiagnosesItem,
    FirstVisitItem,
    LeavingItem,
    ListTopic,
    MedicinesItem,
    NextPrescriberItem,
    PendingTestsItem,
    SupplyItem,
    TextTopic,
)
from taper_app.clinical.handoff.summary import HandoffSummary, SummaryStatus, Taper
from taper_app.clinical.handoff.summary_parts import (
    ArrangedService,
    ConsentLine,
    Diagnosis,
    Fact,
    ListedMedicine,
    MedicineChange,
    Naloxone,
    PendingTest,
    ReleaseCheck,
    SummaryPatient,
    SummaryUnit,
    SuppliedProduct,
    Supply,
    Task,
)
from taper_app.clinical.handoff.summary_taper import RemainingTaper
from taper_app.clinical.handoff.topics import Absence, Listed, Section, none_of, said
from taper_app.clinical.protocol.aftercare import ServiceGroup
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import mg_text
from taper_app.clinical.records import Author

#: Checks that are printed as such; the others are told elsewhere in the summary.
_PRINTED_CHECKS = tuple(
    topic for topic in CheckTopic if topic not in (CheckTopic.NALOXONE, CheckTopic.CONSENT_DECLINED)
)
_DRAFTED_ELSEWHERE = (TextTopic.SEVERITY, TextTopic.SYNOPSIS, TextTopic.SEIZURE_CAUSE, TextTopic.CONDITION_AT_RELEASE)


def compose_summary(
    chart: ChartLike, kept: HandoffRecords, protocols: WardProtocols, *, written_by: Author, what_changed: str = ""
) -> HandoffSummary:
    """A draft of the next version, as the record stands at ``chart.now``."""
    taper = compose_taper(chart, kept, protocols)
    leaving = kept.item(LeavingItem)
    prescriber, visit = kept.item(NextPrescriberItem), kept.item(FirstVisitItem)
    return HandoffSummary(
        episode_id=chart.episode.id,
        version=kept.next_version,
        status=SummaryStatus.DRAFT,
        written_at=chart.now,
        written_by=written_by,
        what_changed=what_changed,
        texts_version=protocols.handoff_texts.version,
        patient=_patient(chart),
        unit=_unit(chart),
        admitted_at=chart.episode.admitted_at,
        released_at=leaving.leaves_at if leaving else None,
        disposition=leaving.goes_to if leaving else "",
        use_at_admission=compose_words.use_at_admission(chart, protocols),
        severity=_own_words(kept, TextTopic.SEVERITY) or compose_words.drafted_severity(chart, kept, taper),
        synopsis=_own_section(kept, TextTopic.SYNOPSIS) or compose_words.drafted_synopsis(chart, kept, taper),
        tasks=Listed[Task](entries=compose_words.tasks(chart, kept, taper)),
        next_prescriber=prescriber.prescriber if prescriber else None,
        first_visit=visit.visit if visit else None,
        taper=taper,
        scores=compose_course.scores_by_day(chart, protocols),
        events=compose_course.course_events(chart, kept),
        doses_outside_plan=compose_course.outside_plan(chart),
        vital_signs_at_release=compose_course.last_vitals(chart),
        condition_at_release=_own_section(kept, TextTopic.CONDITION_AT_RELEASE)
        or compose_course.last_condition(chart, protocols),
        allergies=_allergies(chart),
        facts=Listed[Fact](entries=compose_words.fact_lines(chart)),
        supply=_supply(chart, kept, protocols),
        naloxone=_naloxone(kept),
        consent=consent_line(kept.consent),
        release_checks=_checks(kept),
        **_lists(kept, protocols, taper),
        **_written_topics(kept),
    )


def _patient(chart: ChartLike) -> SummaryPatient:
    patient = chart.patient
    return SummaryPatient(
        label=patient.label,
        record_number=patient.record_number,
        born_on=patient.born_on,
        age_years=patient.age_on(chart.today),
        sex=patient.sex,
    )


def _unit(chart: ChartLike) -> SummaryUnit:
    unit = chart.unit
    return SummaryUnit(
        name=unit.name,
        zone=unit.zone,
        phone_day_and_night=unit.phone_day_and_night,
        emergency_number=unit.emergency_number,
        crisis_lines=unit.crisis_lines,
        part2_program=unit.part2_program,
    )


def _own_section(kept: HandoffRecords, topic: TextTopic) -> Section | None:
    """What somebody wrote under the topic, or their word that it is empty; None when nobody did."""
    item = kept.text(topic)
    if item is None:
        return None
    return said(*item.lines) if item.lines else Section(absence=item.absence)


def _own_words(kept: HandoffRecords, topic: TextTopic) -> str:
    item = kept.text(topic)
    return " ".join(item.lines) if item else ""


def _written_topics(kept: HandoffRecords) -> dict[str, Any]:
    """The topics of the summary that are only ever written by hand."""
    return {
        topic.value: _own_section(kept, topic) or Section() for topic in TextTopic if topic not in _DRAFTED_ELSEWHERE
    }


def _allergies(chart: ChartLike) -> Section:
    text = chart.patient.allergies.strip()
    if text.casefold() in ("", "not assessed"):
        return none_of(Absence.NOT_ASSESSED)
    return said(text)


def _lists(kept: HandoffRecords, protocols: WardProtocols, taper: Taper) -> dict[str, Any]:
    diagnoses, tests = kept.item(DiagnosesItem), kept.item(PendingTestsItem)
    groups = [kept_service for kept_service in kept.services if _is_support_group(kept_service, protocols)]
    others = [kept_service for kept_service in kept.services if kept_service not in groups]
    return {
        "services": _listed(ArrangedService, _services(others, protocols), kept, ListTopic.SERVICES),
        "support_groups": _listed(ArrangedService, _services(groups, protocols), kept, ListTopic.SUPPORT_GROUPS),
        "diagnoses": _listed(Diagnosis, diagnoses.diagnoses if diagnoses else (), kept, ListTopic.DIAGNOSES),
        "medicines": _listed(ListedMedicine, _medicines(kept, taper), kept, ListTopic.MEDICINES),
        "pending_tests": _listed(PendingTest, tests.tests if tests else (), kept, ListTopic.PENDING_TESTS),
    }


def _listed(shape: Any, entries: tuple[Any, ...], kept: HandoffRecords, topic: ListTopic) -> Any:
    empty = kept.empty_list(topic)
    absence = empty.absence if empty is not None and not entries else None
    return Listed[shape](entries=entries, absence=absence)


def _is_support_group(service: KeptService, protocols: WardProtocols) -> bool:
    found = protocols.aftercare.named(service.body.service)
    return found is not None and found.group is ServiceGroup.MUTUAL_HELP


def _services(services: list[KeptService], protocols: WardProtocols) -> tuple[ArrangedService, ...]:
    return tuple(_service(service, protocols) for service in services)


def _service(service: KeptService, protocols: WardProtocols) -> ArrangedService:
    body = service.body
    found = protocols.aftercare.named(body.service)
    name = found.name if found else body.service
    return ArrangedService(
        what=f"{name}: {body.what}" if body.what else name,
        who=body.who,
        where=body.where,
        starts_at=body.starts_at,
        how_often=body.how_often,
        phone=body.phone,
        booked_by=body.booked_by,
        confirmed=body.confirmed,
    )


def _medicines(kept: HandoffRecords, taper: Taper) -> tuple[ListedMedicine, ...]:
    """The tapered medicine from the plan, then the list as it was written."""
    item = kept.item(MedicinesItem)
    written = item.medicines if item else ()
    if not isinstance(taper, RemainingTaper) or not written:
        return written
    named = {medicine.name.casefold() for medicine in written}
    tapered = tuple(
        ListedMedicine(
            name=amount.medicine,
            change=MedicineChange.CHANGED,
            directions=f"{mg_text(amount.mg)} a day now, then by the steps left",
            indication="taper",
            note="See the steps left.",
        )
        for amount in taper.current_daily
        if amount.medicine.casefold() not in named
    )
    return (*tapered, *written)


def _supply(chart: ChartLike, kept: HandoffRecords, protocols: WardProtocols) -> Supply | None:
    item = kept.item(SupplyItem)
    if item is None:
        return None
    leaving = kept.item(LeavingItem)
    leaves_at: datetime = leaving.leaves_at if leaving else chart.now
    products = []
    for supplied in item.products:
        stocked = protocols.product(supplied.product)
        if stocked is None:
            raise LookupError(f"{supplied.product} was handed over, which no medicine file lists.")
        medicine = protocols.medicines[stocked.medicine].name
        form = stocked.product.form
        products.append(
            SuppliedProduct(
                product=f"{medicine} {form.in_words}",
                strength_mg=stocked.product.strength_mg,
                count=supplied.count,
                form=form.in_words,
                liquid=form is Form.LIQUID,
            )
        )
    handed = item.handed_over or f"No tablets handed over: {item.none_because}"
    return Supply(
        days=item.days,
        last_day_covered=last_covered_day(leaves_at, item.days, chart) if item.days else None,
        products=tuple(products),
        handed_over=handed,
    )


def _naloxone(kept: HandoffRecords) -> Naloxone | None:
    """Declined is an answer too; silence is none."""
    given = kept.check(CheckTopic.NALOXONE)
    declined = kept.check(CheckTopic.NALOXONE_DECLINED).answer is Answer.YES
    if given.answer is Answer.YES:
        return Naloxone(given=Answer.YES, detail=given.note)
    if declined:
        return Naloxone(given=Answer.NO, detail="offered, declined by the patient")
    if kept.was_asked(CheckTopic.NALOXONE):
        return Naloxone(given=given.answer, detail=given.note)
    return None


def _checks(kept: HandoffRecords) -> Listed[ReleaseCheck]:
    asked = [topic for topic in _PRINTED_CHECKS if kept.was_asked(topic)]
    if not asked:
        return Listed[ReleaseCheck]()
    return Listed[ReleaseCheck](
        entries=tuple(_check(kept.check(topic)) for topic in _PRINTED_CHECKS if _shown(topic, kept))
    )


def _shown(topic: CheckTopic, kept: HandoffRecords) -> bool:
    """Everything is shown, so that what nobody asked reads "not assessed"; declining only when it happened."""
    return topic is not CheckTopic.NALOXONE_DECLINED or kept.was_asked(topic)


def _check(item: CheckItem) -> ReleaseCheck:
    on = f"{item.on:%a} {item.on.day} {item.on:%b %Y}" if item.on else ""
    note = ", ".join(part for part in (on, item.note) if part)
    return ReleaseCheck(what=item.topic.question, answer=item.answer, note=note)


def consent_line(consent: KeptConsent | None) -> ConsentLine | None:
    """What the consent covers, as 42 CFR 2.32 wants it explained with each disclosure; None without one."""
    if consent is None or consent.body.signed_at is None:
        return None
    body = consent.body
    ends = f"{body.ends}; can be revoked in writing at any time"
    return ConsentLine(
        scope=f"{body.covers} ({body.scope.in_words})",
        recipients=body.recipients,
        purpose=body.purpose,
        signed_at=consent.body.signed_at,
        ends=ends,
        revoked_at=consent.revoked_at,
    )
