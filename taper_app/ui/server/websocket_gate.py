"""One WebSocket of a signed-in browser: its session is looked at again before every message is let through.

Fragments and callbacks run without the first lines of the page, so this is the check that covers them.
When the session has ended meanwhile, the message is replaced by a bare rerun without any widget's value: no
callback fires, the page's first lines find no session, and the screen is cleared.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from taper_app.ui.server import admission
from taper_app.ui.server.admission import PAGE_OWNERS, PROOF_HEADER
from taper_app.use_cases.sessions import LiveSession

_SUBPROTOCOLS = b"sec-websocket-protocol"
Headers = list[tuple[bytes, bytes]]


async def serve_guarded(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, token: str, live: LiveSession
) -> None:
    """Pass the connection on with our proof, without a page that is not its own, each message checked."""
    headers, resumes = without_foreign_page(scope["headers"], live.session.id)
    headers = [header for header in headers if header[0].lower() != PROOF_HEADER.encode()]
    headers.append((PROOF_HEADER.encode(), admission.proof_for(token).encode()))
    # The first rerun after a dropped connection is the browser's own doing, not a person's.
    awaiting_first_rerun = resumes

    async def receive_checked() -> Message:
        nonlocal awaiting_first_rerun
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        data = message.get("bytes") or b""
        now_live = await run_in_threadpool(admission.look_up, token)
        if not isinstance(now_live, LiveSession):
            return {"type": "websocket.receive", "bytes": bare_rerun(data)}
        if is_use(data):
            if not awaiting_first_rerun:
                await run_in_threadpool(admission.record_use, now_live)
            awaiting_first_rerun = False
        return message

    await app({**scope, "headers": headers}, receive_checked, send)


def without_foreign_page(headers: Headers, sign_in_session: str) -> tuple[Headers, bool]:
    """The headers, without the Streamlit session to resume unless it is this sign-in's own; and whether one is left.

    The browser names it as the third entry of the subprotocol header.
    """
    kept: Headers = []
    resumes = False
    for name, value in headers:
        if name.lower() == _SUBPROTOCOLS:
            entries = [entry.strip() for entry in value.decode("latin-1").split(",")]
            if len(entries) > 2:
                resumes = bool(entries[2]) and PAGE_OWNERS.may_resume(entries[2], sign_in_session)
                entries = entries[:3] if resumes else entries[:2]
            value = ", ".join(entries).encode("latin-1")
        kept.append((name, value))
    return kept, resumes


def is_use(data: bytes) -> bool:
    """Whether the message is a person's doing: a rerun that no timer asked for."""
    message = _parsed(data)
    return message is not None and message.HasField("rerun_script") and not message.rerun_script.is_auto_rerun


def bare_rerun(data: bytes) -> bytes:
    """A rerun of the same page from its first line, with no value of any widget."""
    original = _parsed(data)
    bare = BackMsg()
    bare.rerun_script.query_string = ""
    if original is not None and original.HasField("rerun_script"):
        bare.rerun_script.page_script_hash = original.rerun_script.page_script_hash
    return bytes(bare.SerializeToString())


def _parsed(data: bytes) -> BackMsg | None:
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except Exception:  # protobuf raises its own DecodeError; Streamlit closes the connection on such a frame
        return None
    return message
