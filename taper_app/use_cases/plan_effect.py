"""What the doses of a stay do: levels and expected symptoms by the plan versions that were in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from taper_app.clinical.kinetics.cut_effect import CutEffect, effect_by_day
from taper_app.clinical.kinetics.effect_panel import EffectPanel, effect_panel
from taper_app.clinical.kinetics.symptom_windows import AfterCut, after_cuts
from taper_app.clinical.planning.answer import Plan, StepKind
from taper_app.clinical.planning.in_force import course_in_force
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.use_cases.chart import Chart


@dataclass(frozen=True, slots=True)
class PlanEffect:
    """``panel`` from day to day as asked; ``after_cuts`` of the whole course; ``done`` by the newest cut until today.

    ``raised_on``: the day since that cut on which the dose rose again; then what the cut alone has done is not said.
    ``kept_since``: the day from which no cut is made until a prescriber has reviewed, None when cuts go on.
    """

    panel: EffectPanel
    after_cuts: Sequence[AfterCut]
    done: Sequence[CutEffect]
    raised_on: date | None
    today: date
    kept_since: date | None


def effect_of(chart: Chart, protocols: WardProtocols, *, first_day: date, last_day: date) -> PlanEffect | None:
    """None while no version of the plan was signed."""
    course = course_in_force(chart.versions, chart.zone, kept_since=chart.kept_since)
    if course is None:
        return None
    time_course, today = protocols.time_course, chart.today
    found = after_cuts(course, protocols, time_course)
    newest = next((after for after in reversed(found) if after.starts_on <= today), None)
    raised_on = _raised_since(course, newest, today) if newest else None
    return PlanEffect(
        panel=effect_panel(course, protocols, time_course, first_day=first_day, last_day=last_day),
        after_cuts=found,
        done=_done(course, protocols, newest, today) if newest and raised_on is None else (),
        raised_on=raised_on,
        today=today,
        kept_since=chart.kept_since,
    )


def _done(course: Plan, protocols: Protocols, cut: AfterCut, today: date) -> Sequence[CutEffect]:
    """Nothing on the day of the cut itself: no day of it is over. Nor where another medicine takes its place."""
    day = (today - cut.starts_on).days + 1
    is_replaced = any(step.number == cut.step and step.kind is StepKind.CROSSOVER for step in course.steps)
    return () if day < 2 or is_replaced else effect_by_day(course, protocols, step=cut.step, day=day)


def _raised_since(course: Plan, cut: AfterCut, today: date) -> date | None:
    """The last day until today on which the daily dose of the medicine that was cut rose again."""
    since = [step for step in course.steps if step.number >= cut.step and step.starts_on <= today]
    rises = [
        later.starts_on for step, later in pairwise(since) if later.daily_of(cut.medicine) > step.daily_of(cut.medicine)
    ]
    return rises[-1] if rises else None
