"""What the rules say of later sets once an entry before them no longer counts.

Each set is judged anew as of its own moment, by what had been recorded by then, without what was struck. Nothing is
overwritten: a new assessment takes the place of the old one, an alert loses the reasons that are gone, and one whose
reasons are all gone is withdrawn. What a later set found again of an alert that is gone raises an alert anew.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from taper_app.clinical.charting.observation import DosesSoFar, Observation
from taper_app.clinical.charting.struck import set_made_from
from taper_app.clinical.escalation.alerts import FoundAgainBody, Raising
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.people import Actor
from taper_app.clinical.records import Record, RecordId, RecordKind
from taper_app.use_cases.assessing import as_of, case_of, judged, with_doses
from taper_app.use_cases.chart import Chart, ChartedSet
from taper_app.use_cases.context import App, record
from taper_app.use_cases.observe import AssessmentBody
from taper_app.use_cases.raise_alert import LOWEST_ALERT_LEVEL, alert_for

#: Seen at the bedside, not counted from the doses.
_SEEN = {"more_than_planned_24h", "own_supply_found"}
#: Of a dose that was not given, its own set keeps these as they were when it was charted.
_OF_THE_DOSE_ITSELF = _SEEN | {"late_minutes", "vomited_within_minutes"}


@dataclass
class Rejudged:
    """What has to be added, and which alerts have lost their last reason."""

    added: list[Record] = field(default_factory=list)
    withdrawn: list[RecordId] = field(default_factory=list)


def rejudged(app: App, actor: Actor, chart: Chart, struck: Collection[RecordId], *, because: RecordId) -> Rejudged:
    """Judge every set anew that lies at or after the oldest struck record.

    ``chart`` still holds what is struck. ``because`` is the id of the record that strikes; ids are made from it.
    """
    since = min(kept.happened_at for kept in chart.records if kept.id in struck)
    without = replace(chart, records=[kept for kept in chart.records if kept.id not in struck])
    result = Rejudged()
    for charted in without.sets:
        if charted.at >= since:
            _judge_anew(app, actor, without, charted, because, result)
            without = replace(without, records=[*without.records, *_assessments(result.added, charted)])
    _raise_what_is_left(app, actor, chart, struck, because, result)
    return result


def _raise_what_is_left(
    app: App, actor: Actor, chart: Chart, struck: Collection[RecordId], because: RecordId, result: Rejudged
) -> None:
    """A set that joined an alert which is gone now is left without one: the most serious raises it, from now on."""
    gone = {*struck, *result.withdrawn}
    narrowed = {kept.corrects: kept for kept in result.added if kept.kind is RecordKind.FOUND_AGAIN}
    left = [
        narrowed.get(raising.record.id, raising.record)
        for alert in chart.alerts
        if alert.id in gone and alert.is_open
        for raising in alert.found_again
        if raising.record.id not in gone
    ]
    by_weight = sorted(left, key=lambda kept: (kept.body_as(FoundAgainBody).level, kept.recorded_at), reverse=True)
    raised = RecordId(f"{because}-raised-again")
    for number, body in enumerate(kept.body_as(FoundAgainBody).by_itself for kept in by_weight):
        if number == 0:
            made = record(app, actor, chart.episode_id, RecordKind.ALERT, body, record_id=raised)
        else:
            joined, kept_as = FoundAgainBody.of(raised, body), f"{raised}-{number}"
            made = record(app, actor, chart.episode_id, RecordKind.FOUND_AGAIN, joined, record_id=kept_as)
        result.added.append(made)


def _judge_anew(app: App, actor: Actor, chart: Chart, charted: ChartedSet, because: RecordId, result: Rejudged) -> None:
    then = _as_it_was_known(chart, charted)
    case = case_of(app, then, _recounted(then, charted, chart))
    answer = judged(app, case)
    dump = answer.model_dump(mode="json")
    if dump == charted.assessment:
        return
    body = AssessmentBody(observation=charted.record.id, answer=dump)
    new_id = f"{because}-{charted.record.id}"
    result.added.append(
        record(
            app,
            actor,
            chart.episode_id,
            RecordKind.ASSESSMENT,
            body,
            happened_at=charted.at,
            record_id=f"{new_id}-assessment",
        )
    )
    for raising in (raising for alert in chart.alerts for raising in alert.raisings):
        if raising.body.observation == charted.record.id:
            _narrow(app, actor, chart, raising, answer, f"{new_id}-alert", result)
    if charted is chart.sets[-1] and _finds_more(answer, charted):
        raised = alert_for(app, chart, case, answer, charted.record.id)
        if raised:
            kind = RecordKind.FOUND_AGAIN if isinstance(raised, FoundAgainBody) else RecordKind.ALERT
            result.added.append(record(app, actor, chart.episode_id, kind, raised, record_id=f"{new_id}-raised"))


def _as_it_was_known(chart: Chart, charted: ChartedSet) -> Chart:
    """As of the set, without what was recorded after it; assessments are taken as they stand now."""
    then = as_of(chart, charted.at, replaced=charted.record.id)
    known = [
        kept
        for kept in then.records
        if kept.kind is RecordKind.ASSESSMENT or kept.recorded_at <= charted.record.recorded_at
    ]
    return replace(then, records=[kept for kept in known if kept.body.get("observation") != charted.record.id])


def _recounted(then: Chart, charted: ChartedSet, chart: Chart) -> Observation:
    """The set with its doses counted anew."""
    stored = charted.observation.doses or DosesSoFar()
    dose_ids = {set_made_from(dose.record.id) for dose in chart.doses}
    by_hand = _OF_THE_DOSE_ITSELF if charted.record.id in dose_ids else _SEEN
    given = {name: value for name, value in stored.model_dump(mode="json").items() if name in by_hand}
    return with_doses(then, charted.observation.model_copy(update={"doses": None, "dose_due": None}), given)


def _narrow(
    app: App, actor: Actor, chart: Chart, raising: Raising, answer: Assessment, new_id: str, result: Rejudged
) -> None:
    """Leave the reasons that the set still gives; withdraw the alert, or what joined it, when none is left."""
    found = {finding.rule for finding in answer.findings if finding.level >= LOWEST_ALERT_LEVEL}
    left = tuple(reason for reason in raising.body.reasons if reason.rule in found)
    if len(left) == len(raising.body.reasons):
        return
    if not left:
        result.withdrawn.append(raising.record.id)
        return
    worst = max(left, key=lambda reason: reason.level)
    fields = raising.body.model_dump() | {
        "reasons": [reason.model_dump() for reason in left],
        "level": worst.level,
        "headline": worst.message,
    }
    result.added.append(
        record(
            app,
            actor,
            chart.episode_id,
            raising.record.kind,
            type(raising.body).model_validate(fields),
            happened_at=raising.record.happened_at,
            record_id=new_id,
            corrects=raising.record.id,
        )
    )


def _finds_more(answer: Assessment, charted: ChartedSet) -> bool:
    before = {finding["rule"] for finding in (charted.assessment or {}).get("findings", ())}
    return any(finding.rule not in before for finding in answer.findings)


def _assessments(added: list[Record], charted: ChartedSet) -> list[Record]:
    return [
        kept for kept in added if kept.kind is RecordKind.ASSESSMENT and kept.body["observation"] == charted.record.id
    ]
