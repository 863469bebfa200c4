"""A client that calls an ASGI application directly: one request or one WebSocket at a time, no network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

Application = Callable[[Any, Any, Any], Awaitable[None]]


def _run(call: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: a browser's driver keeps an event loop running in the main one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, call).result()


class Headers(dict[str, str]):
    """By lower-case name; of a header that comes several times the last, and all of them by ``get_list``."""

    def __init__(self, raw: list[tuple[bytes, bytes]]) -> None:
        self.raw = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw]
        super().__init__(self.raw)

    def get_list(self, name: str) -> list[str]:
        return [value for known, value in self.raw if known == name]


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: Headers
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class AsgiClient:
    """``get``, ``head``, ``put`` and ``post``; redirects are not followed and no cookie is kept."""

    def __init__(self, app: Application, host: str = "127.0.0.1:8501") -> None:
        self.app = app
        self.host = host

    def get(self, path: str, **given: Any) -> Answer:
        return self.request("GET", path, **given)

    def head(self, path: str, **given: Any) -> Answer:
        return self.request("HEAD", path, **given)

    def put(self, path: str, **given: Any) -> Answer:
        return self.request("PUT", path, **given)

    def post(self, path: str, *, data: Mapping[str, str] | None = None, json: Any = None, **given: Any) -> Answer:
        headers = dict(given.pop("headers", {}))
        body = b""
        if data is not None:
            headers["content-type"], body = "application/x-www-form-urlencoded", urlencode(data).encode()
        elif json is not None:
            headers["content-type"], body = "application/json", repr(json).encode()
        return self.request("POST", path, headers=headers, body=body, **given)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        sent: list[dict[str, Any]] = []
        incoming = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            return incoming.pop(0) if incoming else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = self._scope("http", path, headers, params) | {"method": method}
        _run(self._call(scope, receive, send))
        start = next(message for message in sent if message["type"] == "http.response.start")
        content = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
        return Answer(start["status"], Headers(start["headers"]), content)

    def websocket(self, headers: Mapping[str, str], *messages: bytes) -> bool:
        """Connect to Streamlit's stream, send the messages one after the other, leave. Whether it was accepted."""
        accepted = False
        incoming: list[dict[str, Any]] = [{"type": "websocket.connect"}]
        incoming += [{"type": "websocket.receive", "bytes": message} for message in messages]
        incoming.append({"type": "websocket.disconnect", "code": 1000})

        async def receive() -> dict[str, Any]:
            return incoming.pop(0)

        async def send(message: dict[str, Any]) -> None:
            nonlocal accepted
            accepted = accepted or message["type"] == "websocket.accept"

        _run(self._call(self._scope("websocket", "/_stcore/stream", headers, None), receive, send))
        return accepted

    async def _call(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)

    def _scope(
        self, kind: str, path: str, headers: Mapping[str, str] | None, params: Mapping[str, str] | None
    ) -> dict[str, Any]:
        parts = urlsplit(f"http://{self.host}/{path.removeprefix('/')}")
        named = {"host": self.host, **{name.lower(): value for name, value in (headers or {}).items()}}
        return {
            "type": kind,
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http" if kind == "http" else "ws",
            "path": unquote(parts.path),
            "raw_path": parts.path.encode(),
            "root_path": "",
            "query_string": (urlencode(params) if params else parts.query).encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 8501),
            "subprotocols": [],
        }
