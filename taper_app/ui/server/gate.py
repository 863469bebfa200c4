"""The gate in front of Streamlit: nothing but the sign-in pages is served to whoever has no session.

Without a session, pages go to the sign-in page (303), other paths answer 401, and the WebSocket 403.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from taper_app import wiring
from taper_app.settings import settings
from taper_app.ui.server import addresses, admission, cookies
from taper_app.ui.server.html import ASSETS, refused_page
from taper_app.ui.server.websocket_gate import serve_guarded
from taper_app.use_cases.accounts import account_exists
from taper_app.use_cases.sessions import LiveSession, NotLive

SIGN_IN: Final = "/sign-in"
SIGN_OUT: Final = "/sign-out"
FIRST_RUN: Final = "/first-run"
CHANGE_PASSWORD: Final = "/change-password"  # noqa: S105 - a path
DEMO: Final = "/demo"
HEALTH: Final = "/healthz"
STREAM: Final = "/_stcore/stream"

_OPEN: Final = frozenset({SIGN_IN, SIGN_OUT, FIRST_RUN, DEMO, HEALTH, "/favicon.png", "/favicon.ico"})
# Streamlit serves these to anybody; nobody here needs them.
_BLOCKED: Final = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check", "/auth/", "/oauth2callback")
_NOT_PAGES: Final = ("/_stcore", "/media", "/static", "/component", "/download", "/app/", ASSETS)
# Streamlit's own scripts and styles, as anybody can install them; a content hash is part of the file's name.
_UNCHANGING = re.compile(r"/static/[A-Za-z0-9_./-]+\.[A-Za-z0-9_-]{8}\.[a-z0-9]+")
_PAGE = re.compile(r"/(?:[A-Za-z0-9_-]{1,60})?")
_READING: Final = frozenset({"GET", "HEAD"})


def is_page(path: str) -> bool:
    """Whether the path is one a person types or bookmarks, so that the answer is the sign-in page."""
    return bool(_PAGE.fullmatch(path)) and not path.startswith(_NOT_PAGES)


def is_unchanging(path: str) -> bool:
    """Whether the path is one of Streamlit's shipped files. They are served to everybody and kept by browsers.

    A page whose session has ended still loads scripts, among them those that show the way back to signing in.
    """
    return bool(_UNCHANGING.fullmatch(path)) and ".." not in path


def page_to_return_to(path: str | None) -> str:
    """Where to go after signing in: only ever a page of this site."""
    return path if path and is_page(path) and path not in _OPEN and path != CHANGE_PASSWORD else "/"


def entrance(connection: HTTPConnection) -> str:
    """Where somebody without a session begins: first run, the synthetic ward, or signing in."""
    if cookies.in_demo(connection) and demo_is_offered():
        return DEMO
    return SIGN_IN if account_exists(wiring.app_for(demo=False).store) else FIRST_RUN


def demo_is_offered() -> bool:
    """Synthetic patients are offered until the ward has its own accounts, unless the site says otherwise."""
    choice = settings().demo
    if choice == "first_run":
        return not account_exists(wiring.app_for(demo=False).store)
    return choice == "always"


class Gate:
    """Host, Origin, blocked paths, session: in this order, for HTTP and the WebSocket alike."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            refusal = await self._refusal(HTTPConnection(scope))
            await (refusal or self.app)(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _refusal(self, connection: HTTPConnection) -> Response | None:
        """Why the request is not served, or None."""
        path, method = connection.scope["path"], connection.scope["method"]
        if not addresses.host_is_answered(connection, settings()):
            return PlainTextResponse("This server does not answer to that host name.", 421)
        if any(blocked in path for blocked in _BLOCKED):
            return PlainTextResponse("There is nothing here.", 404)
        if method not in _READING and not addresses.origin_is_own(connection, settings()):
            return refused_page(
                "Not accepted", "This did not come from one of Taper's own pages, so nothing was changed.", status=403
            )
        if path in _OPEN or path.startswith(f"{ASSETS}/") or (method in _READING and is_unchanging(path)):
            return None
        live = await run_in_threadpool(admission.look_up, cookies.session_token(connection))
        if isinstance(live, LiveSession):
            connection.scope.setdefault("state", {})["live"] = live
            if live.account.must_change_password and path != CHANGE_PASSWORD:
                return _to(CHANGE_PASSWORD) if is_page(path) else _unauthorised()
            return None
        if is_page(path) and method in _READING:
            return await run_in_threadpool(_to_entrance, connection, path, live)
        return _unauthorised()

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        token = cookies.session_token(connection)
        if (
            scope["path"] != STREAM
            or not addresses.host_is_answered(connection, settings())
            or not addresses.origin_is_own(connection, settings())
        ):
            await _refuse_websocket(receive, send)
            return
        live = await run_in_threadpool(admission.look_up, token)
        if not isinstance(live, LiveSession) or token is None or live.account.must_change_password:
            await _refuse_websocket(receive, send)
            return
        await serve_guarded(self.app, scope, receive, send, token=token, live=live)


async def _refuse_websocket(receive: Receive, send: Send) -> None:
    """Closing before accepting makes the server answer the handshake with 403."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=303)


def _to_entrance(connection: HTTPConnection, path: str, why: NotLive) -> Response:
    target = entrance(connection)
    parameters = []
    if page_to_return_to(path) != "/":
        parameters.append(f"next={quote(path, safe='')}")
    if why in (NotLive.IDLE, NotLive.EXPIRED):
        parameters.append("ended=1")
    return _to(f"{target}?{'&'.join(parameters)}" if parameters and target == SIGN_IN else target)


def _unauthorised() -> Response:
    return JSONResponse({"error": "Sign in first."}, status_code=401)
