"""Our own styles and scripts in Streamlit's page: targets that are big enough, keys for answers, the board's clocks.

They are files of this server, so the content security policy lets them through as it stands.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taper_app.ui.server.html import ASSETS

STYLES: Final = ("bedside.css", "board.css")
SCRIPTS: Final = ("bedside.js", "board.js")
_TAGS: Final = "".join(
    [
        *(f'<link rel="stylesheet" href="{ASSETS}/{name}">' for name in STYLES),
        *(f'<script src="{ASSETS}/{name}" defer></script>' for name in SCRIPTS),
        "</head>",
    ]
).encode()
_COMPRESSED_UNTOUCHED: Final = "/static/"
_END_OF_HEAD: Final = b"</head>"
#: Where Streamlit draws; our own few pages have no such place and are left alone.
_STREAMLITS: Final = b'id="root"'


class ScreenFiles:
    """Adds the tags to the one page that Streamlit serves; everything else passes untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        # Streamlit keeps its page compressed too, and sends that to whoever opens the address of a page.
        scope = scope if scope["path"].startswith(_COMPRESSED_UNTOUCHED) else _uncompressed(scope)
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


def _uncompressed(scope: Scope) -> Scope:
    return {**scope, "headers": [header for header in scope["headers"] if header[0].lower() != b"accept-encoding"]}


def _is_html(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers


async def _send_page(start: Message, body: bytes, send: Send) -> None:
    if _STREAMLITS in body:
        body = body.replace(_END_OF_HEAD, _TAGS, 1)
        MutableHeaders(scope=start)["content-length"] = str(len(body))
    await send(start)
    await send({"type": "http.response.body", "body": body})
