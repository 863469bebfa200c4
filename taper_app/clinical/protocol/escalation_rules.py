"""The shape of ``protocols/escalation/``: what fires, who is told, how soon, and what it means for the dose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter
from typing import Literal

from pydantic import Field, field_validator, model_validator

from taper_app.clinical.protocol.alert_ladder import AlertLadder
from taper_app.clinical.protocol.citation import Cited, Evidence, Identifier, ProtocolEntry, Reviewed
from taper_app.clinical.protocol.condition_parts import fact_tests_in, faults_in, rules_named_in
from taper_app.clinical.protocol.conditions import Condition, RuleId
from taper_app.clinical.protocol.dose_gate_limits import DoseGate, Minutes
from taper_app.clinical.protocol.fact_names import FACTS
from taper_app.clinical.protocol.rule_bands import RuleBands, faults_of_bands
from taper_app.clinical.protocol.rule_book_faults import RuleBookRefused, RuleFault, faults_between, in_order, twice

Recipient = Literal[
    "nurse", "charge_nurse", "prescriber", "pharmacist", "mental_health", "obstetrics", "emergency_team"
]
#: In a hospital these read as "do not give" or "discontinue"; neither is ever said of a sick patient's dose.
_MISREAD = re.compile(r"\b(hold|holds|holding|held|stop|stops|stopped|discontinue)\b", re.IGNORECASE)
_OF_THE_CLOCK = frozenset({"overdue_minutes", "overdue_percent_of_interval", "last_level"})
#: The source of a number that no source prints.
NO_SOURCE = "local-default"
_LETTERS: Mapping[Evidence, str] = {
    Evidence.READ: "S",
    Evidence.SECOND_HAND: "S",
    Evidence.DERIVED: "D",
    Evidence.UNVERIFIED: "K",
}


class Effect(StrEnum):
    """What a finding means for the next cut and for this dose; in order of precedence for the dose."""

    NONE = "none"
    NO_FURTHER_CUT = "no_further_cut"
    CONTINUE_AND_CALL = "continue_and_call"
    ASSESS_THEN_DOSE = "assess_then_dose"
    WITHHOLD_AND_CALL = "withhold_and_call"

    @property
    def precedence(self) -> int:
        return _PRECEDENCE[self]


_PRECEDENCE: Mapping[Effect, int] = {effect: place for place, effect in enumerate(Effect)}


class EscalationRule(ProtocolEntry):
    """One rule. ``message`` may name facts in braces; it states what was found and never claims a cause."""

    id: RuleId
    level: Literal[1, 2, 3, 4, "next"]
    #: For ``level = "next"``: one above the highest of these that fired.
    one_above: tuple[RuleId, ...] = ()
    active: bool = True
    inactive_because: str = ""
    needs: tuple[str, ...] = ()
    when: Condition | None = None
    message: str = Field(min_length=3)
    action: str = Field(min_length=3)
    notify: tuple[Recipient, ...] = ()
    respond_within_minutes: Minutes
    reassess_within_minutes: Minutes | Literal["continuous"] | None = None
    effect: Effect
    source: Identifier
    where: str = Field(min_length=1)
    trigger_evidence: Evidence
    time_evidence: Evidence
    note: str = ""

    @field_validator("message", "action")
    @classmethod
    def _cannot_be_misread(cls, text: str) -> str:
        if found := _MISREAD.search(text):
            raise ValueError(
                f'"{found.group()}" is misread in hospitals; write Keep dose, no cut, or Withhold this dose.'
            )
        return text

    @model_validator(mode="after")
    def _can_be_evaluated(self) -> EscalationRule:
        faults = [*self._missing_parts(), *self._unknown_names()]
        if faults:
            raise ValueError(f"{self.id}: {' '.join(faults)}")
        return self

    def _missing_parts(self) -> Iterable[str]:
        if self.active and self.when is None:
            yield "an active rule needs when."
        if not self.active and not (self.inactive_because and self.needs):
            yield "an inactive rule says why in inactive_because and what it lacks in needs."
        if (self.level == "next") != bool(self.one_above):
            yield 'level = "next" and one_above go together.'
        if self.source == NO_SOURCE and {self.trigger_evidence, self.time_evidence} != {Evidence.UNVERIFIED}:
            yield f'nobody read {NO_SOURCE}; write "unverified" as trigger_evidence and time_evidence.'

    def _unknown_names(self) -> Iterable[str]:
        if self.when is not None:
            yield from faults_in(self.when)
        for _text, name, _spec, _conversion in Formatter().parse(self.message):
            if name is not None and name not in FACTS:
                yield f"the message names {name}, which is not a fact."

    def letters(self) -> tuple[str, str]:
        """Evidence of trigger and of time as S (read), D (worked out) or K (unverified local default)."""
        return _LETTERS[self.trigger_evidence], _LETTERS[self.time_evidence]


class ObservationInterval(Cited):
    """How often a set is wanted when no finding asks for it sooner."""

    routine_minutes: Minutes
    #: By the level of the last set, for judging how late a set is when no earlier set shows its interval.
    by_last_level: dict[Literal["1", "2", "3", "4"], Minutes]

    @model_validator(mode="after")
    def _covers_each_level(self) -> ObservationInterval:
        if set(self.by_last_level) != {"1", "2", "3", "4"}:
            raise ValueError("by_last_level needs an interval for each of the levels 1, 2, 3 and 4.")
        return self


class EscalationFile(ProtocolEntry):
    """One rule set: the rules of one topic. Gate, interval and ladder each stand in one file of all."""

    id: Identifier
    title: str = Field(min_length=3)
    version: str = Field(min_length=4)
    rules: tuple[EscalationRule, ...] = ()
    gate: DoseGate | None = None
    interval: ObservationInterval | None = None
    ladder: AlertLadder | None = None
    #: Rules that share out the values of one fact, here or in another file.
    bands: tuple[RuleBands, ...] = ()
    reviewed: Reviewed | None = None

    @model_validator(mode="after")
    def _names_each_rule_once(self) -> EscalationFile:
        doubled = twice(rule.id for rule in self.rules)
        if doubled:
            raise ValueError(f"{', '.join(doubled)} stands twice in this file; give each rule its own id.")
        return self


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rule sets together: the rules in an order in which each one's needs come first."""

    rules: tuple[EscalationRule, ...]
    inactive: tuple[EscalationRule, ...]
    gate: DoseGate
    interval: ObservationInterval
    ladder: AlertLadder
    #: Those that need no set: they test how late one is, and the level of the last one.
    of_the_clock: tuple[EscalationRule, ...]

    @classmethod
    def of(cls, files: Iterable[EscalationFile]) -> RuleBook:
        """Raises RuleBookRefused with every fault: names, circles, bands that do not meet, tables that stand twice."""
        sets = tuple(files)
        rules = {rule.id: rule for rule_set in sets for rule in rule_set.rules}
        faults = [*faults_between(sets, rules), *_faults_of_single_tables(sets, rules)]
        if faults:
            raise RuleBookRefused(faults)
        ordered = tuple(rules[rule_id] for rule_id in in_order(rules))
        return cls(
            rules=tuple(rule for rule in ordered if rule.active),
            inactive=tuple(rule for rule in ordered if not rule.active),
            gate=next(rule_set.gate for rule_set in sets if rule_set.gate),
            interval=next(rule_set.interval for rule_set in sets if rule_set.interval),
            ladder=next(rule_set.ladder for rule_set in sets if rule_set.ladder),
            of_the_clock=tuple(rule for rule in ordered if rule.active and _needs_only_the_clock(rule)),
        )

    @property
    def minutes_a_rung(self) -> int:
        """How long an alert that has climbed waits for an answer before it climbs again."""
        rule = self.rule(self.ladder.rule)
        if rule is None:  # ``of`` refuses a ladder without its rule
            raise LookupError(self.ladder.rule)
        return rule.respond_within_minutes

    def rule(self, rule_id: str) -> EscalationRule | None:
        return next((rule for rule in (*self.rules, *self.inactive) if rule.id == rule_id), None)


def _needs_only_the_clock(rule: EscalationRule) -> bool:
    if rule.when is None or any(rules_named_in(rule.when)):
        return False
    tested = {test.fact for test, _name in fact_tests_in(rule.when)}
    return bool(tested - {"last_level"}) and tested <= _OF_THE_CLOCK


def _faults_of_single_tables(
    sets: tuple[EscalationFile, ...], rules: Mapping[str, EscalationRule]
) -> Iterable[RuleFault]:
    for name in ("gate", "interval", "ladder"):
        count = sum(getattr(rule_set, name) is not None for rule_set in sets)
        if count != 1:
            yield RuleFault((), f"There are {count} {name} tables; keep exactly one in all rule sets.")
    for ladder in (rule_set.ladder for rule_set in sets if rule_set.ladder):
        for named in (ladder.rule, *ladder.not_for):
            if named not in rules:
                yield RuleFault((), f"The ladder names {named}, which no rule set has; check its id.")
    conditions = {rule.id: rule.when for rule in rules.values() if rule.active}
    for bands in (bands for rule_set in sets for bands in rule_set.bands):
        for sentence in faults_of_bands(bands, conditions):
            yield RuleFault(tuple(rule for rule in bands.rules if rule in sentence), sentence)
