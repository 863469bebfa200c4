"""A changed rule over sets that were recorded: what would fire in addition, and what no longer. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from taper_app.clinical.charting.case import AssessmentCase
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.protocol.condition_parts import needs_levels
from taper_app.clinical.protocol.escalation_rules import EscalationRule, RuleBook
from taper_app.clinical.protocol.rule_book_faults import needs_of
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.thresholds import book_with
from taper_app.clinical.protocol.vital_limits import VitalLimits


@dataclass(frozen=True, slots=True)
class RecordedSet:
    """A set as the rules were asked about it, and what they found then: rule ids with their levels."""

    case: AssessmentCase
    found: Mapping[str, int]


@dataclass
class DryRun:
    """Counts of sets; nobody can be recognised in them.

    ``added`` and ``gone``: sets on which the changed rule fires in addition or no longer, by the finding's level.
    ``levels``: sets whose highest level is another one than before, from which to which. ``alerts_added`` and
    ``alerts_gone``: sets that would raise an alert only now, or no longer (level 1 raises none).
    """

    rule: str
    sets: int = 0
    fired_before: int = 0
    fired_after: int = 0
    added: Counter[int] = field(default_factory=Counter)
    gone: Counter[int] = field(default_factory=Counter)
    levels: Counter[tuple[int, int]] = field(default_factory=Counter)
    other_rules: Counter[str] = field(default_factory=Counter)

    @property
    def alerts_added(self) -> int:
        return sum(count for (before, _after), count in self.levels.items() if before == 1)

    @property
    def alerts_gone(self) -> int:
        return sum(count for (_before, after), count in self.levels.items() if after == 1)

    def count(self, before: Assessment, after: Assessment, others: int) -> None:
        """Add one set, as it is judged now and as it would be; ``others``: the level of rules that this cannot move."""
        was, would = _level_of(self.rule, before), _level_of(self.rule, after)
        self.sets += 1
        self.fired_before += was is not None
        self.fired_after += would is not None
        if would is not None and was is None:
            self.added[would] += 1
        if was is not None and would is None:
            self.gone[was] += 1
        level, own = max(before.level, others), max(after.level, others)
        if level != own:
            self.levels[level, own] += 1
        self.other_rules.update(_rules(before).symmetric_difference(_rules(after)) - {self.rule})


def dry_run(
    recorded: Iterable[RecordedSet],
    changed: EscalationRule,
    rules: RuleBook,
    scales: Mapping[str, Scale],
    limits: VitalLimits,
) -> DryRun:
    """Judge each set by the rules as they are and by those with ``changed`` in them.

    Only rules that the change can reach are judged anew; of all others, what was found then stands. ``other_rules``
    counts sets on which another rule, which looks at the changed one, says something else.
    """
    result = DryRun(changed.id)
    now = rules_reached_by(changed.id, rules)
    own = book_with(now, changed)
    reached = {rule.id for rule in now.rules}
    for one in recorded:
        others = max((level for rule, level in one.found.items() if rule not in reached), default=1)
        result.count(assess(one.case, now, scales, limits), assess(one.case, own, scales, limits), others)
    return result


def rules_reached_by(rule_id: str, rules: RuleBook) -> RuleBook:
    """The rule, those that look at its outcome, and what all of them need; in their order.

    A rule that looks at the level of every other one is left out, since on a few rules it would be judged wrongly; is
    it the one that is tried, all rules are there.
    """
    tried = rules.rule(rule_id)
    if tried is not None and _looks_at_levels(tried):
        return rules
    needs = {rule.id: needs_of(rule) for rule in rules.rules}
    reached = {rule_id}
    for rule in rules.rules:
        if needs[rule.id] & reached:
            reached.add(rule.id)
    for rule in reversed(rules.rules):
        if rule.id in reached:
            reached |= needs[rule.id]
    return replace(
        rules, rules=tuple(rule for rule in rules.rules if rule.id in reached and not _looks_at_levels(rule))
    )


def _looks_at_levels(rule: EscalationRule) -> bool:
    return rule.when is not None and needs_levels(rule.when)


def _level_of(rule: str, answer: Assessment) -> int | None:
    return next((finding.level for finding in answer.findings if finding.rule == rule), None)


def _rules(answer: Assessment) -> set[str]:
    return {finding.rule for finding in answer.findings}
