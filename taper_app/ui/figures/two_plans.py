"""Two candidates in one step chart, told apart by their line and by their name."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import plotly.graph_objects as go

from taper_app.clinical.planning.answer import Plan, Step
from taper_app.clinical.quantities import mg_text
from taper_app.export.dates import date_text
from taper_app.ui.figures.look import CIWA, PLAN, bare_layout, drawn, midnight

KEPT = "the kept one"
NOW = "this one"
_AFTER_THE_END_DAYS = 7


def two_plans_figure(kept: Plan, now: Plan) -> go.Figure:
    """Daily milligrams while both stay on one medicine, else mg diazepam by the chosen table."""
    figure = go.Figure()
    medicine = shared_medicine(kept, now)
    last = max(_ends(kept), _ends(now))
    _add(figure, kept, medicine, last, name=KEPT, line={"color": CIWA, "width": 2, "dash": "dot"})
    _add(figure, now, medicine, last, name=NOW, line={"color": PLAN, "width": 3})
    bare_layout(figure, height=320)
    unit = f"mg {medicine} a day" if medicine else "mg diazepam a day"
    figure.update_yaxes(title_text=unit, rangemode="tozero")
    return figure


def two_plans_alt(kept: Plan, now: Plan) -> str:
    """The chart in words; the table below it has what differs."""
    words = [
        f"{name}: {len(plan.steps)} steps, last change on {date_text(plan.steps[-1].starts_on)}"
        for name, plan in ((KEPT, kept), (NOW, now))
    ]
    return f"Step chart of both candidates. {'; '.join(words)}. The table has what differs."


def shared_medicine(kept: Plan, now: Plan) -> str | None:
    """The one medicine that both plans consist of; None when there are several."""
    found = {drug for plan in (kept, now) for step in plan.steps for drug in step.daily_mg}
    return next(iter(found)) if len(found) == 1 else None


def _add(
    figure: go.Figure, plan: Plan, medicine: str | None, last: date, *, name: str, line: dict[str, object]
) -> None:
    heights = [_height(step, medicine) for step in plan.steps]
    unit = medicine or "diazepam-equivalent"
    words = [
        f"{name}, step {step.number}, {date_text(step.starts_on)}: {mg_text(height)} {unit} a day"
        for step, height in zip(plan.steps, heights, strict=True)
    ]
    figure.add_scatter(
        x=[*(midnight(step.starts_on) for step in plan.steps), midnight(last)],
        y=[drawn(height) for height in [*heights, heights[-1]]],
        mode="lines",
        line={"shape": "hv", **line},
        name=name,
        text=[*words, words[-1]],
        hovertemplate="%{text}<extra></extra>",
    )


def _height(step: Step, medicine: str | None) -> Decimal:
    return step.daily_of(medicine) if medicine else step.diazepam_equivalent_mg.chosen


def _ends(plan: Plan) -> date:
    last = plan.steps[-1]
    return last.starts_on + timedelta(days=max(last.days, _AFTER_THE_END_DAYS))
