"""How the rest of a plan begins when a prescriber has changed it: which dose first, how long, and what counts on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from taper_app.clinical.planning.answer import Reason, StepKind


@dataclass(frozen=True, slots=True)
class LeadIn:
    """Days on a dose that a prescriber has ordered before the first cut.

    ``before`` and ``earlier`` are the daily doses (tenth_mcg) before the old plan and from the days on which its
    steps began: the ceilings look back over them. ``cuts_began_from`` (tenth_mcg of the tapered medicine) is set
    where the cuts of the old plan go on; without it new cuts begin from the dose of these days.

    ``days_given`` says how long the dose was given before; None where it counts as given long enough, so that the
    first cut comes straight after ``days``. Otherwise the dose is still given until it has had its time, and for
    ``days`` at the least; ``is_exact``: for ``days`` and no longer, because the old plan goes on as it was.
    ``is_open``: until reviewed, so that nothing follows. ``no_cut_before`` is a day that was ordered earlier.
    """

    kind: StepKind
    starts_on: date
    days: int
    reason: Reason
    before: Mapping[str, int]
    earlier: tuple[tuple[date, Mapping[str, int]], ...]
    cuts_began_from: int | None = None
    days_given: int | None = None
    is_exact: bool = False
    is_open: bool = False
    no_cut_before: date | None = None

    @property
    def ends_on(self) -> date:
        """The first day after ``days``."""
        return self.starts_on + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class CutsBegin:
    """When the first cut comes: on ``on`` where the dose before counts as given long enough.

    ``is_timed``: that dose has to last its time first, less the days on which it was ``given`` before;
    ``is_exact``: the day stands although the sequence is chosen as if the dose had to last.
    """

    on: date
    is_timed: bool = False
    given: int = 0
    is_exact: bool = False
    not_before: date | None = None

    @classmethod
    def after(cls, lead_in: LeadIn) -> CutsBegin:
        """After an ordered dose of the tapered medicine."""
        if lead_in.days_given is None:
            return cls(lead_in.ends_on)
        return cls(
            lead_in.ends_on,
            is_timed=True,
            given=0 if lead_in.is_exact else lead_in.days_given,
            is_exact=lead_in.is_exact,
        )
