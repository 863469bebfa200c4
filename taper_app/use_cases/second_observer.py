"""A second person's set of the same moment: kept beside the first one, which stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taper_app.clinical.charting.bedside import BedsideBody
from taper_app.clinical.charting.bedside_history import SecondObservation
from taper_app.clinical.errors import NotAllowed, NotFound, StateConflict
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId, RecordId, RecordKind
from taper_app.store.interface import Writing
from taper_app.use_cases.chart import Chart, ChartedSet, read_chart
from taper_app.use_cases.context import App, change, opened, record
from taper_app.use_cases.observe import Charted, charted_before, keep_set, parsed_set
from taper_app.use_cases.rights import UseCase


def chart_second_observer(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    first: RecordId,
    observation: Mapping[str, Any],
    *,
    entry_id: str,
) -> Charted:
    """Keep a set beside ``first``, as of the same moment. The same ``entry_id`` again adds nothing.

    Raises InputRefused with every fault, NotFound, NotAllowed for one's own set, StateConflict when one has rated
    it already.
    """

    def work(writing: Writing) -> Charted:
        episode = opened(writing, actor, UseCase.CHART_OBSERVATION, episode_id)
        chart = read_chart(writing, episode, app.clock())
        if known := charted_before(chart, entry_id):
            return known
        beside = _first_set(chart, first, actor)
        parsed = parsed_set(observation, chart, app.protocols.vital_limits)
        kept = keep_set(app, actor, writing, chart, parsed, RecordId(entry_id), beside.at, beside=first)
        link = BedsideBody(entry=SecondObservation(first=first, second=kept.record_id))
        writing.add_record(
            record(
                app,
                actor,
                episode_id,
                RecordKind.BEDSIDE_ENTRY,
                link,
                happened_at=beside.at,
                record_id=f"{entry_id}-beside",
            )
        )
        return kept

    return change(app, actor, UseCase.CHART_OBSERVATION, episode_id, work)


def _first_set(chart: Chart, first: RecordId, actor: Actor) -> ChartedSet:
    found = next((charted for charted in chart.sets if charted.record.id == first), None)
    if found is None:
        raise NotFound("There is no such set for this patient, or it was corrected; open the newer one.")
    if found.record.author.user_id == actor.user_id:
        raise NotAllowed("The second observer is somebody else than who charted the set.")
    for link in chart.bedside:
        is_own = link.record.author.user_id == actor.user_id
        if is_own and isinstance(link.entry, SecondObservation) and link.entry.first == first:
            raise StateConflict("You have rated this set already; correct your own set instead.")
    return found
