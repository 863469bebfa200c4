"""What no file can see alone: names that no other file has, tables that keep silent, names given twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from taper_app.clinical.protocol.citation import Source
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.medicines import Medicine, folded
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.protocol_files.faults import FileFault


def unknown_sources(read: Iterable[tuple[str, BaseModel]], sources: Mapping[str, Source]) -> Iterator[FileFault]:
    """Every entry that names a source which no list has."""
    for file, content in read:
        for key, entry in _cited_entries(content):
            if entry.source not in sources:
                yield FileFault(
                    file,
                    f"{key}.source".lstrip("."),
                    f"The source {entry.source} is not in sources.toml; add it there.",
                )


def _cited_entries(content: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every entry inside a shape that names a source, with its dotted key."""
    if isinstance(content, BaseModel):
        if "source" in type(content).model_fields:
            yield key, content
        for name in type(content).model_fields:
            yield from _cited_entries(getattr(content, name), f"{key}.{name}".lstrip("."))
    elif isinstance(content, (tuple, list)):
        for index, item in enumerate(content):
            yield from _cited_entries(item, f"{key}.{index}")
    elif isinstance(content, Mapping):
        for name, item in content.items():
            yield from _cited_entries(item, f"{key}.{name}".lstrip("."))


def medicines_that_are_missing(
    tables: Iterable[EquivalenceTable], tapers: Iterable[PublishedTaper], medicines: Mapping[str, Medicine]
) -> Iterator[FileFault]:
    """Tables and tapers that name a medicine without a file, and tables that say nothing about one that has a file."""
    for table in tables:
        file = f"equivalence/{table.id}.toml"
        for index, entry in enumerate(table.entries):
            if entry.medicine not in medicines:
                yield FileFault(file, f"entries.{index}.medicine", _no_medicine(entry.medicine))
        for medicine in table.does_not_list:
            if medicine not in medicines:
                yield FileFault(file, "does_not_list", _no_medicine(medicine))
        listed = {entry.medicine for entry in table.entries} | set(table.does_not_list)
        for medicine in sorted(set(medicines) - listed):
            yield FileFault(
                file,
                "does_not_list",
                f"{medicine} is neither listed nor named as missing; say which, so that silence is never a no.",
            )
    for taper in tapers:
        for medicine in taper.only_medicines:
            if medicine not in medicines:
                yield FileFault(f"tapers/{taper.id}.toml", "only_medicines", _no_medicine(medicine))
        counted_in = getattr(taper.pace, "medicine", None)
        if counted_in is not None and counted_in not in medicines:
            yield FileFault(f"tapers/{taper.id}.toml", "pace.medicine", _no_medicine(counted_in))


def _no_medicine(medicine: str) -> str:
    return f"There is no file medicines/{medicine}.toml; add one or correct the name."


def medicines_that_nothing_converts(
    tables: Iterable[EquivalenceTable], medicines: Iterable[str]
) -> Iterator[FileFault]:
    """A medicine that no converting table lists would have no equivalent to be judged by."""
    listed = {entry.medicine for table in tables for entry in table.entries}
    for medicine in medicines:
        if medicine not in listed:
            yield FileFault(
                f"medicines/{medicine}.toml", "", "No table of equivalents that converts lists it; add it to one."
            )


def names_given_twice(medicines: Iterable[Medicine]) -> Iterator[FileFault]:
    """A generic or brand name that stands for two medicines, which a search could not tell apart."""
    owners: dict[str, str] = {}
    for medicine in medicines:
        for name in dict.fromkeys(folded(name) for name in (medicine.id, *medicine.names)):
            owner = owners.setdefault(name, medicine.id)
            if owner != medicine.id:
                yield FileFault(
                    f"medicines/{medicine.id}.toml", "brands", f"The name {name} also stands for {owner}; keep one."
                )


def tapers_that_are_missing(tapers: Mapping[str, PublishedTaper]) -> Iterator[FileFault]:
    """A taper that ends in another one which no file has."""
    for taper in tapers.values():
        if taper.floor is not None and taper.floor.then_protocol not in tapers:
            yield FileFault(
                f"tapers/{taper.id}.toml",
                "floor.then_protocol",
                f"No taper {taper.floor.then_protocol} is shipped; name one.",
            )


def nothing_there(medicines: Mapping[str, Medicine], tapers: Mapping[str, PublishedTaper]) -> Iterator[FileFault]:
    """A folder without any usable medicine or taper."""
    if not medicines:
        yield FileFault("medicines", "", "No usable medicine is there; add at least one file.")
    if not tapers:
        yield FileFault("tapers", "", "No usable taper is there; add at least one file.")
