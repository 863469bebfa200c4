"""What the Handoff page shows of one episode: the gate, what was arranged, the summary as it would read now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from taper_app.clinical.errors import NotAllowed
from taper_app.clinical.handoff.completeness import missing_sections
from taper_app.clinical.handoff.compose import compose_summary
from taper_app.clinical.handoff.kept import HandoffRecords, handoff_records
from taper_app.clinical.handoff.release_gate import ReleaseGate, release_gate
from taper_app.clinical.handoff.summary import HandoffSummary
from taper_app.clinical.people import Actor
from taper_app.clinical.records import Author, EpisodeId, LatestRow
from taper_app.store.interface import Reading
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, audit_reading, look, opened, permitted
from taper_app.use_cases.rights import Grant, UseCase, grant_of


@dataclass(frozen=True)
class HandoffView:
    """One episode on its way to release. ``composed`` is the summary as the record stands now; nothing is stored."""

    chart: Chart
    kept: HandoffRecords
    composed: HandoffSummary
    gate: ReleaseGate

    @property
    def is_released(self) -> bool:
        return self.chart.row.status == "released"


def open_summary(app: App, actor: Actor, episode_id: EpisodeId, *, audited: bool = True) -> HandoffView:
    """The handoff's view of a chart; a planner's way in, and open after release too.

    ``audited`` is False only for a rerun of a page that was opened and noted before. Raises NotAllowed, NotFound.
    """

    def work(reading: Reading) -> HandoffView:
        episode = opened(reading, actor, UseCase.OPEN_CHART, episode_id, closed_too=True)
        if grant_of(UseCase.OPEN_CHART, actor.role) is Grant.READ_WITH_REASON:
            raise NotAllowed("An auditor opens the chart itself, with a reason.")
        return view_of(app, actor, read_chart(reading, episode, app.clock()))

    view = look(app, actor, UseCase.OPEN_CHART, episode_id, work)
    if audited:
        audit_reading(app, actor, UseCase.OPEN_CHART, episode_id)
    return view


def view_of(app: App, actor: Actor, chart: Chart, what_changed: str = "") -> HandoffView:
    """The view of a chart that was read already, inside a transaction or a snapshot."""
    kept = handoff_records(chart.records)
    composed = compose_summary(chart, kept, app.protocols, written_by=Author.of(actor), what_changed=what_changed)
    topics = tuple(section.title for section in missing_sections(composed))
    return HandoffView(chart, kept, composed, release_gate(chart, kept, app.protocols, topics))


def handoff_patients(app: App, actor: Actor, unit_id: str) -> tuple[Sequence[LatestRow], Sequence[LatestRow]]:
    """Who is on the unit, and who was released from it, to choose a patient from."""

    def work(reading: Reading) -> tuple[Sequence[LatestRow], Sequence[LatestRow]]:
        permitted(actor, UseCase.SEE_WARD_BOARD, unit_id)
        return reading.latest_rows(unit_id), reading.latest_rows(unit_id, status="released")

    return look(app, actor, UseCase.SEE_WARD_BOARD, None, work)
