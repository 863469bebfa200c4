"""The taper plot with its ranges, and the same as a table."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import review_effect, show
from taper_app.ui.current import Here
from taper_app.ui.figures.course import Course, Span, Window, course_of, window_of
from taper_app.ui.figures.look import CONFIG
from taper_app.ui.figures.review import review_figure
from taper_app.ui.figures.review_words import review_alt, review_rows
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.plan_effect import PlanEffect, effect_of
from taper_app.use_cases.set_scores import set_scores

_SPANS = {Span.DAY: "Day", Span.WEEK: "Week", Span.TAPER: "Whole taper"}


@st.fragment
def plot(episode_id: EpisodeId) -> None:
    """Reads the chart anew: a fragment outlives the page run that drew it."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        span = st.segmented_control(
            "Time range",
            list(_SPANS),
            format_func=_SPANS.__getitem__,
            default=Span.WEEK,
            key=f"span-{episode_id}",
            required=True,
        )
        course = _course(at, chart, Span(span or Span.WEEK))
        effect = _effect(at, chart, course.window)
        review_effect.before_the_plot(effect)
        figure = review_figure(course, effect.panel if effect else None)
        alt = " ".join([review_alt(course), *review_effect.alt(effect)])
        st.plotly_chart(figure, theme=None, config=CONFIG, key=f"review-{episode_id}", alt=alt)
        review_effect.beside_the_plot(effect)
        with st.expander("The plot as a table"):
            rows = review_rows(course)
            if rows:
                safe = [{name: show.plain_text(text) for name, text in row.items()} for row in rows]
                st.table(safe, hide_index=True, alt="Every mark of the taper plot, oldest first")
            else:
                st.markdown("Nothing is charted in this range.")
        review_effect.behind_the_plot(effect)


def _course(at: Here, chart: Chart, span: Span) -> Course:
    """Of a day or a week only its own scores are read; the whole taper takes those of the chart, which is read."""
    if span is Span.TAPER:
        return course_of(chart, span)
    since = window_of(chart, span).start.replace(tzinfo=chart.zone)
    return course_of(chart, span, set_scores(at.app, at.actor, chart.episode_id, since))


def _effect(at: Here, chart: Chart, window: Window) -> PlanEffect | None:
    """For the days of the window; worked out anew each time, so that nothing of a patient is kept."""
    last = (window.end - timedelta(microseconds=1)).date()
    return effect_of(chart, at.app.protocols, first_day=window.start.date(), last_day=last)
