"""The dose to which one goes back: the one before the last cut that came before a finding.

The bridging sheet in the patient's hand, the bridging note on the screen and the dose proposed for restabilising
all take it from here, so that no two of them can name different doses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from taper_app.clinical.planning.answer import Plan, Step, StepKind

_CUTS = (StepKind.CUT, StepKind.STOP)
_SET_BY_HAND = (StepKind.RESTABILISE, StepKind.STEP_BACK)


@dataclass(frozen=True, slots=True)
class LastTolerated:
    """``step`` None: the dose from which the plan started. ``before_cut_on``: the cut that is taken back, if any."""

    step: Step | None
    before_cut_on: date | None


def last_tolerated_on(plan: Plan, found_on: date) -> LastTolerated:
    """What was tolerated before a finding on this day, in the unit's zone.

    A dose that a physician set after the last cut (restabilised, stepped back) is the tolerated one.
    """
    now = plan.step_on(found_on)
    given = [] if now is None else [step for step in plan.steps if step.number <= now.number]
    for earlier, step in reversed(list(pairwise(given))):
        if step.kind in _CUTS:
            return LastTolerated(earlier, step.starts_on)
        if step.kind in _SET_BY_HAND:
            return LastTolerated(now, None)
    if given and given[0].kind in _CUTS:
        return LastTolerated(None, given[0].starts_on)
    return LastTolerated(now, None)
