"""What was charted of a kind before, shown under its form: the last entries, the day's fluids, the nights."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from taper_app.clinical.charting.bedside_standing import fluids
from taper_app.clinical.quantities import plain
from taper_app.export.bedside_words import entry_words
from taper_app.export.dates import date_text
from taper_app.ui.components import show
from taper_app.ui.components.entry_times import entry_times
from taper_app.ui.current import Here
from taper_app.ui.figures.look import CONFIG
from taper_app.ui.figures.sleep import sleep_alt, sleep_figure
from taper_app.use_cases.bedside_view import sleep_nights
from taper_app.use_cases.chart import Chart

_LAST_SHOWN = 3
_DAY = timedelta(hours=24)


def kept_so_far(at: Here, chart: Chart, kind: str) -> None:
    """The newest entries of this kind, newest first; and what they come to, where that says something."""
    if kind == "intake_output":
        _day_of_fluids(chart)
    if kind == "sleep":
        _nights(chart)
    last = [found for found in chart.bedside if found.entry.kind == kind][-_LAST_SHOWN:]
    for found in reversed(last):
        said = entry_words(found.entry, at.app.protocols.bedside, chart.unit.zone)
        st.markdown(f":small[{show.plain_text(f'{entry_times(found.record, chart.unit.zone)} · {said}')}]")


def _day_of_fluids(chart: Chart) -> None:
    found = fluids(chart.bedside, chart.now - _DAY)
    went_in = _measured(found.in_ml, found.in_not_measured)
    came_out = _measured(found.out_ml, found.out_not_measured)
    st.markdown(f"Charted in the last 24 hours: in {went_in}, out {came_out}.")


def _measured(ml: int, not_measured: int) -> str:
    """``at least 250 mL (2 not measured)``: what was not measured is never counted as nothing."""
    return f"at least {ml} mL ({not_measured} not measured)" if not_measured else f"{ml} mL"


def _nights(chart: Chart) -> None:
    nights = sleep_nights(chart)
    if not nights:
        return
    figure = sleep_figure(nights)
    st.plotly_chart(figure, theme=None, config=CONFIG, key=f"sleep-{chart.episode_id}", alt=sleep_alt(nights))
    with st.expander("The nights as a table"):
        rows = [
            {
                "Night to": date_text(night.to),
                "Observed, h": "" if night.observed is None else plain(night.observed),
                "The patient says, h": "" if night.told_by_patient is None else plain(night.told_by_patient),
            }
            for night in nights
        ]
        st.table(rows, hide_index=True, alt="Hours slept, night by night")
