"""Scales against the observation set: each that it charts is there, with the items that it has room for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taper_app.clinical.charting.set_scales import PLACES
from taper_app.clinical.protocol.scales import Scale
from taper_app.protocol_files.faults import FileFault
from taper_app.protocol_files.reading import FolderReading


def scales_without_a_place(scales: Mapping[str, Scale], reading: FolderReading) -> Iterator[FileFault]:
    """Scales that the set charts and no file describes, and items that the one has and the other has not.

    A file that could not be read has faults of its own already.
    """
    for name, place in PLACES.items():
        file = f"scales/{name}.toml"
        if name in scales:
            yield from _items_that_differ(file, scales[name], place.items)
        elif file not in reading.names:
            yield FileFault(file, "", "The observation set charts this scale; add its file.")


def _items_that_differ(file: str, scale: Scale, wanted: tuple[str, ...]) -> Iterator[FileFault]:
    listed = [item.id for item in scale.items]
    for item_id in listed:
        if item_id not in wanted:
            yield FileFault(file, "items", f"The observation set has no place for item {item_id}; take it out.")
    for item_id in wanted:
        if item_id not in listed:
            yield FileFault(file, "items", f"Item {item_id} is missing; the observation set charts it.")
