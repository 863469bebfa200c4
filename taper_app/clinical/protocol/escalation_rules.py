"""The shape of ``protocols/escalation/``: what fires, who is told, how soon, and what it means for the dose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from taper_app.clinical.protocol.alert_ladder import AlertLadder
from taper_app.clinical.protocol.citation import Cited, Evidence, Identifier, ProtocolEntry, Reviewed
from taper_app.clinical.protocol.conditions import Condition, RuleId, faults_in, needs_levels, rules_named_in
from taper_app.clinical.protocol.fact_names import FACTS

Minutes = Annotated[int, Field(ge=0, le=100_000)]
Recipient = Literal[
    "nurse", "charge_nurse", "prescriber", "pharmacist", "mental_health", "obstetrics", "emergency_team"
]
#: In a hospital these read as "do not give" or "discontinue"; neither is ever said of a sick patient's dose.
_MISREAD = re.compile(r"\b(hold|holds|holding|held|stop|stops|stopped|discontinue)\b", re.IGNORECASE)
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

    def _unknown_names(self) -> Iterable[str]:
        if self.when is not None:
            yield from faults_in(self.when)
        for _text, name, _spec, _conversion in Formatter().parse(self.message):
            if name is not None and name not in FACTS:
                yield f"the message names {name}, which is not a fact."

    def letters(self) -> tuple[str, str]:
        """Evidence of trigger and of time as S (read), D (worked out) or K (unverified local default)."""
        return _LETTERS[self.trigger_evidence], _LETTERS[self.time_evidence]


class VomitedDose(Cited):
    """Until when a vomited dose may be given once more on an order, and until when a prescriber decides."""

    repeat_up_to_minutes: Minutes
    prescriber_decides_up_to_minutes: Minutes
    other_route_from_doses: int = Field(ge=1)
    within_hours: int = Field(ge=1)

    @model_validator(mode="after")
    def _is_ordered(self) -> VomitedDose:
        if self.repeat_up_to_minutes > self.prescriber_decides_up_to_minutes:
            raise ValueError("repeat_up_to_minutes is above prescriber_decides_up_to_minutes; swap them.")
        return self


class DoseGate(Cited):
    """What has to be known before a due dose is given, and who may decide otherwise."""

    oldest_reading_minutes: Minutes
    drowsy_rass: int
    prescriber_only_at_rass: int
    prescriber_only_at_poss: tuple[Literal["S", "1", "2", "3", "4"], ...]
    prescriber_only_below_respiratory_rate: int
    give_from_respiratory_rate: int
    prescriber_only_below_spo2_scale_1: int
    give_from_spo2_scale_1: int
    prescriber_only_below_spo2_scale_2: int
    give_from_spo2_scale_2: int
    recheck_minutes: Minutes
    drowsy_prescriber_after_minutes: Minutes
    withheld_reopens_after_minutes: Minutes
    prescriber_order_holds_minutes: Minutes
    vomited: VomitedDose

    @model_validator(mode="after")
    def _is_ordered(self) -> DoseGate:
        pairs = (
            (self.prescriber_only_at_rass, self.drowsy_rass, "rass"),
            (self.prescriber_only_below_respiratory_rate, self.give_from_respiratory_rate, "respiratory_rate"),
            (self.prescriber_only_below_spo2_scale_1, self.give_from_spo2_scale_1, "spo2_scale_1"),
            (self.prescriber_only_below_spo2_scale_2, self.give_from_spo2_scale_2, "spo2_scale_2"),
        )
        wrong = [name for low, high, name in pairs if low > high]
        if wrong:
            raise ValueError(f"The limits of {', '.join(wrong)} are in the wrong order; swap them.")
        return self


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
    reviewed: Reviewed | None = None

    @model_validator(mode="after")
    def _names_each_rule_once(self) -> EscalationFile:
        twice = _twice(rule.id for rule in self.rules)
        if twice:
            raise ValueError(f"{', '.join(twice)} stands twice in this file; give each rule its own id.")
        return self


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rule sets together: the rules in an order in which each one's needs come first."""

    rules: tuple[EscalationRule, ...]
    inactive: tuple[EscalationRule, ...]
    gate: DoseGate
    interval: ObservationInterval
    ladder: AlertLadder

    @classmethod
    def of(cls, files: Iterable[EscalationFile]) -> RuleBook:
        """Raises ValueError, with every fault: ids that repeat, rules that are missing or wait for each other."""
        sets = tuple(files)
        rules = {rule.id: rule for rule_set in sets for rule in rule_set.rules}
        gates = [rule_set.gate for rule_set in sets if rule_set.gate]
        intervals = [rule_set.interval for rule_set in sets if rule_set.interval]
        ladders = [rule_set.ladder for rule_set in sets if rule_set.ladder]
        faults = list(_faults_between(sets, rules))
        if len(gates) != 1:
            faults.append(f"There are {len(gates)} gate tables; keep exactly one in all rule sets.")
        if len(intervals) != 1:
            faults.append(f"There are {len(intervals)} interval tables; keep exactly one in all rule sets.")
        if len(ladders) != 1:
            faults.append(f"There are {len(ladders)} ladder tables; keep exactly one in all rule sets.")
        for ladder in ladders:
            faults.extend(_unknown_in(ladder, rules))
        if faults:
            raise ValueError(" ".join(faults))
        ordered = tuple(rules[rule_id] for rule_id in _in_order(rules))
        return cls(
            rules=tuple(rule for rule in ordered if rule.active),
            inactive=tuple(rule for rule in ordered if not rule.active),
            gate=gates[0],
            interval=intervals[0],
            ladder=ladders[0],
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


def _unknown_in(ladder: AlertLadder, rules: Mapping[str, EscalationRule]) -> Iterable[str]:
    for named in (ladder.rule, *ladder.not_for):
        if named not in rules:
            yield f"The ladder names {named}, which no rule set has; check its id."


def _needs_of(rule: EscalationRule) -> set[str]:
    return {*rule.one_above, *(rules_named_in(rule.when) if rule.when is not None else ())}


def _faults_between(sets: tuple[EscalationFile, ...], rules: Mapping[str, EscalationRule]) -> Iterable[str]:
    for rule_id in _twice(rule.id for rule_set in sets for rule in rule_set.rules):
        yield f"{rule_id} stands in more than one rule set; keep one."
    for rule in rules.values():
        for needed in sorted(_needs_of(rule) - set(rules)):
            yield f"{rule.id} names {needed}, which no rule set has; check its id."
        for last in sorted(needed for needed in _needs_of(rule) & set(rules) if _looks_at_levels(rules[needed])):
            yield f"{rule.id} names {last}, which looks at the level of all rules and so comes last; name another."
    try:
        tuple(TopologicalSorter({rule.id: _needs_of(rule) for rule in rules.values()}).static_order())
    except CycleError as error:
        yield f"{', '.join(sorted(set(error.args[1])))} wait for each other; break the circle."


def _in_order(rules: Mapping[str, EscalationRule]) -> list[str]:
    """Needs first; what looks at every other rule's level last; otherwise by id, so that the order never varies."""
    graph = {rule_id: sorted(_needs_of(rules[rule_id])) for rule_id in sorted(rules)}
    order = list(TopologicalSorter(graph).static_order())
    return sorted(order, key=lambda rule_id: _looks_at_levels(rules[rule_id]))


def _looks_at_levels(rule: EscalationRule) -> bool:
    return rule.when is not None and needs_levels(rule.when)


def _twice(ids: Iterable[str]) -> list[str]:
    seen: dict[str, int] = {}
    for rule_id in ids:
        seen[rule_id] = seen.get(rule_id, 0) + 1
    return sorted(rule_id for rule_id, count in seen.items() if count > 1)
