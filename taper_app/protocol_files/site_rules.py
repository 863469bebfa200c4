"""A site's ``escalation/*.toml``: read, put beside the shipped rules, and refused with a sentence for each fault."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from taper_app.clinical.protocol.citation import Source
from taper_app.clinical.protocol.escalation_rules import EscalationFile, RuleBook
from taper_app.clinical.protocol.rule_book_faults import RuleBookRefused
from taper_app.clinical.protocol.rule_differences import RuleDifference, rules_here
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.site_rules import SiteRuleFile
from taper_app.clinical.protocol.vital_limits import VitalLimits
from taper_app.protocol_files.cross_checks import unknown_sources
from taper_app.protocol_files.faults import FileFault
from taper_app.protocol_files.reading import FolderReading
from taper_app.protocol_files.rule_checks import impossible_thresholds
from taper_app.protocol_files.site_files import SITE_RULES


@dataclass(frozen=True, slots=True)
class RulesOfSite:
    """The rule sets as they act here and their book (None when they do not fit), with every fault of the site's files.

    ``own``: the ids of the site's files.
    """

    files: Mapping[str, EscalationFile]
    book: RuleBook | None
    differences: tuple[RuleDifference, ...]
    own: frozenset[str]
    sha256: Mapping[str, str]
    faults: tuple[FileFault, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a site's rules are read against; a part that could not be read is None and has faults of its own."""

    sources: Mapping[str, Source] | None
    scales: Mapping[str, Scale]
    limits: VitalLimits | None


def read_site_rules(
    site: Path | None, shipped: Mapping[str, EscalationFile], book: RuleBook | None, beside: Beside
) -> RulesOfSite:
    """A site without such files has the shipped rules. Never raises."""
    nothing = RulesOfSite(shipped, book, (), frozenset(), {}, ())
    if site is None or not site.is_dir():
        return nothing
    reading = FolderReading(site, called=site.name)
    own = reading.many(SITE_RULES, SiteRuleFile, lambda file: file.id)
    for file_id in sorted(own.keys() & shipped.keys()):
        reading.add(_name(file_id), "id", f"The id {file_id} is shipped already; take another for the site's own file.")
    if beside.sources is not None:
        for fault in unknown_sources(reading.read, beside.sources):
            reading.add(fault.file, fault.key, fault.message)
    usable = {file_id: file for file_id, file in own.items() if file_id not in shipped}
    here = rules_here(tuple(shipped.values()), tuple(usable.values()))
    for refused in here.faults:
        reading.add(_name(refused.file), refused.key, refused.sentence)
    found = None if book is None else _book_here(reading, here.files, usable)
    _add_impossible(reading, here.files, usable, beside)
    if not own and not reading.faults:
        return nothing
    return RulesOfSite(
        files={file.id: file for file in here.files},
        book=found,
        differences=here.differences,
        own=frozenset(usable),
        sha256=reading.sha256,
        faults=tuple(reading.faults),
    )


def _name(file_id: str) -> str:
    return f"escalation/{file_id}.toml"


def _book_here(
    reading: FolderReading, files: Collection[EscalationFile], own: Mapping[str, SiteRuleFile]
) -> RuleBook | None:
    try:
        return RuleBook.of(files)
    except RuleBookRefused as refused:
        for fault in refused.faults:
            file, key = _place_of(fault.rules, own)
            reading.add(file, key, fault.sentence)
        return None


def _add_impossible(
    reading: FolderReading, files: Collection[EscalationFile], own: Mapping[str, SiteRuleFile], beside: Beside
) -> None:
    if beside.limits is None:
        return
    mine = {name for file in own.values() for name in _rules_in(file)}
    rules = (rule for file in files for rule in file.rules if rule.id in mine)
    for rule, sentence in impossible_thresholds(rules, beside.scales, beside.limits):
        file, key = _place_of((rule.id,), own)
        reading.add(file, key, sentence)


def _rules_in(file: SiteRuleFile) -> Iterator[str]:
    yield from (change.rule for change in file.changed)
    yield from (rule.id for rule in file.rules)


def _place_of(rule_ids: Collection[str], own: Mapping[str, SiteRuleFile]) -> tuple[str, str]:
    """The site's file and key that speak of one of the rules; its only file where only shipped ones are named."""
    for file in own.values():
        for index, change in enumerate(file.changed):
            if change.rule in rule_ids:
                return _name(file.id), f"changed.{index}"
        for index, rule in enumerate(file.rules):
            if rule.id in rule_ids:
                return _name(file.id), f"rules.{index}"
    return (_name(next(iter(own))), "") if len(own) == 1 else ("escalation", "")
