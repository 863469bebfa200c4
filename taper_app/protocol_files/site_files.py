"""A site's own tapers: a folder beside the shipped one, which adds and never replaces.

It holds ``tapers/*.toml``, each naming in ``based_on`` the shipped taper that it changes, and ``sources*.toml``. A
``scales.toml`` beside them is read with the scales (``site_scales.py``), ``escalation/*.toml`` with the rules
(``site_rules.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from taper_app.clinical.protocol.citation import Source
from taper_app.clinical.protocol.medicines import Medicine
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.protocol_files.cross_checks import medicines_that_are_missing, tapers_that_are_missing, unknown_sources
from taper_app.protocol_files.faults import FileFault
from taper_app.protocol_files.reading import FolderReading

SITE_SCALES = "scales.toml"
SITE_RULES = "escalation/*.toml"


@dataclass(frozen=True, slots=True)
class SiteFiles:
    """What the site's folder adds, and every fault in it (file names begin with the folder's own)."""

    tapers: Mapping[str, PublishedTaper]
    sources: Mapping[str, Source]
    sha256: Mapping[str, str]
    faults: tuple[FileFault, ...]


def read_site_files(
    folder: Path,
    sources: Mapping[str, Source],
    medicines: Mapping[str, Medicine],
    tapers: Mapping[str, PublishedTaper],
) -> SiteFiles:
    """Read the folder against what is shipped: ``sources``, ``medicines`` and ``tapers``. Never raises."""
    reading = FolderReading(folder, called=folder.name)
    if not folder.is_dir():
        reading.add("", "", "There is no such folder of a site's protocol files; set TAPER_SITE_PROTOCOLS to one.")
        return SiteFiles({}, {}, {}, tuple(reading.faults))
    own_sources = reading.sources()
    own_tapers = reading.many("tapers/*.toml", PublishedTaper, lambda taper: taper.id)
    for source_id in sorted(own_sources.keys() & sources.keys()):
        reading.add("", "sources", f"The source {source_id} is shipped already; take another id for the site's own.")
    for taper in own_tapers.values():
        _refuse_what_is_shipped(reading, taper, tapers)
    beside_shipped = {**tapers, **own_tapers}
    for fault in (
        *unknown_sources(reading.read, {**sources, **own_sources}),
        *medicines_that_are_missing((), own_tapers.values(), medicines),
        *(fault for fault in tapers_that_are_missing(beside_shipped) if Path(fault.file).stem in own_tapers),
    ):
        reading.add(fault.file, fault.key, fault.message)
    reading.names.add(SITE_SCALES)
    reading.names.update(path.relative_to(folder).as_posix() for path in folder.glob(SITE_RULES))
    reading.refuse_unread_files(
        f"a site's folder holds tapers/*.toml, {SITE_RULES}, sources*.toml and {SITE_SCALES}, the rest is shipped"
    )
    return SiteFiles(own_tapers, own_sources, reading.sha256, tuple(reading.faults))


def _refuse_what_is_shipped(
    reading: FolderReading, taper: PublishedTaper, shipped: Mapping[str, PublishedTaper]
) -> None:
    file = f"tapers/{taper.id}.toml"
    if taper.id in shipped:
        reading.add(file, "id", f"The id {taper.id} is shipped already; take another for the site's own taper.")
    if taper.based_on is None:
        reading.add(file, "based_on", "Name the shipped taper that this one changes, so that the change can be shown.")
    elif taper.based_on not in shipped:
        known = ", ".join(sorted(shipped))
        reading.add(file, "based_on", f"No taper {taper.based_on} is shipped; name one of {known}.")
