"""``--database``: which database a command works on."""

from __future__ import annotations

import argparse
import os

from taper_app.settings import settings


def database_of(arguments: argparse.Namespace) -> str:
    """The named one, which from then on is the ward's in this process; otherwise the one of the settings."""
    if arguments.database:
        os.environ["TAPER_DATABASE_URL"] = arguments.database
        settings.cache_clear()
    return settings().database_url
