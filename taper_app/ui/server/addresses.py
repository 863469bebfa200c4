"""Which host names and origins this server answers to."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from taper_app.clinical.errors import TaperError
from taper_app.settings import Settings


class UnsafeAddress(TaperError):
    """The server would be reachable from other computers without encryption."""

    next_step = (
        "Listen on 127.0.0.1, or set TAPER_TLS_CERT_FILE and TAPER_TLS_KEY_FILE, or put a proxy that does TLS in "
        "front and set TAPER_BEHIND_TLS_PROXY=true and TAPER_PUBLIC_ORIGIN=https://…"
    )


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches that address; names other than localhost count as reachable."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def ensure_safe_address(host: str, settings: Settings) -> None:
    """Raises UnsafeAddress when other computers could reach ``host`` and nothing declares encryption."""
    if not is_loopback(host) and not settings.encrypted:
        raise UnsafeAddress(f"Listening on {host} would send patient records over the network unencrypted.")


def host_name(connection: HTTPConnection) -> str | None:
    """The Host header's name, lower case, without port; None when it is missing, doubled or malformed."""
    values = connection.headers.getlist("host")
    if len(values) != 1:
        return None
    try:
        parts = urlsplit(f"//{values[0]}")
        _ = parts.port  # a malformed port raises
    except ValueError:
        return None
    if parts.username is not None or parts.path or parts.query or parts.fragment or not parts.hostname:
        return None
    return parts.hostname.lower()


def host_is_answered(connection: HTTPConnection, settings: Settings) -> bool:
    """Against DNS rebinding: only names that the site declared."""
    return host_name(connection) in settings.hosts_answered


def origin_is_own(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether exactly one Origin header is there and names this very site. Missing is refused."""
    origins = connection.headers.getlist("origin")
    if len(origins) != 1:
        return False
    if settings.public_origin is not None:
        return origins[0].lower() == settings.public_origin
    scheme = {"ws": "http", "wss": "https"}.get(connection.url.scheme, connection.url.scheme)
    return origins[0].lower() == f"{scheme}://{connection.headers.get('host', '').lower()}"
