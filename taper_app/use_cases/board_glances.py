"""What a board's row keeps of a chart so that the clock alone can make it right: doses, days of the plan, trends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Literal

from taper_app.clinical.charting.doses import DueDose
from taper_app.clinical.quantities import mg_text
from taper_app.clinical.records import DayGlance, DoseGlance, TrendGlance
from taper_app.use_cases.chart import Chart, ChartedSet

#: How many days a row says something of beyond its own; after them the board works it out from the chart.
_DAYS_AHEAD = 2
#: As far back as the chart lists doses that are open.
_DAYS_BACK = 2

Scored = Literal["ciwa_b", "news2"]


def doses_of(chart: Chart) -> tuple[DoseGlance, ...]:
    """Every open dose of the plan from two days ago on, oldest first."""
    around = chart.planned_between(chart.today - timedelta(days=_DAYS_BACK), chart.today + timedelta(days=_DAYS_AHEAD))
    found = [_dose(due) for due in around if due.is_open]
    return tuple(sorted(found, key=lambda dose: (dose.due_at, dose.words)))


def _dose(due: DueDose) -> DoseGlance:
    again = due.charted.body.recheck_at if due.charted else None
    return DoseGlance(
        planned_for=due.planned_for,
        due_at=again or due.planned_for,
        words=f"{due.dose.drug} {mg_text(due.dose.mg)}",
        is_withheld=again is not None,
    )


def days_of(chart: Chart) -> tuple[DayGlance, ...]:
    return tuple(_day(chart, chart.today + timedelta(days=ahead)) for ahead in range(_DAYS_AHEAD + 1))


def _day(chart: Chart, day: date) -> DayGlance:
    cut = chart.next_cut_from(day)
    return DayGlance(day=day, plan_line=plan_line(chart, day), next_cut_on=cut.starts_on if cut else None)


def plan_line(chart: Chart, day: date) -> str:
    """``Plan v1: 1.875 mg a day``, or why there is none; a suspended plan is never shown as the current one."""
    if chart.signed is None:
        return "Plan proposed, not signed" if chart.versions else "No plan yet"
    step = chart.step_on(day)
    if not chart.standing.plan_is_current:
        return f"Plan v{chart.signed.number} SUSPENDED"
    if step is None:
        return f"Plan v{chart.signed.number}: starts {chart.signed.plan.starts_on}"
    doses = " and ".join(f"{mg_text(mg)} {drug}" for drug, mg in step.daily_mg.items()) or "no medicine"
    return f"Plan v{chart.signed.number}: {doses} a day"


def trends_of(chart: Chart) -> tuple[TrendGlance, ...]:
    """CIWA-B and NEWS2, each of the newest set that has it."""
    return tuple(trend for scale in ("ciwa_b", "news2") if (trend := _trend(chart, scale)) is not None)


def _trend(chart: Chart, scale: Scored) -> TrendGlance | None:
    scored = _scored(chart, scale)
    newest = next(scored, None)
    if newest is None:
        return None
    charted, score = newest
    earlier = (found for found in scored if found[1]["total"] is not None and _same_wording(charted, found[0], scale))
    before = next(earlier, None)
    return TrendGlance(
        scale=scale,
        now=int(score["least"]),
        is_least=score["total"] is None,
        before=int(before[1]["total"]) if before else None,
        minutes_between=int((charted.at - before[0].at).total_seconds() // 60) if before else None,
        charted_at=charted.at,
    )


def _scored(chart: Chart, scale: Scored) -> Iterator[tuple[ChartedSet, dict[str, Any]]]:
    """The sets in which it was charted, the newest first."""
    for charted in reversed(chart.sets):
        observation = charted.observation
        was_charted = observation.ciwa_b if scale == "ciwa_b" else observation.vitals
        score = (charted.assessment or {}).get("scores", {}).get(scale)
        if was_charted is not None and score and score.get("least") is not None:
            yield charted, score


def _same_wording(newer: ChartedSet, older: ChartedSet, scale: Scored) -> bool:
    """Two wordings of CIWA-B are two scales."""
    return scale != "ciwa_b" or newer.observation.ciwa_b_form == older.observation.ciwa_b_form
