"""What stands in the form's place once a set was charted: its answer, who charted beside it, and the next set.

A routine answer appears at once where the button was, and the rest of the page follows a moment later. Anything that
calls for somebody draws the whole page at once and stands in front of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import streamlit as st

from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import chart_result, show
from taper_app.ui.components.levels import level_text
from taper_app.ui.components.times import clock_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart, ChartedSet
from taper_app.use_cases.day_sheet import is_set
from taper_app.use_cases.observe import Charted

_ROUTINE = 1
#: How long the form stays closed after a set of one's own, so that nobody charts it twice by a slip.
_STAYS_CLOSED = timedelta(minutes=10)
_CHARTED, _CORRECTED = "The set was charted.", "The set was corrected."


def after_saving(
    at: Here, chart: Chart, charted: Charted, *, at_moment: datetime, since: datetime, corrected: bool
) -> None:
    """Shows the answer. ``chart`` is as it stood before; ``since``: when the form was opened."""
    episode_id = chart.episode_id
    beside = [found for found in chart.sets if found.record.recorded_at > since and _is_others(at, found)]
    st.session_state[_done(episode_id)] = charted.record_id
    st.session_state[_beside(episode_id)] = [found.record.id for found in beside]
    if charted.assessment.level > _ROUTINE or corrected or not current.is_part_alone():
        if charted.assessment.level > _ROUTINE or corrected:
            chart_result.show_after_rerun(episode_id, charted.record_id)
        show.done_after_rerun(_CORRECTED if corrected else _CHARTED)
        st.rerun()
    _closed(at, chart, at_moment, charted.assessment, beside)
    _page_follows([])


@st.fragment(run_every="1s")
def _page_follows(turns: list[None]) -> None:
    """Once, by itself: what is due, the doses and the timeline are drawn anew with the set."""
    if turns:
        st.rerun()
    turns.append(None)


def closed_form(at: Here, chart: Chart) -> bool:
    """Whether a set was just charted here; then its answer stands in the form's place."""
    record_id = st.session_state.get(_done(chart.episode_id))
    found = next((found for found in chart.sets if found.record.id == record_id), None)
    if found is None or chart.now - found.record.recorded_at > _STAYS_CLOSED:
        return False
    ids = st.session_state.get(_beside(chart.episode_id), [])
    answer = Assessment.model_validate(found.assessment) if found.assessment else None
    _closed(at, chart, found.at, answer, [beside for beside in chart.sets if beside.record.id in ids])
    return True


def open_again(episode_id: EpisodeId) -> None:
    """The next run shows an empty form."""
    st.session_state.pop(_done(episode_id), None)
    st.session_state.pop(_beside(episode_id), None)


def _closed(at: Here, chart: Chart, moment: datetime, answer: Assessment | None, beside: list[ChartedSet]) -> None:
    with st.container(border=True, key=f"charted-{chart.episode_id}"):
        st.markdown(f"**{_CHARTED}**")
        for found in beside:
            who = show.plain_text(found.record.author.name)
            when = clock_text(found.record.recorded_at, chart.unit.zone)
            st.info(f"{who} charted a set at {when} while you typed. Both are kept.")
        if answer is not None and answer.level == _ROUTINE:
            chart_result.answer_lines(at, chart, moment, answer)
        elif answer is not None:
            st.markdown(f"{level_text(answer.level)}: the answer stands on top of the page.")
        st.button(
            "Chart another set",
            key=f"another-set-{chart.episode_id}",
            on_click=open_again,
            args=(chart.episode_id,),
            width="stretch",
        )


def _is_others(at: Here, found: ChartedSet) -> bool:
    return is_set(found.observation) and found.record.author.user_id != at.actor.user_id


def _done(episode_id: EpisodeId) -> str:
    return f"set_done|{episode_id}"


def _beside(episode_id: EpisodeId) -> str:
    return f"set_beside|{episode_id}"
