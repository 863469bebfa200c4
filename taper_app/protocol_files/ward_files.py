"""The files that charting, escalation and the handoff read, and the whole library with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from taper_app.clinical.protocol.aftercare import AftercareServices
from taper_app.clinical.protocol.bedside_rules import BedsideRules
from taper_app.clinical.protocol.escalation_rules import EscalationFile, RuleBook
from taper_app.clinical.protocol.handoff_texts import HandoffTexts
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.release_rules import ReleaseRules
from taper_app.clinical.protocol.rule_book_faults import RuleBookRefused
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.time_course import TimeCourse
from taper_app.clinical.protocol.vital_limits import VitalLimits
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.protocol_files import cross_checks
from taper_app.protocol_files.faults import FileFault
from taper_app.protocol_files.reading import FolderReading
from taper_app.protocol_files.rule_checks import impossible_thresholds
from taper_app.protocol_files.scale_checks import scales_without_a_place
from taper_app.protocol_files.site_rules import Beside, read_site_rules
from taper_app.protocol_files.site_scales import read_site_scales


def read_ward_files(
    reading: FolderReading, of_plans: Protocols | None, site: Path | None = None
) -> WardProtocols | None:
    """The whole library; None when a part is missing. Every fault is added to ``reading``."""
    known = len(reading.read)
    scales = reading.many("scales/*.toml", Scale, lambda scale: scale.id)
    reading.faults.extend(scales_without_a_place(scales, reading))
    of_site = read_site_scales(site, scales)
    reading.faults.extend(of_site.faults)
    vital_limits = reading.one("vitals.toml", VitalLimits)
    bedside = reading.one("bedside.toml", BedsideRules)
    escalation = reading.many("escalation/*.toml", EscalationFile, lambda rule_set: rule_set.id)
    shipped_rules = _rule_book(reading, escalation)
    _add_impossible_thresholds(reading, escalation, scales, vital_limits)
    beside = Beside(of_plans.sources if of_plans else None, scales, vital_limits)
    rules_of_site = read_site_rules(site, escalation, shipped_rules, beside)
    reading.faults.extend(rules_of_site.faults)
    rules = rules_of_site.book
    aftercare = reading.one("aftercare/services.toml", AftercareServices)
    texts = reading.one("handoff.toml", HandoffTexts)
    release = reading.one("release.toml", ReleaseRules)
    time_course = reading.one("time-course.toml", TimeCourse)
    if of_plans is not None:
        reading.faults.extend(cross_checks.unknown_sources(reading.read[known:], of_plans.sources))
    if not (of_plans and aftercare and vital_limits and bedside and rules and texts and release and time_course):
        return None
    reading.faults.extend(_unknown_veto_rules(release, rules))
    reading.faults.extend(_courses_of_missing_medicines(time_course, of_plans))
    shared: dict[str, Any] = {each.name: getattr(of_plans, each.name) for each in fields(of_plans) if each.init}
    shared["sha256"] = MappingProxyType({**of_plans.sha256, **reading.sha256, **of_site.sha256, **rules_of_site.sha256})
    return WardProtocols(
        **shared,
        scales=MappingProxyType(scales),
        switched_on=MappingProxyType(dict(of_site.switched_on)),
        vital_limits=vital_limits,
        bedside=bedside,
        escalation=MappingProxyType(dict(rules_of_site.files)),
        rules=rules,
        site_rules=rules_of_site.own,
        rule_differences=rules_of_site.differences,
        aftercare=aftercare,
        handoff_texts=texts,
        release=release,
        time_course=time_course,
    )


def _rule_book(reading: FolderReading, escalation: Mapping[str, EscalationFile]) -> RuleBook | None:
    try:
        return RuleBook.of(escalation.values())
    except RuleBookRefused as refused:
        for fault in refused.faults:
            file, key = _place_of(fault.rules, escalation)
            reading.add(file, key, fault.sentence)
        return None


def _add_impossible_thresholds(
    reading: FolderReading,
    escalation: Mapping[str, EscalationFile],
    scales: Mapping[str, Scale],
    limits: VitalLimits | None,
) -> None:
    rules = (rule for rule_set in escalation.values() for rule in rule_set.rules)
    for rule, sentence in impossible_thresholds(rules, scales, limits) if limits else ():
        file, key = _place_of((rule.id,), escalation)
        reading.add(file, key, sentence)


def _place_of(rule_ids: Collection[str], escalation: Mapping[str, EscalationFile]) -> tuple[str, str]:
    for rule_set in escalation.values():
        for index, rule in enumerate(rule_set.rules):
            if rule.id in rule_ids:
                return f"escalation/{rule_set.id}.toml", f"rules.{index}"
    return "escalation", ""


def _unknown_veto_rules(release: ReleaseRules, rules: RuleBook) -> Iterator[FileFault]:
    """Escalation rules that the release veto names and no file has."""
    known = {rule.id for rule in rules.rules}
    for rule_id in release.veto.delirium.rules:
        if rule_id not in known:
            yield FileFault(
                "release.toml", "veto.delirium.rules", f"No escalation rule {rule_id} is shipped; name one."
            )


def _courses_of_missing_medicines(time_course: TimeCourse, protocols: Protocols) -> Iterator[FileFault]:
    """A time course that names a medicine without a file."""
    for index, course in enumerate(time_course.courses):
        for medicine in course.only_medicines:
            if medicine not in protocols.medicines:
                yield FileFault(
                    "time-course.toml",
                    f"courses.{index}.only_medicines",
                    f"There is no file medicines/{medicine}.toml; add one or correct the name.",
                )
