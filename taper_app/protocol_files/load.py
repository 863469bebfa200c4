"""The whole folder: read, checked against itself, or refused with every fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from taper_app.clinical.protocol.aftercare import AftercareServices
from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.equivalence import EquivalenceTable
from taper_app.clinical.protocol.escalation_rules import EscalationFile, RuleBook
from taper_app.clinical.protocol.handoff_texts import HandoffTexts
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.limits import PlanLimits
from taper_app.clinical.protocol.medicines import Medicine
from taper_app.clinical.protocol.release_rules import ReleaseRules
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.clinical.protocol.vital_limits import VitalLimits
from taper_app.protocol_files import cross_checks
from taper_app.protocol_files.faults import FileFault, ProtocolFilesRefused
from taper_app.protocol_files.folder import protocols_folder
from taper_app.protocol_files.reading import FolderReading
from taper_app.protocol_files.site_files import SiteFiles, read_site_files

ValueT = TypeVar("ValueT")

DEFAULT_MARKET = "us"


def load_protocols(folder: Path | None = None, *, market: str = DEFAULT_MARKET, site: Path | None = None) -> Protocols:
    """The library: the shipped files, and with ``site`` the tapers of a site's own folder beside them.

    ``market`` decides which products a plan uses when it lists none, and how they are scored.
    Raises ProtocolFilesRefused with every fault of every file.
    """
    protocols, faults = _read_all(folder or protocols_folder(), market, site)
    if protocols is None or faults:
        raise ProtocolFilesRefused(faults)
    return protocols


def check_folder(
    folder: Path | None = None, *, market: str = DEFAULT_MARKET, site: Path | None = None
) -> tuple[FileFault, ...]:
    """Every fault of every file; empty when the folder can be used."""
    return tuple(_read_all(folder or protocols_folder(), market, site)[1])


def _read_all(folder: Path, market: str, site: Path | None) -> tuple[Protocols | None, list[FileFault]]:
    if not folder.is_dir():
        return None, [
            FileFault(str(folder.name), "", "There is no such folder of protocol files; name one that exists.")
        ]
    reading = FolderReading(folder)
    sources = reading.sources()
    medicines = reading.many("medicines/*.toml", Medicine, lambda medicine: medicine.id)
    tables = reading.many("equivalence/*.toml", EquivalenceTable, lambda table: table.id, key_prefix="equivalence/")
    tapers = reading.many("tapers/*.toml", PublishedTaper, lambda taper: taper.id)
    limits = reading.one("limits.toml", PlanLimits)
    scales = reading.many("scales/*.toml", Scale, lambda scale: scale.id)
    vital_limits = reading.one("vitals.toml", VitalLimits)
    escalation = reading.many("escalation/*.toml", EscalationFile, lambda rule_set: rule_set.id)
    rules = _rule_book(reading, escalation)
    aftercare = reading.one("aftercare/services.toml", AftercareServices)
    texts = reading.one("handoff.toml", HandoffTexts)
    release = reading.one("release.toml", ReleaseRules)
    own = read_site_files(site, sources, medicines, tapers) if site is not None else SiteFiles({}, {}, {}, ())
    converting = _converting(tables.values())
    faults = reading.faults
    faults.extend(cross_checks.unknown_sources(reading.read, sources))
    faults.extend(cross_checks.medicines_that_are_missing(tables.values(), tapers.values(), medicines))
    faults.extend(cross_checks.medicines_that_nothing_converts(converting.values(), medicines))
    faults.extend(cross_checks.names_given_twice(medicines.values()))
    faults.extend(cross_checks.tapers_that_are_missing(tapers))
    reading.refuse_unread_files("move it to the folder of its kind")
    faults.extend(own.faults)
    if not (limits and aftercare and vital_limits and rules and texts and release and medicines and tapers and sources):
        faults.extend(cross_checks.nothing_there(medicines, tapers))
        return None, faults
    if limits.ceiling_protocol not in tapers:
        faults.append(
            FileFault("limits.toml", "ceiling_protocol", f"No taper {limits.ceiling_protocol} is shipped; name one.")
        )
    faults.extend(cross_checks.unknown_veto_rules(release, rules))
    protocols = Protocols(
        sources=MappingProxyType({**sources, **own.sources}),
        medicines=MappingProxyType(medicines),
        equivalence=MappingProxyType(converting),
        reference_tables=MappingProxyType(_without(tables, converting)),
        tapers=MappingProxyType({**tapers, **_without(own.tapers, tapers)}),
        site_tapers=frozenset(own.tapers.keys() - tapers.keys()),
        limits=limits,
        scales=MappingProxyType(scales),
        vital_limits=vital_limits,
        escalation=MappingProxyType(escalation),
        rules=rules,
        aftercare=aftercare,
        handoff_texts=texts,
        release=release,
        sha256=MappingProxyType({**own.sha256, **reading.sha256}),
        market=market,
    )
    if market not in protocols.markets:
        known = ", ".join(sorted(protocols.markets))
        faults.append(
            FileFault("medicines", "markets", f'No product is known for the market "{market}"; use one of {known}.')
        )
    return protocols, faults


def _converting(tables: Iterable[EquivalenceTable]) -> dict[str, EquivalenceTable]:
    """The tables that convert; second-hand ones last, so that a sentence names the better of two that agree."""

    def is_second_hand(table: EquivalenceTable) -> bool:
        return any(entry.evidence is Evidence.SECOND_HAND for entry in table.entries)

    converting = [table for table in tables if table.is_for_conversion]
    return {table.id: table for table in sorted(converting, key=is_second_hand)}


def _without(those: Mapping[str, ValueT], these: Mapping[str, object]) -> dict[str, ValueT]:
    return {name: value for name, value in those.items() if name not in these}


def _rule_book(reading: FolderReading, escalation: Mapping[str, EscalationFile]) -> RuleBook | None:
    try:
        return RuleBook.of(escalation.values())
    except ValueError as error:
        reading.add("escalation", "", str(error))
        return None
