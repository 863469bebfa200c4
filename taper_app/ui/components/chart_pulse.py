"""A page that was drawn before somebody else charted says so by itself, in the banner that is always in view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import streamlit as st

from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.escalation.alerts import AlertActionBody, AlertBody, AlertStep
from taper_app.clinical.records import EpisodeId, Record, RecordKind
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.times import clock_text
from taper_app.ui.current import Here
from taper_app.use_cases.changes import change_number
from taper_app.use_cases.chart import Chart, open_chart

#: One's own entry of a moment ago: the page is about to be drawn with it.
_JUST_NOW = timedelta(seconds=4)
_FOLLOWS_BY_ITSELF = (RecordKind.ASSESSMENT, RecordKind.FOUND_AGAIN)
_WORDS = {
    RecordKind.DOSE: "charted a dose",
    RecordKind.PLAN: "proposed a plan",
    RecordKind.PLAN_SIGNATURE: "signed the plan",
    RecordKind.PLAN_CHANGE_REQUEST: "asked to keep the dose",
    RecordKind.ALERT_ACTION: "dealt with an alert",
    RecordKind.FACTS: "changed the facts",
    RecordKind.BED: "changed the bed",
    RecordKind.RELEASE: "released the patient",
}


@st.fragment(run_every="5s")
def pulse(episode_id: EpisodeId, drawn: int) -> None:
    """Asks for one number every few seconds. ``drawn``: how many records the page was drawn from."""
    if not current.is_part_alone():
        return
    at = current.here()
    with show.refusals():
        if change_number(at.app, at.actor, episode_id) == drawn:
            return
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        added = [record for record in _added_since(chart, drawn) if _is_news(at, chart, record)]
        if not added:
            return
        raised = [_alert_words(record) for record in added if record.kind is RecordKind.ALERT]
        for words in dict.fromkeys(raised):
            st.error(words)
        listed = " ".join(dict.fromkeys(_sentences(at, chart, added)))
        st.warning(f"**This page is older than the chart.** {listed} What you typed stays.")
        if st.button("Show the chart as it is now", key=f"show-now-{episode_id}", width="stretch"):
            st.rerun()


def _is_news(at: Here, chart: Chart, record: Record) -> bool:
    """Not what one did oneself a moment ago, nor that somebody looked at an alert."""
    is_own = record.author.user_id == at.actor.user_id
    if record.kind in _FOLLOWS_BY_ITSELF or (is_own and chart.now - record.recorded_at < _JUST_NOW):
        return False
    return record.kind is not RecordKind.ALERT_ACTION or record.body_as(AlertActionBody).step is not AlertStep.SEEN


def _alert_words(record: Record) -> str:
    body = record.body_as(AlertBody)
    return f"**{level_text(body.level)} · {show.plain_text(body.headline)}**"


def _sentences(at: Here, chart: Chart, added: Sequence[Record]) -> Iterator[str]:
    """``B. Lee charted a set at 14:02.``"""
    for record in added:
        if record.kind is RecordKind.ALERT:
            continue
        is_own = record.author.user_id == at.actor.user_id
        who = "You, on another screen," if is_own else show.plain_text(record.author.name)
        yield f"{who} {_what(record)} at {clock_text(record.recorded_at, chart.unit.zone)}."


def _added_since(chart: Chart, drawn: int) -> list[Record]:
    """Records are only added, so those beyond the number that was drawn are new."""
    newest_last = sorted([*chart.records, *chart.struck], key=lambda record: record.recorded_at)
    return newest_last[len(newest_last) - (chart.changes - drawn) :]


def _what(record: Record) -> str:
    if record.kind is RecordKind.OBSERVATION:
        observation = record.body_as(Observation)
        if observation.events:
            return f"charted: {observation.events[0].kind.replace('_', ' ')}"
        return "corrected a set" if record.corrects else "charted a set"
    return _WORDS.get(record.kind, "added to the chart")
