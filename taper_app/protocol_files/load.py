"""The whole folder: read, checked against itself, or refused with every fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, Field

from taper_app.clinical.protocol.aftercare import AftercareServices
from taper_app.clinical.protocol.citation import ProtocolEntry, Source
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
from taper_app.protocol_files.faults import FileFault, ProtocolFilesRefused
from taper_app.protocol_files.folder import protocols_folder
from taper_app.protocol_files.read_toml import ReadFile, read_toml

ShapeT = TypeVar("ShapeT", bound=BaseModel)


class SourceList(ProtocolEntry):
    """``sources*.toml``: a list of sources."""

    sources: tuple[Source, ...] = Field(min_length=1)


@dataclass
class _Reading:
    """What has been read so far, and everything that was wrong with it."""

    folder: Path
    faults: list[FileFault] = field(default_factory=list)
    sha256: dict[str, str] = field(default_factory=dict)
    read: list[tuple[str, BaseModel]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def one(self, name: str, shape: type[ShapeT]) -> ShapeT | None:
        return self._keep(read_toml(self.folder / name, shape, folder=self.folder), key=name.removesuffix(".toml"))

    def many(self, pattern: str, shape: type[ShapeT], id_of: Callable[[ShapeT], str]) -> dict[str, ShapeT]:
        found: dict[str, ShapeT] = {}
        for path in sorted(self.folder.glob(pattern)):
            file = read_toml(path, shape, folder=self.folder)
            content = self._keep(file, key=None)
            if content is None:
                continue
            entry_id = id_of(content)
            if entry_id in found:
                self.faults.append(FileFault(file.file, "id", f"The id {entry_id} stands in two files; rename one."))
                continue
            if "*" in path.parent.name or path.stem != entry_id:
                self.faults.append(
                    FileFault(file.file, "id", f"The id {entry_id} and the file's name differ; make them the same.")
                )
            found[entry_id] = content
            self.sha256[entry_id] = file.sha256
        return found

    def _keep(self, file: ReadFile[ShapeT], *, key: str | None) -> ShapeT | None:
        self.names.add(file.file)
        self.faults.extend(file.faults)
        if file.content is not None:
            self.read.append((file.file, file.content))
            if key is not None:
                self.sha256[key] = file.sha256
        return file.content


def load_protocols(folder: Path | None = None, *, market: str = "us") -> Protocols:
    """The library. Raises ProtocolFilesRefused with every fault of every file."""
    protocols, faults = _read_all(folder or protocols_folder(), market)
    if protocols is None or faults:
        raise ProtocolFilesRefused(faults)
    return protocols


def check_folder(folder: Path | None = None) -> tuple[FileFault, ...]:
    """Every fault of every file; empty when the folder can be used."""
    return tuple(_read_all(folder or protocols_folder(), "us")[1])


def _read_all(folder: Path, market: str) -> tuple[Protocols | None, list[FileFault]]:
    if not folder.is_dir():
        return None, [
            FileFault(str(folder.name), "", "There is no such folder of protocol files; name one that exists.")
        ]
    reading = _Reading(folder)
    sources = _read_sources(reading)
    medicines = reading.many("medicines/*.toml", Medicine, lambda medicine: medicine.id)
    equivalence = reading.many("equivalence/*.toml", EquivalenceTable, lambda table: table.id)
    tapers = reading.many("tapers/*.toml", PublishedTaper, lambda taper: taper.id)
    limits = reading.one("limits.toml", PlanLimits)
    scales = reading.many("scales/*.toml", Scale, lambda scale: scale.id)
    vital_limits = reading.one("vitals.toml", VitalLimits)
    escalation = reading.many("escalation/*.toml", EscalationFile, lambda rule_set: rule_set.id)
    rules = _rule_book(reading, escalation)
    aftercare = reading.one("aftercare/services.toml", AftercareServices)
    texts = reading.one("handoff.toml", HandoffTexts)
    release = reading.one("release.toml", ReleaseRules)
    faults = reading.faults
    faults.extend(_unknown_sources(reading, sources))
    faults.extend(_unknown_medicines(equivalence, tapers, medicines))
    faults.extend(_unread_files(reading))
    if not (limits and aftercare and vital_limits and rules and texts and release and medicines and tapers and sources):
        faults.extend(_nothing_there(medicines, tapers))
        return None, faults
    if limits.ceiling_protocol not in tapers:
        faults.append(
            FileFault("limits.toml", "ceiling_protocol", f"No taper {limits.ceiling_protocol} is shipped; name one.")
        )
    faults.extend(_unknown_veto_rules(release, rules))
    return (
        Protocols(
            sources=MappingProxyType(sources),
            medicines=MappingProxyType(medicines),
            equivalence=MappingProxyType(equivalence),
            tapers=MappingProxyType(tapers),
            limits=limits,
            scales=MappingProxyType(scales),
            vital_limits=vital_limits,
            escalation=MappingProxyType(escalation),
            rules=rules,
            aftercare=aftercare,
            handoff_texts=texts,
            release=release,
            sha256=MappingProxyType(reading.sha256),
            market=market,
        ),
        faults,
    )


def _rule_book(reading: _Reading, escalation: Mapping[str, EscalationFile]) -> RuleBook | None:
    try:
        return RuleBook.of(escalation.values())
    except ValueError as error:
        reading.faults.append(FileFault("escalation", "", str(error)))
        return None


def _read_sources(reading: _Reading) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for path in sorted(reading.folder.glob("sources*.toml")):
        listed = reading.one(path.name, SourceList)
        for source in listed.sources if listed else ():
            if source.id in sources:
                reading.faults.append(
                    FileFault(path.name, "sources", f"The source {source.id} stands twice; keep one entry.")
                )
            sources[source.id] = source
    return sources


def _unknown_sources(reading: _Reading, sources: Mapping[str, Source]) -> Iterator[FileFault]:
    for file, content in reading.read:
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


def _unknown_medicines(
    equivalence: Mapping[str, EquivalenceTable],
    tapers: Mapping[str, PublishedTaper],
    medicines: Mapping[str, Medicine],
) -> Iterator[FileFault]:
    for table in equivalence.values():
        file = f"equivalence/{table.id}.toml"
        for index, entry in enumerate(table.entries):
            if entry.medicine not in medicines:
                yield FileFault(file, f"entries.{index}.medicine", _no_medicine(entry.medicine))
        listed = {entry.medicine for entry in table.entries} | set(table.does_not_list)
        for medicine in sorted(set(medicines) - listed):
            yield FileFault(
                file,
                "does_not_list",
                f"{medicine} is neither listed nor named as missing; say which, so that silence is never a no.",
            )
    for taper in tapers.values():
        for medicine in taper.only_medicines:
            if medicine not in medicines:
                yield FileFault(f"tapers/{taper.id}.toml", "only_medicines", _no_medicine(medicine))


def _unknown_veto_rules(release: ReleaseRules, rules: RuleBook) -> Iterator[FileFault]:
    known = {rule.id for rule in rules.rules}
    for rule_id in release.veto.delirium.rules:
        if rule_id not in known:
            yield FileFault(
                "release.toml", "veto.delirium.rules", f"No escalation rule {rule_id} is shipped; name one."
            )


def _no_medicine(medicine: str) -> str:
    return f"There is no file medicines/{medicine}.toml; add one or correct the name."


def _unread_files(reading: _Reading) -> Iterator[FileFault]:
    """A file that nothing reads would be silently without effect."""
    for path in sorted(reading.folder.rglob("*")):
        name = path.relative_to(reading.folder).as_posix()
        if path.is_file() and path.suffix == ".toml" and name not in reading.names:
            yield FileFault(name, "", "Nothing reads this file; move it to the folder of its kind.")
        if path.is_file() and path.suffix in (".yaml", ".yml", ".json"):
            yield FileFault(name, "", "Protocol files are TOML; convert it or take it away.")


def _nothing_there(medicines: Mapping[str, Medicine], tapers: Mapping[str, PublishedTaper]) -> Iterator[FileFault]:
    if not medicines:
        yield FileFault("medicines", "", "No usable medicine is there; add at least one file.")
    if not tapers:
        yield FileFault("tapers", "", "No usable taper is there; add at least one file.")
