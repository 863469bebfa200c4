"""A ward whose alerts leave the building, and a hospital's server on this machine that can be made to misbehave."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

from pydantic import SecretStr

from charting_ward import UNIT, WELL, Ward, at
from taper_app.clinical.escalation.notices import NoticePolicy
from taper_app.outbox.sender import Sender
from taper_app.outbox.webhook import Webhook
from taper_app.store.interface import Store
from taper_app.store.memory import MemoryStore

SECRET = "a-secret-of-the-hospital-and-nobody-else"
PATH = "/hook/s3cret-path"
QUICK_SECONDS = 1
A_SEIZURE = {**WELL, "events": [{"kind": "seizure", "duration_minutes": 2, "recovered": True}]}
THIS_MACHINE = (ip_network("127.0.0.0/8"),)


@dataclass
class Post:
    """One request as the hospital's server got it."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.raw))

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Hospital:
    """Answers 204 unless told otherwise: a status, ``hang``, ``drip``, ``vanish`` (hears it and says nothing)."""

    behaviour: str | int = 204
    heard: list[Post] = field(default_factory=list)
    location: str = ""

    def __post_init__(self) -> None:
        hospital = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                hospital.heard.append(Post(self.path, headers, raw))
                hospital.answer(self)

            def do_GET(self) -> None:
                hospital.heard.append(Post(self.path, {}, b""))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *words: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.ending = threading.Event()
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        behaviour = self.behaviour
        if behaviour == "hang":
            self.ending.wait(30)
        elif behaviour == "drip":
            request.wfile.write(b"HTTP/1.1 204 No Content\r\nX: ")
            while not self.ending.wait(0.2):
                request.wfile.write(b"x")
                request.wfile.flush()
        elif behaviour == "nonsense":
            request.wfile.write(b"good morning\r\n\r\n")
        elif isinstance(behaviour, int):
            request.send_response(behaviour)
            if self.location:
                request.send_header("Location", self.location)
            request.end_headers()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{PATH}"

    def delivered_ids(self) -> list[str]:
        return [post.id for post in self.heard]

    def wait_for(self, posts: int, seconds: float = 10) -> None:
        until = time.monotonic() + seconds
        while len(self.heard) < posts:
            assert time.monotonic() < until, f"{len(self.heard)} of {posts} posts came"
            time.sleep(0.02)

    def close(self) -> None:
        self.ending.set()
        self.server.shutdown()
        self.server.server_close()


@dataclass
class OutWard(Ward):
    """The ward of the charting tests, on any store, with one patient in bed 3 and a webhook."""

    store: Store = field(default_factory=MemoryStore)  # type: ignore[assignment]
    notices: NoticePolicy = field(default_factory=lambda: NoticePolicy(channels=("webhook",)))
    now: Any = field(default_factory=lambda: at(3, "08:00"))

    def next_entry(self) -> str:
        return str(uuid4())

    def pass_time(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def raise_alert(self, episode: str, observation: dict[str, Any] = A_SEIZURE) -> str:
        """Chart a set that raises an alert; returns the alert's id."""
        self.pass_time(seconds=1)
        charted = self.observe(episode, observation, self.now)
        assert charted.alert is not None
        return f"{charted.record_id}-alert"

    def sender(self, hospital: Hospital, **different: Any) -> Sender:
        return Sender(self.store, self.clock, self.notices, webhook(hospital, **different))

    def waiting(self) -> list[Any]:
        with self.store.reading() as reading:
            return list(reading.notices_waiting())

    def delivered(self) -> list[Any]:
        with self.store.reading() as reading:
            return list(reading.notices_delivered(1000))


def ward_on(store: Store) -> OutWard:
    """With its unit set up, unless the store has it already."""
    with store.reading() as reading:
        is_new = reading.unit(UNIT.id) is None
    if is_new:
        store.transact(lambda writing: writing.add_unit(UNIT))
    return OutWard(store)  # type: ignore[arg-type]


def webhook(hospital: Hospital, **different: Any) -> Webhook:
    usual: dict[str, Any] = {
        "url": SecretStr(hospital.url),
        "secret": SecretStr(SECRET),
        "timeout_seconds": QUICK_SECONDS,
        "private_addresses": THIS_MACHINE,
    }
    return Webhook(**usual | different)
