"""Where a number comes from, and whether anybody read it there."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=80)]


class ProtocolEntry(BaseModel):
    """Base of every shape in ``protocols/``: frozen, strict about types, no unknown key."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Evidence(StrEnum):
    """How the number was obtained; only ``READ`` acts without a mark on the screen."""

    READ = "read"
    SECOND_HAND = "second-hand"
    DERIVED = "derived"
    UNVERIFIED = "unverified"

    @property
    def mark(self) -> str:
        """What is shown beside the number, empty when nothing needs saying."""
        return {
            "read": "",
            "second-hand": "second-hand copy",
            "derived": "worked out from the source",
            "unverified": "unverified local default, needs a clinical lead's signature",
        }[self.value]


class Cited(ProtocolEntry):
    """An entry with its source: ``source`` names an entry of ``sources.toml``, ``where`` the place in it."""

    source: Identifier
    where: str = Field(min_length=1)
    evidence: Evidence = Evidence.READ
    note: str = ""


class Source(ProtocolEntry):
    """One source, listed once in ``protocols/sources.toml``."""

    id: Identifier
    title: str = Field(min_length=3)
    publisher: str = ""
    edition: str = ""
    url: str = ""
    read_on: date | None = None
    short: str = Field(min_length=2, description="How it is named beside a number on a screen.")


class Reviewed(ProtocolEntry):
    """The clinician who signed a protocol file. Absent: every screen says that nobody has."""

    by: str = Field(min_length=3)
    on: date
