"""Sentences and tasks that are drafted from the record, for a clinician to read before signing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.chart_like import ChartLike, last_seizure, local_day, told_events
from taper_app.clinical.handoff.compose_course import event_words, seizure_cause
from taper_app.clinical.handoff.compose_taper import last_covered_day
from taper_app.clinical.handoff.kept import HandoffRecords
from taper_app.clinical.handoff.release_gate import CHECK_IN, NEUROLOGY
from taper_app.clinical.handoff.release_items import (
    FirstVisitItem,
    LeavingItem,
    NextPrescriberItem,
    PendingTestsItem,
    SupplyItem,
    TextTopic,
)
from taper_app.clinical.handoff.summary import Taper
from taper_app.clinical.handoff.summary_parts import Fact, Task
from taper_app.clinical.handoff.summary_taper import BridgingSheet, MedicineAmount, RemainingTaper
from taper_app.clinical.handoff.topics import Section, said
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_text

NOBODY = "nobody named yet"


def drafted_severity(chart: ChartLike, kept: HandoffRecords, taper: Taper) -> str:
    """How ill, in one sentence from the record."""
    dose = _dose_now(taper)
    seizure = last_seizure(chart)
    if seizure is not None:
        days = (chart.today - local_day(seizure, chart)).days
        when = {0: "Seizure today", 1: "Seizure yesterday"}.get(days, f"{days} days since the last seizure")
        return f"{when} ({seizure_cause(kept)}); {dose}."
    events = told_events(chart)
    if events:
        return f"Last event {_day_words(local_day(events[-1].at, chart))}: {event_words(events[-1])}; {dose}."
    return f"No seizure, hallucination or fall is charted in this stay; {dose}."


def _dose_now(taper: Taper) -> str:
    if isinstance(taper, RemainingTaper):
        return f"now on {amounts(taper.current_daily)} a day"
    if isinstance(taper, BridgingSheet):
        return f"plan suspended or not signed, last tolerated dose {amounts(taper.last_tolerated_daily)} a day"
    return taper.statement.rstrip(".")


def amounts(daily: tuple[MedicineAmount, ...]) -> str:
    return " + ".join(f"{amount.medicine} {mg_text(amount.mg)}" for amount in daily)


def drafted_synopsis(chart: ChartLike, kept: HandoffRecords, taper: Taper) -> Section:
    """The stay in a few sentences: what happened on which day, which plans were signed."""
    admitted_on = local_day(chart.episode.admitted_at, chart)
    told_of = [(told.at, event_words(told)) for told in told_events(chart)]
    told_of += [
        (version.signed_at, f"plan version {version.number} signed")
        for version in chart.versions
        if version.signed_at is not None
    ]
    lines = [f"Day {(local_day(at, chart) - admitted_on).days + 1}: {words}." for at, words in sorted(told_of)]
    if last_seizure(chart) is not None:
        lines.append(f"Seizure: {seizure_cause(kept)}.")
    if not lines:
        lines.append("No event is charted and no plan is signed.")
    return said(" ".join(lines), f"At release: {_dose_now(taper)}.")


def use_at_admission(chart: ChartLike, protocols: Protocols) -> Section:
    """What was taken before admission, for how long, and by whose word."""
    use, facts = chart.current_use, chart.facts
    if use is None:
        return Section()
    doses = []
    for line in use.lines:
        found = protocols.medicine_named(line.drug)
        source = line.source.value.replace("_", " ")
        doses.append(f"{found.name if found else line.drug} {mg_text(line.mg)} at {line.time} ({source})")
    months = f"for {facts.months_of_use} months" if facts.months_of_use is not None else "for how long: not assessed"
    verified = f"verified: {facts.use_verified.in_words}"
    how = f" ({use.verified_how})" if use.verified_how else ""
    return said(f"{', '.join(doses)}; {months}; {verified}{how}.")


_FACT_QUESTIONS = {
    "seizure_history": "Seizure before this stay",
    "taken_for_epilepsy": "Taken for epilepsy",
    "opioid_co_use": "Opioid use",
    "alcohol_co_use": "Alcohol use",
    "pregnant": "Pregnant",
    "hepatic_impairment": "Liver impairment",
    "use_verified": "Use verified",
}


def fact_lines(chart: ChartLike) -> tuple[Fact, ...]:
    """Each question with its answer; what nobody asked is shown as not assessed."""
    asked = [Fact(question=text, answer=getattr(chart.facts, name)) for name, text in _FACT_QUESTIONS.items()]
    sedatives = chart.facts.other_sedatives
    answer = Answer.NOT_ASSESSED if sedatives is None else Answer.YES if sedatives else Answer.NO
    asked.append(Fact(question="Other sedatives", answer=answer, note=", ".join(sedatives or ())))
    return tuple(asked)


def tasks(chart: ChartLike, kept: HandoffRecords, taper: Taper) -> tuple[Task, ...]:
    """To do after release, each with an owner; those with a date first, the soonest on top."""
    found = list(_tasks(chart, kept, taper))
    return tuple(sorted(found, key=lambda task: (task.due_on is None, task.due_on or date.max)))


def _tasks(chart: ChartLike, kept: HandoffRecords, taper: Taper) -> Iterator[Task]:
    prescriber = kept.item(NextPrescriberItem)
    owner = prescriber.prescriber.name if prescriber else NOBODY
    yield from _service_tasks(chart, kept)
    visit = kept.item(FirstVisitItem)
    if visit is not None:
        yield Task(what="First visit", owner=visit.visit.who, due_on=local_day(visit.visit.at, chart))
    else:
        yield Task(what="Book the first visit", owner=NOBODY)
    yield from _prescription_task(chart, kept, owner)
    yield from _taper_task(taper, owner)
    if last_seizure(chart) is not None:
        specialist = _specialist(chart, taper) or NOBODY
        yield Task(what="After the seizure: clear for driving, heights and machinery, or not", owner=specialist)
        cause = kept.text(TextTopic.SEIZURE_CAUSE)
        if cause is None or not cause.lines:
            yield Task(what="Find the cause of the seizure", owner=specialist)
    pending = kept.item(PendingTestsItem)
    for test in pending.tests if pending else ():
        yield Task(what=f"Result: {test.test}", owner=test.chased_by, due_on=test.expected_on)


def _service_tasks(chart: ChartLike, kept: HandoffRecords) -> Iterator[Task]:
    for service in kept.services:
        body = service.body
        due_on = local_day(body.starts_at, chart) if body.starts_at else None
        if body.service == CHECK_IN:
            yield Task(what="Telephone call", owner=body.who or body.booked_by or NOBODY, due_on=due_on)
        if body.service == NEUROLOGY:
            yield Task(what="Neurology visit", owner=body.who or NOBODY, due_on=due_on)


def _prescription_task(chart: ChartLike, kept: HandoffRecords, owner: str) -> Iterator[Task]:
    supply, leaving = kept.item(SupplyItem), kept.item(LeavingItem)
    if supply is None:
        return
    leaves_at = leaving.leaves_at if leaving else chart.now
    until = last_covered_day(leaves_at, supply.days, chart)
    yield Task(what="Next prescription, before the tablets are used up", owner=owner, due_on=until)


def _taper_task(taper: Taper, owner: str) -> Iterator[Task]:
    if isinstance(taper, BridgingSheet):
        yield Task(what="Review the plan: no cut until a prescriber has", owner=owner)
    if isinstance(taper, RemainingTaper) and taper.next_cut is not None:
        cut = taper.next_cut
        to = f"to {amounts(cut.daily)} a day" if cut.daily else "to none"
        yield Task(what=f"Before the next cut {to}: review symptoms first", owner=owner, due_on=cut.starts_on)


def _specialist(chart: ChartLike, taper: Taper) -> str:
    named = taper.specialist if isinstance(taper, RemainingTaper) else ""
    return named or chart.facts.specialist or ""


def _day_words(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
