"""Chart: what a nurse does at the bedside. What is due on top, then one tap for events, the last sets and the form,
doses and alerts; below the fold the last 24 hours, facts and every entry.
"""

from __future__ import annotations

from taper_app.ui import current
from taper_app.ui.components import alert_actions, frame, show, taper_link
from taper_app.ui.components.chart_alerts import keep_the_dose, open_alerts, unacknowledged
from taper_app.ui.components.chart_bedside import more_to_chart
from taper_app.ui.components.chart_bedside_due import bedside_due
from taper_app.ui.components.chart_day import day_so_far, last_sets
from taper_app.ui.components.chart_doses import doses
from taper_app.ui.components.chart_due import what_is_due
from taper_app.ui.components.chart_entries import entries
from taper_app.ui.components.chart_quick import quick_buttons
from taper_app.ui.components.chart_result import answer_in_front, newest_answer
from taper_app.ui.components.chart_set_form import observation_form
from taper_app.ui.components.chart_stay_scales import scales_of_the_stay
from taper_app.ui.components.facts_form import facts
from taper_app.ui.components.patient_strike import traces
from taper_app.use_cases.rights import Grant, UseCase, grant_of

at = current.here()
frame.top(at, "Chart")
with show.refusals():
    chart = alert_actions.seen(at, current.chart_or_stop(at))
    with current.one_look(chart):
        is_open = chart.row.status == "open"
        frame.patient_banner(chart)
        unacknowledged(chart)
        answer_is_open = answer_in_front(at, chart)
        newest_answer(at, chart)
        if is_open:
            what_is_due(at, chart)
            bedside_due(at, chart)
            if grant_of(UseCase.CHART_OBSERVATION, at.actor.role) is not Grant.NO:
                quick_buttons(chart, may_open=not answer_is_open)
            last_sets(chart)
            observation_form(chart.episode_id)
            doses(chart.episode_id)
            more_to_chart(chart.episode_id)
        open_alerts(chart.episode_id)
        taper_link.what_suspends(at, chart)
        day_so_far(chart.episode_id)
        if is_open:
            keep_the_dose(chart.episode_id)
            facts(chart.episode_id)
            scales_of_the_stay(chart.episode_id)
        entries(chart.episode_id)
        traces(at, chart)
frame.bottom(at.app.protocols)
