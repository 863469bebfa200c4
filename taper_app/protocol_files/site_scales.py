"""A site's ``scales.toml``: which of the scales that ship switched off it has a permission for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.site_scales import SiteScales, SwitchedOn
from taper_app.protocol_files.faults import FileFault
from taper_app.protocol_files.reading import FolderReading
from taper_app.protocol_files.site_files import SITE_SCALES


@dataclass(frozen=True, slots=True)
class ScalesOfSite:
    """What the file switches on, its fingerprint, and every fault in it."""

    switched_on: Mapping[str, SwitchedOn]
    sha256: Mapping[str, str]
    faults: tuple[FileFault, ...]


def read_site_scales(site: Path | None, scales: Mapping[str, Scale]) -> ScalesOfSite:
    """The file against the shipped ``scales``; a site without one switches nothing on. Never raises."""
    if site is None or not (site / SITE_SCALES).is_file():
        return ScalesOfSite({}, {}, ())
    reading = FolderReading(site, called=site.name)
    listed = reading.one(SITE_SCALES, SiteScales)
    found: dict[str, SwitchedOn] = {}
    for index, entry in enumerate(listed.switched_on if listed else ()):
        message = _fault_of(entry, scales, found)
        if message:
            reading.add(SITE_SCALES, f"switched_on.{index}.scale", message)
        found[entry.scale] = entry
    return ScalesOfSite(found, {"site-scales": "".join(reading.sha256.values())}, tuple(reading.faults))


def _fault_of(entry: SwitchedOn, scales: Mapping[str, Scale], before: Mapping[str, SwitchedOn]) -> str | None:
    waiting = ", ".join(sorted(name for name, scale in scales.items() if not scale.enabled)) or "none"
    if entry.scale not in scales:
        return f"No scale {entry.scale} is shipped; those that wait for a permission are: {waiting}."
    if scales[entry.scale].enabled:
        return f"{entry.scale} is offered already; leave it out (those that wait for a permission are: {waiting})."
    return f"{entry.scale} stands twice; keep one entry." if entry.scale in before else None
