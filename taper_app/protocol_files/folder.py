"""Where the protocol files are."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def protocols_folder() -> Path:
    """The package's own copy when it is installed as a wheel, else ``protocols/`` of the checkout."""
    package = Path(str(files("taper_app")))
    inside = package / "protocols"
    return inside if inside.is_dir() else package.parent / "protocols"
