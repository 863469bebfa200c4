"""The protocol files as this site uses them: its market and its own tapers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from taper_app.clinical.protocol.library import Protocols
from taper_app.protocol_files import FileFault, check_folder, load_for_plans, load_protocols

if TYPE_CHECKING:
    from taper_app.clinical.protocol.ward_library import WardProtocols


class _SiteChoice(TypedDict, total=False):
    market: str
    site: Path | None


def site_protocols() -> WardProtocols:
    """The library for the site's market, with its own tapers. Raises ProtocolFilesRefused."""
    return load_protocols(**_choice())


def site_protocols_for_plans() -> Protocols:
    """The part of it that a plan is made and judged by. Raises ProtocolFilesRefused."""
    return load_for_plans(**_choice())


def faults_at_this_site() -> tuple[FileFault, ...]:
    """Every fault of the shipped files and of the site's own."""
    return check_folder(**_choice())


def _choice() -> _SiteChoice:
    """What the settings say; empty for the defaults.

    Settings are read only where the environment names one of these: reading them takes a tenth of a second, which
    a command that plans can do without.
    """
    if not {"TAPER_MARKET", "TAPER_SITE_PROTOCOLS"} & {name.upper() for name in os.environ}:
        return {}
    from taper_app.settings import settings

    return {"market": settings().market, "site": settings().site_protocols}
