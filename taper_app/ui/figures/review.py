"""The taper plot: dose, single doses, equivalents, effect, symptoms and events above each other on one time axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import cycle

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from taper_app.clinical.kinetics.effect_panel import EffectPanel
from taper_app.clinical.planning.answer import Step
from taper_app.clinical.planning.versions import PlanVersion
from taper_app.clinical.quantities import mg_text
from taper_app.export.dates import date_text
from taper_app.ui.figures.course import Course, DoseMark, EventMark, ScoreMark, steps_within
from taper_app.ui.figures.effect import add_effect
from taper_app.ui.figures.look import (
    CIWA,
    DASHES,
    GREY,
    INK,
    NEWS,
    PLAN,
    PLAN_BAND,
    bare_layout,
    drawn,
    midnight,
)

DOSE_ROW, SINGLE_ROW, EQUIVALENT_ROW, EFFECT_ROW, SYMPTOM_ROW, EVENT_ROW = 1, 2, 3, 4, 5, 6
TITLES = (
    "Daily dose, mg",
    "Single doses, mg",
    "Diazepam-equivalent, mg a day",
    "Effect: level in %; hatched: symptoms expected",
    "Symptoms",
    "What happened",
)
TARGET = "target: what the pace asks"
GIVEN_TOTAL = "given that day"
GIVEN_SO_FAR = "given today so far"
GIVEN = "given by the plan"
OUTSIDE = "PRN or outside the plan"
NOT_GIVEN = "not given: withheld, refused, missed"
EQUIVALENTS = "equivalents: low to high over the named tables"
CIWA_COMPLETE = "CIWA-B"
CIWA_INCOMPLETE = "CIWA-B incomplete: least to most"
NEWS2_COMPLETE = "NEWS2"
NEWS2_INCOMPLETE = "NEWS2 incomplete: at least"
CLINICAL = "clinical event"
OTHER = "plan and alerts"
#: Words of events are put on between so many lines, one under the other, so that they do not lie over each other.
FEWEST_LINES, MOST_LINES = 4, 8


def review_figure(course: Course, panel: EffectPanel | None = None) -> go.Figure:
    """All panels; ``course`` says which part of the time axis. ``panel``: levels and symptoms, None without a plan."""
    figure = make_subplots(
        rows=6,
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.04,
        row_heights=[0.21, 0.13, 0.09, 0.18, 0.19, 0.2],
        subplot_titles=TITLES,
        specs=[[{}], [{}], [{}], [{}], [{"secondary_y": True}], [{}]],
    )
    for version in course.superseded:
        _add_version(figure, version, course, in_force=False)
    _name_superseded(figure, course)
    if course.signed is not None:
        _add_target(figure, course.signed, course)
        _add_version(figure, course.signed, course, in_force=True)
        _add_equivalents(figure, course.signed, course)
    _add_totals(figure, course)
    _add_doses(figure, course.doses)
    if panel is not None:
        add_effect(figure, panel, course.window, row=EFFECT_ROW)
    _add_ciwa_b(figure, course.ciwa_b)
    _add_news2(figure, course.news2)
    _add_events(figure, course)
    _lay_out(figure, course)
    return figure


def superseded_name(version: PlanVersion) -> str:
    return f"version {version.number}, not in force"


def _add_version(figure: go.Figure, version: PlanVersion, course: Course, *, in_force: bool) -> None:
    steps = steps_within(version, course.window)
    name = course.plan_words if in_force else superseded_name(version)
    medicines = list(dict.fromkeys(drug for _at, step in steps for drug in step.daily_mg))
    for medicine, dash in zip(medicines, cycle(DASHES), strict=False):
        x, y = _stairs(steps, course, partial(_daily_of, medicine))
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            line={
                "shape": "hv",
                "color": PLAN if in_force else GREY,
                "width": 3 if in_force else 1,
                "dash": dash if in_force else "dot",
            },
            name=f"{name} ({medicine})" if len(medicines) > 1 else name,
            text=[_step_words(step, medicine) for _at, step in [*steps, steps[-1]]],
            hovertemplate="%{text}<extra></extra>",
            row=DOSE_ROW,
            col=1,
        )
    if in_force and course.is_suspended and steps:
        figure.add_annotation(
            x=course.window.end,
            y=drawn(sum(steps[-1][1].daily_mg.values(), Decimal(0))),
            text=course.plan_words,
            showarrow=False,
            xanchor="right",
            yanchor="top",
            yshift=-6,
            font={"size": 12, "color": INK},
            row=DOSE_ROW,
            col=1,
        )


def _name_superseded(figure: go.Figure, course: Course) -> None:
    """On the plot itself: versions that begin alike, as a changed plan begins like the one before, under one name."""
    starts: dict[tuple[datetime, float], list[PlanVersion]] = {}
    for version in course.superseded:
        if steps := steps_within(version, course.window):
            at, step = steps[0]
            starts.setdefault((at, drawn(sum(step.daily_mg.values(), Decimal(0)))), []).append(version)
    for (at, height), found in starts.items():
        numbers = ", ".join(str(version.number) for version in found)
        figure.add_annotation(
            x=at,
            y=height,
            text=f"versions {numbers}, not in force" if len(found) > 1 else superseded_name(found[0]),
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            font={"size": 11, "color": GREY},
            row=DOSE_ROW,
            col=1,
        )


def _daily_of(medicine: str, step: Step) -> Decimal:
    return step.daily_of(medicine)


def _step_words(step: Step, medicine: str) -> str:
    return f"step {step.number}, {date_text(step.starts_on)}: {medicine} {mg_text(step.daily_of(medicine))} a day"


def _stairs(
    steps: Sequence[tuple[datetime, Step]], course: Course, height: Callable[[Step], Decimal]
) -> tuple[list[datetime], list[float]]:
    """Corners of a step line that ends where the window ends."""
    x = [at for at, _step in steps]
    y = [drawn(height(step)) for _at, step in steps]
    return [*x, course.window.end], [*y, y[-1]]


def _add_target(figure: go.Figure, version: PlanVersion, course: Course) -> None:
    asked = [(at, step) for at, step in steps_within(version, course.window) if step.target_daily_mg is not None]
    if not asked:
        return
    x, y = _stairs(asked, course, lambda step: step.target_daily_mg or Decimal(0))
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"shape": "hv", "color": GREY, "width": 1.5, "dash": "dash"},
        name=TARGET,
        hoverinfo="skip",
        row=DOSE_ROW,
        col=1,
    )


def _add_equivalents(figure: go.Figure, version: PlanVersion, course: Course) -> None:
    steps = steps_within(version, course.window)
    if not steps:
        return
    x, low = _stairs(steps, course, lambda step: step.diazepam_equivalent_mg.low)
    _x, high = _stairs(steps, course, lambda step: step.diazepam_equivalent_mg.high)
    shared = {"mode": "lines", "line": {"shape": "hv", "color": PLAN, "width": 1}, "hoverinfo": "skip"}
    figure.add_scatter(x=x, y=low, name="equivalents, low", showlegend=False, row=EQUIVALENT_ROW, col=1, **shared)
    figure.add_scatter(
        x=x, y=high, name=EQUIVALENTS, fill="tonexty", fillcolor=PLAN_BAND, row=EQUIVALENT_ROW, col=1, **shared
    )


def _add_totals(figure: go.Figure, course: Course) -> None:
    for name, is_over, symbol in ((GIVEN_TOTAL, True, "square"), (GIVEN_SO_FAR, False, "square-open")):
        totals = [total for total in course.totals if total.is_over is is_over]
        if totals:
            figure.add_scatter(
                x=[midnight(total.day).replace(hour=12) for total in totals],
                y=[drawn(total.mg) for total in totals],
                mode="markers",
                marker={"symbol": symbol, "size": 9, "color": INK},
                name=name,
                text=[f"{date_text(total.day)}: {total.medicine} {mg_text(total.mg)} {name}" for total in totals],
                hovertemplate="%{text}<extra></extra>",
                row=DOSE_ROW,
                col=1,
            )


def _add_doses(figure: go.Figure, doses: Sequence[DoseMark]) -> None:
    kinds: tuple[tuple[str, str, Callable[[DoseMark], bool]], ...] = (
        (GIVEN, "circle", lambda dose: dose.was_given and dose.by_plan),
        (OUTSIDE, "circle-open", lambda dose: not dose.by_plan),
        (NOT_GIVEN, "triangle-down-open", lambda dose: not dose.was_given and dose.by_plan),
    )
    for name, symbol, belongs in kinds:
        marks = [dose for dose in doses if belongs(dose)]
        if marks:
            figure.add_scatter(
                x=[dose.at for dose in marks],
                y=[drawn(dose.mg) for dose in marks],
                mode="markers+text" if any(dose.words for dose in marks) else "markers",
                marker={"symbol": symbol, "size": 10, "color": INK, "line": {"color": INK, "width": 2}},
                text=[dose.words for dose in marks],
                textposition=["middle left" if _is_late(dose.at, doses) else "middle right" for dose in marks],
                textfont={"size": 11, "color": INK},
                cliponaxis=False,
                name=name,
                hovertext=[dose.words or f"{dose.medicine} {mg_text(dose.mg)} given" for dose in marks],
                hovertemplate="%{hovertext}<extra></extra>",
                row=SINGLE_ROW,
                col=1,
            )


def _is_late(at: datetime, doses: Sequence[DoseMark]) -> bool:
    """Whether there is more room for words before the mark than after it."""
    first, last = doses[0].at, doses[-1].at
    return last > first and (at - first) / (last - first) > 0.5


def _add_ciwa_b(figure: go.Figure, scores: Sequence[ScoreMark]) -> None:
    complete = [score for score in scores if score.total is not None]
    incomplete = [score for score in scores if score.total is None]
    if complete:
        joined = list(_broken_between_wordings(complete))
        figure.add_scatter(
            x=[at for at, _total in joined],
            y=[total for _at, total in joined],
            mode="lines+markers",
            line={"color": CIWA, "width": 2},
            marker={"symbol": "circle", "size": 8, "color": CIWA},
            name=CIWA_COMPLETE,
            hovertemplate="CIWA-B %{y}<extra></extra>",
            row=SYMPTOM_ROW,
            col=1,
        )
    if incomplete:
        figure.add_scatter(
            x=[score.at for score in incomplete],
            y=[score.least for score in incomplete],
            mode="markers",
            marker={"symbol": "line-ew-open", "size": 12, "color": CIWA, "line": {"color": CIWA, "width": 3}},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [(score.most or score.least) - score.least for score in incomplete],
                "arrayminus": [0 for _score in incomplete],
                "color": CIWA,
                "thickness": 6,
                "width": 8,
            },
            name=CIWA_INCOMPLETE,
            text=[f"CIWA-B incomplete: at least {score.least}, at most {score.most}" for score in incomplete],
            hovertemplate="%{text}<extra></extra>",
            row=SYMPTOM_ROW,
            col=1,
        )


def _broken_between_wordings(scores: Sequence[ScoreMark]) -> Iterator[tuple[datetime, int | None]]:
    """Points of the line, with a gap wherever another wording of the form begins."""
    before: ScoreMark | None = None
    for score in scores:
        if before is not None and score.form != before.form:
            yield score.at, None
        yield score.at, score.total
        before = score


def _add_news2(figure: go.Figure, scores: Sequence[ScoreMark]) -> None:
    for name, symbol, is_complete in (
        (NEWS2_COMPLETE, "square", True),
        (NEWS2_INCOMPLETE, "square-open", False),
    ):
        found = [score for score in scores if (score.total is not None) is is_complete]
        if found:
            figure.add_scatter(
                x=[score.at for score in found],
                y=[score.least for score in found],
                mode="markers",
                marker={"symbol": symbol, "size": 8, "color": NEWS, "line": {"color": NEWS, "width": 2}},
                name=name,
                hovertemplate=f"{name} %{{y}}<extra></extra>",
                row=SYMPTOM_ROW,
                col=1,
                secondary_y=True,
            )


def _event_lines(course: Course) -> int:
    return max(FEWEST_LINES, min(len(course.events), MOST_LINES))


def _add_events(figure: go.Figure, course: Course) -> None:
    lines = {id(event): -(index % _event_lines(course)) for index, event in enumerate(course.events)}
    if not course.events:
        # A panel without any mark is not drawn at all, and this one carries the time axis of them all.
        nothing = [None, None]
        figure.add_scatter(
            x=[course.window.start, course.window.end],
            y=nothing,
            name="no event",
            showlegend=False,
            row=EVENT_ROW,
            col=1,
        )
    for name, is_clinical, symbol in ((CLINICAL, True, "diamond"), (OTHER, False, "line-ns-open")):
        events = [event for event in course.events if event.is_clinical is is_clinical]
        if not events:
            continue
        figure.add_scatter(
            x=[event.at for event in events],
            y=[lines[id(event)] for event in events],
            mode="markers+text",
            marker={"symbol": symbol, "size": 10, "color": INK, "line": {"color": INK, "width": 2}},
            text=[f" {event.words} ".replace(" signed by ", " signed <br> by ") for event in events],
            textposition=[_side(event, course) for event in events],
            textfont={"size": 12, "color": INK},
            cliponaxis=False,
            name=name,
            showlegend=False,
            hovertemplate="%{text}<extra></extra>",
            row=EVENT_ROW,
            col=1,
        )
        for event in events:
            if is_clinical:
                figure.add_vline(x=event.at, line={"color": INK, "width": 1.5, "dash": "dot"})
    if course.window.holds(course.now):
        figure.add_vline(x=course.now, line={"color": INK, "width": 1})
        figure.add_annotation(
            x=course.now,
            y=1,
            xref="x",
            yref="paper",
            text="now",
            showarrow=False,
            yanchor="bottom",
            xanchor="left",
            yshift=14,  # above the first panel's title
        )


def _side(event: EventMark, course: Course) -> str:
    share = (event.at - course.window.start) / (course.window.end - course.window.start)
    return "middle left" if share > 0.55 else "middle right"


def _tick_format(course: Course) -> str:
    """Clock times for a day, weekdays for a week, months for a taper."""
    days = (course.window.end - course.window.start).days
    return "%H:%M\n%d %b %Y" if days < 3 else "%a %d %b" if days < 32 else "%b %Y"


def _lay_out(figure: go.Figure, course: Course) -> None:
    bare_layout(figure, height=1270)
    figure.update_layout(legend={"orientation": "h", "y": -0.06, "yanchor": "top", "x": 0}, margin={"t": 52, "b": 120})
    figure.update_xaxes(type="date", range=[course.window.start, course.window.end], showticklabels=False)
    figure.update_xaxes(showticklabels=True, tickformat=_tick_format(course), row=EVENT_ROW, col=1)
    for row in (DOSE_ROW, SINGLE_ROW, EQUIVALENT_ROW):
        figure.update_yaxes(rangemode="tozero", row=row, col=1)
    figure.update_yaxes(title_text="CIWA-B", rangemode="tozero", row=SYMPTOM_ROW, col=1, secondary_y=False)
    news2 = {"title_text": "NEWS2", "range": [-1, 20], "tickvals": [0, 5, 10, 15, 20], "showgrid": False}
    figure.update_yaxes(row=SYMPTOM_ROW, col=1, secondary_y=True, **news2)
    figure.update_yaxes(
        showticklabels=False, showgrid=False, range=[-_event_lines(course) + 0.2, 0.8], row=EVENT_ROW, col=1
    )
    for title in figure.layout.annotations[: len(TITLES)]:
        title.update(x=0, xanchor="left", font={"size": 13, "color": INK})
