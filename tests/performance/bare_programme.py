"""A bare dynamic programme over the same doses, as a measure for the search: step by step, least days to each dose.

Nothing is explained, checked or split over the times of day, and what is allowed is worked out beforehand. For each
number of steps, the least days to a dose are the least over the doses that a cut may come from: a window that only
moves, so that each step costs one pass (a sliding minimum).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from recorded_search import RecordedSearch

NEVER = float("inf")


@dataclass(frozen=True)
class Allowed:
    """What the programme runs on. Position 0 is the start, then the doses from the highest down.

    ``first_from[to]``: the highest position from which a cut to ``to`` takes the shortest time; ``longer[to]``: other
    cuts to it as (position, days); ``end_days``: days of a last dose, None where the plan may not end.
    """

    shortest: Sequence[int]
    first_from: Sequence[int]
    longer: Sequence[Sequence[tuple[int, int]]]
    end_days: Sequence[int | None]


def allowed_in(search: RecordedSearch) -> Allowed:
    """The windows of a recorded search, from the rules alone."""
    rules, start = search.rules, search.start
    doses = [start.daily, *sorted(dose for dose in search.daily if rules.lowest_wanted <= dose < start.daily)[::-1]]
    number = len(doses)
    shortest = [rules.least_days(dose) for dose in doses]
    in_shortest: list[list[int]] = [[] for _ in doses]
    longer: list[list[tuple[int, int]]] = [[] for _ in doses]
    for at, dose in enumerate(doses):
        lowest = rules.lowest_within_asked(dose)
        to = at + 1
        while to < number and (doses[to] >= lowest or to == at + 1):
            days = rules.days_before(dose, Fraction(doses[to]))
            if at == 0 and not start.is_first_step:
                longer[to].append((at, 0))
            elif days == shortest[at]:
                in_shortest[to].append(at)
            else:
                longer[to].append((at, days))
            to += 1
    first_from = []
    for to, origins in enumerate(in_shortest):
        is_window = origins == list(range(to - len(origins), to))
        first_from.append(to - len(origins) if is_window else to)
        if not is_window:
            longer[to].extend((at, shortest[at]) for at in origins)
    end_days = [rules.days_before_stop(dose) if rules.may_be_last(dose) else None for dose in doses]
    return Allowed(shortest, first_from, longer, [None, *end_days[1:]])


def least_days(allowed: Allowed, most_steps: int) -> tuple[int, int]:
    """(days, steps) of the best plan of at most so many steps, the end counted as one."""
    number = len(allowed.shortest)
    best: list[float] = [0, *[NEVER] * (number - 1)]
    found: tuple[float, int] = (NEVER, 0)
    moves_down = all(low <= high for low, high in pairwise(allowed.first_from))
    assert moves_down, "windows only move down"
    for step in range(1, most_steps + 1):
        ended = min(
            (days + end for days, end in zip(best, allowed.end_days, strict=True) if end is not None), default=NEVER
        )
        found = min(found, (ended, step))
        after: list[float] = [NEVER] * number
        window: deque[tuple[float, int]] = deque()
        for to in range(1, number):
            reached = best[to - 1] + allowed.shortest[to - 1]
            while window and window[-1][0] >= reached:
                window.pop()
            window.append((reached, to - 1))
            while window and window[0][1] < allowed.first_from[to]:
                window.popleft()
            least = window[0][0] if window else NEVER
            for at, days in allowed.longer[to]:
                if best[at] + days < least:
                    least = best[at] + days
            after[to] = least
        best = after
    return int(found[0]), found[1]
