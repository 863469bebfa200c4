"""The Rules page: one chosen view at a time, so that nothing is counted that nobody asked for."""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.rules_burden import burden
from taper_app.ui.components.rules_list import every_rule
from taper_app.ui.components.rules_self_test import self_test
from taper_app.ui.components.rules_try import try_a_change
from taper_app.ui.current import Here
from taper_app.use_cases.read_rules import read_rules, units_to_count

_VIEW, _UNIT = "rules-view", "rules-unit"


class View(StrEnum):
    """What to look at; the middle two count on patients' records."""

    RULES = "What they say"
    BURDEN = "Last 30 days"
    TRY = "Try a change"
    SELF_TEST = "Self-test"


@st.fragment
def rules() -> None:
    """A sentence, the view, and that view."""
    at = current.here()
    with show.refusals():
        protocols = read_rules(at.app, at.actor)
        units = {unit.id: unit for unit in units_to_count(at.app, at.actor)}
        views = list(View) if units else [View.RULES, View.SELF_TEST]
        chosen = st.segmented_control("What to look at", views, default=View.RULES, required=True, wrap=True, key=_VIEW)
        match View(chosen or View.RULES):
            case View.RULES:
                every_rule(protocols)
            case View.SELF_TEST:
                self_test(at)
            case View.BURDEN:
                burden(at, units[_unit(at, {id_: unit.name for id_, unit in units.items()})])
            case View.TRY:
                try_a_change(at, _unit(at, {id_: unit.name for id_, unit in units.items()}))


def _unit(at: Here, names: dict[str, str]) -> str:
    """The person's own unit; whoever serves several chooses."""
    if len(names) == 1:
        return next(iter(names))
    chosen = st.selectbox("Unit", list(names), format_func=names.__getitem__, key=_UNIT)
    return chosen or at.actor.unit_id
