"""The hospital's webhook: one signed JSON post a notice, by the Standard Webhooks specification.

Receivers check ``webhook-signature`` with any library of it, and drop a ``webhook-id`` that they have seen before.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import SecretStr

from taper_app import __version__
from taper_app.clinical.escalation.notices import Message
from taper_app.notice_settings import Network, key_of, parts_of
from taper_app.outbox.addresses import addresses_of
from taper_app.outbox.post import post


@dataclass(frozen=True, slots=True)
class Webhook:
    """Implements ``channel.Channel``."""

    url: SecretStr
    secret: SecretStr
    timeout_seconds: int
    private_addresses: Sequence[Network] = ()
    name: str = field(default="webhook")

    def send(self, message: Message, at: int) -> None:
        to = parts_of(self.url)
        encrypted = to.scheme == "https"
        port = to.port or (443 if encrypted else 80)
        found = addresses_of(to.hostname or "", port, named=self.private_addresses, encrypted=encrypted)
        body = json.dumps(dict(message.body), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"taper/{__version__}",
            "webhook-id": message.id,
            "webhook-timestamp": str(at),
            "webhook-signature": signature(key_of(self.secret), message.id, at, body),
        }
        post(to, found, headers, body, seconds=self.timeout_seconds)


def signature(key: bytes, notice_id: str, at: int, body: bytes) -> str:
    """``v1,`` and the HMAC-SHA256 of id, seconds since 1970 and body, in base64."""
    signed = b".".join([notice_id.encode(), str(at).encode(), body])
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"
