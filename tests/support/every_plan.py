"""Every allowed plan of a small case, enumerated one by one: slow, plain, and apart from the search it judges.

Rules 1 to 4 of "How the steps follow the pace", over the daily doses; where the times of day cannot follow the best
of these plans, over the day's doses. Doses are whole numbers in any unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product

from taper_app.clinical.planning.pace import AskedPace

Doses = tuple[int, ...]


#: A case with more doses on its plans than this is not small.
MOST_STEPS_LOOKED_AT = 2_000


class TooManyPlans(Exception):
    """The case is not small."""


@dataclass(frozen=True)
class Case:
    """What a plan is looked for: the day's doses now (None: the times change), and what the plan is held to."""

    now: Doses | None
    daily_now: int
    times: int
    makeable: frozenset[int]
    pace: AskedPace
    longest_step_days: int
    target: int
    stop_allowed_up_to: Fraction
    morning_first: bool
    keeps_all_times: bool
    start_is_a_step: bool
    start_may_end: bool

    @cached_property
    def ways(self) -> Mapping[int, list[Doses]]:
        """Every way to take makeable doses over the day, by the daily dose."""
        found: dict[int, list[Doses]] = {}
        for doses in product(sorted(self.makeable), repeat=self.times):
            found.setdefault(sum(doses), []).append(doses)
        return found

    def below(self, dose: int) -> list[int]:
        return [daily for daily in self.ways if 0 < daily < dose]

    def days(self, dose: int, until: Fraction) -> int:
        days = max(self.pace.least_days(dose), self.pace.days_needed(dose, until))
        return min(days, self.longest_step_days) if self.pace.has_no_end else days


@dataclass(frozen=True, order=True)
class AllowedPlan:
    """A smaller one is the better one."""

    days: int
    steps: int
    daily: Doses
    split: tuple[Doses, ...]


def best_plan(case: Case) -> AllowedPlan | None:
    """None when no plan is allowed. Raises TooManyPlans."""
    by_daily_dose = min(_plans(case, _next_by_daily_dose), default=None)
    if by_daily_dose is None:
        return None
    split, before = [], case.now
    for daily in by_daily_dose.daily:
        before = split_of(case, daily, before)
        if before is None:
            return best_plan_by_day_doses(case)
        split.append(before)
    return AllowedPlan(by_daily_dose.days, by_daily_dose.steps, by_daily_dose.daily, tuple(split))


def best_plan_by_day_doses(case: Case) -> AllowedPlan | None:
    """The best where a cut is makeable only if the times of day can follow it. Raises TooManyPlans."""
    return min(_plans(case, _next_by_day_doses), default=None)


State = tuple[int, Doses | None]


def _next_by_daily_dose(case: Case, state: State) -> list[State]:
    dose, _ = state
    return [(daily, None) for daily in _allowed(case, dose, case.below(dose))]


def _next_by_day_doses(case: Case, state: State) -> list[State]:
    dose, before = state
    split = {daily: doses for daily in case.below(dose) if (doses := split_of(case, daily, before)) is not None}
    return [(daily, split[daily]) for daily in _allowed(case, dose, split.keys())]


def _allowed(case: Case, dose: int, lower: Iterable[int]) -> list[int]:
    """No bigger a cut than asked; when there is none, the smallest. Never past the target."""
    wanted = [daily for daily in lower if daily >= case.target]
    within = [daily for daily in wanted if daily >= case.pace.lowest_after(dose)]
    return within or sorted(wanted)[-1:]


def _plans(case: Case, next_states: Callable[[Case, State], list[State]]) -> Iterator[AllowedPlan]:
    looked_at = 0

    def go_on(state: State, is_timed: bool, days: int, daily: Doses, split: tuple[Doses, ...]) -> Iterator[AllowedPlan]:
        nonlocal looked_at
        looked_at += 1
        if looked_at > MOST_STEPS_LOOKED_AT:
            raise TooManyPlans
        dose = state[0]
        following = next_states(case, state)
        is_last = (
            dose == case.target if case.target else dose == min(case.makeable - {0}) or dose <= case.stop_allowed_up_to
        )
        if is_last and (is_timed or case.start_may_end or not following):
            waiting = case.days(dose, case.pace.stop_needs_until(dose)) if is_timed and not case.target else 0
            yield AllowedPlan(days + waiting, len(daily) + 1, daily, split)
        for lower, doses in following:
            waiting = case.days(dose, Fraction(lower)) if is_timed else 0
            after = (*split, doses) if doses is not None else split
            yield from go_on((lower, doses), True, days + waiting, (*daily, lower), after)

    yield from go_on((case.daily_now, case.now), case.start_is_a_step, 0, (), ())


def split_of(case: Case, daily: int, before: Doses | None) -> Doses | None:
    """The slots rule, by looking at every way to share the daily dose."""
    ways = case.ways.get(daily, [])
    if before is None:
        return min(ways, key=lambda doses: (_dropped(doses), max(doses) - min(doses), doses), default=None)
    cut_at = _first(before) if case.morning_first else before.index(max(before))
    from_one = tuple(dose - (sum(before) - daily) * (at == cut_at) for at, dose in enumerate(before))
    if from_one in ways and from_one[cut_at] > 0:
        return from_one
    in_order = [doses for doses in ways if _drops_in_order(before, doses)]
    without_rise = [doses for doses in in_order if all(new <= old for new, old in zip(doses, before, strict=True))]
    if without_rise and case.morning_first:
        return min(without_rise, key=lambda doses: (_dropped(doses) if case.keeps_all_times else 0, doses))
    if without_rise:
        return min(without_rise, key=lambda doses: (_dropped(doses), sorted(doses, reverse=True), doses))
    merged = [doses for doses in in_order if _dropped(doses) > _dropped(before)]
    return min(merged, key=lambda doses: (_dropped(doses), max(doses), doses), default=None)


def _first(doses: Doses) -> int:
    return next(at for at, dose in enumerate(doses) if dose)


def _dropped(doses: Doses) -> int:
    return doses.count(0)


def _drops_in_order(before: Doses, doses: Doses) -> bool:
    """A dropped time does not return; the last stays; the first goes only after all between."""
    taken, kept = [at for at, dose in enumerate(before) if dose], [at for at, dose in enumerate(doses) if dose]
    if not set(kept) <= set(taken) or kept[-1:] != taken[-1:]:
        return False
    return kept[0] == taken[0] or len(kept) == 1
