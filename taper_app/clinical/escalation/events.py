"""The events of a case in the order in which they happened, each once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.events import Event, Fall, Hallucination, Seizure
from taper_app.clinical.charting.observation import Observation
from taper_app.clinical.escalation.situation import ChartedEvent, FactValue, ScoredSet, hours_between

_Placed = tuple[Event, Decimal | None, bool]


def events_of(now: ScoredSet, earlier: Sequence[ScoredSet]) -> tuple[ChartedEvent, ...]:
    """Oldest first. An event that a later set tells again, at the same moment, counts once.

    An event without ``at`` happened at its set; one that lies after the set that is judged counts as now. Of two at
    the same moment nobody knows which came first: each counts as followed by the other, in whatever order they were
    told.
    """
    placed = sorted(_placed(now, earlier), key=_age, reverse=True)
    newest = {event.kind: _age((event, hours, here)) for event, hours, here in placed}
    at_once = Counter((told[0].kind, _age(told)) for told in placed)
    found = []
    for event, hours, here in placed:
        age = _age((event, hours, here))
        followed = age > newest[event.kind] or at_once[event.kind, age] > 1
        found.append(ChartedEvent(event.kind, hours, here, _facts(event, hours, followed=followed)))
    return tuple(found)


def later_than_the_set(observation: Observation) -> Iterator[int]:
    """The places of events that would happen after the observation itself."""
    for index, event in enumerate(observation.events or ()):
        if event.at is not None and observation.at is not None and event.at > observation.at:
            yield index


def _placed(now: ScoredSet, earlier: Sequence[ScoredSet]) -> Iterator[_Placed]:
    told_again = {(event.kind, event.at) for event in now.observation.events or () if event.at is not None}
    for scored in earlier:
        if not scored.observation.events:
            continue
        for event in scored.observation.events:
            if event.at is None or (event.kind, event.at) not in told_again:
                yield event, _hours_ago(event, scored, now), False
        told_again |= {(event.kind, event.at) for event in scored.observation.events if event.at is not None}
    for event in now.observation.events or ():
        yield event, _hours_ago(event, now, now), True


def _hours_ago(event: Event, told_in: ScoredSet, now: ScoredSet) -> Decimal | None:
    if event.at is None:
        return Decimal(0) if told_in is now else told_in.hours_ago
    hours = hours_between(event.at, now.observation.at)
    return None if hours is None else max(Decimal(0), hours)


def _age(placed: _Placed) -> tuple[bool, Decimal]:
    """Events of this set without a known hour are the newest, those of earlier sets the oldest."""
    _event, hours, here = placed
    return (hours is None and not here, hours or Decimal(0))


def _facts(event: Event, hours_ago: Decimal | None, *, followed: bool) -> Mapping[str, FactValue]:
    facts: dict[str, FactValue] = {"hours_ago": hours_ago, "followed_by_another": followed}
    if isinstance(event, Seizure):
        facts |= {
            "duration_minutes": event.duration_minutes,
            "ongoing": event.ongoing,
            "recovered": event.recovered,
        }
    elif isinstance(event, Hallucination):
        facts["insight"] = event.insight
    elif isinstance(event, Fall):
        facts["head_strike"] = None if event.head_strike is Answer.NOT_ASSESSED else event.head_strike.value
    return facts
