"""What a finding means for the taper: what suspends the next cut or delays a dose, and what a prescriber could do.

A proposal changes nothing. It fills in the form of a change; the change is proposed and signed like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from taper_app.clinical.escalation.standing import Suspension
from taper_app.clinical.handoff.last_tolerated import last_tolerated_on
from taper_app.clinical.planning.versions import PlanVersion
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.use_cases.chart import Chart

_PRESCRIBER_LEVEL = 3


@dataclass(frozen=True, slots=True)
class SuspendingFinding:
    """One rule that stands against the next cut. ``rule`` empty: somebody asked to keep the dose."""

    message: str
    since: datetime
    effect: Effect
    rule: str = ""
    source: str = ""
    level: int = 1
    is_unverified: bool = False


@dataclass(frozen=True, slots=True)
class TaperProposal:
    """A change that a prescriber could make. ``daily_mg`` None: the dose of now stays."""

    kind: str
    reason: str
    daily_mg: dict[str, Decimal] | None = None
    before_cut_on: date | None = None


def suspending_findings(chart: Chart) -> Sequence[SuspendingFinding]:
    """Every rule once, as it was found last; the most serious first, then the newest."""
    newest: dict[str, SuspendingFinding] = {}
    for suspension in reversed(chart.standing.suspensions):
        for found in _findings_of(suspension):
            newest[found.rule or found.message] = found
    return sorted(newest.values(), key=lambda found: (-found.level, -found.since.timestamp()))


def _findings_of(suspension: Suspension) -> list[SuspendingFinding]:
    if suspension.raising is None:
        return [SuspendingFinding(suspension.because, suspension.since, Effect.NO_FURTHER_CUT)]
    return [
        SuspendingFinding(
            message=reason.message,
            since=suspension.since,
            effect=reason.effect,
            rule=reason.rule,
            source=reason.source,
            level=reason.level,
            is_unverified=reason.is_unverified,
        )
        for reason in suspension.raising.body.reasons
        if reason.effect is not Effect.NONE
    ]


def proposal_for(chart: Chart) -> TaperProposal | None:
    """None without a signed plan, while nothing suspends its next cut, and once a change waits for a signature.

    After a finding that calls the prescriber the last tolerated dose is proposed, as far as a cut was made before it;
    otherwise the dose of now is kept until reviewed. A cut that was overtaken by its review gets new dates.
    """
    found = suspending_findings(chart)
    if chart.signed is None or not found or chart.versions[-1].signed_by is None:
        return None
    reason = _reason(found[0])
    if all(suspension.is_overtaken for suspension in chart.standing.suspensions):
        return TaperProposal("keep_days", reason)
    serious = [one for one in found if one.level >= _PRESCRIBER_LEVEL]
    if serious:
        # The same moment as the bridging note's, so that no two places name different doses.
        since = chart.standing.not_current_since or min(one.since for one in serious)
        if back := _back_to_tolerated(chart, chart.signed, since, reason):
            return back
    return TaperProposal("keep", reason)


def _back_to_tolerated(chart: Chart, signed: PlanVersion, since: datetime, reason: str) -> TaperProposal | None:
    """The dose before the last cut; None where no cut was made, unless the plan needs a new version to be current."""
    tolerated = last_tolerated_on(signed.plan, since.astimezone(chart.zone).date())
    daily = tolerated.step.daily_mg if tolerated.step else signed.plan.starting_daily_mg
    if tolerated.before_cut_on is None and chart.standing.plan_is_current:
        return None
    return TaperProposal("restabilise", reason, daily, tolerated.before_cut_on)


def _reason(found: SuspendingFinding) -> str:
    return f"{found.message} ({found.rule})" if found.rule else found.message
