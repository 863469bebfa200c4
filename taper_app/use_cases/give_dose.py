"""Charting what became of a dose: planned ones from the signed plan and behind the gate, others with their order.

Whatever was not given is judged by the rules at once, so that a missed or vomited dose is never silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taper_app.clinical.charting.doses import DoseBody, DosePurpose, DoseStatus
from taper_app.clinical.charting.observation import DosesSoFar, Observation
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId, RecordId, RecordKind
from taper_app.store.interface import Writing
from taper_app.use_cases.assessing import as_of
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, opened, permitted, record
from taper_app.use_cases.dose_entry import DoseEntry, Judged, parsed_dose, wording_faults
from taper_app.use_cases.observe import Charted, charted_before, keep_set, require_own_standing_entry, time_faults
from taper_app.use_cases.planned_dose import planned_dose
from taper_app.use_cases.rights import UseCase
from taper_app.use_cases.unplanned_dose import filled_from_order, unplanned_dose

__all__ = ["DoseCharted", "DoseEntry", "chart_dose"]

_JUDGED_AT_ONCE = (DoseStatus.MISSED, DoseStatus.WITHHELD, DoseStatus.REFUSED, DoseStatus.VOMITED)


@dataclass(frozen=True, slots=True)
class DoseCharted:
    """What was kept. ``judged`` is the assessment of a dose that was not given, with its alert, else None."""

    record_id: RecordId
    body: DoseBody
    judged: Charted | None


def chart_dose(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    dose: Mapping[str, Any],
    *,
    entry_id: str,
    happened_at: datetime,
    corrects: RecordId | None = None,
) -> DoseCharted:
    """Keep what became of one dose. The same ``entry_id`` again adds nothing.

    ``dose`` is a ``DoseEntry``; one by a standing order needs no more than ``order`` and ``status``. ``corrects``
    names one's own earlier entry of the same dose; ``reason`` then says why. Raises InputRefused with every fault,
    DoseNotCleared by the gate, NotFromThePlan when no signed plan covers it, StateConflict when the dose was charted
    already or would pass its maximum, NotAllowed.
    """

    def work(writing: Writing) -> DoseCharted:
        episode = opened(writing, actor, UseCase.CHART_DOSE, episode_id)
        chart = read_chart(writing, episode, app.clock())
        if known := _charted_before(chart, entry_id):
            return known
        entry = parsed_dose(filled_from_order(chart, dose))
        if entry.status is DoseStatus.WITHHELD:
            permitted(actor, UseCase.WITHHOLD_DUE_DOSE, episode.unit_id)
        if corrects:
            permitted(actor, UseCase.CORRECT_OWN_ENTRY, episode.unit_id)
            require_own_standing_entry(chart, corrects, RecordKind.DOSE, actor)
        faults = [*time_faults(chart, happened_at), *wording_faults(entry, corrects)]
        judge = planned_dose if entry.purpose is DosePurpose.PLANNED else unplanned_dose
        kept = judge(app, actor, chart, entry, happened_at, corrects, faults)
        return _keep(app, actor, writing, chart, kept, RecordId(entry_id), happened_at)

    return change(app, actor, UseCase.CHART_DOSE, episode_id, work)


def _keep(
    app: App, actor: Actor, writing: Writing, chart: Chart, kept: Judged, record_id: RecordId, happened_at: datetime
) -> DoseCharted:
    body = kept.body
    writing.add_record(
        record(
            app,
            actor,
            chart.episode_id,
            RecordKind.DOSE,
            body,
            happened_at=happened_at,
            record_id=record_id,
            corrects=kept.replaced,
        )
    )
    if not _is_judged_at_once(body):
        refresh_latest(writing, chart.episode, app.clock())
        return DoseCharted(record_id, body, None)
    after = read_chart(writing, chart.episode, app.clock())
    counted = DosesSoFar(
        late_minutes=_minutes_late(after, body, happened_at), vomited_within_minutes=body.vomited_after_minutes
    )
    observation = Observation(doses=counted)
    judged = keep_set(app, actor, writing, after, observation, RecordId(f"{record_id}-set"), happened_at)
    return DoseCharted(record_id, body, judged)


def _is_judged_at_once(body: DoseBody) -> bool:
    """A comfort medicine says nothing of the benzodiazepine, so the rules are not asked about it."""
    if body.purpose is DosePurpose.COMFORT:
        return False
    return body.status in _JUDGED_AT_ONCE or body.purpose is DosePurpose.PRN


def _minutes_late(after: Chart, body: DoseBody, happened_at: datetime) -> int:
    """How late the latest dose is that was not taken, this one among them: charting it as missed hides nothing."""
    still_open = [due.minutes_late(happened_at) for due in as_of(after, happened_at).due_doses]
    if body.planned_for is not None and not body.was_taken:
        still_open.append(int((happened_at - body.planned_for).total_seconds() // 60))
    return max([0, *still_open])


def _charted_before(chart: Chart, entry_id: str) -> DoseCharted | None:
    found = next((kept for kept in chart.records if kept.id == RecordId(entry_id)), None)
    if found is None:
        return None
    return DoseCharted(found.id, found.body_as(DoseBody), charted_before(chart, f"{entry_id}-set"))
