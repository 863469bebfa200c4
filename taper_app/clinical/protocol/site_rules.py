"""A site's own escalation files: shipped rules that it changes, and rules that it adds.

The shape of ``escalation/*.toml`` in a site's folder, and the rule that comes out of a change. What a change may not
do stands in ``loosening.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from taper_app.clinical.faults import faults_of
from taper_app.clinical.protocol.citation import Evidence, Identifier, ProtocolEntry, Reviewed
from taper_app.clinical.protocol.conditions import Condition, RuleId
from taper_app.clinical.protocol.dose_gate_limits import Minutes
from taper_app.clinical.protocol.escalation_rules import NO_SOURCE, Effect, EscalationRule, Recipient
from taper_app.clinical.protocol.rule_bands import RuleBands
from taper_app.clinical.protocol.rule_book_faults import twice

#: How the id of a site's own rule begins, so that no later edition of the shipped files takes it.
OWN_RULE = "S"
#: What a change may say anew, as the rule names it.
CHANGEABLE = (
    "level",
    "when",
    "message",
    "action",
    "notify",
    "respond_within_minutes",
    "reassess_within_minutes",
    "effect",
)


class ChangedRule(ProtocolEntry):
    """What a site says differently of a shipped rule; everything that is left out stays as shipped."""

    rule: RuleId
    because: str = Field(min_length=3)
    by: str = Field(min_length=3)
    on: date
    source: Identifier
    where: str = Field(min_length=1)
    evidence: Evidence = Evidence.UNVERIFIED
    level: Literal[1, 2, 3, 4] | None = None
    when: Condition | None = None
    message: str | None = None
    action: str | None = None
    notify: tuple[Recipient, ...] | None = None
    respond_within_minutes: Minutes | None = None
    reassess_within_minutes: Minutes | Literal["continuous"] | None = None
    effect: Effect | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> ChangedRule:
        if not self.changed_fields:
            raise ValueError(f"{self.rule} is not changed; give one of {', '.join(CHANGEABLE)}, or take it out.")
        if self.source == NO_SOURCE and self.evidence is not Evidence.UNVERIFIED:
            raise ValueError(f'{self.rule}: nobody read {NO_SOURCE}; write evidence = "unverified".')
        return self

    @property
    def changed_fields(self) -> tuple[str, ...]:
        return tuple(name for name in CHANGEABLE if getattr(self, name) is not None)

    def applied_to(self, shipped: EscalationRule) -> EscalationRule:
        """The rule as it acts here. Raises ValidationError where the parts do not fit together."""
        said = self.model_dump(by_alias=True, exclude_none=True, include=set(self.changed_fields))
        kept = shipped.model_dump(by_alias=True, exclude_none=True)
        return EscalationRule.model_validate(kept | said | self._evidence_beside(shipped) | {"note": self.because})

    def _evidence_beside(self, shipped: EscalationRule) -> dict[str, str]:
        """The shipped source stays the trigger's while the trigger does; what is changed is marked as the site says."""
        new_trigger = self.when is not None
        new_times = any(name not in ("when", "message", "action") for name in self.changed_fields)
        cited = {"source": self.source, "where": self.where} if new_trigger or shipped.source == NO_SOURCE else {}
        marks = {"trigger_evidence": self.evidence.value} if new_trigger else {}
        if new_times or cited.get("source") == NO_SOURCE:
            marks["time_evidence"] = self.evidence.value
        return cited | marks


class SiteRuleFile(ProtocolEntry):
    """One file of a site: changes of shipped rules, own rules, and own bands."""

    id: Identifier
    title: str = Field(min_length=3)
    version: str = Field(min_length=4)
    changed: tuple[ChangedRule, ...] = ()
    rules: tuple[EscalationRule, ...] = ()
    bands: tuple[RuleBands, ...] = ()
    reviewed: Reviewed | None = None

    @model_validator(mode="after")
    def _holds_each_rule_once(self) -> SiteRuleFile:
        doubled = twice([*(change.rule for change in self.changed), *(rule.id for rule in self.rules)])
        if doubled:
            raise ValueError(f"{', '.join(doubled)} stands twice in this file; keep one entry.")
        wrong = [rule.id for rule in self.rules if not rule.id.startswith(OWN_RULE)]
        if wrong:
            raise ValueError(
                f"{', '.join(wrong)}: the id of a site's own rule begins with {OWN_RULE}, such as {OWN_RULE}01; "
                "a shipped rule is changed under [[changed]]."
            )
        if not (self.changed or self.rules):
            raise ValueError("The file changes no rule and adds none; fill it in or take it away.")
        return self


def changed_rule(
    change: ChangedRule, shipped: Mapping[str, EscalationRule]
) -> tuple[EscalationRule | None, tuple[str, ...]]:
    """The rule as it acts here, or None with a sentence for each reason why not."""
    before = shipped.get(change.rule)
    if before is None:
        return None, (f"No rule {change.rule} is shipped; correct the id, or add an own rule under [[rules]].",)
    faults = tuple(_not_changeable(change, before))
    if faults:
        return None, faults
    try:
        return change.applied_to(before), ()
    except ValidationError as error:
        return None, tuple(fault.message for fault in faults_of(error))


def _not_changeable(change: ChangedRule, before: EscalationRule) -> Iterator[str]:
    if before.level == "next" and change.level is not None:
        yield f"The level of {before.id} is one above the rules that it names; leave level out."
    if not before.active and change.when is not None:
        yield f"{before.id} is judged by the ward's clock and has no trigger of its own; leave when out."
