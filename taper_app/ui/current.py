"""Who is at the screen, and which patient is open. session_state holds these two and nothing clinical.

``here()`` asks the store anew on every run and in every fragment, so that a session that ended or was taken
over shows nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from taper_app import wiring
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId, Unit
from taper_app.ui.session_binding import SignedIn, require_session
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.handoff_view import HandoffView, open_summary
from taper_app.use_cases.set_up_unit import unit_or_first
from taper_app.wiring import TaperApp

_EPISODE = "open_episode"
_AUDITED = "audited_episode"
_REASON = "reason_for_opening"
_shared: ContextVar[Chart | None] = ContextVar("chart_of_this_drawing", default=None)

BOARD = "pages/board.py"
SHIFT = "pages/shift.py"
WALL = "pages/wall.py"
ADMIT = "pages/admit.py"
CHART = "pages/chart.py"
PLAN = "pages/plan.py"
REVIEW = "pages/review.py"
PATIENT = "pages/patient.py"
HANDOFF = "pages/handoff.py"
PROTOCOLS = "pages/protocols.py"
RULES = "pages/rules.py"
SET_UP = "pages/set_up.py"
AUDIT = "pages/audit.py"


@dataclass(frozen=True, slots=True)
class Here:
    """The wired application and the person who acts."""

    app: TaperApp
    signed_in: SignedIn

    @property
    def actor(self) -> Actor:
        return self.signed_in.actor


def here() -> Here:
    """Stops the run when nobody is signed in."""
    signed_in = require_session()
    return Here(wiring.app_for(demo=signed_in.is_demo), signed_in)


def unit_or_stop(at: Here) -> Unit:
    """The person's own ward; stops with what to do when it was not set up yet."""
    unit = unit_or_first(at.app, at.actor.unit_id)
    if unit is None:
        st.info("The ward is not set up yet. An administrator opens Set-up and fills it in.")
        st.stop()
    return unit


def open_patient(episode_id: EpisodeId, *, reason: str = "") -> None:
    """Choose the patient for the pages that follow."""
    st.session_state[_EPISODE] = episode_id
    st.session_state[_REASON] = reason
    st.session_state.pop(_AUDITED, None)


def close_patient() -> None:
    """No patient is open any more."""
    for name in (_EPISODE, _REASON, _AUDITED):
        st.session_state.pop(name, None)


def open_episode_id() -> EpisodeId | None:
    """The episode that is open on this screen."""
    found = st.session_state.get(_EPISODE)
    return EpisodeId(found) if isinstance(found, str) else None


def chart_or_stop(at: Here) -> Chart:
    """The open patient's chart, read now; stops with what to do when none is open. Noted once per opening."""
    episode_id = open_episode_id()
    if episode_id is None:
        st.info("No patient is open. Choose one on the ward board.")
        st.page_link(BOARD, label="Ward board")
        st.stop()
    first_time = st.session_state.get(_AUDITED) != episode_id
    chart = open_chart(at.app, at.actor, episode_id, reason=str(st.session_state.get(_REASON, "")), audited=first_time)
    st.session_state[_AUDITED] = episode_id
    return chart


@contextmanager
def one_look(chart: Chart) -> Iterator[None]:
    """While a whole page is drawn its parts show this one reading of the chart; it is let go at the end."""
    token = _shared.set(chart)
    try:
        yield
    finally:
        _shared.reset(token)


def chart_now(at: Here, episode_id: EpisodeId) -> Chart:
    """The chart for a part of the page: what the whole page was just drawn from, or read anew by a part alone."""
    shared = _shared.get()
    if shared is not None and shared.episode_id == episode_id:
        return shared
    return open_chart(at.app, at.actor, episode_id, audited=False)


def is_part_alone() -> bool:
    """Whether this run draws one part of the page again and not the whole."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def draw_only(*parts: str) -> None:
    """At the end of a widget's callback: draw these parts again and not the one around the widget.

    Without effect while the whole page is drawn anyway, or when a part is gone from the page meanwhile.
    """
    if is_part_alone():
        with suppress(StreamlitAPIException):
            st.rerun(list(parts))


def handoff_or_none(at: Here) -> HandoffView | None:
    """The open patient's way to release, read now; None when no patient is open. Noted once per opening."""
    episode_id = open_episode_id()
    if episode_id is None:
        return None
    first_time = st.session_state.get(_AUDITED) != episode_id
    view = open_summary(at.app, at.actor, episode_id, audited=first_time)
    st.session_state[_AUDITED] = episode_id
    return view
