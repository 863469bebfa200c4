"""How often each rule fired and what became of it, and how many alerts a nurse had in a shift.

Counts only. No name of a patient or of a colleague stands in them: they measure the rules, not people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from taper_app.clinical.escalation.alerts import Alert


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """One alert with whether the plan was changed after it."""

    alert: Alert
    plan_changed: bool

    @property
    def acted_on(self) -> bool:
        """Seen alone is not acted on."""
        one = self.alert
        return bool(one.acknowledged or one.actions or one.resolved or self.plan_changed)


@dataclass
class RuleBurden:
    """One rule: sets on which it fired, alerts that it stood in, and what was done about those.

    ``with_action``: somebody wrote down what was done, when resolving it or before.
    """

    rule: str
    fired: int = 0
    alerts: int = 0
    acknowledged: int = 0
    with_action: int = 0
    plan_changed: int = 0
    acted_on: int = 0

    @property
    def nobody_acted(self) -> int:
        return self.alerts - self.acted_on

    def count(self, raised: RaisedAlert) -> None:
        self.alerts += 1
        self.acknowledged += raised.alert.acknowledged is not None
        self.with_action += bool(raised.alert.done)
        self.plan_changed += raised.plan_changed
        self.acted_on += raised.acted_on


@dataclass(frozen=True, slots=True)
class Span:
    """A shift, or a day where no shift was set: from ``start`` up to ``end``, and the nurses who had it."""

    start: datetime
    end: datetime
    nurses: frozenset[str]


@dataclass
class SpanBurden:
    """Interrupting alerts of one span, by level."""

    span: Span
    by_level: Counter[int] = field(default_factory=Counter)

    @property
    def alerts(self) -> int:
        return sum(self.by_level.values())

    @property
    def per_nurse(self) -> Fraction | None:
        """None when nobody is known to have worked: that is not no burden."""
        return Fraction(self.alerts, len(self.span.nurses)) if self.span.nurses else None


def burden_by_rule(fired: Mapping[str, int], raised: Iterable[RaisedAlert]) -> list[RuleBurden]:
    """Every rule that fired, those with most alerts that nobody acted on first. ``fired``: sets by rule."""
    found = {rule: RuleBurden(rule, fired=count) for rule, count in fired.items()}
    for one in raised:
        for rule in {reason.rule for reason in one.alert.reasons}:
            found.setdefault(rule, RuleBurden(rule)).count(one)
    return sorted(found.values(), key=lambda burden: (-burden.nobody_acted, -burden.alerts, -burden.fired, burden.rule))


def burden_by_span(spans: Sequence[Span], raised: Iterable[RaisedAlert]) -> list[SpanBurden]:
    """Each span in the order given; an alert counts in the span in which it was raised."""
    found = [SpanBurden(span) for span in spans]
    for one in raised:
        for burden in found:
            if burden.span.start <= one.alert.raised_at < burden.span.end:
                burden.by_level[one.alert.body.level] += 1
                break
    return found


def plan_changed_after(alert: Alert, others: Sequence[Alert], changes: Iterable[datetime]) -> bool:
    """Whether the plan was changed in answer: while the alert was open, or before the patient's next alert.

    ``changes``: when a version was signed or keeping the dose was asked for.
    """
    next_alert = min((other.raised_at for other in others if other.raised_at > alert.raised_at), default=None)
    ended = alert.resolved.recorded_at if alert.resolved else None
    return any(
        moment > alert.raised_at and (ended is None or moment <= ended or next_alert is None or moment < next_alert)
        for moment in changes
    )
