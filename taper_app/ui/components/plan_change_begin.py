"""What the fields of a change begin with: read off the plan in force, the chart and the shipped limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from taper_app.clinical.answers import Answer
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.amend.standing import standing_on
from taper_app.clinical.planning.answer import Plan, Step
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.tapers import PERCENT_MODELS
from taper_app.clinical.quantities import plain
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.export_plan import bridging_note
from taper_app.use_cases.plan_taper import facts_for_plan

_DAY = timedelta(days=1)


def first_day(today: date, plan: Plan) -> date:
    """Today, unless the plan begins later or was changed from today on already."""
    days = [today, plan.starts_on]
    if plan.amends is not None:
        days.append(date.fromisoformat(str(plan.amends.change["on"])) + _DAY)
    return max(days)


def last_day_missed(on: date, plan: Plan) -> date:
    """The day before doses are taken again, as far as the plan had begun by then."""
    return max(plan.starts_on, on - _DAY)


def tolerated_mg(chart: Chart) -> str:
    """The last tolerated daily dose of one medicine; empty when there are several."""
    return _of_one_medicine(bridging_note(chart).daily_mg)


def present_mg(plan: Plan, on: date) -> str:
    """What is taken on the day of the change; empty without a dose, or with several medicines."""
    return _of_one_medicine(_present(plan, on))


def pace_of_now(plan: Plan) -> tuple[str, str]:
    """Cut in percent and interval of the plan in force; empty where it has none."""
    request = plan.request
    cut = plain(request.cut_percent) if request.cut_percent is not None else ""
    return cut, str(request.every_days or "")


def gentle_pace(chart: Chart, plan: Plan, protocols: Protocols) -> tuple[str, str]:
    """The pace of now; with a seizure history the one that the limits ask for."""
    cut, days = pace_of_now(plan)
    if facts_for_plan(chart).seizure_history is not Answer.YES:
        return cut, days
    slow = protocols.limits.seizure_history_pace
    return plain(slow.at_most_cut_percent), str(slow.at_least_every_days)


def cuts_by_percent(plan: Plan, protocols: Protocols) -> bool:
    """Whether a change may name a cut in percent; other models keep their own cuts."""
    taper = protocols.tapers.get(plan.request.protocol)
    return taper is not None and taper.pace.model in PERCENT_MODELS


def steps_to_go_back_to(plan: Plan, on: date) -> Sequence[Step]:
    """Earlier steps of the same one medicine that gave more than now and no more than the start; the last one first."""
    present = _present(plan, on)
    if len(present) != 1:
        return ()
    ((drug, now),) = present.items()
    most = plan.starting_daily_mg.get(drug, Decimal(0))
    return [
        step
        for step in reversed(plan.steps)
        if step.starts_on < on and set(step.daily_mg) == {drug} and now < step.daily_mg[drug] <= most
    ]


def products_at_hand(plan: Plan, on: date, protocols: Protocols) -> Sequence[StockedProduct]:
    """Products of the medicines that are taken now or tapered with."""
    medicines = dict.fromkeys([*_present(plan, on), plan.request.taper_drug or plan.request.current[0].drug])
    return [product for medicine in medicines for product in protocols.products_of(medicine)]


def other_medicines(plan: Plan, on: date, protocols: Protocols) -> Sequence[str]:
    """Those that a cross-over may lead to, without the one that is taken already."""
    present = set(_present(plan, on))
    return [name for name in protocols.limits.crossover_targets.medicines if {name} != present]


def _present(plan: Plan, on: date) -> dict[str, Decimal]:
    """By medicine; empty when no dose is taken on that day, or the day lies before the plan."""
    if on < plan.starts_on:
        return {}
    try:
        return standing_on(plan, on).daily_mg
    except InputRefused:
        return {}


def _of_one_medicine(daily_mg: Mapping[str, Decimal]) -> str:
    return plain(next(iter(daily_mg.values()))) if len(daily_mg) == 1 else ""
