"""Below and behind a plan's steps: its range in mg diazepam on the same days, and the end zone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import plotly.graph_objects as go

from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.end_zone import end_zone_top_mg
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_text, plain, rounded
from taper_app.ui.figures.look import GREY, INK, PLAN, PLAN_BAND, drawn, midnight

EQUIVALENTS = "mg diazepam, low to high"
CHOSEN = "mg diazepam, chosen"
END_ZONE = "end zone"
_ZONE = "rgba(17, 24, 39, 0.06)"


def end_zone_of(plan: Plan, protocols: Protocols) -> Decimal | None:
    """The highest daily dose in the end zone, mg of the plan's one medicine; None when it changes medicines."""
    medicines = {drug for step in plan.steps for drug in step.daily_mg}
    if len(medicines) != 1:
        return None
    return rounded(end_zone_top_mg(medicines.pop(), protocols), 4)


def add_equivalents(figure: go.Figure, plan: Plan, last: date) -> None:
    """Low to high as a band, the chosen table's figure as a line in it."""
    days = [*(midnight(step.starts_on) for step in plan.steps), midnight(last)]
    ranges = [step.diazepam_equivalent_mg for step in plan.steps]
    ranges.append(ranges[-1])
    edge = {"mode": "lines", "line": {"shape": "hv", "color": PLAN, "width": 1}, "hoverinfo": "skip"}
    figure.add_scatter(x=days, y=[drawn(one.low) for one in ranges], showlegend=False, row=2, col=1, **edge)
    figure.add_scatter(
        x=days,
        y=[drawn(one.high) for one in ranges],
        name=EQUIVALENTS,
        fill="tonexty",
        fillcolor=PLAN_BAND,
        row=2,
        col=1,
        **edge,
    )
    words = [f"{plain(one.low)} to {plain(one.high)} mg diazepam, chosen {plain(one.chosen)}" for one in ranges]
    figure.add_scatter(
        x=days,
        y=[drawn(one.chosen) for one in ranges],
        mode="lines",
        line={"shape": "hv", "color": PLAN, "width": 1.5, "dash": "dash"},
        name=CHOSEN,
        text=words,
        hovertemplate="%{text}<extra></extra>",
        row=2,
        col=1,
    )


def add_equivalents_beside(figure: go.Figure, plan: Plan, last: date, *, name: str) -> None:
    """The other version in mg diazepam by its chosen table, so that a change of medicine can be compared."""
    figure.add_scatter(
        x=[*(midnight(step.starts_on) for step in plan.steps), midnight(last)],
        y=[drawn(step.diazepam_equivalent_mg.chosen) for step in (*plan.steps, plan.steps[-1])],
        mode="lines",
        line={"shape": "hv", "color": INK, "width": 2, "dash": "dot"},
        name=f"{name}, mg diazepam",
        showlegend=False,
        hoverinfo="skip",
        row=2,
        col=1,
    )


def add_end_zone(figure: go.Figure, top: Decimal) -> None:
    """The last low doses, where a breach of the ceiling may be signed."""
    figure.add_hrect(
        y0=0,
        y1=drawn(top),
        fillcolor=_ZONE,
        line_width=0,
        layer="below",
        annotation={"text": f"{END_ZONE}: up to {mg_text(top)}", "font": {"size": 11, "color": GREY}},
        annotation_position="top left",
        row=1,
        col=1,
    )
