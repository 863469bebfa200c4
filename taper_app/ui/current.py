"""Who is at the screen, and which patient is open. session_state holds these two and nothing clinical.

``here()`` asks the store anew on every run and in every fragment, so that a session that ended or was taken
over shows nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

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

BOARD = "pages/board.py"
ADMIT = "pages/admit.py"
CHART = "pages/chart.py"
PLAN = "pages/plan.py"
REVIEW = "pages/review.py"
PATIENT = "pages/patient.py"
HANDOFF = "pages/handoff.py"
PROTOCOLS = "pages/protocols.py"
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


def handoff_or_none(at: Here) -> HandoffView | None:
    """The open patient's way to release, read now; None when no patient is open. Noted once per opening."""
    episode_id = open_episode_id()
    if episode_id is None:
        return None
    first_time = st.session_state.get(_AUDITED) != episode_id
    view = open_summary(at.app, at.actor, episode_id, audited=first_time)
    st.session_state[_AUDITED] = episode_id
    return view
