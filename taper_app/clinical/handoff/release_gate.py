"""The release gate: the veto, and everything that is missing before a patient leaves.

Pure: the same chart and the same rules give the same gate. The gate never stands between a patient who leaves
against advice and tablets, naloxone and a written plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from taper_app.clinical.answers import Answer
from taper_app.clinical.handoff.chart_like import ChartLike, last_seizure, local_day
from taper_app.clinical.handoff.consent import RecipientKind, why_not_under
from taper_app.clinical.handoff.kept import HandoffRecords
from taper_app.clinical.handoff.release_items import (
    CheckTopic,
    FirstVisitItem,
    LeavingItem,
    NextPrescriberItem,
    SupplyItem,
    TextTopic,
)
from taper_app.clinical.handoff.supply import wanted_supply
from taper_app.clinical.handoff.veto import Veto, release_veto
from taper_app.clinical.planning.request import UseSource
from taper_app.clinical.protocol.release_rules import Requirement, RequirementId
from taper_app.clinical.protocol.ward_library import WardProtocols

#: Service types of ``protocols/aftercare/services.toml`` that a release after a seizure needs.
CHECK_IN, NEUROLOGY = "check-in", "neurology"


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not there yet: what, why, who owes it, and whether it keeps the release back."""

    id: RequirementId
    title: str
    why: str
    owed_by: str
    blocks: bool
    evidence_mark: str


@dataclass(frozen=True, slots=True)
class ReleaseGate:
    """The gate as it stands. ``total`` counts the requirements that apply to this patient."""

    veto: Veto
    missing: tuple[Missing, ...]
    total: int
    days_to_first_visit: int | None

    @property
    def percent_complete(self) -> int:
        """Whole percent of what applies, rounded down; the standing veto counts as one thing more."""
        wanted = self.total + (1 if self.veto.events else 0)
        open_now = len(self.missing) + (1 if self.veto.stands else 0)
        return 100 if not wanted else (wanted - open_now) * 100 // wanted

    @property
    def blocking(self) -> tuple[Missing, ...]:
        return tuple(missing for missing in self.missing if missing.blocks)

    @property
    def is_open(self) -> bool:
        """Whether the ordinary release may happen now."""
        return not self.blocking and not self.veto.stands


@dataclass(frozen=True, slots=True)
class _Case:
    chart: ChartLike
    kept: HandoffRecords
    protocols: WardProtocols
    topics_missing: tuple[str, ...]

    @property
    def leaves_at(self) -> datetime:
        leaving = self.kept.item(LeavingItem)
        return leaving.leaves_at if leaving is not None else self.chart.now

    @property
    def had_seizure(self) -> bool:
        return last_seizure(self.chart) is not None


def release_gate(
    chart: ChartLike, kept: HandoffRecords, protocols: WardProtocols, topics_missing: tuple[str, ...] = ()
) -> ReleaseGate:
    """What keeps the release back, what is still wanted, and how far it has come.

    ``topics_missing`` are the titles of the summary's topics that nobody has written.
    """
    case = _Case(chart, kept, protocols, topics_missing)
    applying = [rule for rule in protocols.release.requirements if _applies(rule.id, case)]
    missing = tuple(found for rule in applying if (found := _missing(rule, case)))
    visit = kept.item(FirstVisitItem)
    days = (local_day(visit.visit.at, chart) - local_day(case.leaves_at, chart)).days if visit else None
    return ReleaseGate(release_veto(chart, kept, protocols), missing, len(applying), days)


def _missing(rule: Requirement, case: _Case) -> Missing | None:
    why = _CHECKS[rule.id](case)
    if why is None:
        return None
    return Missing(rule.id, rule.title, why, rule.owed_by, rule.blocks, rule.evidence.mark)


def _applies(requirement: RequirementId, case: _Case) -> bool:
    match requirement:
        case RequirementId.CALL_AFTER_SEIZURE | RequirementId.NEUROLOGY | RequirementId.NO_DRIVING:
            return case.had_seizure
        case RequirementId.CONTRACEPTION:
            return case.chart.patient.sex != "M"
        case RequirementId.CONSENT:
            return case.chart.unit.part2_program
        case RequirementId.COMMUNITY_PHARMACY:
            return case.chart.signed is not None and _taper_is_left(case)
        case _:
            return True


