"""A plan as a step chart: what the pace asks for, what the products make, and where a prescriber has to sign."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from taper_app.clinical.planning.answer import Plan, PlanWarning, Severity, Step
from taper_app.clinical.quantities import mg_text
from taper_app.export.dates import date_text
from taper_app.ui.figures.look import (
    CIWA,
    DASHES,
    GREY,
    INK,
    PLAN,
    bare_layout,
    drawn,
    midnight,
)
from taper_app.ui.figures.plan_band import add_end_zone, add_equivalents, add_equivalents_beside

TARGET = "target: what the pace asks"
EARLIER = "earlier plan"
TO_SIGN = "to sign by name"
#: More words than this would lie over each other; then the marks stand alone and the table has the words.
_MOST_WORDS = 6
_AFTER_THE_END_DAYS = 7
#: In heights of the plot: room between it and the legend for the name of a day.
_LEGEND_ABOVE_WORDS = 1.08


def plan_figure(
    plan: Plan,
    *,
    beside: Plan | None = None,
    beside_name: str = "",
    today: date | None = None,
    end_zone: Decimal | None = None,
    changed_on: date | None = None,
) -> go.Figure:
    """The plan as it is proposed or signed; ``beside``: another version, dotted under its name, and ``changed_on`` the
    day from which the two go apart.

    ``end_zone``: the highest daily dose in the end zone, mg of the plan's one medicine. Where the tables of
    equivalents disagree, their band stands below on the same days.
    """
    has_band = any(step.diazepam_equivalent_mg.low != step.diazepam_equivalent_mg.high for step in plan.steps)
    heights = [0.68, 0.32] if has_band else [1.0]
    figure = make_subplots(rows=len(heights), cols=1, shared_xaxes=True, vertical_spacing=0.08, row_heights=heights)
    last = _last_day(plan, beside)
    if beside is not None:
        _add_lines(figure, beside, last, name=beside_name or EARLIER, width=2, colour=INK, first_dash="dot")
    _add_target(figure, plan, last)
    _add_lines(figure, plan, last, name="makeable: this plan", width=3, colour=PLAN)
    _add_signs(figure, plan)
    bare_layout(figure, height=480 if has_band else 360)
    figure.update_yaxes(title_text=_unit(plan), rangemode="tozero", row=1, col=1)
    if has_band:
        add_equivalents(figure, plan, last)
        if beside is not None:
            add_equivalents_beside(figure, beside, last, name=beside_name or EARLIER)
        figure.update_yaxes(title_text="mg diazepam", rangemode="tozero", row=2, col=1)
    if end_zone is not None:
        add_end_zone(figure, end_zone)
    for day, words in ((today, "today"), (changed_on, "changed from here")):
        if day is not None and plan.starts_on <= day <= last:
            _add_day(figure, day, words)
    return figure


def _add_day(figure: go.Figure, day: date, words: str) -> None:
    figure.add_vline(x=midnight(day), line={"color": INK, "width": 1, "dash": "dash"})
    figure.add_annotation(
        x=midnight(day), y=1, yref="paper", text=words, showarrow=False, yanchor="bottom", xanchor="left"
    )
    figure.update_layout(legend_y=_LEGEND_ABOVE_WORDS)


def plan_alt(plan: Plan) -> str:
    """The chart in words; the table below it has every step."""
    first, last = plan.steps[0], plan.steps[-1]
    signs = sorted({warning.step for warning in plan.to_sign if warning.step})
    signed = f" Warnings to sign stand on steps {', '.join(map(str, signs))}." if signs else ""
    return (
        f"Step chart of the daily dose: {_words(first)} from {date_text(first.starts_on)}, {len(plan.steps)} steps, "
        f"{_words(last)} from {date_text(last.starts_on)}.{signed} The table has every step."
    )


def _words(step: Step) -> str:
    return " and ".join(f"{drug} {mg_text(mg)}" for drug, mg in step.daily_mg.items()) or "no medicine"


def _unit(plan: Plan) -> str:
    several = len({drug for step in plan.steps for drug in step.daily_mg}) > 1
    return "mg a day, each medicine" if several else "mg a day"


def _last_day(*plans: Plan | None) -> date:
    ends = [
        plan.steps[-1].starts_on + timedelta(days=max(plan.steps[-1].days, _AFTER_THE_END_DAYS))
        for plan in plans
        if plan is not None
    ]
    return max(ends)


def _height(step: Step) -> Decimal:
    """Where a mark of the step stands: on its highest line. Milligrams of two medicines never add."""
    return max(step.daily_mg.values(), default=Decimal(0))


def _add_lines(
    figure: go.Figure, plan: Plan, last: date, *, name: str, width: int, colour: str, first_dash: str = DASHES[0]
) -> None:
    found = [drug for step in plan.steps for drug in step.daily_mg]
    medicines = sorted(dict.fromkeys(found), key=found.count, reverse=True)  # the one tapered with is drawn solid
    dashes = [first_dash, *(dash for dash in DASHES if dash != first_dash)]
    for medicine, dash in zip(medicines, cycle(dashes), strict=False):
        days = [*(midnight(step.starts_on) for step in plan.steps), midnight(last)]
        mg = [step.daily_of(medicine) for step in plan.steps]
        words = [
            f"step {step.number}, {date_text(step.starts_on)}: {mg_text(step.daily_of(medicine))} a day"
            for step in plan.steps
        ]
        figure.add_scatter(
            x=days,
            y=[drawn(amount) for amount in [*mg, mg[-1]]],
            mode="lines",
            line={"shape": "hv", "color": colour, "width": width, "dash": dash},
            name=f"{name} ({medicine})" if len(medicines) > 1 else name,
            text=[*words, words[-1]],
            hovertemplate="%{text}<extra></extra>",
        )


def _add_target(figure: go.Figure, plan: Plan, last: date) -> None:
    asked = [step for step in plan.steps if step.target_daily_mg is not None]
    if not asked:
        return
    amounts = [drawn(step.target_daily_mg) for step in asked if step.target_daily_mg is not None]
    figure.add_scatter(
        x=[*(midnight(step.starts_on) for step in asked), midnight(last)],
        y=[*amounts, amounts[-1]],
        mode="lines",
        line={"shape": "hv", "color": GREY, "width": 1.5, "dash": "dash"},
        name=TARGET,
        hoverinfo="skip",
    )


def _add_signs(figure: go.Figure, plan: Plan) -> None:
    by_number = {step.number: step for step in plan.steps}
    marked = [
        (by_number[warning.step], warning)
        for warning in plan.warnings
        if warning.severity is Severity.SIGN and warning.step in by_number
    ]
    if not marked:
        return
    figure.add_scatter(
        x=[midnight(step.starts_on) for step, _warning in marked],
        y=[drawn(_height(step)) for step, _warning in marked],
        mode="markers",
        marker={"symbol": "triangle-up", "size": 12, "color": CIWA, "line": {"color": INK, "width": 1}},
        name=TO_SIGN,
        text=[sign_words(warning) for _step, warning in marked],
        hovertemplate="%{text}<extra></extra>",
    )
    if len(marked) <= _MOST_WORDS:
        for place, (step, warning) in enumerate(marked):
            _add_words(figure, plan, step, sign_words(warning), place=place + 1)


def sign_words(warning: PlanWarning) -> str:
    """``step 14 above the ceiling: sign``."""
    what = "above the ceiling" if "ceiling" in warning.code else warning.code.replace("-", " ")
    return f"step {warning.step} {what}: sign"


def _add_words(figure: go.Figure, plan: Plan, step: Step, words: str, *, place: int) -> None:
    """The words stand where a falling line leaves room: above it late in the plan, below it early."""
    highest = drawn(max(_height(each) for each in plan.steps))
    is_late = step.number * 2 > len(plan.steps)
    height = highest * (1.02 - 0.11 * place) if is_late else highest * 0.11 * place
    figure.add_annotation(
        x=midnight(step.starts_on),
        y=drawn(_height(step)),
        text=words,
        showarrow=True,
        arrowcolor=GREY,
        arrowwidth=1,
        arrowhead=0,
        axref="x",
        ayref="y",
        ax=midnight(step.starts_on),
        ay=height,
        xanchor="right" if is_late else "left",
        font={"size": 12, "color": INK},
    )
