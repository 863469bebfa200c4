"""The files that a plan is made by: medicines, equivalents, tapers, limits, sources, and a site's own tapers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.protocol.medicines import Medicine
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.protocol_files import cross_checks
from taper_app.protocol_files.reading import FolderReading
from taper_app.protocol_files.site_files import SiteFiles, read_site_files

ValueT = TypeVar("ValueT")


def read_plan_files(reading: FolderReading, market: str, site: Path | None) -> Protocols | None:
    """What a plan needs; None when a part of it is missing. Every fault is added to ``reading``."""
    sources = reading.sources()
    medicines = reading.many("medicines/*.toml", Medicine, lambda medicine: medicine.id)
    tables = reading.many("equivalence/*.toml", EquivalenceTable, lambda table: table.id, key_prefix="equivalence/")
    tapers = reading.many("tapers/*.toml", PublishedTaper, lambda taper: taper.id)
    limits = reading.one("limits.toml", PlanLimits)
    own = read_site_files(site, sources, medicines, tapers) if site is not None else SiteFiles({}, {}, {}, ())
    converting = _converting(tables.values())
    faults = reading.faults
    faults.extend(cross_checks.unknown_sources(reading.read, sources))
    faults.extend(cross_checks.medicines_that_are_missing(tables.values(), tapers.values(), medicines))
    faults.extend(cross_checks.medicines_that_nothing_converts(converting.values(), medicines))
    faults.extend(cross_checks.names_given_twice(medicines.values()))
    faults.extend(cross_checks.tapers_that_are_missing(tapers))
    faults.extend(own.faults)
    if not (limits and medicines and tapers and sources):
        faults.extend(cross_checks.nothing_there(medicines, tapers))
        return None
    if limits.ceiling_protocol not in tapers:
        reading.add("limits.toml", "ceiling_protocol", f"No taper {limits.ceiling_protocol} is shipped; name one.")
    protocols = Protocols(
        sources=MappingProxyType({**sources, **own.sources}),
        medicines=MappingProxyType(medicines),
        equivalence=MappingProxyType(converting),
        reference_tables=MappingProxyType(_without(tables, converting)),
        tapers=MappingProxyType({**tapers, **_without(own.tapers, tapers)}),
        site_tapers=frozenset(own.tapers.keys() - tapers.keys()),
        limits=limits,
        sha256=MappingProxyType({**own.sha256, **reading.sha256}),
        market=market,
    )
    if market not in protocols.markets:
        known = ", ".join(sorted(protocols.markets))
        reading.add("medicines", "markets", f'No product is known for the market "{market}"; use one of {known}.')
    return protocols


def _converting(tables: Iterable[EquivalenceTable]) -> dict[str, EquivalenceTable]:
    """The tables that convert; second-hand ones last, so that a sentence names the better of two that agree."""

    def is_second_hand(table: EquivalenceTable) -> bool:
        return any(entry.evidence is Evidence.SECOND_HAND for entry in table.entries)

    converting = [table for table in tables if table.is_for_conversion]
    return {table.id: table for table in sorted(converting, key=is_second_hand)}


def _without(those: Mapping[str, ValueT], these: Mapping[str, object]) -> dict[str, ValueT]:
    return {name: value for name, value in those.items() if name not in these}
