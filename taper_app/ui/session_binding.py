"""The first lines of each run: whose session this is, and that the page's state is that person's own.

A page calls ``require_session()`` before anything else; whoever it returns for is signed in at this very moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from taper_app import wiring
from taper_app.clinical.people import Actor
from taper_app.store.interface import Account, AuditEntry
from taper_app.ui.server import admission, cookies
from taper_app.use_cases import sessions
from taper_app.use_cases.sessions import LiveSession, NotLive

_BOUND = "_signed_in_session"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person at the screen. ``session_id`` is the stored id, never the cookie's token."""

    account: Account
    actor: Actor
    session_id: str
    is_demo: bool


def cookie_token() -> str | None:
    """The token of the browser's cookie; None when our gate did not let this connection through.

    This is the one place that looks at the connection. AppTest has neither cookies nor gate: a test adds a session
    to a store (``sessions.add_session``) and replaces this function by one that returns that token.
    """
    token = st.context.cookies.get(cookies.SESSION)
    proof = st.context.headers.get(admission.PROOF_HEADER)
    return token if token and proof and admission.proof_holds(token, proof) else None


def require_session() -> SignedIn:
    """Who is signed in, read from the store anew. Stops the run, with a way to sign in, when nobody is.

    State that another session left behind is cleared before anything of it can be shown.
    """
    token = cookie_token()
    if token is None:
        _stop_ungated()
    live = admission.look_up(token)
    if not isinstance(live, LiveSession):
        _stop_signed_out(live)
    bound = st.session_state.get(_BOUND)
    if bound is not None and bound != live.session.id:
        st.session_state.clear()
        _note_foreign_state(live)
        st.session_state[_BOUND] = live.session.id
        st.rerun()
    st.session_state[_BOUND] = live.session.id
    if (context := get_script_run_ctx()) is not None:
        admission.PAGE_OWNERS.bind(context.session_id, live.session.id)
    return SignedIn(account=live.account, actor=_actor(live.account), session_id=live.session.id, is_demo=live.is_demo)


def sign_out() -> NoReturn:
    """End the session of the person at the screen and clear the page."""
    token = cookie_token()
    if token is not None and sessions.well_formed(token):
        app = wiring.app_for(demo=sessions.is_demo_token(token))
        sessions.sign_out(app.store, sessions.session_id_of(token), now=app.clock())
    st.session_state.clear()
    st.rerun()


def _actor(account: Account) -> Actor:
    """An account without a unit acts in no unit: the empty id matches none."""
    return Actor(
        user_id=account.id, display_name=account.display_name, role=account.role, unit_id=account.unit_id or ""
    )


def _stop_ungated() -> NoReturn:
    st.session_state.clear()
    st.error("Taper was started without its guard, so it shows nothing. Start it with `taper run`.")
    st.stop()


def _stop_signed_out(why: NotLive) -> NoReturn:
    st.session_state.clear()
    sentences = {
        NotLive.IDLE: "You were signed out after a time without use.",
        NotLive.EXPIRED: "Your session has reached its longest time.",
        NotLive.DISABLED: "This account has been disabled. Ask an administrator.",
    }
    st.info(f"{sentences.get(why, 'You are signed out.')} Drafts are kept.")
    st.html('<a href="/">Sign in</a>')
    st.stop()


def _note_foreign_state(live: LiveSession) -> None:
    app = wiring.app_for(demo=live.is_demo)
    entry = AuditEntry(
        at=app.clock(),
        account_id=live.account.id,
        role=live.account.role.value,
        action="resume_page_of_another_session",
        outcome="refused",
    )
    app.store.transact(lambda writing: writing.add_audit(entry))
