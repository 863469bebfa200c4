"""What a set calls for, as the body of a record: an alert of its own, a joined one, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from taper_app.clinical.charting.case import AssessmentCase
from taper_app.clinical.escalation.alerts import Alert, AlertBody, AlertReason, FoundAgainBody
from taper_app.clinical.escalation.answer import Assessment, Finding
from taper_app.clinical.escalation.raising import called_for
from taper_app.clinical.escalation.why import Reason
from taper_app.clinical.records import RecordId
from taper_app.use_cases.assessing import judged, reasons
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.context import App

LOWEST_ALERT_LEVEL = 2


def alert_for(
    app: App, chart: Chart, case: AssessmentCase, answer: Assessment, record_id: RecordId
) -> AlertBody | FoundAgainBody | None:
    """What the set ``record_id`` raises or adds to an open alert. ``chart`` is as it stands before the set is kept."""
    calling = [finding for finding in answer.findings if finding.level >= LOWEST_ALERT_LEVEL]
    old_news = _old_news(app, case, answer, chart.alerts)
    still_open = _rules_of(alert for alert in chart.alerts if alert.is_open)
    because = reasons(app, case) if calling else {}
    happened = bool(case.observation.events)
    # Beside something that happened now, what is still open of an earlier event is told too.
    told = [found for found in calling if found.rule not in old_news or (happened and found.rule in still_open)]
    return called_for(
        record_id,
        [_reason_of(finding, because.get(finding.rule, ())) for finding in told],
        {finding.rule for finding in told} - old_news,
        chart.alerts,
        app.protocols.rules.ladder,
        chart.now,
        something_happened=happened,
    )


def _old_news(app: App, case: AssessmentCase, answer: Assessment, alerts: Sequence[Alert]) -> set[str]:
    """Rules that fire only because of an event of an earlier set, and for which an alert was raised already.

    Without this a seizure would raise its alert anew with each set of the next 24 hours, and would suspend the
    version that a prescriber has signed in answer to it.
    """
    if not any(found.events for found in case.history):
        return set()
    quiet = tuple(found.model_copy(update={"events": None}) for found in case.history)
    without = judged(app, AssessmentCase(patient=case.patient, history=quiet, observation=case.observation))
    rests_on_events = {found.rule for found in answer.findings} - {found.rule for found in without.findings}
    return rests_on_events & _rules_of(alerts)


def _rules_of(alerts: Iterable[Alert]) -> set[str]:
    return {reason.rule for alert in alerts for reason in alert.reasons}


def _reason_of(finding: Finding, because: tuple[Reason, ...]) -> AlertReason:
    return AlertReason(
        rule=finding.rule,
        level=finding.level,
        message=finding.message,
        action=finding.action,
        effect=finding.taper,
        notify=finding.notify,
        respond_within_minutes=finding.respond_within_minutes,
        source=finding.source,
        is_unverified="K" in (finding.trigger_evidence, finding.time_evidence),
        why=because,
    )
