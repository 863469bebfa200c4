"""Charting the weight: as it was read, in kg or lb; an impossible one is refused, an unusual one is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field, ValidationError

from taper_app.clinical.charting.body_weight import (
    ChartedWeight,
    WeightBody,
    WeightSource,
    WeightUnit,
    charted_weights,
    kilograms,
    refuse_impossible,
    to_confirm,
)
from taper_app.clinical.charting.values import ObservedNumber
from taper_app.clinical.errors import Fault, InputRefused, TaperError
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId, Frozen, RecordId, RecordKind
from taper_app.store.interface import Writing
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, opened, permitted, record
from taper_app.use_cases.observe import SHORTEST_REASON, require_own_standing_entry, time_faults
from taper_app.use_cases.rights import UseCase


class WeightEntry(Frozen):
    """What is charted. The unit is chosen anew each time: nobody's last choice stands for the next weight."""

    weight: ObservedNumber
    unit: WeightUnit
    how_it_is_known: WeightSource
    confirmed: bool = False
    correction_reason: str = Field(default="", max_length=400)


class WeightToConfirm(TaperError):
    """The weight is possible and unusual; it is kept once somebody confirms it."""

    next_step: ClassVar[str] = "Nothing was stored yet. Correct the number or the unit, or confirm it as it is."

    def __init__(self, sentences: tuple[str, ...]) -> None:
        self.sentences = sentences
        super().__init__(" ".join(sentences))


def chart_weight(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    written: Mapping[str, Any],
    *,
    entry_id: str,
    happened_at: datetime,
    corrects: RecordId | None = None,
) -> RecordId:
    """Keep one weight. The same ``entry_id`` again adds nothing; ``corrects`` names one's own earlier weight.

    ``written`` is a ``WeightEntry``. Raises InputRefused with every fault, WeightToConfirm for an unusual weight that
    nobody confirmed, NotAllowed, StateConflict.
    """
    right = UseCase.CORRECT_OWN_ENTRY if corrects else UseCase.CHART_OBSERVATION

    def work(writing: Writing) -> RecordId:
        episode = opened(writing, actor, UseCase.CHART_OBSERVATION, episode_id)
        permitted(actor, right, episode.unit_id)
        chart = read_chart(writing, episode, app.clock())
        if any(known.id == entry_id for known in chart.records):
            return RecordId(entry_id)
        if corrects:
            require_own_standing_entry(chart, corrects, RecordKind.WEIGHT, actor)
        faults = time_faults(chart, happened_at)
        entry = _parsed(app, written, faults)
        if corrects and len(entry.correction_reason.strip()) < SHORTEST_REASON:
            faults.append(Fault("correction_reason", "Say in a few words why the weight is corrected."))
        if faults:
            raise InputRefused(faults)
        before = _weight_before(charted_weights(chart.records), happened_at, corrects)
        doubts = to_confirm(entry.weight, entry.unit, before, app.protocols.vital_limits)
        if doubts and not entry.confirmed:
            raise WeightToConfirm(doubts)
        body = WeightBody(
            entered=entry.weight,
            unit=entry.unit,
            kg=kilograms(entry.weight, entry.unit),
            source=entry.how_it_is_known,
            correction_reason=entry.correction_reason.strip() if corrects else "",
        )
        kept = record(
            app,
            actor,
            episode_id,
            RecordKind.WEIGHT,
            body,
            happened_at=happened_at,
            record_id=entry_id,
            corrects=corrects,
        )
        writing.add_record(kept)
        refresh_latest(writing, episode, app.clock())
        return kept.id

    return change(app, actor, right, episode_id, work)


def doubts_about(
    app: App, chart: Chart, written: Mapping[str, Any], corrects: RecordId | None = None
) -> tuple[str, ...]:
    """What has to be confirmed before the weight is kept; nothing while it is refused anyway."""
    try:
        entry = WeightEntry.model_validate(dict(written))
        refuse_impossible(entry.weight, entry.unit, app.protocols.vital_limits)
    except ValueError:
        return ()
    before = _weight_before(charted_weights(chart.records), chart.now, corrects)
    return to_confirm(entry.weight, entry.unit, before, app.protocols.vital_limits)


def _parsed(app: App, written: Mapping[str, Any], faults: list[Fault]) -> WeightEntry:
    """The entry, or InputRefused with its faults and those found before; an impossible weight is a fault."""
    try:
        entry = WeightEntry.model_validate(dict(written))
    except ValidationError as error:
        raise InputRefused([*faults, *faults_of(error, written)]) from None
    try:
        refuse_impossible(entry.weight, entry.unit, app.protocols.vital_limits)
    except ValueError as impossible:
        faults.append(Fault("weight", str(impossible)))
    return entry


def _weight_before(
    weights: list[ChartedWeight], happened_at: datetime, corrects: RecordId | None
) -> ChartedWeight | None:
    earlier = [weight for weight in weights if weight.at <= happened_at and weight.record.id != corrects]
    return earlier[-1] if earlier else None
