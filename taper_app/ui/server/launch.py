"""``taper run``: the same guarded application as streamlit_app.py, imports done, small packets sent at once."""

from __future__ import annotations

import os
import pkgutil
import socket
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Protocol

import streamlit as st
from streamlit.web.server.starlette import starlette_server

from taper_app.settings import Settings, settings
from taper_app.ui.server.addresses import ensure_safe_address
from taper_app.ui.server.routes import MIDDLEWARE, ROUTER, ROUTES
from taper_app.ui.server.streamlit_settings import STREAMLIT_OPTIONS, OptionValue

# Without these the first page after a start takes six times as long.
PRELOADED_MODULES: Final = ("pandas", "pyarrow", "plotly.graph_objects", "orjson")
# All modules inside are loaded too; pages are scripts and are not.
PRELOADED_PACKAGES: Final = (
    "taper_app.clinical",
    "taper_app.use_cases",
    "taper_app.export",
    "taper_app.store",
    "taper_app.ui.components",
)


class BindSocket(Protocol):
    """How Streamlit's server binds: a listening socket."""

    def __call__(self, address: str, port: int, backlog: int) -> socket.socket: ...


def run(host: str, port: int, database: str | None) -> None:
    """Serve until stopped. ``database`` is a URL, or None for the one of the settings.

    Raises UnsafeAddress when other computers could reach ``host`` and no encryption is declared.
    """
    if database is not None:
        os.environ["TAPER_DATABASE_URL"] = database
        settings.cache_clear()
    site = settings()
    ensure_safe_address(host, site)
    preload()
    starlette_server._bind_socket = sending_at_once(starlette_server._bind_socket, announce=_announcement(host, site))
    st.App(ROUTER, routes=ROUTES, middleware=MIDDLEWARE).run(config=options_for(host, port, site))


def options_for(host: str, port: int, site: Settings) -> dict[str, OptionValue]:
    """All Streamlit options of this start: the shipped ones and what this site and command say."""
    options: dict[str, OptionValue] = {
        **STREAMLIT_OPTIONS,
        "server.address": host,
        "server.port": port,
        "server.allowedHosts": sorted(site.hosts_answered),
        "logger.hideWelcomeMessage": True,
    }
    if site.tls_cert_file is not None and site.tls_key_file is not None:
        options |= {"server.sslCertFile": str(site.tls_cert_file), "server.sslKeyFile": str(site.tls_key_file)}
    return options


def preload() -> None:
    """Import what the first page would otherwise wait for."""
    for name in (*PRELOADED_MODULES, *_modules_in(PRELOADED_PACKAGES)):
        import_module(name)


def _modules_in(packages: Iterable[str]) -> Iterable[str]:
    for package in packages:
        if find_spec(package) is None:
            continue
        folder = import_module(package).__path__
        for module in pkgutil.walk_packages(folder, prefix=f"{package}."):
            if ".migrations" not in module.name:  # those run only inside a migration
                yield module.name


def sending_at_once(bind: BindSocket, *, announce: Callable[[int], None]) -> BindSocket:
    """The bind function of Streamlit's server, with TCP_NODELAY on what it binds; tells the port once it listens.

    Streamlit 1.67 binds without naming the protocol, so asyncio leaves the option off and every answer of two small
    packets waits about 40 ms for an acknowledgement.
    """

    def bind_and_set(address: str, port: int, backlog: int) -> socket.socket:
        bound = bind(address, port, backlog)
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        announce(int(bound.getsockname()[1]))
        return bound

    return bind_and_set


def _announcement(host: str, site: Settings) -> Callable[[int], None]:
    def announce(port: int) -> None:
        scheme = "https" if site.tls_cert_file is not None else "http"
        shown = f"[{host}]" if ":" in host else host
        print(f"Taper is ready at {site.public_origin or f'{scheme}://{shown}:{port}'}  (Ctrl+C ends it)", flush=True)

    return announce