def _taper_is_left(case: _Case) -> bool:
    """Whether a dose is taken from today on."""
    signed = case.chart.signed
    if signed is None:
        return True
    return any(step.doses and (step.ends_on is None or step.ends_on >= case.chart.today) for step in signed.plan.steps)


def _signed_plan(case: _Case) -> str | None:
    standing = case.chart.standing
    if case.chart.signed is None:
        return "No plan is signed: a prescriber signs what is taken from now on."
    if standing.suspensions:
        return f"The next cut is suspended until a prescriber has reviewed it: {standing.because}"
    return None


def _next_prescriber(case: _Case) -> str | None:
    item = case.kept.item(NextPrescriberItem)
    if item is None:
        return "Nobody is named who prescribes next."
    accepted = item.prescriber.accepted
    if accepted is Answer.YES:
        return None
    return f"{item.prescriber.name} " + ("has not accepted." if accepted is Answer.NO else "has not answered yet.")


def _first_visit(case: _Case) -> str | None:
    item = case.kept.item(FirstVisitItem)
    if item is None:
        return "No first visit is booked."
    if item.visit.at <= case.leaves_at:
        return "The first visit lies before the patient leaves; book another."
    limit = case.protocols.release.after_seizure.first_visit
    if case.had_seizure and item.visit.at - case.leaves_at > timedelta(hours=limit.hours):
        return f"After a seizure the first visit is within {limit.hours} h of leaving; bring it forward."
    return None


def _call_after_seizure(case: _Case) -> str | None:
    limit = case.protocols.release.after_seizure.call
    last_day = local_day(case.leaves_at + timedelta(hours=limit.hours), case.chart)
    calls = [service.body.starts_at for service in case.kept.services if service.body.service == CHECK_IN]
    if any(at is not None and at > case.leaves_at and local_day(at, case.chart) <= last_day for at in calls):
        return None
    return f"Arrange a check-in call {limit.hours} h after leaving."


def _neurology(case: _Case) -> str | None:
    if any(service.body.service == NEUROLOGY for service in case.kept.services):
        return None
    return "Arrange a neurology visit."


def _naloxone(case: _Case) -> str | None:
    given = case.kept.check(CheckTopic.NALOXONE)
    if given.answer is Answer.YES or case.kept.check(CheckTopic.NALOXONE_DECLINED).answer is Answer.YES:
        return None
    reasons = naloxone_reasons(case.chart, case.kept)
    if not reasons:
        return None if case.kept.was_asked(CheckTopic.NALOXONE) else "Record whether naloxone is handed over."
    return f"Naloxone is wanted: {', '.join(reasons)}. Hand it over, or record that the patient declines it."


def naloxone_reasons(chart: ChartLike, kept: HandoffRecords) -> list[str]:
    """Why naloxone goes home with this patient. What nobody asked counts as a reason."""
    reasons = []
    lines = chart.current_use.lines if chart.current_use else ()
    if any(line.source is UseSource.NON_PRESCRIBED for line in lines):
        reasons.append("use that was not prescribed")
    asked = (
        ("opioid use", chart.facts.opioid_co_use),
        ("opioids at home", kept.check(CheckTopic.OPIOIDS_AT_HOME).answer),
        ("substance use disorder", kept.check(CheckTopic.SUBSTANCE_USE_DISORDER).answer),
    )
    for words, answer in asked:
        if answer is Answer.YES:
            reasons.append(words)
        elif answer is Answer.NOT_ASSESSED:
            reasons.append(f"{words} not assessed")
    return reasons


def _supply(case: _Case) -> str | None:
    if case.chart.signed is not None and not _taper_is_left(case):
        return None
    item = case.kept.item(SupplyItem)
    wanted = wanted_supply(case.chart, case.kept, case.protocols, leaves_at=case.leaves_at)
    if item is None:
        days = f"{wanted.days} days are wanted. " if wanted.days is not None else ""
        return f"No supply is recorded. {days}{wanted.why}"
    if wanted.at_most is not None and item.days > wanted.at_most:
        return f"{item.days} days are too many at once. {wanted.why}"
    if wanted.days is not None and item.days < wanted.days:
        return f"{item.days} days are too few; {wanted.days} are wanted. {wanted.why}"
    return None


