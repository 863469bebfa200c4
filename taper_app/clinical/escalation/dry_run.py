"""A changed rule over sets that were recorded: what would have fired in addition, and what no longer. Changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from taper_app.clinical.charting.case import AssessmentCase
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.protocol.escalation_rules import EscalationRule, RuleBook
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.thresholds import book_with
from taper_app.clinical.protocol.vital_limits import VitalLimits


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

    def count(self, before: Assessment, after: Assessment) -> None:
        """Add one set, as it is judged now and as it would be."""
        was, would = _level_of(self.rule, before), _level_of(self.rule, after)
        self.sets += 1
        self.fired_before += was is not None
        self.fired_after += would is not None
        if would is not None and was is None:
            self.added[would] += 1
        if was is not None and would is None:
            self.gone[was] += 1
        if before.level != after.level:
            self.levels[before.level, after.level] += 1
        self.other_rules.update(_rules(before).symmetric_difference(_rules(after)) - {self.rule})


def dry_run(
    cases: Iterable[AssessmentCase],
    changed: EscalationRule,
    rules: RuleBook,
    scales: Mapping[str, Scale],
    limits: VitalLimits,
) -> DryRun:
    """Judge each case by the rules as they are and by those with ``changed`` in them.

    ``other_rules`` counts sets on which another rule, which looks at this one, says something else.
    """
    result, own = DryRun(changed.id), book_with(rules, changed)
    for case in cases:
        result.count(assess(case, rules, scales, limits), assess(case, own, scales, limits))
    return result


def _level_of(rule: str, answer: Assessment) -> int | None:
    return next((finding.level for finding in answer.findings if finding.rule == rule), None)


def _rules(answer: Assessment) -> set[str]:
    return {finding.rule for finding in answer.findings}
