"""What becomes of an alert: seen, acknowledged, acted on, resolved. Only a prescriber's word lets cuts go on."""

from __future__ import annotations

from collections.abc import Sequence

from taper_app.clinical.charting.struck import counting
from taper_app.clinical.errors import Fault, InputRefused, NotFound, StateConflict
from taper_app.clinical.escalation.alerts import Alert, AlertActionBody, AlertStep, alerts
from taper_app.clinical.people import Actor
from taper_app.clinical.records import Episode, EpisodeId, RecordId, RecordKind
from taper_app.clinical.typed_text import one_line
from taper_app.store.interface import Reading, Writing
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.context import App, change, opened, record
from taper_app.use_cases.rights import Grant, UseCase, grant_of

SHORTEST_ACTION = 3
LONGEST_ACTION = 400
_KINDS = frozenset({RecordKind.ALERT, RecordKind.FOUND_AGAIN, RecordKind.ALERT_ACTION, RecordKind.STRIKE})


class AlertResolved(StateConflict):
    """Somebody has closed the alert meanwhile; what was done stands on the chart."""

    next_step = "Read on the chart what was done. If the patient needs more, chart a new set."


class AcknowledgedAlready(StateConflict):
    """Two people at once: the first one deals with it."""

    next_step = "The chart shows who and when; record there what you do about it."


def unseen_by(actor: Actor, chart: Chart) -> Sequence[Alert]:
    """Open alerts of a chart that this person has not had in front of them yet; nobody's who may not acknowledge."""
    if chart.row.status != "open" or grant_of(UseCase.ACKNOWLEDGE_ALERT, actor.role) is Grant.NO:
        return ()
    return [alert for alert in chart.alerts if alert.is_open and not alert.was_seen_by(actor.user_id)]


def note_seen(app: App, actor: Actor, episode_id: EpisodeId) -> None:
    """The open alerts stand on this person's screen: noted once per person and alert.

    Asked only when ``unseen_by`` finds some, so that a page that is drawn again writes nothing.
    """

    def work(writing: Writing) -> None:
        opened(writing, actor, UseCase.ACKNOWLEDGE_ALERT, episode_id)
        for alert in _alerts(writing, episode_id):
            if alert.is_open and not alert.was_seen_by(actor.user_id):
                _keep(app, actor, writing, episode_id, alert, AlertStep.SEEN, f"{alert.id}-seen-{actor.user_id}")

    change(app, actor, UseCase.ACKNOWLEDGE_ALERT, episode_id, work, detail="seen")


def acknowledge_alert(app: App, actor: Actor, episode_id: EpisodeId, alert_id: RecordId, *, entry_id: str) -> None:
    """Say that one deals with it. One's own second acknowledgement adds nothing.

    Raises AcknowledgedAlready when somebody else was first, AlertResolved, NotAllowed, NotFound.
    """

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.ACKNOWLEDGE_ALERT, episode_id)
        alert = _open_alert(writing, episode_id, alert_id)
        if alert.acknowledged is None:
            _keep(app, actor, writing, episode_id, alert, AlertStep.ACKNOWLEDGED, entry_id)
            refresh_latest(writing, episode, app.clock())
        elif alert.acknowledged.author.user_id != actor.user_id:
            raise AcknowledgedAlready("Somebody else has acknowledged this alert already.")

    change(app, actor, UseCase.ACKNOWLEDGE_ALERT, episode_id, work)


def record_action(
    app: App, actor: Actor, episode_id: EpisodeId, alert_id: RecordId, action_taken: str, *, entry_id: str
) -> None:
    """Say what was done; the alert stays open. Whoever acts on an alert that nobody acknowledged has acknowledged it.

    The same ``entry_id`` again adds nothing. Raises InputRefused without a text, AlertResolved, NotAllowed, NotFound.
    """

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.RESOLVE_ALERT, episode_id)
        if _was_kept(writing, episode, entry_id):
            return
        alert = _open_alert(writing, episode_id, alert_id)
        text = _action(action_taken)
        if alert.acknowledged is None:
            _keep(app, actor, writing, episode_id, alert, AlertStep.ACKNOWLEDGED, f"{entry_id}-acknowledged")
        _keep(app, actor, writing, episode_id, alert, AlertStep.ACTED_ON, entry_id, text)
        refresh_latest(writing, episode, app.clock())

    change(app, actor, UseCase.RESOLVE_ALERT, episode_id, work, detail="action recorded")


def resolve_alert(
    app: App, actor: Actor, episode_id: EpisodeId, alert_id: RecordId, action_taken: str, *, entry_id: str
) -> None:
    """Close an alert with what was done; nothing has to be added where an action was recorded before.

    Raises InputRefused without any action, AlertResolved, NotAllowed, NotFound.
    """

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.RESOLVE_ALERT, episode_id)
        if _was_kept(writing, episode, entry_id):
            return
        alert = _open_alert(writing, episode_id, alert_id)
        text = "" if alert.actions and not action_taken.strip() else _action(action_taken)
        _keep(app, actor, writing, episode_id, alert, AlertStep.RESOLVED, entry_id, text)
        refresh_latest(writing, episode, app.clock())

    change(app, actor, UseCase.RESOLVE_ALERT, episode_id, work)


def _keep(
    app: App,
    actor: Actor,
    writing: Writing,
    episode_id: EpisodeId,
    alert: Alert,
    step: AlertStep,
    entry_id: str,
    text: str = "",
) -> None:
    body = AlertActionBody(alert=alert.id, step=step, action_taken=text)
    writing.add_record(record(app, actor, episode_id, RecordKind.ALERT_ACTION, body, record_id=entry_id))


def _action(written: str) -> str:
    """What was done, in one line. Raises InputRefused."""
    text = written.strip()
    if len(text) < SHORTEST_ACTION:
        raise InputRefused([Fault("action_taken", "Write what was done, in a few words.")])
    if len(text) > LONGEST_ACTION:
        sentence = f"Write it in at most {LONGEST_ACTION} characters; record a second action for the rest."
        raise InputRefused([Fault("action_taken", sentence)])
    try:
        return one_line(text)
    except ValueError as fault:
        raise InputRefused([Fault("action_taken", str(fault))]) from None


def _was_kept(writing: Writing, episode: Episode, entry_id: str) -> bool:
    known = writing.record(RecordId(entry_id))
    return known is not None and known.episode_id == episode.id


def _alerts(reading: Reading, episode_id: EpisodeId) -> Sequence[Alert]:
    return alerts(counting(reading.records(episode_id, _KINDS)))


def _open_alert(writing: Writing, episode_id: EpisodeId, alert_id: RecordId) -> Alert:
    alert = next((found for found in _alerts(writing, episode_id) if found.id == alert_id), None)
    if alert is None:
        raise NotFound("There is no such alert for this patient.")
    if not alert.is_open:
        raise AlertResolved("This alert is resolved already.")
    return alert
