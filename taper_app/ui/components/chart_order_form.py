"""A prescriber's new order: as needed or for comfort, with one dose and the most in 24 hours."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.charting.doses import Route
from taper_app.clinical.charting.orders import OrderKind
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.protocol_words import source_words
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.orders import cautions_before, order_medicine
from taper_app.use_cases.rights import UseCase

_KINDS = {OrderKind.AS_NEEDED.value: "Benzodiazepine as needed", OrderKind.COMFORT.value: "Comfort medicine"}
_ANY_TIME = "no least time between two"


def order_form(at: Here, chart: Chart) -> None:
    """Folded away unless it is half written."""
    entry = open_entry(at, UseCase.AMEND_PLAN, "order", chart.episode_id)
    with st.expander("New order", expanded=entry.was_saved):
        st.markdown(":small[No source read here prints doses of comfort medicines: they are the prescriber's own.]")
        kind = st.segmented_control(
            "What", format_func=_KINDS.__getitem__, **entry.chosen("kind", list(_KINDS), OrderKind.AS_NEEDED.value)
        )
        _fields(at, entry, kind or "")
        accepted = _cautions(at, chart, entry) if kind == OrderKind.COMFORT.value else []
        entry.saved_line(chart.unit.zone)
        if st.button("Sign the order", key=f"save-{entry.entry_id}", type="primary", width="stretch"):
            _sign(at, chart, entry, kind or "", accepted)


def _fields(at: Here, entry: EntryForm, kind: str) -> None:
    """A benzodiazepine is chosen from the list, so that no look-alike is typed; anything else is written."""
    if kind == OrderKind.AS_NEEDED.value:
        medicines = at.app.protocols.medicines
        st.selectbox(
            "Medicine",
            format_func=lambda name: medicines[name].shown_name,
            placeholder="Choose the medicine",
            **entry.listed("medicine", sorted(medicines)),
        )
    else:
        st.text_input("Medicine, by its generic name", max_chars=80, **entry.text("comfort_medicine"))
    left, right = st.columns(2)
    left.text_input("One dose in mg, such as 0.5", max_chars=12, **entry.text("mg"))
    right.text_input("Most in any 24 hours, in mg, beside the plan", max_chars=12, **entry.text("most_mg"))
    hours = [_ANY_TIME, *(f"{hour} h" for hour in (1, 2, 3, 4, 6, 8, 12))]
    left.selectbox("At least this long apart", **entry.listed("apart", hours, _ANY_TIME))
    routes = [route.value for route in Route]
    right.selectbox("Route", **entry.listed("route", routes, Route.MOUTH.value))
    st.text_input("For what, such as shaking", max_chars=200, **entry.text("reason"))


def _cautions(at: Here, chart: Chart, entry: EntryForm) -> list[str]:
    accepted = []
    for caution in cautions_before(at.app, chart, str(entry.value("comfort_medicine") or "")):
        source = source_words(caution.source, at.app.protocols)
        st.warning(f"▲ {show.plain_text(caution.message)} :small[{show.plain_text(source)}]")
        if st.checkbox("I order it all the same and sign this caution", **entry.ticked(f"accept-{caution.code}")):
            accepted.append(caution.code)
    return accepted


def _sign(at: Here, chart: Chart, entry: EntryForm, kind: str, accepted: list[str]) -> None:
    values = entry.values()
    name = "medicine" if kind == OrderKind.AS_NEEDED.value else "comfort_medicine"
    apart = str(values.get("apart") or _ANY_TIME)
    order = {
        "kind": kind,
        "medicine": str(values.get(name) or ""),
        "mg": str(values.get("mg") or ""),
        "most_mg": str(values.get("most_mg") or ""),
        "hours_between": None if apart == _ANY_TIME else int(apart.split()[0]),
        "route": values.get("route") or Route.MOUTH.value,
        "reason": str(values.get("reason") or ""),
        "accepted": accepted,
    }
    with show.refusals():
        order_medicine(at.app, at.actor, chart.episode_id, order, entry_id=entry.entry_id)
        entry.finished()
        show.done_after_rerun("The order is in force.")
        st.rerun()
