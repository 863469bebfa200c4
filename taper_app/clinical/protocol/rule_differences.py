"""What a site's own escalation files change against the shipped ones, as data that a page can show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from taper_app.clinical.protocol.citation import Evidence
from taper_app.clinical.protocol.condition_cover import covers
from taper_app.clinical.protocol.condition_words import condition_in_words
from taper_app.clinical.protocol.escalation_rules import Effect, EscalationFile, EscalationRule
from taper_app.clinical.protocol.loosening import Weaker, refused_parts, taken_over_from, weaker_parts
from taper_app.clinical.protocol.site_rules import CHANGEABLE, ChangedRule, SiteRuleFile, changed_rule

#: Differences in words alone make a rule neither tighter nor looser.
_WORDS = ("message", "action")


class Direction(StrEnum):
    """Against the shipped rule: it asks for more, for less, or says the same otherwise."""

    TIGHTER = "tighter"
    LOOSER = "looser"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field of a rule, as shipped and as it acts here, both in words."""

    field: str
    shipped: str
    here: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class RuleDifference:
    """A shipped rule that acts otherwise here, or one that the site has added (no ``fields`` then).

    The rest is empty for an added rule, which stands with its source in its own file. ``source`` and ``where``: what
    the change rests on; ``evidence``: whether anybody read it there.
    """

    rule: str
    file: str
    added: bool
    fields: tuple[FieldDifference, ...]
    because: str = ""
    by: str = ""
    on: date | None = None
    source: str = ""
    where: str = ""
    evidence: Evidence | None = None

    @property
    def is_looser(self) -> bool:
        return any(field.direction is Direction.LOOSER for field in self.fields)


@dataclass(frozen=True, slots=True)
class SiteFault:
    """What may not be: in the file of this id, under this key (``changed.0``)."""

    file: str
    key: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RulesHere:
    """The rule sets as they act at a site, what it has changed, and what it may not change."""

    files: tuple[EscalationFile, ...]
    differences: tuple[RuleDifference, ...]
    faults: tuple[SiteFault, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    file: str
    key: str
    change: ChangedRule
    before: EscalationRule
    after: EscalationRule


def rules_here(shipped: Sequence[EscalationFile], site: Sequence[SiteRuleFile]) -> RulesHere:
    """The shipped rule sets with a site's changes and additions; faulty changes are left out and named."""
    rules = {rule.id: rule for file in shipped for rule in file.rules}
    bands = [*(bands for file in shipped for bands in file.bands), *(bands for file in site for bands in file.bands)]
    changes, faults = _applied(rules, site)
    acting = rules | {change.after.id: change.after for change in changes}
    weaker = {
        change.after.id: weaker_parts(change.before, change.after, taken_over_from(change.after.id, acting, bands))
        for change in changes
    }
    for change in changes:
        sentences = refused_parts(change.before, weaker[change.after.id], rules)
        faults.extend(SiteFault(change.file, change.key, sentence) for sentence in sentences)
    added = [RuleDifference(rule=rule.id, file=file.id, added=True, fields=()) for file in site for rule in file.rules]
    return RulesHere(
        files=(
            *(_with_changes(file, acting) for file in shipped),
            *(_own_file(file) for file in site),
        ),
        differences=(*(_difference(change, weaker[change.after.id]) for change in changes), *added),
        faults=tuple(faults),
    )


def _applied(
    rules: Mapping[str, EscalationRule], site: Sequence[SiteRuleFile]
) -> tuple[list[_Change], list[SiteFault]]:
    found: dict[str, _Change] = {}
    faults: list[SiteFault] = []
    for file in site:
        for index, change in enumerate(file.changed):
            key = f"changed.{index}"
            after, sentences = changed_rule(change, rules)
            faults.extend(SiteFault(file.id, key, sentence) for sentence in sentences)
            if after is None:
                continue
            if change.rule in found:
                twice = f"{change.rule} is changed in {found[change.rule].file} too; keep one change of it."
                faults.append(SiteFault(file.id, key, twice))
                continue
            found[change.rule] = _Change(file.id, key, change, rules[change.rule], after)
    return list(found.values()), faults


def _with_changes(file: EscalationFile, acting: Mapping[str, EscalationRule]) -> EscalationFile:
    return file.model_copy(update={"rules": tuple(acting[rule.id] for rule in file.rules)})


def _own_file(file: SiteRuleFile) -> EscalationFile:
    return EscalationFile(
        id=file.id, title=file.title, version=file.version, rules=file.rules, bands=file.bands, reviewed=file.reviewed
    )


def _difference(change: _Change, weaker: Sequence[Weaker]) -> RuleDifference:
    looser = {part.field for part in weaker}
    return RuleDifference(
        rule=change.after.id,
        file=change.file,
        added=False,
        fields=tuple(_fields(change.before, change.after, looser)),
        because=change.change.because,
        by=change.change.by,
        on=change.change.on,
        source=change.change.source,
        where=change.change.where,
        evidence=change.change.evidence,
    )


def _fields(before: EscalationRule, after: EscalationRule, looser: set[str]) -> Iterator[FieldDifference]:
    for name in CHANGEABLE:
        was, is_now = getattr(before, name), getattr(after, name)
        if was == is_now:
            continue
        same = Direction.WORDS if _is_the_same(before, after, name) else Direction.TIGHTER
        direction = Direction.LOOSER if name in looser else same
        yield FieldDifference(name, _words(was), _words(is_now), direction)


def _is_the_same(before: EscalationRule, after: EscalationRule, name: str) -> bool:
    """Written otherwise, and meaning the same: a trigger that covers and is covered, people in another order."""
    if name == "notify":
        return set(before.notify) == set(after.notify)
    if name == "when" and before.when is not None and after.when is not None:
        return covers(after.when, before.when) and covers(before.when, after.when)
    return name in _WORDS


def _words(value: object) -> str:
    if value is None:
        return "not given"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "nobody"
    if isinstance(value, Effect):
        return value.value
    if isinstance(value, (int, str)):
        return str(value)
    return condition_in_words(value)  # type: ignore[arg-type]
