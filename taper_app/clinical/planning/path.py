"""What a sequence of daily doses is held to, and the shape of one.

A cut from a to a makeable b is allowed when it is no bigger than asked; when none is makeable, the smallest
makeable cut is. The dose a is given at least as long as the pace's shortest time on it, and at least as long as
the pace itself takes to b; only a pace without an end (percent of the current dose) is bounded by
``longest_step_days``. ``search`` finds the best such sequence. Doses here are whole tenth_mcg of the tapered
medicine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from taper_app.clinical.planning.pace import AskedPace
from taper_app.clinical.planning.slots import DayDoses


@dataclass(frozen=True, slots=True)
class PathRules:
    """What a sequence is held to. ``target`` is 0 for a stop, else the dose to stay on.

    ``given_already``: the dose that it begins from and for how many days that was given before.
    """

    pace: AskedPace
    longest_step_days: int
    target: int
    smallest: int
    stop_allowed_up_to: Fraction
    given_already: tuple[int, int] = (0, 0)

    def least_days(self, dose: int) -> int:
        """No step on ``dose`` is shorter than this."""
        return self._still(dose, self._bounded(self.pace.least_days(dose)))

    def days_before(self, dose: int, lower: Fraction) -> int:
        """How long ``dose`` is (still) given before ``lower``."""
        return self._still(dose, self._bounded(max(self.pace.least_days(dose), self.pace.days_needed(dose, lower))))

    def was_bounded(self, dose: int, lower: Fraction) -> bool:
        """Whether the longest step cut the pace's own time short."""
        return self.pace.has_no_end and self.pace.days_needed(dose, lower) > self.longest_step_days

    def days_before_stop(self, dose: int) -> int:
        """How long the last dose is given; 0 when it is the one to stay on."""
        return 0 if self.target else self.days_before(dose, self.pace.stop_needs_until(dose))

    def may_be_last(self, dose: int) -> bool:
        """Whether the stop may follow this dose, or it is the one to stay on."""
        return dose == self.target if self.target else dose == self.smallest or dose <= self.stop_allowed_up_to

    def lowest_within_asked(self, dose: int) -> int:
        """A cut from ``dose`` to this or more is no bigger than asked and does not pass the target."""
        return max(ceil(self.pace.lowest_after(dose)), self.lowest_wanted)

    @property
    def lowest_wanted(self) -> int:
        """No daily dose below this is ever given: the target, or anything above zero."""
        return max(self.target, 1)

    def _bounded(self, days: int) -> int:
        return min(days, self.longest_step_days) if self.pace.has_no_end else days

    def _still(self, dose: int, days: int) -> int:
        """Without the days on which the dose that the sequence begins from was given before."""
        began_from, given = self.given_already
        return max(0, days - given) if dose == began_from else days


@dataclass(frozen=True, slots=True)
class Given:
    """One dose of the sequence: the day's doses, and for how many days (0: no planned end)."""

    doses: DayDoses
    days: int

    @property
    def daily(self) -> int:
        return sum(self.doses)


class NoPath(Exception):
    """No sequence of makeable doses leads to the end. ``stuck_at`` is the lowest daily dose that was reached."""

    def __init__(self, stuck_at: int) -> None:
        self.stuck_at = stuck_at
        super().__init__(f"stuck at {stuck_at}")


@dataclass(frozen=True, slots=True)
class Start:
    """Where a sequence begins. ``doses`` are those now taken at the plan's times, None when the times change
    with the first step. ``is_first_step``: the start is itself a step that has to last its time (the last
    slot of a cross-over); otherwise the dose counts as given long enough and the first cut comes at once.
    ``may_end``: the start may be the last dose (a step of a plan that was amended); otherwise the end comes
    straight after the start only when nothing lower can be made.
    """

    doses: DayDoses | None
    daily: int
    times: int
    is_first_step: bool = False
    may_end: bool = False


def days_of_start(start: Start, given: Sequence[Given], rules: PathRules) -> int:
    """How long the start itself is given when it is a step of its own (rule 2); 0 when no cut follows."""
    if given:
        return rules.days_before(start.daily, Fraction(given[0].daily))
    return rules.days_before_stop(start.daily)
