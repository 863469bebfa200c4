"""What a site may set, from the environment (``TAPER_…``). Streamlit's own options: ui/server/streamlit_settings.py."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")


def _sqlite_in_user_folder(file_name: str) -> str:
    folder: Path = user_data_path("taper", appauthor=False)
    return f"sqlite:///{folder / file_name}"


class Settings(BaseSettings):
    """Every setting has a default that is safe on one computer; beyond it a site declares how TLS is done."""

    model_config = SettingsConfigDict(env_prefix="TAPER_", frozen=True, extra="forbid")

    database_url: str = Field(default_factory=lambda: _sqlite_in_user_folder("taper.sqlite3"))
    demo_database_url: str = Field(default_factory=lambda: _sqlite_in_user_folder("taper-synthetic.sqlite3"))
    demo: Literal["first_run", "always", "never"] = Field(
        default="first_run",
        description="When synthetic patients are offered: until there is a real account, always (practice), or never.",
    )
    demo_patients: int = Field(default=6, ge=1, le=400)

    market: str = Field(default="us", description="Whose products a plan uses when it lists none: au, nz, uk or us.")
    site_protocols: Path | None = Field(
        default=None,
        description="A folder of the site's own tapers and escalation rules, beside the shipped protocol files.",
    )

    idle_minutes: int = Field(default=15, ge=1, le=60, description="Without use for this long, a session ends.")
    session_hours: int = Field(default=12, ge=1, le=24, description="A session ends this long after sign-in.")

    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=LOOPBACK_HOSTS, description="Host names this server answers to, separated by commas."
    )
    public_origin: str | None = Field(
        default=None, description="Such as https://taper.ward.example, when people reach it through a proxy."
    )
    behind_tls_proxy: bool = Field(default=False, description="A proxy in front of this server does TLS.")
    tls_cert_file: Path | None = None
    tls_key_file: Path | None = None

    @field_validator("market", mode="before")
    @classmethod
    def _small_letters(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip().lower() for name in value.split(",") if name.strip())
        return value

    @field_validator("public_origin")
    @classmethod
    def _scheme_and_host_only(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme != "https" or not parts.hostname or parts.path not in ("", "/") or parts.query:
            raise ValueError("public_origin must look like https://name or https://name:port, without a path")
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @model_validator(mode="after")
    def _tls_files_come_together(self) -> Settings:
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            raise ValueError("tls_cert_file and tls_key_file must be set together")
        return self

    @property
    def idle_limit(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def session_lasts(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    @property
    def encrypted(self) -> bool:
        """Whether traffic beyond this computer is declared to be encrypted."""
        return self.tls_cert_file is not None or (self.behind_tls_proxy and self.public_origin is not None)

    @property
    def hosts_answered(self) -> frozenset[str]:
        """Host names, lower case and without port, that requests may name."""
        public = urlsplit(self.public_origin).hostname if self.public_origin else None
        return frozenset(self.allowed_hosts) | ({public} if public else set())


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once. Tests call ``settings.cache_clear()`` after changing the environment."""
    return Settings()
