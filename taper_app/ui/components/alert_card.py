"""One open alert in full: who has to answer it by now, what was found, who saw it, what was done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import streamlit as st

from taper_app.clinical.escalation.alerts import Alert, AlertActionBody, AlertReason
from taper_app.clinical.escalation.answering import Answering
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.records import Record
from taper_app.ui.components import show
from taper_app.ui.components.alert_actions import actions
from taper_app.ui.components.chart_result import who_in_words
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.times import ago, clock_text, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart

_EMERGENCY = 4


def card(at: Here, chart: Chart, alert: Alert, answering: Answering) -> None:
    """In a box of its own; what one may not do is not offered."""
    with st.container(border=True, key=f"alert-{alert.id}"):
        st.markdown(f"**{level_words(alert, answering)} · {show.plain_text(alert.body.headline)}**")
        if answering.climb.level == _EMERGENCY:
            st.markdown(f"**Emergency number {show.plain_text(chart.unit.emergency_number)}.**")
        if answering.in_words:
            st.markdown(f"**{show.plain_text(answering.in_words)}**")
        st.markdown("  \n".join(_life(chart, alert)))
        st.markdown("\n".join(f"- {_reason(at, reason)}" for reason in alert.reasons))
        actions(at, chart, alert)


def level_words(alert: Alert, answering: Answering) -> str:
    """``◆ Prescriber``; of one that has climbed also from where."""
    now = level_text(answering.climb.level)
    if answering.climb.level == alert.body.level:
        return now
    return f"{now} (raised from {level_text(alert.body.level)})"


def done_lines(chart: Chart, alert: Alert) -> Iterator[str]:
    """What was done, each with its author and moment, oldest first."""
    for step in alert.actions:
        yield f"Done {_when(chart, step.recorded_at)} by {_who(step)}: {_text(step)}"


def resolved_line(chart: Chart, alert: Alert) -> str:
    """``▲ Nurse in charge: Tremor 3 of 4. Resolved by …, …: seen``, after what was done before."""
    assert alert.resolved is not None
    done = "; ".join(alert.done)
    who, when = alert.resolved.author.signature, moment_text(alert.resolved.recorded_at, chart.unit.zone)
    words = f"{level_text(alert.body.level)}: {alert.body.headline} Resolved by {who}, {when}: {done}"
    return show.plain_text(words)


def _life(chart: Chart, alert: Alert) -> Iterator[str]:
    """Raised, seen, acknowledged, acted on: one line each."""
    wanted = f" · answer wanted by {_when(chart, alert.body.respond_by)}" if alert.body.respond_by else ""
    raised = moment_text(alert.raised_at, chart.unit.zone)
    yield f"Raised {raised} ({ago(alert.raised_at, chart.now)}) by {_who(alert.record)}{wanted}"
    if alert.found_again:
        times = "once" if len(alert.found_again) == 1 else f"{len(alert.found_again)} times"
        last = alert.found_again[-1]
        yield f"Found again {times}, last {_when(chart, last.at)}: {show.plain_text(last.body.headline)}"
    if alert.seen:
        seen = ", ".join(f"{_who(step)} {_when(chart, step.recorded_at)}" for step in alert.seen)
        yield f"Seen by {seen}"
    if alert.acknowledged:
        minutes = int((alert.acknowledged.recorded_at - alert.raised_at).total_seconds() // 60)
        when = _when(chart, alert.acknowledged.recorded_at)
        yield f"Acknowledged {when} by {_who(alert.acknowledged)}. That took {minutes} min."
    yield from done_lines(chart, alert)


def _who(step: Record) -> str:
    return show.plain_text(step.author.signature)


def _text(step: Record) -> str:
    return show.plain_text(step.body_as(AlertActionBody).action_taken)


def _when(chart: Chart, moment: datetime) -> str:
    """The time alone while it is today's."""
    is_today = moment.astimezone(chart.zone).date() == chart.today
    return clock_text(moment, chart.unit.zone) if is_today else moment_text(moment, chart.unit.zone)


def _reason(at: Here, reason: AlertReason) -> str:
    told = who_in_words(reason.notify)
    minutes = reason.respond_within_minutes
    when = "" if minutes is None else ", now" if minutes == 0 else f", within {minutes} min"
    mark = f" ({Evidence.UNVERIFIED.mark})" if reason.is_unverified else ""
    source = show.plain_text(at.app.protocols.source_short(reason.source))
    said = f"{show.plain_text(reason.message)} {show.plain_text(reason.action)}"
    tell = f" Tell {told}{when}." if told else ""
    return f"{level_text(reason.level)}: {said}{tell} :small[{reason.rule}, {source}{mark}]"
