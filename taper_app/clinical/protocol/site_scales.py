"""Scales that need a permission and that this site has been given: its own ``scales.toml``."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from taper_app.clinical.protocol.citation import Identifier, ProtocolEntry


class SwitchedOn(ProtocolEntry):
    """One scale that ships switched off. ``permission``: who gave it and where it is kept; ``by``: who says so."""

    scale: Identifier
    permission: str = Field(min_length=10)
    by: str = Field(min_length=3)
    on: date


class SiteScales(ProtocolEntry):
    """The whole file."""

    switched_on: tuple[SwitchedOn, ...] = Field(min_length=1)
