"""Of all allowed sequences of doses the one that ends soonest, found exactly.

On ties the one with fewer steps, then the lower dose at the first difference. The search first looks at daily
doses alone and then finds the times of day along the best sequence; only when a time of day cannot follow does
it search over the day's doses themselves (``day_search``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from fractions import Fraction

from taper_app.clinical.planning.day_search import search_day_doses
from taper_app.clinical.planning.path import Given, NoPath, PathRules, Start
from taper_app.clinical.planning.slots import DayDoses, SlotSplitter
from taper_app.clinical.planning.tails import Tails, cost_of


def find_path(start: Start, daily: Sequence[int], splitter: SlotSplitter, rules: PathRules) -> list[Given]:
    """The doses after the start, in order, ending at the last one before the stop or at the target.

    Empty when the start itself is the last dose. ``daily`` are all daily doses the products make, ascending.
    Raises NoPath.
    """
    wanted = daily[bisect_left(daily, rules.lowest_wanted) : bisect_left(daily, start.daily)]
    sequence = _best_daily_doses(start, wanted, rules)
    split = _split_along(start, sequence, splitter)
    return _with_days(search_day_doses(start, wanted, splitter, rules) if split is None else split, rules)


def _best_daily_doses(start: Start, daily: Sequence[int], rules: PathRules) -> list[int]:
    """The best sequence after the start when only the day's sum counts. ``daily`` are the doses below the start."""
    if not daily and rules.may_be_last(start.daily):
        return []
    tails = Tails(daily, rules)
    first = tails.best_cut(start.daily, is_timed=start.is_first_step)
    if (start.may_end or start.is_first_step) and rules.may_be_last(start.daily):
        waiting = rules.days_before_stop(start.daily) if start.is_first_step else 0
        if first is None or cost_of(waiting, 1) < first.cost:
            return []
    if first is None:
        raise NoPath(daily[0] if daily else start.daily)
    return tails.doses_from(first.position)


def _split_along(start: Start, sequence: Iterable[int], splitter: SlotSplitter) -> list[DayDoses] | None:
    """The times of day for each daily dose in turn; None when one of them cannot follow the one before."""
    before, found = start.doses, []
    for daily in sequence:
        doses = splitter.first_split(daily, start.times) if before is None else splitter.split(daily, before)
        if doses is None:
            return None
        found.append(doses)
        before = doses
    return found


def _with_days(split: Sequence[DayDoses], rules: PathRules) -> list[Given]:
    """How long each dose is given, from what comes after it."""
    given = []
    for index, doses in enumerate(split):
        dose = sum(doses)
        is_last = index + 1 == len(split)
        days = rules.days_before_stop(dose) if is_last else rules.days_before(dose, Fraction(sum(split[index + 1])))
        given.append(Given(doses, days))
    return given
