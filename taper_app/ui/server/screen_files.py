"""Our own style and script in Streamlit's page: targets that are big enough, and keys for the rows of answers.

They are files of this server, so the content security policy lets them through as it stands.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taper_app.ui.server.html import ASSETS

STYLE, SCRIPT = "bedside.css", "bedside.js"
_TAGS: Final = (
    f'<link rel="stylesheet" href="{ASSETS}/{STYLE}"><script src="{ASSETS}/{SCRIPT}" defer></script></head>'
).encode()
_END_OF_HEAD: Final = b"</head>"
#: Where Streamlit draws; our own few pages have no such place and are left alone.
_STREAMLITS: Final = b'id="root"'


class ScreenFiles:
    """Adds the two tags to the one page that Streamlit serves; everything else passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def send_with_tags(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_html(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await _send_page(start, body, send)

        await self.app(scope, receive, send_with_tags)


def _is_html(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers


async def _send_page(start: Message, body: bytes, send: Send) -> None:
    if _STREAMLITS in body:
        body = body.replace(_END_OF_HEAD, _TAGS, 1)
        MutableHeaders(scope=start)["content-length"] = str(len(body))
    await send(start)
    await send({"type": "http.response.body", "body": body})