def _consent(case: _Case) -> str | None:
    if case.kept.check(CheckTopic.CONSENT_DECLINED).answer is Answer.YES:
        return None
    chart = case.chart
    faults = why_not_under(case.kept.consent, chart.now, chart.unit.zone, recipient="", kind=RecipientKind.TREATING)
    return faults[0][1] if faults else None


def _crisis_lines(case: _Case) -> str | None:
    return (
        None if case.chart.unit.crisis_lines.strip() else "Enter the crisis lines in Set-up; nothing goes out before."
    )


def _unit_phone(case: _Case) -> str | None:
    return None if case.chart.unit.phone_day_and_night.strip() else "Enter the number in Set-up."


def _disposition(case: _Case) -> str | None:
    return None if case.kept.item(LeavingItem) else "Record where the patient goes, and when."


def _summary(case: _Case) -> str | None:
    signed, draft = case.kept.signed_summary, case.kept.draft
    if signed is None:
        return (
            "A draft waits for a physician's signature." if draft else "Write the summary, then a physician signs it."
        )
    return plan_has_changed(case.chart, case.kept)


def plan_has_changed(chart: ChartLike, kept: HandoffRecords) -> str | None:
    """Why the newest signed summary no longer says what stands; None when it does."""
    signed = kept.signed_summary
    if signed is None:
        return None
    taper = signed.summary.taper
    if taper.kind == "remaining":
        in_force = chart.signed.number if chart.signed else None
        if chart.standing.suspensions:
            return "The plan was suspended after the summary was signed; write and sign a new version."
        if taper.plan_version != in_force:
            return "Another plan version was signed after the summary; write and sign a new version."
    if taper.kind == "bridging" and chart.signed is not None and not chart.standing.suspensions:
        return "A plan was signed after this bridging summary; write and sign a new version."
    return None


def _topics(case: _Case) -> str | None:
    if not case.topics_missing:
        return None
    shown = ", ".join(case.topics_missing[:4])
    more = f" and {len(case.topics_missing) - 4} more" if len(case.topics_missing) > 4 else ""
    return f"Not written yet: {shown}{more}."


def _teach_back(case: _Case) -> str | None:
    return None if case.kept.text(TextTopic.TEACH_BACK) else "Record what the patient repeated back."


def _answered(topic: CheckTopic) -> Callable[[_Case], str | None]:
    """Wanted done. "No" stays on the list, with the note that says why."""

    def check(case: _Case) -> str | None:
        found = case.kept.check(topic)
        if found.answer is Answer.YES:
            return None
        if found.answer is Answer.NO:
            return f"Answered no. {found.note}".strip()
        return "Not assessed."

    return check


_CHECKS: Mapping[RequirementId, Callable[[_Case], str | None]] = {
    RequirementId.SIGNED_PLAN: _signed_plan,
    RequirementId.NEXT_PRESCRIBER: _next_prescriber,
    RequirementId.FIRST_VISIT: _first_visit,
    RequirementId.CALL_AFTER_SEIZURE: _call_after_seizure,
    RequirementId.NEUROLOGY: _neurology,
    RequirementId.NO_DRIVING: _answered(CheckTopic.NO_DRIVING),
    RequirementId.NALOXONE: _naloxone,
    RequirementId.SUPPLY: _supply,
    RequirementId.CONSENT: _consent,
    RequirementId.CRISIS_LINES: _crisis_lines,
    RequirementId.UNIT_PHONE: _unit_phone,
    RequirementId.DISPOSITION: _disposition,
    RequirementId.SUMMARY: _summary,
    RequirementId.TOPICS: _topics,
    RequirementId.PRESCRIPTION_MONITORING: _answered(CheckTopic.PRESCRIPTION_MONITORING),
    RequirementId.OLD_PRESCRIPTIONS: _answered(CheckTopic.OLD_PRESCRIPTIONS),
    RequirementId.HOME_TABLETS: _answered(CheckTopic.HOME_TABLETS),
    RequirementId.LOCK_BOX: _answered(CheckTopic.LOCK_BOX),
    RequirementId.CARER_TAUGHT: _answered(CheckTopic.CARER_TAUGHT),
    RequirementId.CONTRACEPTION: _answered(CheckTopic.CONTRACEPTION),
    RequirementId.COMMUNITY_PHARMACY: _answered(CheckTopic.COMMUNITY_PHARMACY),
    RequirementId.TEACH_BACK: _teach_back,
}
