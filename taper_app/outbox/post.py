"""One HTTP post to an address that was checked: no redirect, no proxy, no cookie, no second try.

The whole of it ends in its time, also when the other side answers a byte now and then.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from threading import Timer
from urllib.parse import SplitResult

from taper_app.outbox.addresses import Address
from taper_app.outbox.channel import NotDelivered

_DELIVERED = range(200, 300)
_REDIRECTED = range(300, 400)


@dataclass(frozen=True, slots=True)
class _Deadline:
    """The moment at which a post has failed, on the clock that nobody sets."""

    ends_at: float
    seconds: int

    @classmethod
    def after(cls, seconds: int) -> _Deadline:
        return cls(time.monotonic() + seconds, seconds)

    @property
    def left(self) -> float:
        return self.ends_at - time.monotonic()

    @property
    def is_over(self) -> bool:
        return self.left <= 0

    def refusal(self) -> NotDelivered:
        return NotDelivered(f"There was no answer within {self.seconds} seconds.")


def post(
    to: SplitResult, addresses: Sequence[Address], headers: Mapping[str, str], body: bytes, *, seconds: int
) -> None:
    """Raises NotDelivered unless the answer is 2xx; the answer itself is not read."""
    deadline = _Deadline.after(seconds)
    try:
        status = _status(to, addresses, headers, body, deadline)
    except ssl.SSLCertVerificationError:
        raise NotDelivered("The certificate of the host is not trusted.") from None
    except (OSError, HTTPException) as fault:
        raise deadline.refusal() if deadline.is_over else NotDelivered(_in_words(fault)) from None
    if status in _REDIRECTED:
        raise NotDelivered(f"The answer was {status}, a redirect, which is not followed: set the final address.")
    if status not in _DELIVERED:
        raise NotDelivered(f"The answer was {status}.")


def _status(
    to: SplitResult, addresses: Sequence[Address], headers: Mapping[str, str], body: bytes, deadline: _Deadline
) -> int:
    connection = HTTPConnection(to.hostname or "", to.port or _usual_port(to))
    with closing(connection):
        connection.sock = _connected(to, addresses, deadline)
        with _cut_off(connection.sock, deadline):
            connection.request("POST", _target(to), body, {"Host": to.netloc, **headers})
            status = connection.getresponse().status
        if deadline.is_over:  # cut in the middle of an answer, which http.client takes for its end
            raise TimeoutError
        return status


def _usual_port(to: SplitResult) -> int:
    return 443 if to.scheme == "https" else 80


def _target(to: SplitResult) -> str:
    return (to.path or "/") + (f"?{to.query}" if to.query else "")


def _connected(to: SplitResult, addresses: Sequence[Address], deadline: _Deadline) -> socket.socket:
    """To the first address that answers; encrypted, with the certificate held against the host's name."""
    raw = _first_that_answers(addresses, to.port or _usual_port(to), deadline)
    if to.scheme != "https":
        return raw
    wrapped = _trusting().wrap_socket(raw, server_hostname=to.hostname, do_handshake_on_connect=False)
    try:
        with _cut_off(wrapped, deadline):
            wrapped.do_handshake()
    except BaseException:
        wrapped.close()
        raise
    return wrapped


def _trusting() -> ssl.SSLContext:
    """The machine's trusted authorities; a hospital's own is added with SSL_CERT_FILE."""
    return ssl.create_default_context()


def _first_that_answers(addresses: Sequence[Address], port: int, deadline: _Deadline) -> socket.socket:
    fault: OSError = TimeoutError()
    for address in addresses:
        if deadline.is_over:
            break
        try:
            return socket.create_connection((str(address), port), timeout=max(deadline.left, 0.001))
        except OSError as refused:
            fault = refused
    raise fault


class _cut_off:
    """While it lasts, the connection is cut when the deadline comes: a read timeout begins anew with every byte."""

    def __init__(self, connection: socket.socket, deadline: _Deadline) -> None:
        self._timer = Timer(max(deadline.left, 0), _shut, [connection])
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *fault: object) -> None:
        self._timer.cancel()


def _shut(connection: socket.socket) -> None:
    # The plain socket's method: SSLSocket's own would take the encryption away under the reading thread.
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _in_words(fault: OSError | HTTPException) -> str:
    if isinstance(fault, TimeoutError):
        return "There was no answer in time."
    if isinstance(fault, ConnectionRefusedError):
        return "The host refused the connection."
    if isinstance(fault, ssl.SSLError):
        return "An encrypted connection could not be made."
    if isinstance(fault, HTTPException):
        return "The answer was not HTTP, or the connection ended before it."
    return "The host could not be reached, or the connection broke."
