"""An entry of the wrong chart, written on the right one by whoever signs, and judged by the rules there."""

from __future__ import annotations

from taper_app.clinical.charting.bedside import BedsideBody
from taper_app.clinical.charting.bedside_history import SecondObservation
from taper_app.clinical.charting.bedside_witnessed import DifferenceSettled, SecondSignature
from taper_app.clinical.charting.body_weight import WeightBody
from taper_app.clinical.charting.doses import DoseBody, DosePurpose, DoseStatus, DueDose
from taper_app.clinical.charting.observation import DosesSoFar, Observation
from taper_app.clinical.charting.stay_scales import ScaleBody
from taper_app.clinical.charting.struck import MovedEntryBody, OpenProposal, set_made_from
from taper_app.clinical.errors import StateConflict
from taper_app.clinical.people import Actor
from taper_app.clinical.quantities import mg_of
from taper_app.clinical.records import Frozen, Record, RecordId, RecordKind
from taper_app.store.interface import Writing
from taper_app.use_cases.assessing import is_due
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.chart_bedside import ask_the_rules
from taper_app.use_cases.context import App, record
from taper_app.use_cases.observe import keep_set

#: Seen at the bedside; everything else in a set's doses was counted from the wrong chart.
_SEEN = ("more_than_planned_24h", "own_supply_found")
#: Kinds that no rule judges, and that say nothing of a plan.
_MOVED_AS_IT_IS: dict[RecordKind, type[Frozen]] = {RecordKind.SCALE: ScaleBody, RecordKind.WEIGHT: WeightBody}


def move_entry(
    app: App, actor: Actor, writing: Writing, right: Chart, found: OpenProposal, *, strike_id: str
) -> RecordId:
    """Add the entry to the right chart, with the trace of where it came from; answers its new id.

    Whoever calls it has asked for the right on both charts. Raises StateConflict for a dose that no plan there wants.
    """
    entry, moved_as = found.entry, RecordId(f"{strike_id}-moved")
    if entry.kind is RecordKind.OBSERVATION:
        keep_set(app, actor, writing, right, _without_counts(entry), moved_as, entry.happened_at)
    elif entry.kind is RecordKind.DOSE:
        _move_dose(app, actor, writing, right, entry, moved_as)
    elif entry.kind is RecordKind.BEDSIDE_ENTRY:
        _move_bedside_entry(app, actor, writing, right, entry, moved_as)
    else:
        _add(app, actor, writing, right, entry, entry.body_as(_MOVED_AS_IT_IS[entry.kind]), moved_as)
    trace = MovedEntryBody(
        entry=moved_as,
        came_from=entry.episode_id,
        was_entry=entry.id,
        charted_by=entry.author,
        charted_at=entry.recorded_at,
        reason=found.body.reason,
    )
    kept = record(app, actor, right.episode_id, RecordKind.MOVED_ENTRY, trace, record_id=f"{moved_as}-trace")
    writing.add_record(kept)
    refresh_latest(writing, right.episode, app.clock())
    return moved_as


def _add(
    app: App, actor: Actor, writing: Writing, right: Chart, entry: Record, body: Frozen, moved_as: RecordId
) -> None:
    writing.add_record(
        record(app, actor, right.episode_id, entry.kind, body, happened_at=entry.happened_at, record_id=moved_as)
    )


def _move_bedside_entry(
    app: App, actor: Actor, writing: Writing, right: Chart, entry: Record, moved_as: RecordId
) -> None:
    """Where it answers a question of the rules, they are asked of the right patient. Raises StateConflict for a word
    about another entry, which says nothing on another chart.
    """
    body = entry.body_as(BedsideBody)
    if isinstance(body.entry, (SecondSignature, DifferenceSettled, SecondObservation)):
        raise StateConflict(
            "This is a word about another entry of that chart. Strike it without moving it, and chart it anew there."
        )
    _add(app, actor, writing, right, entry, BedsideBody(entry=body.entry), moved_as)
    ask_the_rules(app, actor, writing, right, body.entry, moved_as, entry.happened_at)


def _without_counts(entry: Record) -> Observation:
    """The set without what was counted from the wrong patient's doses."""
    observation = entry.body_as(Observation)
    counted = (observation.doses or DosesSoFar()).model_dump(mode="json")
    seen = DosesSoFar.model_validate({name: counted[name] for name in _SEEN})
    kept = seen if seen != DosesSoFar() else None
    return observation.model_copy(update={"doses": kept, "dose_due": None, "correction_reason": ""})


def _move_dose(app: App, actor: Actor, writing: Writing, right: Chart, entry: Record, moved_as: RecordId) -> None:
    """A planned dose becomes the dose that the right patient's plan wanted then; one outside the plan stays one."""
    body = entry.body_as(DoseBody)
    if body.purpose is DosePurpose.PLANNED:
        due = _wanted(right, entry, body)
        pieces = () if body.status is DoseStatus.PARTLY_GIVEN else due.dose.pieces
        planned = {"planned_for": due.planned_for, "plan_version": due.plan_version, "pieces": pieces}
        body = DoseBody.model_validate(body.model_dump() | planned)
    _add(app, actor, writing, right, entry, body, moved_as)
    is_judged = not body.was_taken or body.status is DoseStatus.VOMITED
    if not is_judged or body.purpose is DosePurpose.PRN:
        return
    after = read_chart(writing, right.episode, app.clock())
    late = int((entry.happened_at - body.planned_for).total_seconds() // 60) if body.planned_for else 0
    counted = DosesSoFar(
        late_minutes=None if body.was_taken else max(0, late),
        vomited_within_minutes=_minutes_to_vomiting(writing, entry),
    )
    keep_set(app, actor, writing, after, Observation(doses=counted), set_made_from(moved_as), entry.happened_at)


def _minutes_to_vomiting(writing: Writing, entry: Record) -> int | None:
    """As it was charted with the dose; it tells nothing of whose dose it was."""
    counted = writing.record(set_made_from(entry.id))
    doses = counted.body_as(Observation).doses if counted else None
    return doses.vomited_within_minutes if doses else None


def _wanted(right: Chart, entry: Record, body: DoseBody) -> DueDose:
    """The open dose of the right patient's plan, of the same medicine and amount, that was wanted at that time."""
    day = entry.happened_at.astimezone(right.zone).date()
    same = [
        due
        for due in right.planned_between(day, day)
        if due.dose.drug == body.medicine and _is_amount_of(due, body) and is_due(due, entry.happened_at)
    ]
    if not same or right.signed is None:
        raise StateConflict(
            "The other patient's signed plan wanted no such dose then. Strike this one without moving it, and chart "
            "there what was given as a dose outside the plan, with who ordered it."
        )
    return same[-1]


def _is_amount_of(due: DueDose, body: DoseBody) -> bool:
    mg = mg_of(body.tenth_mcg)
    return mg < due.dose.mg if body.status is DoseStatus.PARTLY_GIVEN else mg == due.dose.mg
