"""Whether what a set calls for interrupts somebody, or joins an alert that is open already.

The same finding interrupts once, unless it rises: one interruptive alert per patient and change of level. Nothing new
that calls a prescriber hides behind an alert that was acknowledged before it was found.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from taper_app.clinical.escalation.alerts import Alert, AlertBody, AlertReason, FoundAgainBody
from taper_app.clinical.protocol.alert_ladder import AlertLadder
from taper_app.clinical.records import RecordId


def called_for(
    observation: RecordId,
    reasons: Sequence[AlertReason],
    news: Collection[str],
    found: Sequence[Alert],
    ladder: AlertLadder,
    now: datetime,
    *,
    something_happened: bool,
) -> AlertBody | FoundAgainBody | None:
    """The alert that a set raises, or what it adds to an open one; None without news.

    ``reasons``: the set's findings that call for somebody, the most serious first. ``news``: the rules among them that
    do not only repeat an event that was answered. ``something_happened``: the set holds an event, which always raises
    its own alert. Level, headline and answering time are those of what is new; the other findings stand beside it.
    """
    fresh = [reason for reason in reasons if reason.rule in news]
    if not fresh:
        return None
    open_alerts = [alert for alert in found if alert.is_open]
    interrupting = fresh if something_happened else [one for one in fresh if _interrupts(one, open_alerts, ladder)]
    if interrupting:
        return _body(observation, interrupting[0], reasons, now)
    joined = max(open_alerts, key=lambda alert: (_shares(alert, fresh), alert.body.level, alert.raised_at))
    return FoundAgainBody.of(joined.id, _body(observation, fresh[0], reasons, now))


def _interrupts(reason: AlertReason, open_alerts: Sequence[Alert], ladder: AlertLadder) -> bool:
    """A higher level than every open alert; or something else that is serious, with nobody called for it yet."""
    known = max((one.level for alert in open_alerts for one in alert.reasons if one.rule == reason.rule), default=0)
    if reason.level <= known:
        return False
    if reason.level > max((alert.body.level for alert in open_alerts), default=0):
        return True
    waiting = max((alert.body.level for alert in open_alerts if alert.acknowledged is None), default=0)
    return reason.level >= ladder.again_from_level and reason.level > waiting


def _shares(alert: Alert, fresh: Sequence[AlertReason]) -> bool:
    return bool({reason.rule for reason in alert.reasons} & {reason.rule for reason in fresh})


def _body(observation: RecordId, first: AlertReason, reasons: Sequence[AlertReason], now: datetime) -> AlertBody:
    return AlertBody(
        observation=observation,
        level=first.level,
        headline=first.message,
        reasons=tuple(reasons),
        respond_by=now + timedelta(minutes=first.respond_within_minutes or 0),
    )
