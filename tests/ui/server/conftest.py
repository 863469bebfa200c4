"""The guarded server, in this process for most tests and as a process of its own for the few that need one."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount

from asgi_client import AsgiClient
from taper_app import wiring
from taper_app.clinical.people import Role
from taper_app.settings import settings
from taper_app.store.interface import Account, Store
from taper_app.store.memory import MemoryStore
from taper_app.ui.server import cookies, sign_in
from taper_app.use_cases import accounts, passwords, sessions
from taper_app.use_cases.sign_in_limits import AddressLimit, UnknownNames
from taper_app.wiring import TaperApp

ROOT = Path(__file__).parents[3]
PASSWORD = "grey kettle nine orchard"
START = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def kit() -> ModuleType:
    """The functions and constants of this file, for tests to use by name."""
    return sys.modules[__name__]


class Clock:
    """A clock that stands still until told otherwise."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


def account(name: str, role: Role = Role.NURSE, **changes: Any) -> Account:
    return Account(
        id=f"id-of-{name}",
        name=name,
        display_name=name.title(),
        role=role,
        unit_id=changes.pop("unit_id", None),
        password_hash=changes.pop("password_hash", None) or passwords.hash_password(PASSWORD),
        **changes,
    )


def add_account(store: Store, name: str, role: Role = Role.NURSE, **changes: Any) -> Account:
    made = account(name, role, **changes)
    store.transact(lambda writing: writing.add_account(made))
    return made


