"""Security headers on every answer, and a plain page with a reference number when something unexpected happens."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taper_app.ui.server.gate import is_unchanging
from taper_app.ui.server.html import unexpected_page
from taper_app.ui.server.unexpected import log_unexpected

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)

_FIXED: Final[dict[str, str]] = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}


def _index_html() -> str:
    return (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")


def inline_script_hashes(html: str) -> list[str]:
    """The CSP sources of the inline scripts of a page: ``'sha256-…'``."""
    scripts = _INLINE_SCRIPT.findall(html)
    return [f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts]


@cache
def content_security_policy() -> str:
    """Only our own files, and the inline script of the installed Streamlit by its hash. Nothing leaves the machine."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *inline_script_hashes(_index_html()))),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "object-src 'none'",
        )
    )


class SecurityHeaders:
    """Outermost of our middleware, so that refusals and crashes carry the headers too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _put_headers(MutableHeaders(scope=message), scope["path"], int(message["status"]))
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            reference = log_unexpected(error)
            if started:
                raise ConnectionAbortedError(f"The answer broke off, reference {reference}.") from None
            await unexpected_page(reference)(scope, receive, send_with_headers)


def _put_headers(headers: MutableHeaders, path: str, status: int) -> None:
    for name, value in _FIXED.items():
        if name == "Referrer-Policy" and name in headers:
            continue  # our own forms need their Origin to be sent, and set "same-origin" themselves
        headers[name] = value
    headers["Content-Security-Policy"] = content_security_policy()
    if not (status in (200, 206, 304) and is_unchanging(path)):
        headers["Cache-Control"] = "no-store"
    if "access-control-allow-origin" in headers:
        del headers["access-control-allow-origin"]
