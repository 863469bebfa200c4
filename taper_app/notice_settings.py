"""Where alerts are sent outside, and what is said there, from the environment (``TAPER_…``).

Addresses and secrets are never shown again: not in a refusal, not in a log, not on a screen.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from taper_app.clinical.errors import Fault, InputRefused
from taper_app.clinical.escalation.notices import Said

#: As the Standard Webhooks specification asks of a secret.
LEAST_SECRET_BYTES = 24
_SECRET_PREFIX = "whsec_"  # noqa: S105 (how such a secret begins)
Network = IPv4Network | IPv6Network


class NoticeSettings(BaseSettings):
    """Without an address nothing leaves. What is wrong is named by its setting, never by its value."""

    model_config = SettingsConfigDict(env_prefix="TAPER_", frozen=True, extra="forbid", hide_input_in_errors=True)

    webhook_url: SecretStr | None = Field(default=None, description="Where notices are posted, https://…")
    webhook_secret: SecretStr | None = Field(
        default=None, description="Signs each post; 24 bytes or more, or whsec_ and base64 of them."
    )
    webhook_timeout_seconds: int = Field(default=10, ge=1, le=20, description="A post that takes longer has failed.")
    webhook_private_addresses: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(), description="Networks inside the hospital that may be posted to, such as 10.20.0.0/16, with commas."
    )
    apprise_urls: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description="Services that apprise reaches, separated by blanks."
    )
    notice_says: Annotated[frozenset[Said], NoDecode] = Field(
        default=frozenset(), description="What is said beside bed and level: unit, role, time, state, reason."
    )
    notice_level: int = Field(default=2, ge=2, le=4, description="Alerts from this level on are sent.")

    @field_validator("webhook_private_addresses", mode="before")
    @classmethod
    def _networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())
        except ValueError:
            raise ValueError("names a network that is none; write such as 10.20.0.0/16 or 10.20.1.7") from None

    @field_validator("apprise_urls", mode="before")
    @classmethod
    def _split_blanks(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value

    @field_validator("notice_says", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        words = {part.strip().lower() for part in value.split(",") if part.strip()}
        if words - set(Said):
            raise ValueError(f"names something that is never sent; choose from {', '.join(Said)}")
        return frozenset(words)

    @field_validator("webhook_url")
    @classmethod
    def _an_address_of_a_host(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (fault := _fault_of_address(value.get_secret_value())):
            raise ValueError(fault)
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(key_of(value)) < LEAST_SECRET_BYTES:
            raise ValueError(f"is too short; give {LEAST_SECRET_BYTES} bytes or more, such as `openssl rand -hex 32`")
        return value

    @model_validator(mode="after")
    def _signed(self) -> NoticeSettings:
        if self.webhook_url is not None and self.webhook_secret is None:
            raise ValueError("TAPER_WEBHOOK_URL needs TAPER_WEBHOOK_SECRET beside it: posts are always signed")
        return self


def _fault_of_address(address: str) -> str:
    try:
        parts = urlsplit(address)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return "cannot be read as an address; write it like https://pager.hospital.example/taper"
    if parts.scheme not in ("https", "http") or not has_place:
        return "must begin with https:// and name a host, such as https://pager.hospital.example/taper"
    if parts.username is not None or parts.password is not None:
        return "must not hold a name or password; posts are signed with TAPER_WEBHOOK_SECRET instead"
    if not address.isascii() or any(letter <= " " for letter in address):
        return "holds a blank or a letter that addresses do not have; write it in its encoded form"
    return ""


def parts_of(address: SecretStr) -> SplitResult:
    return urlsplit(address.get_secret_value())


def key_of(secret: SecretStr) -> bytes:
    """The signing key. Raises ValueError for a ``whsec_`` secret that is not base64."""
    text = secret.get_secret_value()
    if not text.startswith(_SECRET_PREFIX):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("begins with whsec_ but the rest is not base64; copy it again") from None


@lru_cache(maxsize=1)
def notice_settings() -> NoticeSettings:
    """Of this process, read once. Raises InputRefused with every fault, each by the name of its setting.

    Tests call ``notice_settings.cache_clear()`` after changing the environment.
    """
    try:
        return NoticeSettings()
    except ValidationError as error:
        raise InputRefused([_fault_of(found) for found in error.errors(include_input=False)]) from None


def _fault_of(found: ErrorDetails) -> Fault:
    """``TAPER_WEBHOOK_SECRET is too short; …``"""
    prefix = str(NoticeSettings.model_config["env_prefix"])
    name = "".join(f"{prefix}{part}".upper() for part in found["loc"][:1])
    message = found["msg"].removeprefix("Value error, ")
    return Fault(name, f"{name} {message}.".strip() if name else f"{message}.")
