"""What of a site's change makes a rule weaker than it was shipped, and which of that is refused.

Weaker is: a lower level, longer times, fewer people told, a weaker effect on cut or dose, a trigger that may miss what
the shipped one finds, an action that no longer says what the shipped one says. Refused is all of it for a rule of
level 4, and for a rule that one of level 4 is built on, what reaches the level-4 rule through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from taper_app.clinical.protocol.condition_cover import TakenOver, covers
from taper_app.clinical.protocol.condition_parts import rules_built_on
from taper_app.clinical.protocol.escalation_rules import Effect, EscalationRule
from taper_app.clinical.protocol.intervals import Interval
from taper_app.clinical.protocol.rule_bands import RuleBands, band_of

HIGHEST_LEVEL = 4
#: For each effect those that may take its place: the cut stays suspended, a dose that has to be given is given, and
#: one that waits or is withheld does not become one that is given.
_AT_LEAST_AS_STRONG: Mapping[Effect, frozenset[Effect]] = {
    Effect.NONE: frozenset(Effect),
    Effect.NO_FURTHER_CUT: frozenset(Effect) - {Effect.NONE},
    Effect.CONTINUE_AND_CALL: frozenset({Effect.CONTINUE_AND_CALL}),
    Effect.ASSESS_THEN_DOSE: frozenset({Effect.ASSESS_THEN_DOSE, Effect.WITHHOLD_AND_CALL}),
    Effect.WITHHOLD_AND_CALL: frozenset({Effect.WITHHOLD_AND_CALL}),
}
Rules = Mapping[str, EscalationRule]


@dataclass(frozen=True, slots=True)
class Weaker:
    """One part of a change that makes the rule weaker, in a sentence with the fix."""

    field: str
    sentence: str


def weaker_parts(before: EscalationRule, after: EscalationRule, taken_over: TakenOver | None = None) -> list[Weaker]:
    """Everything that is weaker than shipped. ``taken_over``: values that a graver rule of its bands now holds."""
    return [*_level_and_times(before, after), *_people_and_effect(before, after), *_trigger(before, after, taken_over)]


def _level_and_times(before: EscalationRule, after: EscalationRule) -> Iterator[Weaker]:
    if isinstance(before.level, int) and isinstance(after.level, int) and after.level < before.level:
        yield Weaker("level", f"level {after.level} is below the shipped {before.level}; keep {before.level} or more")
    shipped = before.respond_within_minutes
    if after.respond_within_minutes > shipped:
        sentence = f"{after.respond_within_minutes} minutes to respond are longer than the shipped {shipped}"
        yield Weaker("respond_within_minutes", f"{sentence}; keep {shipped} or less")
    again = before.reassess_within_minutes
    if again is not None and _minutes(after.reassess_within_minutes) > _minutes(again):
        sentence = f"looking again within {after.reassess_within_minutes} minutes is later than the shipped {again}"
        yield Weaker("reassess_within_minutes", f"{sentence}; keep {again} or sooner")


def _minutes(wish: int | str | None) -> float:
    """Continuous is at once, no wish is never."""
    if wish is None:
        return float("inf")
    return 0 if isinstance(wish, str) else wish


def _people_and_effect(before: EscalationRule, after: EscalationRule) -> Iterator[Weaker]:
    left_out = [role for role in before.notify if role not in after.notify]
    if left_out:
        yield Weaker("notify", f"{', '.join(left_out)} would no longer be told; name them too")
    if after.effect not in _AT_LEAST_AS_STRONG[before.effect]:
        yield Weaker(
            "effect", f"{after.effect.value} is weaker than, or against, the shipped {before.effect.value}; keep that"
        )
    if before.action not in after.action:
        yield Weaker("action", "the shipped action is no longer said in full; keep it and add to it")


def _trigger(before: EscalationRule, after: EscalationRule, taken_over: TakenOver | None) -> Iterator[Weaker]:
    if before.when is None or after.when is None or covers(after.when, before.when, taken_over):
        return
    yield Weaker(
        "when", "the trigger may miss what the shipped one finds; keep the shipped tests and widen or add to them"
    )


def taken_over_from(rule_id: str, rules: Rules, bands: Sequence[RuleBands]) -> TakenOver:
    """Values of the rule's readings that rules of the same bands hold which are at least as serious."""
    found: dict[str, list[Interval]] = {}
    for shared in bands:
        if rule_id not in shared.rules:
            continue
        for other in shared.rules:
            held = band_of(rules[other].when, shared.facts) if other in rules else None
            if other != rule_id and held is not None and _is_as_serious(rules[other], rules[rule_id]):
                for fact in shared.facts:
                    found.setdefault(fact, []).append(held)
    return found


def _is_as_serious(other: EscalationRule, rule: EscalationRule) -> bool:
    return isinstance(other.level, int) and isinstance(rule.level, int) and other.level >= rule.level


def refused_parts(before: EscalationRule, weaker: Sequence[Weaker], shipped: Rules) -> Iterator[str]:
    """A sentence for each part that is refused; empty when the change may act."""
    if _is_of_highest_level(before):
        for part in weaker:
            yield f"{before.id} is shipped with level {HIGHEST_LEVEL} and may not be loosened: {part.sentence}."
        return
    for field, needing in (("when", _built_on(before.id, shipped)), ("level", _one_above(before.id, shipped))):
        for part in weaker:
            if part.field == field and needing:
                yield (
                    f"{before.id} may not be loosened, because {', '.join(needing)} of level {HIGHEST_LEVEL} "
                    f"rests on it: {part.sentence}."
                )


def _is_of_highest_level(rule: EscalationRule) -> bool:
    """A level that is one above others' can be the highest."""
    return rule.level in (HIGHEST_LEVEL, "next")


def _built_on(rule_id: str, shipped: Rules) -> list[str]:
    """The rules of the highest level that fire only, or sooner, because this one fires: directly or through others."""
    reached = {rule_id}
    while more := {rule.id for rule in shipped.values() if reached & _foundations(rule)} - reached:
        reached |= more
    return sorted(name for name in reached - {rule_id} if _is_of_highest_level(shipped[name]))


def _foundations(rule: EscalationRule) -> set[str]:
    if not rule.active:
        return set()
    return {*rule.one_above, *(rules_built_on(rule.when) if rule.when is not None else ())}


def _one_above(rule_id: str, shipped: Rules) -> list[str]:
    return sorted(rule.id for rule in shipped.values() if rule.active and rule_id in rule.one_above)
