"""The release veto: a seizure, a hallucination without insight, or delirium keeps a release back.

A physician clears it by name and with a reason, and only when every condition is met; what happens later is
not cleared by it. The veto never stands between a patient who leaves against advice and a bridging supply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.doses import DosePurpose, DoseStatus, planned_doses
from taper_app.clinical.charting.events import Hallucination
from taper_app.clinical.charting.scores import CIWA_B, NEWS2, ciwa_b, news2_range
from taper_app.clinical.handoff.chart_like import ChartLike, SetLike, finding_rules, local_day, told_events
from taper_app.clinical.handoff.entries import VetoClearanceBody
from taper_app.clinical.handoff.kept import HandoffRecords
from taper_app.clinical.handoff.release_items import NextPrescriberItem, TextTopic
from taper_app.clinical.planning.answer import Step
from taper_app.clinical.planning.versions import PlanVersion
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import mg_of, mg_text
from taper_app.clinical.records import Record


class ConditionState(StrEnum):
    MET = "met"
    NOT_MET = "not met"
    DOES_NOT_APPLY = "does not apply"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of clearing, what the record says of it, and how well its limit is sourced."""

    key: str
    text: str
    state: ConditionState
    why: str
    evidence_mark: str = ""

    @property
    def keeps_back(self) -> bool:
        return self.state is ConditionState.NOT_MET


@dataclass(frozen=True, slots=True)
class VetoEvent:
    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Veto:
    """Why the veto stands, or by whom it was cleared. Without events there is no veto."""

    events: tuple[VetoEvent, ...]
    conditions: tuple[Condition, ...]
    clearance: tuple[Record, VetoClearanceBody] | None

    @property
    def stands(self) -> bool:
        return bool(self.events) and self.clearance is None

    @property
    def can_be_cleared(self) -> bool:
        return self.stands and not any(condition.keeps_back for condition in self.conditions)

    @property
    def last_event_at(self) -> datetime | None:
        return max((event.at for event in self.events), default=None)

    @property
    def cleared_by(self) -> str:
        return self.clearance[0].author.signature if self.clearance else ""


def release_veto(chart: ChartLike, kept: HandoffRecords, protocols: WardProtocols) -> Veto:
    """The veto as the chart stands now."""
    events = tuple(sorted(_events(chart, protocols), key=lambda event: event.at))
    if not events:
        return Veto((), (), None)
    last = events[-1].at
    clearance = next((pair for pair in reversed(kept.clearances) if pair[1].last_event_at >= last), None)
    return Veto(events, tuple(_conditions(chart, kept, protocols, last)), clearance)


def _events(chart: ChartLike, protocols: WardProtocols) -> Iterator[VetoEvent]:
    for told in told_events(chart):
        if told.event.kind == "seizure":
            yield VetoEvent(told.at, "Seizure, cause not yet known; withdrawal possible")
        elif isinstance(told.event, Hallucination) and told.event.insight is not True:
            yield VetoEvent(told.at, "Hallucination without known insight")
    delirium = set(protocols.release.veto.delirium.rules)
    for charted in chart.sets:
        if delirium & finding_rules(charted):
            yield VetoEvent(charted.at, "Delirium suspected")


def _conditions(
    chart: ChartLike, kept: HandoffRecords, protocols: WardProtocols, last: datetime
) -> Iterator[Condition]:
    yield _free_long_enough(chart, protocols, last)
    yield _dose_not_lowered(chart, protocols, last)
    yield _ciwa_b_is_low(chart, protocols)
    yield _ciwa_b_does_not_rise(chart, protocols)
    yield _rass(chart, protocols)
    yield _news2(chart, protocols)
    yield _cause(kept)
    yield _prescriber_accepted(kept)


def _condition(key: str, text: str, met: bool, why: str, mark: str = "") -> Condition:
    return Condition(key, text, ConditionState.MET if met else ConditionState.NOT_MET, why, mark)


