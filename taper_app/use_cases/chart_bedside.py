"""Charting a bedside entry: kept once, corrected by its author, and judged by the rules where it says something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from taper_app.clinical.charting.bedside import BedsideBody, BedsideEntry, entry_of
from taper_app.clinical.charting.bedside_history import LastUse, Leave, RefusalTalk, SecondObservation
from taper_app.clinical.charting.bedside_measures import IntakeOutput, Sleep
from taper_app.clinical.charting.bedside_safety import ObservationLevel, OwnSupplySearch
from taper_app.clinical.charting.observation import DosesSoFar, Observation, Signs
from taper_app.clinical.charting.struck import set_made_from
from taper_app.clinical.errors import Fault, InputRefused, NotAllowed
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.bedside_rules import BedsideRules
from taper_app.clinical.protocol.vital_limits import LIMITS_IN_CONTEXT
from taper_app.clinical.records import EpisodeId, RecordId, RecordKind
from taper_app.store.interface import Writing
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, opened, permitted, record
from taper_app.use_cases.observe import (
    Charted,
    charted_before,
    keep_set,
    reason_faults,
    require_own_standing_entry,
    time_faults,
)
from taper_app.use_cases.rights import UseCase
from taper_app.use_cases.witnesses import require_second_word, with_witness

#: What was used before the admission is asked by whoever records the present use; everything else is charting.
_ASKED_OF_PRESENT_USE = ("last_use", "background")
_ENTRY: TypeAdapter[BedsideEntry] = TypeAdapter(BedsideEntry)


@dataclass(frozen=True, slots=True)
class BedsideCharted:
    """What was kept; ``judged`` is what the rules said where the entry answered one of their questions."""

    record_id: RecordId
    entry: BedsideEntry
    judged: Charted | None


def right_for(kind: str) -> UseCase:
    """The row of the rights table that an entry of this kind needs."""
    return UseCase.RECORD_CURRENT_USE if kind in _ASKED_OF_PRESENT_USE else UseCase.CHART_OBSERVATION


def chart_bedside(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    entry: Mapping[str, Any],
    *,
    entry_id: str,
    happened_at: datetime,
    corrects: RecordId | None = None,
    reason: str = "",
) -> BedsideCharted:
    """Keep one entry (a ``BedsideEntry``; ``witness`` is an account's id). The same ``entry_id`` again adds nothing.

    ``corrects`` names one's own earlier entry of the same kind and asks for a ``reason``. Raises InputRefused with
    every fault, NotAllowed, NotFound, StateConflict.
    """
    right = right_for(str(entry.get("kind", "")))

    def work(writing: Writing) -> BedsideCharted:
        episode = opened(writing, actor, right, episode_id)
        chart = read_chart(writing, episode, app.clock())
        if known := _charted_already(chart, entry_id):
            return known
        if corrects:
            permitted(actor, UseCase.CORRECT_OWN_ENTRY, episode.unit_id)
            _require_same_kind(chart, corrects, actor, entry)
        faults = [*time_faults(chart, happened_at), *reason_faults(corrects, reason)]
        parsed = _parsed(app, actor, writing, chart, entry, faults)
        _require_may_say_so(app.protocols.bedside, actor, parsed)
        require_second_word(chart, actor, parsed, corrects)
        body = BedsideBody(entry=parsed, correction_reason=reason.strip() if corrects else "")
        writing.add_record(
            record(
                app,
                actor,
                episode_id,
                RecordKind.BEDSIDE_ENTRY,
                body,
                happened_at=happened_at,
                record_id=entry_id,
                corrects=corrects,
            )
        )
        judged = ask_the_rules(app, actor, writing, chart, parsed, RecordId(entry_id), happened_at, corrects)
        refresh_latest(writing, episode, app.clock())
        return BedsideCharted(RecordId(entry_id), parsed, judged)

    return change(app, actor, right, episode_id, work)


def _charted_already(chart: Chart, entry_id: str) -> BedsideCharted | None:
    found = next((kept for kept in chart.records if kept.id == entry_id), None)
    if found is None:
        return None
    return BedsideCharted(found.id, entry_of(found).entry, charted_before(chart, set_made_from(found.id)))


def _require_same_kind(chart: Chart, corrects: RecordId, actor: Actor, entry: Mapping[str, Any]) -> None:
    old = entry_of(require_own_standing_entry(chart, corrects, RecordKind.BEDSIDE_ENTRY, actor))
    if old.entry.kind != entry.get("kind"):
        raise InputRefused([Fault("kind", "A correction is an entry of the same kind; chart another one anew.")])


def _parsed(
    app: App, actor: Actor, writing: Writing, chart: Chart, written: Mapping[str, Any], faults: list[Fault]
) -> BedsideEntry:
    """The entry, or InputRefused with its faults and those found before."""
    completed = with_witness(writing, chart, actor, written, faults)
    try:
        entry = _ENTRY.validate_python(completed, context={LIMITS_IN_CONTEXT: app.protocols.vital_limits})
    except ValidationError as error:
        raise InputRefused([*faults, *(fault for fault in faults_of(error, completed))]) from None
    found = [*faults, *_unknown_choices(entry, app.protocols.bedside), *_moments_that_cannot_be(entry, chart)]
    if found:
        raise InputRefused(found)
    return entry


def _unknown_choices(entry: BedsideEntry, rules: BedsideRules) -> Iterator[Fault]:
    """Ids that the bedside file does not have."""
    if isinstance(entry, ObservationLevel) and entry.level not in rules.observation_levels.labels:
        yield Fault("level", "The observation level is not one of this ward's; choose one that is offered.")
    listed = {"seizure_precautions": rules.seizure_precautions, "seizure_workup": rules.seizure_workup}
    if found := listed.get(entry.kind):
        for item in getattr(entry, "items", {}):
            if item not in found.labels:
                yield Fault(f"items.{item}", "This item is not on the ward's list; choose one that is.")


def _moments_that_cannot_be(entry: BedsideEntry, chart: Chart) -> Iterator[Fault]:
    if isinstance(entry, LastUse) and entry.used_at is not None and entry.used_at > chart.now:
        yield Fault("used_at", "The last use lies ahead; check the day and the time.")
    if isinstance(entry, Sleep) and entry.night_to > chart.today:
        yield Fault("night_to", "The night has not ended yet; write the day on which it ended.")
    if isinstance(entry, Leave) and entry.step == "left" and entry.back_by is not None and entry.back_by <= chart.now:
        yield Fault("back_by", "The time of coming back has passed already; check the day and the time.")


def _require_may_say_so(rules: BedsideRules, actor: Actor, entry: BedsideEntry) -> None:
    """Raises NotAllowed for a talk by somebody whose talk it is not, and for what only another use-case keeps."""
    spoken_by = rules.refusal_review.spoken_by.roles
    if isinstance(entry, RefusalTalk) and actor.role not in spoken_by:
        whose = " or ".join(role.in_words for role in spoken_by)
        raise NotAllowed(f"The talk after a refusal is charted by a {whose}.")
    if isinstance(entry, SecondObservation):
        raise NotAllowed("A second observer charts a set beside the first one.")


def ask_the_rules(
    app: App,
    actor: Actor,
    writing: Writing,
    chart: Chart,
    entry: BedsideEntry,
    entry_id: RecordId,
    happened_at: datetime,
    corrects: RecordId | None = None,
) -> Charted | None:
    """The set of what the entry answered, so that the rules speak at once; None when it answered nothing of theirs.

    The entry's record is kept already. A correction takes the place of the set of the entry before it.
    """
    observation = _answered(entry)
    before = set_made_from(corrects) if corrects else None
    replaced = before if any(kept.id == before for kept in chart.records) else None
    if observation is None and replaced is None:
        return None
    after = read_chart(writing, chart.episode, app.clock())
    return keep_set(
        app,
        actor,
        writing,
        after,
        observation or Observation(),
        set_made_from(entry_id),
        happened_at,
        corrects=replaced,
    )


def _answered(entry: BedsideEntry) -> Observation | None:
    if isinstance(entry, OwnSupplySearch) and entry.outcome == "found":
        return Observation(doses=DosesSoFar.model_validate({"own_supply_found": "yes"}))
    if isinstance(entry, IntakeOutput) and (signs := entry.signs()):
        return Observation(signs=Signs.model_validate(signs))
    return None
