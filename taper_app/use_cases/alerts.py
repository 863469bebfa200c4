"""Acknowledging and resolving alerts. Resolving says what was done; only a prescriber's word lets cuts go on."""

from __future__ import annotations

from taper_app.clinical.charting.struck import counting
from taper_app.clinical.errors import Fault, InputRefused, NotFound, StateConflict
from taper_app.clinical.escalation.alerts import Alert, AlertActionBody, AlertStep, alerts
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId, RecordId, RecordKind
from taper_app.store.interface import Writing
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.context import App, change, opened, record
from taper_app.use_cases.rights import UseCase


def acknowledge_alert(app: App, actor: Actor, episode_id: EpisodeId, alert_id: RecordId, *, entry_id: str) -> None:
    """Say that it was seen and is being dealt with. A second acknowledgement adds nothing."""

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.ACKNOWLEDGE_ALERT, episode_id)
        alert = _alert(writing, episode_id, alert_id)
        if alert.acknowledged is None and alert.is_open:
            body = AlertActionBody(alert=alert_id, step=AlertStep.ACKNOWLEDGED)
            writing.add_record(record(app, actor, episode_id, RecordKind.ALERT_ACTION, body, record_id=entry_id))
            refresh_latest(writing, episode, app.clock())

    change(app, actor, UseCase.ACKNOWLEDGE_ALERT, episode_id, work)


def resolve_alert(
    app: App, actor: Actor, episode_id: EpisodeId, alert_id: RecordId, action_taken: str, *, entry_id: str
) -> None:
    """Close an alert with the action that was taken. Raises InputRefused without one."""

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.RESOLVE_ALERT, episode_id)
        alert = _alert(writing, episode_id, alert_id)
        if not alert.is_open:
            raise StateConflict("This alert is resolved already.")
        if len(action_taken.strip()) < 3:
            raise InputRefused([Fault("action_taken", "Write what was done, in a few words.")])
        body = AlertActionBody(alert=alert_id, step=AlertStep.RESOLVED, action_taken=action_taken.strip())
        writing.add_record(record(app, actor, episode_id, RecordKind.ALERT_ACTION, body, record_id=entry_id))
        refresh_latest(writing, episode, app.clock())

    change(app, actor, UseCase.RESOLVE_ALERT, episode_id, work)


def _alert(writing: Writing, episode_id: EpisodeId, alert_id: RecordId) -> Alert:
    kinds = {RecordKind.ALERT, RecordKind.ALERT_ACTION, RecordKind.STRIKE}
    found = alerts(counting(writing.records(episode_id, kinds)))
    alert = next((alert for alert in found if alert.id == alert_id), None)
    if alert is None:
        raise NotFound("There is no such alert for this patient.")
    return alert
