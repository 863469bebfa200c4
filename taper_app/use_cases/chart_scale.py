"""Charting a scale that is asked once a stay: kept as an entry of its own, corrected by a new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from taper_app.clinical.charting.stay_scales import ScaleBody, answer_faults, scale_body, stay_scales
from taper_app.clinical.errors import Fault, InputRefused, NotFound
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.records import EpisodeId, RecordId, RecordKind
from taper_app.store.interface import Writing
from taper_app.use_cases.chart import read_chart
from taper_app.use_cases.context import App, change, opened, permitted, record
from taper_app.use_cases.observe import SHORTEST_REASON, require_own_standing_entry, time_faults
from taper_app.use_cases.rights import UseCase


def chart_scale(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    scale_id: str,
    answers: Mapping[str, Any],
    *,
    entry_id: str,
    happened_at: datetime,
    refused: bool = False,
    corrects: RecordId | None = None,
    reason: str = "",
) -> ScaleBody:
    """Keep one scale with its score. The same ``entry_id`` again adds nothing.

    Raises InputRefused with every fault, NotFound for a scale that is not offered here, NotAllowed, StateConflict.
    """
    right = UseCase.CORRECT_OWN_ENTRY if corrects else UseCase.CHART_OBSERVATION

    def work(writing: Writing) -> ScaleBody:
        episode = opened(writing, actor, UseCase.CHART_OBSERVATION, episode_id)
        permitted(actor, right, episode.unit_id)
        chart = read_chart(writing, episode, app.clock())
        known = next((kept for kept in chart.records if kept.id == RecordId(entry_id)), None)
        if known is not None:
            return known.body_as(ScaleBody)
        scale = offered_stay_scale(app.protocols, scale_id)
        faults = [*time_faults(chart, happened_at), *answer_faults(scale, answers, refused=refused)]
        if corrects:
            require_own_standing_entry(chart, corrects, RecordKind.SCALE, actor)
            if len(reason.strip()) < SHORTEST_REASON:
                faults.append(Fault("reason", "Say in a few words why the entry is corrected."))
        if faults:
            raise InputRefused(faults)
        body = scale_body(scale, answers, refused=refused, reason=reason.strip() if corrects else "")
        writing.add_record(
            record(
                app,
                actor,
                episode_id,
                RecordKind.SCALE,
                body,
                happened_at=happened_at,
                record_id=entry_id,
                corrects=corrects,
            )
        )
        return body

    return change(app, actor, right, episode_id, work)


def offered_stay_scale(protocols: WardProtocols, scale_id: str) -> Scale:
    """The scale, if it is asked once a stay and offered at this site. Raises NotFound."""
    found = next((scale for scale in stay_scales(protocols.scales) if scale.id == scale_id), None)
    if found is None or not protocols.offers(scale_id):
        raise NotFound("This scale is not offered here; the Protocols page says which are.")
    return found
