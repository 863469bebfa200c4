"""The slowest pace that ends in time: ``ends_by`` of a request, or the earliest safe date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from taper_app.clinical.planning.answer import LimitBroken, Plan, Refusal, Remedy
from taper_app.clinical.planning.build import Attempt, attempt_plan
from taper_app.clinical.planning.pace_choices import pace_choices
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.settled import settle
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_text

ENDS_TOO_LATE = "ends-too-late"
_Change = dict[str, Any]


def attempt_in_time(request: PlanRequest, protocols: Protocols) -> Attempt:
    """The attempt at the slowest pace whose plan is over by ``ends_by``, if that is asked.

    For either figure of a pace a slower one never ends sooner, so halving finds it. No faster pace is taken than the
    ceilings allow: when the slowest that ends in time is refused for them, faster ones are tried in order, and the
    end of the fastest that is no refusal is the earliest safe date.
    """
    by = request.ends_by
    if by is None:
        return attempt_plan(request, protocols)
    choices = pace_choices(request, settle(request, protocols))
    tried = _Tried(request, protocols)
    changes = choices.slowest_first()
    slowest = tried.attempt(changes[0])
    if slowest.timeline is None:
        return slowest  # refused whatever the pace
    if tried.ends_on(changes[-1]) > by:
        return _too_late(slowest, changes, tried, by)
    in_time = _first(changes, lambda change: tried.ends_on(change) <= by)
    longer = choices.longer_at(changes[in_time])
    found = longer[_first(longer, lambda change: tried.ends_on(change) <= by)]
    for change in (found, *changes[in_time:]):
        attempt = tried.attempt(change)
        if isinstance(attempt.outcome, Plan):
            return attempt
    return _too_late(slowest, changes[:in_time], tried, by)


class _Tried:
    """Attempts at one request, each pace once."""

    def __init__(self, request: PlanRequest, protocols: Protocols) -> None:
        self._request, self._protocols = request, protocols
        self._attempts: dict[tuple[tuple[str, Any], ...], Attempt] = {}

    def attempt(self, change: _Change) -> Attempt:
        key = tuple(sorted(change.items()))
        if key not in self._attempts:
            written = self._request.model_dump(mode="json", exclude_unset=True) | change
            self._attempts[key] = attempt_plan(PlanRequest.model_validate(written), self._protocols)
        return self._attempts[key]

    def ends_on(self, change: _Change) -> date:
        """The first day without, or on the dose to stay on; also of a plan that a ceiling refuses."""
        timeline = self.attempt(change).timeline
        return timeline.segments[-1].starts_on if timeline else date.max


def _first(changes: Sequence[_Change], holds: Callable[[_Change], bool]) -> int:
    """The place of the first that holds, by halving: those after it hold as well, and the last one does."""
    low, high = 0, len(changes) - 1
    while low < high:
        middle = (low + high) // 2
        if holds(changes[middle]):
            high = middle
        else:
            low = middle + 1
    return low


def _too_late(slowest: Attempt, changes: Sequence[_Change], tried: _Tried, by: date) -> Attempt:
    """The refusal with the earliest safe date; without any safe pace what refuses the slowest one."""
    safe = next((change for change in reversed(changes) if isinstance(tried.attempt(change).outcome, Plan)), None)
    if safe is None:
        return slowest
    settled, earliest = tried.attempt(safe).settled, tried.ends_on(safe)
    what = (
        f"day on {mg_text(settled.request.target_daily_mg)}"
        if settled.target
        else f"first day without {settled.medicine.name}"
    )
    within = "At the pace asked for" if len(changes) == 1 else f"Within what {settled.taper.name} prints"
    message = f"{within}, the earliest safe {what} is {earliest}; {by} is too early."
    limit = LimitBroken(limit=f"an end by {by}", needed=earliest.isoformat(), source=settled.pace.source)
    refusal = Refusal(code=ENDS_TOO_LATE, message=message, limits=(limit,))
    return replace(tried.attempt(safe), outcome=refusal, earliest_end=earliest)


def any_printed_pace(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    """Where the request names a figure of the pace that leaves no room."""
    named = [name for name in ("cut_percent", "cut_mg", "every_days") if getattr(request, name) is not None]
    if named:
        change: _Change = dict.fromkeys([*named, "longest_step_days"])
        yield Remedy(change=change, message="Let the pace be found within what the source prints.")


def later_end(request: PlanRequest, attempt: Attempt) -> Iterator[Remedy]:
    assert attempt.earliest_end is not None, "a plan that ends too late has its earliest end"
    day = attempt.earliest_end.isoformat()
    yield Remedy(change={"ends_by": day}, message=f"End on {day}, the earliest safe date.")
