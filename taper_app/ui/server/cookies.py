"""The cookies this server sets. All are ``__Host-``: this host only, Secure, path /, never readable by scripts."""

from __future__ import annotations

import secrets
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

SESSION: Final = "__Host-taper"
FORM: Final = "__Host-taper-form"
DEMO: Final = "__Host-taper-demo"

# Until the browser is closed: no Max-Age. The server's own limits are shorter.


def set_cookie(response: Response, name: str, value: str) -> None:
    """Browsers accept Secure cookies on http only from this computer, which is where http is served."""
    response.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="strict")


def drop_cookie(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="strict")


def session_token(connection: HTTPConnection) -> str | None:
    return connection.cookies.get(SESSION)


def in_demo(connection: HTTPConnection) -> bool:
    """Whether this browser last chose synthetic patients. It opens nothing by itself."""
    return connection.cookies.get(DEMO) == "1"


def form_secret(connection: HTTPConnection) -> str:
    """The browser's own secret behind its forms; a new one when it has none."""
    return connection.cookies.get(FORM) or secrets.token_urlsafe(32)


def form_token(secret: str) -> str:
    """What a form carries. Another site can neither read the cookie nor set one with this prefix."""
    return sha256(f"taper form {secret}".encode()).hexdigest()


def form_token_matches(connection: HTTPConnection, sent: str) -> bool:
    secret = connection.cookies.get(FORM)
    return bool(secret) and compare_digest(form_token(secret or ""), sent)