def open_session(store: Store, who: Account, now: datetime, *, is_demo: bool = False, hours: float = 12) -> str:
    """A session as signing in would make it. Returns the cookie's token."""
    lasts = timedelta(hours=hours)
    return store.transact(lambda writing: sessions.add_session(writing, who, is_demo=is_demo, now=now, lasts=lasts))


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hashes' cost is tested on its own; here it would only take time."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords.hash_of_nobody.cache_clear()
    monkeypatch.setattr(accounts, "_UNKNOWN_NAMES", UnknownNames())
    monkeypatch.setattr(sign_in, "ADDRESS_LIMIT", AddressLimit())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ward(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> TaperApp:
    """The application on an empty store in memory, and the synthetic ward on another."""
    real, demo = TaperApp(store=MemoryStore(), clock=clock), TaperApp(store=MemoryStore(), is_demo=True, clock=clock)
    monkeypatch.setattr(wiring, "_apps", {False: real, True: demo})

    def fill(app: TaperApp) -> None:
        assert app.is_demo
        with app.store.reading() as reading:
            filled = bool(reading.accounts())
        if not filled:
            add_account(app.store, "synthetic.nurse")
            add_account(app.store, "synthetic.physician", Role.PHYSICIAN)

    monkeypatch.setattr(wiring, "fill_demo", fill)
    settings.cache_clear()
    return real


@dataclass
class Inner:
    """Stands where Streamlit does: remembers what the gate let through."""

    requests: list[str] = field(default_factory=list)
    websockets: list[list[tuple[bytes, bytes]]] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.requests.append(scope["path"])
            await PlainTextResponse("behind the gate")(scope, receive, send)
            return
        self.websockets.append(list(scope["headers"]))
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            self.messages.append(message["bytes"])
            await send({"type": "websocket.send", "bytes": b"seen"})


@pytest.fixture
def inner() -> Inner:
    return Inner()


@pytest.fixture
def client(ward: TaperApp, inner: Inner) -> Any:
    """Our routes and middleware in front of ``inner``, addressed as 127.0.0.1:8501, following no redirect."""
    from taper_app.ui.server.routes import MIDDLEWARE, ROUTES

    app = Starlette(routes=[*ROUTES, Mount("/", app=inner)], middleware=MIDDLEWARE)
    return AsgiClient(app)


ORIGIN = {"origin": "http://127.0.0.1:8501"}


def cookie_header(**named: str) -> dict[str, str]:
    """``session=…, form=…, demo=…`` as a Cookie header; Secure cookies are not kept by a plain http client."""
    names = {"session": cookies.SESSION, "form": cookies.FORM, "demo": cookies.DEMO}
    return {"cookie": "; ".join(f"{names[name]}={value}" for name, value in named.items())}


def post_form(client: Any, path: str, fields: dict[str, str], *, session: str | None = None, **demo: str) -> Any:
    """A form as our own page would send it."""
    jar = {"form": "browser-secret", **demo}
    if session is not None:
        jar["session"] = session
    data = {"form_token": cookies.form_token("browser-secret"), **fields}
    return client.post(path, data=data, headers={**ORIGIN, **cookie_header(**jar)})


def cookie_set(response: Any, name: str = cookies.SESSION) -> str | None:
    """The value a response gives a cookie; None when it does not touch it, "" when it takes it away."""
    for header in response.headers.get_list("set-cookie"):
        if header.startswith(f"{name}="):
            value: str = header.split(";")[0].partition("=")[2].strip('"')
            return value
    return None


class ServerProcess:
    """A server of its own, with its output, and a plain HTTP client that follows nothing."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            arguments,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.output = ""
        self.url = ""

    def wait_for(self, pattern: str, seconds: float = 90) -> str:
        """The first match of the pattern in the output so far or to come."""
        assert self.process.stdout is not None
        stream = self.process.stdout.fileno()
        waited = 0.0
        while not (found := re.search(pattern, self.output)):
            ready, _, _ = select.select([stream], [], [], 0.5)
            chunk = os.read(stream, 65536) if ready else b""
            waited += 0 if chunk else 0.5
            self.output += chunk.decode(errors="replace")
            if waited > seconds or (ready and not chunk):
                raise AssertionError(f"{pattern!r} never came; the output was:\n{self.output}")
        return found.group(0)

    def drain(self) -> str:
        """Everything written so far."""
        assert self.process.stdout is not None
        stream = self.process.stdout.fileno()
        while select.select([stream], [], [], 0.3)[0]:
            chunk = os.read(stream, 65536)
            if not chunk:
                break
            self.output += chunk.decode(errors="replace")
        return self.output

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers in lower case, text."""
        request = urllib.request.Request(self.url + path, headers=headers)
        opener = urllib.request.build_opener(_Unredirected)
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, _lower(answer.headers), answer.read().decode(errors="replace")
        except urllib.error.HTTPError as answer:
            return answer.code, _lower(answer.headers), answer.read().decode(errors="replace")

    def json(self, path: str, **headers: str) -> Any:
        return json.loads(self.get(path, **headers)[2])

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(20)
        if self.process.stdout is not None:
            self.process.stdout.close()


class _Unredirected(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@dataclass(frozen=True)
class Prepared:
    """A database on disk with two nurses, and the tokens of their sessions."""

    environment: dict[str, str]
    tokens: dict[str, str]


def prepared_database(folder: Path, *, with_accounts: bool = True) -> Prepared:
    """Filled and closed before the server starts, because one process writes at a time."""
    from taper_app.store.sql import open_store

    url = f"sqlite:///{folder / 'ward.sqlite3'}"
    environment = {
        "TAPER_DATABASE_URL": url,
        "TAPER_DEMO_DATABASE_URL": f"sqlite:///{folder / 'synthetic.sqlite3'}",
        "PYTHONUNBUFFERED": "1",
    }
    tokens: dict[str, str] = {}
    store = open_store(url)
    if with_accounts:
        now = datetime.now(UTC)
        for name in ("anna", "bert"):
            tokens[name] = open_session(store, add_account(store, name), now)
    store.close()
    return Prepared(environment, tokens)


@pytest.fixture(scope="module")
def start_server() -> Iterator[Callable[..., ServerProcess]]:
    """Start processes that end with the module: ``start_server(arguments, environment, ready=pattern)``."""
    started: list[ServerProcess] = []

    def start(arguments: list[str], environment: dict[str, str], *, ready: str = r"http://\S+:\d+") -> ServerProcess:
        server = ServerProcess([sys.executable, *arguments], environment)
        started.append(server)
        server.url = server.wait_for(ready)
        return server

    yield start
    for server in started:
        server.stop()
