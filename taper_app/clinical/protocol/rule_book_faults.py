"""What is wrong between rules that are right each by itself: names, circles, silence, doses, bands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from taper_app.clinical.protocol.condition_parts import needs_levels, parts_of, rules_named_in, silencers_in
from taper_app.clinical.protocol.conditions import AllOf, AnyFired, AnyOf, Condition, CountOf, EventTest, FactTest
from taper_app.clinical.protocol.intervals import Interval

if TYPE_CHECKING:
    from taper_app.clinical.protocol.escalation_rules import EscalationFile, EscalationRule

    Rules = Mapping[str, EscalationRule]

_BREATHING_OR_ROUSABILITY = frozenset(
    {"respiratory_rate", "spo2", "spo2_scale_1", "spo2_scale_2", "spo2_below_target", "acvpu", "poss"}
)
#: Of these only the low end is a reason: drowsier than alert and calm, and no pulse at all.
_AT_MOST: Mapping[str, Decimal] = {"rass": Decimal(-1), "pulse": Decimal(0)}
_TREATED_WITH_BENZODIAZEPINE_FACTS = frozenset({"catatonia_signs", "cam_icu", "confusion", "four_at_least"})
_TREATED_WITH_BENZODIAZEPINE_EVENTS = frozenset({"seizure", "hallucination"})


@dataclass(frozen=True, slots=True)
class RuleFault:
    """``rules``: the ids of those that it is about, empty where it is a fault of the rule sets as a whole."""

    rules: tuple[str, ...]
    sentence: str


class RuleBookRefused(ValueError):
    """Rule sets that cannot be used together, with every fault."""

    def __init__(self, faults: Collection[RuleFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.sentence for fault in self.faults))


def faults_between(sets: Iterable[EscalationFile], rules: Rules) -> Iterator[RuleFault]:
    """Every fault that no rule set can see alone; ``rules`` by id."""
    for rule_id in twice(rule.id for rule_set in sets for rule in rule_set.rules):
        yield RuleFault((rule_id,), f"{rule_id} stands in more than one rule set; keep one.")
    for rule in rules.values():
        yield from _names(rule, rules)
        yield from _silence(rule, rules)
    try:
        tuple(TopologicalSorter({rule.id: needs_of(rule) for rule in rules.values()}).static_order())
    except CycleError as error:
        waiting = ", ".join(sorted(set(error.args[1])))
        yield RuleFault(tuple(error.args[1]), f"{waiting} wait for each other; break the circle.")
        return
    for rule in rules.values():
        yield from _doses(rule, rules)


def needs_of(rule: EscalationRule) -> set[str]:
    """The rules that have to be judged before this one."""
    return {*rule.one_above, *(rules_named_in(rule.when) if rule.when is not None else ())}


def in_order(rules: Rules) -> list[str]:
    """Needs first; what looks at every other rule's level last; otherwise by id, so that the order never varies."""
    graph = {rule_id: sorted(needs_of(rules[rule_id])) for rule_id in sorted(rules)}
    order = list(TopologicalSorter(graph).static_order())
    return sorted(order, key=lambda rule_id: _looks_at_levels(rules[rule_id]))


def _looks_at_levels(rule: EscalationRule) -> bool:
    return rule.when is not None and needs_levels(rule.when)


def twice(ids: Iterable[str]) -> list[str]:
    """Those that stand more than once."""
    seen: dict[str, int] = {}
    for rule_id in ids:
        seen[rule_id] = seen.get(rule_id, 0) + 1
    return sorted(rule_id for rule_id, count in seen.items() if count > 1)


def _names(rule: EscalationRule, rules: Rules) -> Iterator[RuleFault]:
    needed = needs_of(rule)
    for name in sorted(needed - set(rules)):
        yield RuleFault((rule.id,), f"{rule.id} names {name}, which no rule set has; check its id.")
    for last in sorted(name for name in needed & set(rules) if _looks_at_levels(rules[name])):
        yield RuleFault(
            (rule.id,),
            f"{rule.id} names {last}, which looks at the level of all rules and so comes last; name another.",
        )


def _silence(rule: EscalationRule, rules: Rules) -> Iterator[RuleFault]:
    """A rule that is quiet because another one speaks: that one has to call at least as loudly and as soon."""
    for name in sorted(set(silencers_in(rule.when)) if rule.when is not None else ()):
        other = rules.get(name)
        if other is None:
            continue
        lower = isinstance(rule.level, int) and isinstance(other.level, int) and other.level < rule.level
        if lower or other.respond_within_minutes > rule.respond_within_minutes:
            yield RuleFault(
                (rule.id, name),
                f"{rule.id} is silent when {name} fires, which calls later or for less; take {name} out.",
            )


def _doses(rule: EscalationRule, rules: Rules) -> Iterator[RuleFault]:
    """Only failing breathing and un-rousability withhold; what benzodiazepine treats never delays it by itself."""
    if rule.when is None or rule.effect.value not in ("withhold_and_call", "assess_then_dose"):
        return
    if _rests_on_breathing(rule.when, rules):
        return
    if rule.effect.value == "withhold_and_call":
        yield RuleFault(
            (rule.id,),
            f"{rule.id} withholds a dose for something other than failing breathing or rousability; "
            "choose continue_and_call or no_further_cut.",
        )
    elif _is_treated_with_benzodiazepine(rule.when, rules):
        yield RuleFault(
            (rule.id,),
            f"{rule.id} delays the dose in a state that is treated with benzodiazepine; choose continue_and_call.",
        )


def _rests_on_breathing(condition: Condition, rules: Rules) -> bool:
    """Whether it can hold only together with a test of breathing or rousability."""
    match condition:
        case FactTest():
            return _is_of_breathing(condition)
        case AllOf():
            return any(_rests_on_breathing(part, rules) for part in condition.all_)
        case AnyOf():
            return all(_rests_on_breathing(part, rules) for part in condition.any_)
        case CountOf():
            others = sum(not _rests_on_breathing(part, rules) for part in condition.of)
            return others < condition.count_at_least
        case AnyFired():
            return all(_rule_rests_on_breathing(rules.get(name), rules) for name in condition.any_fired)
        case _:
            return False


def _rule_rests_on_breathing(rule: EscalationRule | None, rules: Rules) -> bool:
    return rule is not None and rule.when is not None and _rests_on_breathing(rule.when, rules)


def _is_of_breathing(test: FactTest) -> bool:
    if test.fact in _AT_MOST:
        return Interval.between(at_most=_AT_MOST[test.fact], whole=True).holds(test.interval())
    return test.fact in _BREATHING_OR_ROUSABILITY and not test.not_assessed


def _is_treated_with_benzodiazepine(condition: Condition, rules: Rules) -> bool:
    """Whether a seizure, hallucination, delirium or catatonia is among what it tests, here or in a rule it names."""
    if isinstance(condition, FactTest):
        return condition.fact in _TREATED_WITH_BENZODIAZEPINE_FACTS
    if isinstance(condition, EventTest):
        return condition.event in _TREATED_WITH_BENZODIAZEPINE_EVENTS
    if isinstance(condition, AnyFired):
        named = (rules.get(name) for name in condition.any_fired)
        return any(
            rule and rule.when is not None and _is_treated_with_benzodiazepine(rule.when, rules) for rule in named
        )
    return any(_is_treated_with_benzodiazepine(part, rules) for part in parts_of(condition))
