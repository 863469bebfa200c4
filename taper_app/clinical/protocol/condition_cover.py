"""Whether one condition fires whenever another one does: how a site's trigger is compared with the shipped one.

The answer is sound, not complete: yes is certain, no means "not in every case, or this cannot see it". Not known lies
between no and yes, so that a test which treats "not assessed" as yes covers one that leaves it unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from taper_app.clinical.protocol.conditions import (
    AllOf,
    AnyFired,
    AnyOf,
    Condition,
    CountOf,
    EventTest,
    FactTest,
    LevelTest,
    NoneFired,
    NoneOf,
    RiseTest,
)
from taper_app.clinical.protocol.fact_names import EVENT_FACTS, FACTS, FactName
from taper_app.clinical.protocol.intervals import Interval, holds_all

#: By fact: values that another rule has taken over, which is at least as serious.
TakenOver = Mapping[str, Sequence[Interval]]
_WHEN_NOT_ASSESSED = {"does_not_count": 0, None: 1, "counts": 2}


def covers(
    new: Condition, old: Condition, taken_over: TakenOver | None = None, known: Mapping[str, FactName] = FACTS
) -> bool:
    """Whether ``new`` holds wherever ``old`` does, or another rule has taken the value over."""
    taken = taken_over or {}
    if new == old:
        return True
    if isinstance(old, AnyOf):
        return all(covers(new, part, taken, known) for part in old.any_)
    if isinstance(new, AllOf):
        return all(covers(part, old, taken, known) for part in new.all_)
    if isinstance(new, AnyOf) and any(covers(part, old, taken, known) for part in new.any_):
        return True
    if isinstance(old, AllOf) and any(covers(new, part, taken, known) for part in old.all_):
        return True
    return _is_at_least_as_wide(new, old, taken, known)


def _is_at_least_as_wide(new: Condition, old: Condition, taken: TakenOver, known: Mapping[str, FactName]) -> bool:
    match new, old:
        case FactTest(), FactTest():
            return _wider_fact(new, old, taken, known)
        case EventTest(), EventTest():
            return _wider_event(new, old)
        case RiseTest(), RiseTest():
            return new.rise_of == old.rise_of and new.at_least <= old.at_least and _looks_as_far_back(new, old)
        case AnyFired(), AnyFired():
            return set(new.any_fired) >= set(old.any_fired)
        case NoneFired(), NoneFired():
            return set(new.none_fired) <= set(old.none_fired)
        case LevelTest(), LevelTest():
            return new.level_at_least <= old.level_at_least and new.within_hours >= old.within_hours
        case NoneOf(), NoneOf():
            # What is ruled out has to be no more than before, and nothing may count as taken over there.
            return covers(AnyOf.model_construct(any_=old.none_), AnyOf.model_construct(any_=new.none_), None, known)
        case CountOf(), CountOf():
            return new.count_at_least <= old.count_at_least and _each_covered(new.of, old.of, known)
        case _:
            return False


def _each_covered(new: Sequence[Condition], old: Sequence[Condition], known: Mapping[str, FactName]) -> bool:
    """Each old one is covered by a new one of its own."""
    left = list(new)
    for part in old:
        found = next((other for other in left if covers(other, part, None, known)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _wider_fact(new: FactTest, old: FactTest, taken: TakenOver, known: Mapping[str, FactName]) -> bool:
    if new.fact != old.fact or new.not_assessed != old.not_assessed:
        return False
    if _WHEN_NOT_ASSESSED[new.if_not_assessed] < _WHEN_NOT_ASSESSED[old.if_not_assessed]:
        return False
    if (new.also_within_hours or 0) < (old.also_within_hours or 0):
        return False
    if new.is_numeric and old.is_numeric:
        return holds_all([new.interval(known), *taken.get(new.fact, ())], old.interval(known))
    return not new.is_numeric and not old.is_numeric and new.words >= old.words


def _wider_event(new: EventTest, old: EventTest) -> bool:
    if new.event != old.event or new.at_least > old.at_least:
        return False
    if new.this_set != old.this_set or (new.within_hours or 0) < (old.within_hours or 0):
        return False
    if new.where is None or old.where is None:
        return new.where is None
    return covers(new.where, old.where, None, EVENT_FACTS)


def _looks_as_far_back(new: RiseTest, old: RiseTest) -> bool:
    """Without a limit it looks back to the last set, however old."""
    if new.within_hours is None:
        return True
    return old.within_hours is not None and new.within_hours >= old.within_hours
