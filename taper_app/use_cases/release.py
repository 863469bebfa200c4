"""Clearing the release veto, and releasing the patient: the ordinary way through the gate, or against advice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taper_app.clinical.errors import Fault, InputRefused, StateConflict
from taper_app.clinical.handoff.entries import AgainstAdvice, ReleaseBody, VetoClearanceBody
from taper_app.clinical.handoff.release_items import LeavingItem, ReleaseItemBody
from taper_app.clinical.handoff.veto import Veto
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId, RecordKind
from taper_app.store.interface import Writing
from taper_app.use_cases.aftercare import parsed
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import read_chart
from taper_app.use_cases.context import App, change, opened, record
from taper_app.use_cases.handoff_view import HandoffView, view_of
from taper_app.use_cases.rights import UseCase

SHORTEST_REASON = 10


class NotYetReleasable(InputRefused):
    """What keeps the ordinary release back, all of it by name."""

    next_step = (
        "Do what is named. A patient who leaves against advice goes by that path, with a supply, naloxone and a "
        "written plan."
    )


def clear_release_veto(app: App, actor: Actor, episode_id: EpisodeId, reason: str, *, entry_id: str) -> None:
    """Clear the veto by name and with a reason. Refused while a condition is not met, each named."""

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.CLEAR_RELEASE_VETO, episode_id)
        chart = read_chart(writing, episode, app.clock())
        if any(known.id == entry_id for known in chart.records):
            return
        veto = view_of(app, actor, chart).gate.veto
        if not veto.stands or veto.last_event_at is None:
            raise StateConflict("There is no release veto to clear.")
        if faults := _clearing_faults(veto, reason):
            raise InputRefused(faults)
        body = VetoClearanceBody(reason=reason.strip(), last_event_at=veto.last_event_at)
        writing.add_record(record(app, actor, episode_id, RecordKind.VETO_CLEARANCE, body, record_id=entry_id))
        refresh_latest(writing, episode, app.clock())

    change(app, actor, UseCase.CLEAR_RELEASE_VETO, episode_id, work)


def _clearing_faults(veto: Veto, reason: str) -> list[Fault]:
    faults = [
        Fault(f"veto.{condition.key}", f"Not met: {condition.text}. {condition.why}")
        for condition in veto.conditions
        if condition.keeps_back
    ]
    if len(reason.strip()) < SHORTEST_REASON:
        faults.append(Fault("reason", "Write in a sentence why the patient may be released."))
    return faults


def release_patient(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    *,
    entry_id: str,
    against_advice: Mapping[str, Any] | None = None,
    disposition: str = "",
) -> None:
    """Close the episode; from then on it can only be read, exported and its consent revoked.

    ``against_advice`` (an ``AgainstAdvice``) opens the path on which nothing of the gate keeps the patient.
    ``disposition`` empty: the recorded one. Raises NotYetReleasable with everything that is missing.
    """

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.RELEASE_PATIENT, episode_id)
        view = view_of(app, actor, read_chart(writing, episode, app.clock()))
        leaving = None if against_advice is None else parsed(AgainstAdvice, against_advice)
        goes_to = disposition.strip() or _recorded_disposition(view)
        if leaving is None:
            _require_open(view)
        body = ReleaseBody(
            disposition=goes_to or "left against advice, destination not told",
            against_advice=leaving,
            missing=tuple(missing.id.value for missing in view.gate.missing),
            veto_stood=view.gate.veto.stands,
        )
        if leaving is not None:
            _keep_supply(app, actor, writing, episode_id, leaving, entry_id)
        writing.add_record(record(app, actor, episode_id, RecordKind.RELEASE, body, record_id=entry_id))
        refresh_latest(writing, episode, app.clock(), status="released")

    change(app, actor, UseCase.RELEASE_PATIENT, episode_id, work)


def _recorded_disposition(view: HandoffView) -> str:
    leaving = view.kept.item(LeavingItem)
    return leaving.goes_to if leaving else ""


def _require_open(view: HandoffView) -> None:
    faults = []
    if view.gate.veto.stands:
        faults.append(
            Fault("veto", "The release veto stands: a physician clears it by name once its conditions are met.")
        )
    faults.extend(Fault(missing.id.value, f"{missing.title}: {missing.why}") for missing in view.gate.blocking)
    if faults:
        raise NotYetReleasable(faults)


def _keep_supply(
    app: App, actor: Actor, writing: Writing, episode_id: EpisodeId, leaving: AgainstAdvice, entry_id: str
) -> None:
    """What was handed over on leaving counts as the supply of the record."""
    body = ReleaseItemBody(item=leaving.supply)
    kept = record(app, actor, episode_id, RecordKind.RELEASE_ITEM, body, record_id=f"{entry_id}-supply")
    writing.add_record(kept)
