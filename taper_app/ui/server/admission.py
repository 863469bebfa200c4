"""Who is let through: the cookie's session, and the proof that our own gate saw the connection.

The gate removes whatever a client calls ``x-taper-gate`` and puts its own: a keyed hash of the cookie's token.
The key is made when the process starts and never leaves it, so a page that finds no valid proof knows that it
was served without the gate, whatever the client sent.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from hmac import compare_digest, new
from threading import Lock
from typing import Final

from taper_app import wiring
from taper_app.settings import settings
from taper_app.use_cases import sessions
from taper_app.use_cases.sessions import LiveSession, NotLive

PROOF_HEADER: Final = "x-taper-gate"
_PROCESS_KEY = secrets.token_bytes(32)


def proof_for(token: str) -> str:
    return new(_PROCESS_KEY, token.encode(), "sha256").hexdigest()


def proof_holds(token: str, proof: str) -> bool:
    return compare_digest(proof_for(token), proof)


def look_up(token: str | None) -> LiveSession | NotLive:
    """What the token opens at this moment, in the database that the token belongs to."""
    if not sessions.well_formed(token):
        return NotLive.UNKNOWN if token else NotLive.NONE
    app = wiring.app_for(demo=sessions.is_demo_token(token or ""))
    with app.store.reading() as reading:
        return sessions.look_up(reading, token, now=app.clock(), idle_limit=settings().idle_limit)


def record_use(live: LiveSession) -> None:
    app = wiring.app_for(demo=live.is_demo)
    sessions.record_use(app.store, live.session, now=app.clock())


class PageOwners:
    """Which sign-in session each Streamlit session belongs to.

    A browser names the Streamlit session it wants to resume, and Streamlit would hand over that session's state
    to whoever names it. The gate lets a connection resume only what is listed here under its own sign-in.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._lock = Lock()
        self._owner: OrderedDict[str, str] = OrderedDict()

    def bind(self, streamlit_session: str, sign_in_session: str) -> None:
        with self._lock:
            self._owner[streamlit_session] = sign_in_session
            self._owner.move_to_end(streamlit_session)
            while len(self._owner) > self._most:
                self._owner.popitem(last=False)

    def may_resume(self, streamlit_session: str, sign_in_session: str) -> bool:
        with self._lock:
            return self._owner.get(streamlit_session) == sign_in_session


PAGE_OWNERS = PageOwners()