def _free_long_enough(chart: ChartLike, protocols: WardProtocols, last: datetime) -> Condition:
    rule = protocols.release.veto.free_for
    hours = int((chart.now - last).total_seconds() // 3600)
    met = chart.now - last >= timedelta(hours=rule.hours)
    why = f"The last one was {hours} h ago" + ("." if met else f"; {rule.hours} h are needed.")
    return _condition("free", f"{rule.hours} h free of such events", met, why, rule.evidence.mark)


def _dose_not_lowered(chart: ChartLike, protocols: WardProtocols, last: datetime) -> Condition:
    """From the last event, or the last 72 h if that is shorter, the dose was kept or raised and was taken."""
    rule = protocols.release.veto.free_for
    since = max(last, chart.now - timedelta(hours=rule.hours))
    faults = [*_falls(chart, since), *_doses_not_taken(chart, since)]
    if chart.signed is None:
        faults.append("No signed plan says which dose stands.")
    why = " ".join(faults) or f"Kept since then.{_not_charted(chart, since)}"
    text = f"The dose was kept or raised over these {rule.hours} h"
    return _condition("dose", text, not faults, why, rule.evidence.mark)


def _falls(chart: ChartLike, since: datetime) -> Iterator[str]:
    """Each day on which the daily dose of the version then in force was lower than the day before."""
    first, before = local_day(since, chart), _step_in_force(chart, local_day(since, chart))
    for offset in range(1, (chart.today - first).days + 1):
        day = first + timedelta(days=offset)
        step = _step_in_force(chart, day)
        if step is not None and before is not None and _is_lower(step, before):
            yield f"The daily dose was lowered on {day}."
        before = step or before


def _step_in_force(chart: ChartLike, day: date) -> Step | None:
    """The step by the newest version that had been signed by the end of that day."""
    signed = [version for version in chart.versions if version.signed_at and local_day(version.signed_at, chart) <= day]
    return signed[-1].step_on(day) if signed else None


def _is_lower(step: Step, before: Step) -> bool:
    """Milligrams of two medicines never add; when the medicine changed, the high equivalents are compared."""
    if set(step.daily_mg) == set(before.daily_mg):
        return any(mg < before.daily_mg[drug] for drug, mg in step.daily_mg.items())
    return step.diazepam_equivalent_mg.high < before.diazepam_equivalent_mg.high


def _doses_not_taken(chart: ChartLike, since: datetime) -> Iterator[str]:
    """What was charted last of each planned dose: one that was withheld first and then given was taken."""
    untaken = (DoseStatus.MISSED, DoseStatus.REFUSED, DoseStatus.WITHHELD, DoseStatus.PARTLY_GIVEN)
    planned = [charted for charted in chart.doses if charted.body.purpose is DosePurpose.PLANNED]
    last = {(charted.body.planned_for, charted.body.medicine): charted for charted in planned if charted.at > since}
    for charted in last.values():
        body = charted.body
        if body.status in untaken:
            when = charted.at.astimezone(chart.zone)
            dose = mg_text(mg_of(body.tenth_mcg))
            yield f"A planned dose of {dose} was {body.status.in_words} on {when:%d %b %H:%M}."


def _not_charted(chart: ChartLike, since: datetime) -> str:
    version: PlanVersion | None = chart.signed
    planned = planned_doses(version, chart.doses, first=local_day(since, chart), last=chart.today, zone=chart.unit.zone)
    blank = [due for due in planned if due.charted is None and since < due.planned_for <= chart.now]
    if not blank:
        return ""
    return f" {len(blank)} planned dose{'s' if len(blank) > 1 else ''} not charted: confirm that they were taken."


def _newest(chart: ChartLike, hours: int, has: Callable[[SetLike], bool]) -> SetLike | None:
    """The newest set of the last hours that holds such a reading."""
    since = chart.now - timedelta(hours=hours)
    return next((charted for charted in reversed(chart.sets) if charted.at >= since and has(charted)), None)


def _ciwa_sets(chart: ChartLike, form: str | None) -> list[SetLike]:
    """Those of the newest one's wording: scores of two wordings are never compared. No name: ``form``."""
    sets = [charted for charted in chart.sets if charted.observation.ciwa_b is not None]
    wording = (sets[-1].observation.ciwa_b_form or form) if sets else form
    return [charted for charted in sets if (charted.observation.ciwa_b_form or form) == wording]


def _ciwa_b_is_low(chart: ChartLike, protocols: WardProtocols) -> Condition:
    rules = protocols.release.veto
    text = f"CIWA-B complete and at most {rules.ciwa_b.at_most}"
    mark = rules.ciwa_b.evidence.mark
    newest = _newest(chart, rules.readings_not_older.hours, lambda charted: charted.observation.ciwa_b is not None)
    if newest is None:
        return _condition("ciwa-b", text, False, _not_within(rules.readings_not_older.hours), mark)
    score = ciwa_b(newest.observation.ciwa_b, protocols.scales[CIWA_B])
    when = _clock(newest.at, chart)
    if score.total is None:
        why = f"{when}: at least {score.least}, at most {score.most}; {len(score.missing)} items were not charted."
        return _condition("ciwa-b", text, False, why, mark)
    return _condition("ciwa-b", text, score.total <= rules.ciwa_b.at_most, f"{when}: {score.total}.", mark)


def _ciwa_b_does_not_rise(chart: ChartLike, protocols: WardProtocols) -> Condition:
    """The newest complete total against the first of the hours before it, else the last one before those."""
    rule, scale = protocols.release.veto.ciwa_b_not_rising, protocols.scales[CIWA_B]
    text = f"CIWA-B not rising over {rule.hours} h"
    sets = _ciwa_sets(chart, scale.form)
    newest = sets[-1] if sets else None
    earlier = _compared_with(sets, timedelta(hours=rule.hours))
    if newest is None or earlier is None:
        return _condition(
            "ciwa-b-trend", text, False, "There are no two sets of one wording to compare.", rule.evidence.mark
        )
    now, then = (ciwa_b(charted.observation.ciwa_b, scale) for charted in (newest, earlier))
    # An incomplete score is compared by its bounds: not rising is said only when it is certain.
    met = now.most <= then.least
    why = f"{_span(then.least, then.most)} ({_clock(earlier.at, chart)}), then {_span(now.least, now.most)}."
    return _condition("ciwa-b-trend", text, met, why, rule.evidence.mark)


def _compared_with(sets: Sequence[SetLike], span: timedelta) -> SetLike | None:
    """The set nearest to ``span`` before the newest one."""
    if len(sets) < 2:
        return None
    wanted = sets[-1].at - span
    return min(sets[:-1], key=lambda charted: abs((charted.at - wanted).total_seconds()))


def _rass(chart: ChartLike, protocols: WardProtocols) -> Condition:
    rules = protocols.release.veto
    text, mark = f"RASS {rules.rass.score}: alert and calm", rules.rass.evidence.mark
    newest = _newest(chart, rules.readings_not_older.hours, lambda charted: charted.observation.rass is not None)
    if newest is None:
        return _condition("rass", text, False, _not_within(rules.readings_not_older.hours), mark)
    found = newest.observation.rass
    return _condition("rass", text, found == rules.rass.score, f"{_clock(newest.at, chart)}: RASS {found}.", mark)


def _news2(chart: ChartLike, protocols: WardProtocols) -> Condition:
    rules, scale = protocols.release.veto, protocols.scales[NEWS2]
    text, mark = f"NEWS2 complete and at most {rules.news2.at_most}", rules.news2.evidence.mark
    if chart.facts.pregnant is Answer.YES and not scale.valid_in_pregnancy:
        why = "NEWS2 is not valid in pregnancy: name the obstetric early-warning score in the reason."
        return Condition("news2", text, ConditionState.DOES_NOT_APPLY, why, mark)
    newest = _newest(chart, rules.readings_not_older.hours, lambda charted: charted.observation.vitals is not None)
    if newest is None:
        return _condition("news2", text, False, _not_within(rules.readings_not_older.hours), mark)
    found = news2_range(newest.observation.vitals, chart.facts.spo2_scale, scale)
    when = _clock(newest.at, chart)
    if found.missing:
        return _condition("news2", text, False, f"{when}: at least {found.least}, {len(found.missing)} missing.", mark)
    return _condition("news2", text, found.least <= rules.news2.at_most, f"{when}: {found.least}.", mark)


def _cause(kept: HandoffRecords) -> Condition:
    item = kept.text(TextTopic.SEIZURE_CAUSE)
    why = " ".join(item.lines) if item and item.lines else "Not recorded yet."
    text = 'The cause is recorded, or "unknown after work-up"'
    return _condition("cause", text, bool(item and item.lines), why)


def _prescriber_accepted(kept: HandoffRecords) -> Condition:
    item = kept.item(NextPrescriberItem)
    accepted = item is not None and item.prescriber.accepted is Answer.YES
    why = f"{item.prescriber.name} has accepted." if item and accepted else "Nobody has accepted yet."
    return _condition("next-prescriber", "The next prescriber has accepted", accepted, why)


def _not_within(hours: int) -> str:
    return f"Not assessed in the last {hours} h."


def _span(least: int, most: int) -> str:
    return str(least) if least == most else f"at least {least}, at most {most}"


def _clock(moment: datetime, chart: ChartLike) -> str:
    return f"{moment.astimezone(chart.zone):%a %d %b %H:%M}"
