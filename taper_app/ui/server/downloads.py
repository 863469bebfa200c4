"""Files to take away: kept in memory under a one-time address that opens only for the session it was made for."""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from time import monotonic
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from taper_app.use_cases.sessions import LiveSession

PATH = "/download"
KEPT_SECONDS = 15 * 60
MOST_PER_SESSION = 8
MOST_BYTES = 256 * 1024 * 1024

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class _Offer:
    session_id: str
    filename: str
    media_type: str
    content: bytes
    digest: str
    until: float


class Offers:
    """Open offers, oldest first. ``clock`` counts seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._by_token: OrderedDict[str, _Offer] = OrderedDict()

    def offer(self, session_id: str, filename: str, media_type: str, content: bytes) -> str:
        """The address of the file. The same file offered again, as on each rerun of a page, keeps its address."""
        digest = sha256(content).hexdigest()
        with self._lock:
            self._forget_old()
            for token, known in self._by_token.items():
                if (known.session_id, known.filename, known.digest) == (session_id, filename, digest):
                    return f"{PATH}/{token}"
            token = secrets.token_urlsafe(32)
            until = self._clock() + KEPT_SECONDS
            self._by_token[token] = _Offer(session_id, filename, media_type, content, digest, until)
            self._make_room(session_id)
            return f"{PATH}/{token}"

    def take(self, session_id: str, token: str) -> _Offer | None:
        """The file, once, for the session it was offered to."""
        with self._lock:
            self._forget_old()
            offer = self._by_token.get(token)
            if offer is None or offer.session_id != session_id:
                return None
            return self._by_token.pop(token)

    def _forget_old(self) -> None:
        now = self._clock()
        for token in [token for token, offer in self._by_token.items() if offer.until <= now]:
            del self._by_token[token]

    def _make_room(self, session_id: str) -> None:
        own = [token for token, offer in self._by_token.items() if offer.session_id == session_id]
        for token in own[:-MOST_PER_SESSION]:
            del self._by_token[token]
        while len(self._by_token) > 1 and sum(len(offer.content) for offer in self._by_token.values()) > MOST_BYTES:
            self._by_token.popitem(last=False)


_offers = Offers()


def offer(session_id: str, filename: str, media_type: str, content: bytes) -> str:
    """Keep a file for the signed-in session and return the address it is fetched from, once, within 15 minutes."""
    return _offers.offer(session_id, filename, media_type, content)


def content_disposition(filename: str) -> str:
    """Always a download, never shown in the browser; the name is cleaned and also given in full as UTF-8."""
    bare = filename.replace("\\", "/").rsplit("/", 1)[-1]
    plain = _UNSAFE.sub("_", bare).strip("._")[:100] or "download"
    readable = "".join(letter for letter in bare if letter.isprintable())[:100] or plain
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(readable, safe='')}"


async def download(request: Request) -> Response:
    if request.method != "GET":  # a HEAD must not use up the one time
        return PlainTextResponse("Fetch it with GET.", 405)
    live: LiveSession = request.state.live
    taken = await run_in_threadpool(_offers.take, live.session.id, request.path_params["token"])
    if taken is None:
        return PlainTextResponse(
            "This download has been fetched already or is too old. Go back and ask for it again.", 404
        )
    return Response(
        taken.content,
        media_type=taken.media_type,
        headers={"Content-Disposition": content_disposition(taken.filename), "Cache-Control": "no-store"},
    )
