"""What is to be expected of the last cut, before the plot; behind it the sources and the days of each, as tables."""

from __future__ import annotations

import streamlit as st

from taper_app.ui.components import show
from taper_app.ui.components.effect_words import (
    NOT_COUNTED,
    expected_sentences,
    level_rows,
    levels_today,
    settling_lines,
    window_rows,
)
from taper_app.use_cases.plan_effect import PlanEffect

NO_PLAN = "No plan is signed, so no level is drawn and no symptoms of a cut are worked out."


def before_the_plot(effect: PlanEffect | None) -> None:
    """The sentence first; and each medicine whose level cannot be drawn, with why."""
    if effect is None:
        st.markdown(NO_PLAN)
        return
    first, *rest = expected_sentences(effect)
    st.markdown(f"**{_safe(first)}**")
    rest += [words for words in (levels_today(effect), *effect.panel.no_level) if words]
    if rest:
        st.markdown("\n".join(f"- {_safe(words)}" for words in rest))


def alt(effect: PlanEffect | None) -> list[str]:
    """For the plot's alternative text."""
    if effect is None:
        return []
    return [words for words in (*expected_sentences(effect)[:1], levels_today(effect)) if words]


def beside_the_plot(effect: PlanEffect | None) -> None:
    """What the levels are and what they leave out; nothing where none is drawn."""
    if effect is not None and effect.panel.bands:
        st.markdown(show.plain_text(f"{' '.join(effect.panel.what_it_is)} {NOT_COUNTED}"))


def behind_the_plot(effect: PlanEffect | None) -> None:
    """What the levels rest on, and every source's days of symptoms."""
    if effect is None:
        return
    with st.expander("Effect: sources, days of symptoms and levels as tables"):
        _sources(effect)
        if effect.panel.after_cuts:
            _table(window_rows(effect.panel.after_cuts), "Days in which symptoms are to be expected, by source")
        if rows := level_rows(effect.panel):
            _table(rows, "Least and greatest level of a day" if effect.panel.is_hourly else "Mean level of a day")


def _sources(effect: PlanEffect) -> None:
    figures = {band.words: band.name for band in reversed(effect.panel.bands)}
    lines = [f"{name}: {' '.join(words)}" for words, name in reversed(figures.items())]
    lines += [*settling_lines(effect), effect.panel.protracted]
    st.markdown("\n".join(f"- {_safe(line)}" for line in lines))


def _table(rows: list[dict[str, str]], alt: str) -> None:
    safe = [{name: _safe(text) for name, text in row.items()} for row in rows]
    st.table(safe, hide_index=True, alt=alt)


def _safe(text: str) -> str:
    return show.unbroken(show.plain_text(text))
