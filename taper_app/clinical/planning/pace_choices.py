"""The paces that may be tried for a request, from the slowest to the fastest, all within what its source prints.

Two figures make a pace slower, and the end of a plan later: a smaller cut and a longer interval. Small cuts rather
than rare ones: from the smallest printed cut at the longest printed interval the interval is shortened first, and only
at the shortest one is the cut enlarged. A figure that the request names, or of which the source prints one end only,
stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from taper_app.clinical.answers import Answer
from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.planning.settled import Settled
from taper_app.clinical.protocol.tapers import PaceFixedMg, PaceLadder, PaceTable
from taper_app.clinical.quantities import plain

#: Cuts are tried in such steps: of percentages one decimal is written.
_PERCENT_STEP = Decimal("0.1")
_LONGEST_INTERVAL = 365  # the longest that a request may name


@dataclass(frozen=True, slots=True)
class PaceChoices:
    """``cuts`` from the smallest, ``days`` from the longest; ``field`` names the cut in the request."""

    field: str | None
    cuts: tuple[Decimal, ...]
    days: tuple[int, ...]

    def slowest_first(self) -> list[dict[str, Any]]:
        """Each as a change to the request."""
        smallest, shortest = self.cuts[0], self.days[-1]
        return [self.change(smallest, days) for days in self.days] + [
            self.change(cut, shortest) for cut in self.cuts[1:]
        ]

    def longer_at(self, change: dict[str, Any]) -> list[dict[str, Any]]:
        """The same cut at each longer interval, the longest first, and this one last."""
        cut = Decimal(change[self.field]) if self.field else self.cuts[0]
        return [self.change(cut, days) for days in self.days if days >= change["every_days"]]

    def change(self, cut: Decimal, days: int) -> dict[str, Any]:
        return {"every_days": days} | ({self.field: plain(cut)} if self.field else {})


def pace_choices(request: PlanRequest, settled: Settled) -> PaceChoices:
    field, cuts = _cuts(request, settled)
    return PaceChoices(field, cuts, _days(request, settled))


def _cuts(request: PlanRequest, settled: Settled) -> tuple[str | None, tuple[Decimal, ...]]:
    printed, asked = settled.taper.pace, settled.pace.asked_figures()
    if isinstance(printed, (PaceLadder, PaceTable, PaceFixedMg)):
        return None, (Decimal(0),)  # each band and line has its own, and labels print no smallest cut
    least, most = printed.least_cut_percent, _at_most(printed.most_cut_percent, settled)
    if request.cut_percent is not None or least is None or least >= most:
        return None, (asked.cut_percent or Decimal(0),)
    return "cut_percent", _grid(least, most)


def _grid(least: Decimal, most: Decimal) -> tuple[Decimal, ...]:
    return tuple(least + _PERCENT_STEP * number for number in range(int((most - least) / _PERCENT_STEP) + 1))


def _at_most(printed: Decimal, settled: Settled) -> Decimal:
    """The largest printed cut in percent; less from an age on, and after a seizure."""
    most, limits, facts = [printed], settled.limits, settled.request.patient
    if facts.age_years is not None and facts.age_years >= limits.older_adult.from_age_years:
        most.append(limits.older_adult.at_most_cut_percent)
    if facts.seizure_history is Answer.YES:
        most.append(limits.seizure_history_pace.at_most_cut_percent)
    return min(most)


def _days(request: PlanRequest, settled: Settled) -> tuple[int, ...]:
    printed = settled.taper.pace
    has_own_days = isinstance(printed, PaceLadder) and any(band.every_days for band in printed.bands)
    if request.every_days is not None or has_own_days:
        return (settled.pace.every_days,)
    least = printed.least_every_days
    if settled.request.patient.seizure_history is Answer.YES:
        least = max(least, settled.limits.seizure_history_pace.at_least_every_days)
    longest = printed.most_every_days or _LONGEST_INTERVAL
    longest = min(longest, request.longest_step_days or longest)
    return tuple(range(longest, least - 1, -1)) or (least,)
