"""Block 1 of the Plan page: what is taken now, by whose word, and what that comes to in mg diazepam."""

from __future__ import annotations

import streamlit as st

from taper_app.clinical.planning.request import CurrentDose, PatientFacts
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import plain
from taper_app.ui.components import show
from taper_app.ui.components.equivalent_words import use_in_words
from taper_app.ui.components.medicine_words import UNKNOWN, label_of, not_to_be_mistaken
from taper_app.ui.components.plan_request import NO_TABLE, daily_of, lines_of
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.plan_taper import facts_for_plan, taken_now

MOST_LINES = 8
SOURCES = {"prescribed": "prescribed", "reported": "reported by the patient", "non_prescribed": "not prescribed"}


def present_use(form: TypedForm, chart: Chart, protocols: Protocols) -> None:
    """The lines, their sum with the range of the tables, and the charted facts."""
    charted = taken_now(chart)
    count = int(form.first("lines", max(len(charted), 1)))
    if not charted:
        st.warning("No present use is charted. Write down what is taken, and by whose word.")
    if chart.signed and charted:
        st.markdown(f"As version {chart.signed.number} gives it today.")
    for index in range(count):
        _line(form, index, charted[index] if index < len(charted) else None, protocols)
    with st.container(horizontal=True):
        _line_buttons(form, count)
    _look_alikes(form, protocols)
    _sum(form, protocols)
    _facts(facts_for_plan(chart))


def _line(form: TypedForm, index: int, charted: CurrentDose | None, protocols: Protocols) -> None:
    drug, mg, time, source = st.columns([4, 2, 2, 3], vertical_alignment="bottom")
    drug.selectbox(
        f"Line {index + 1}: medicine",
        format_func=lambda name: label_of(name, protocols),
        placeholder="Type the generic or brand name",
        filter_mode="contains",
        **form.listed(f"drug-{index}", *_medicines(form, index, charted, protocols)),
    )
    mg.text_input("Dose in mg", **form.text(f"mg-{index}", plain(charted.mg) if charted else ""))
    time.text_input("Time", **form.text(f"time-{index}", charted.time if charted else ""))
    source.selectbox(
        "By whose word",
        format_func=SOURCES.__getitem__,
        **form.listed(f"source-{index}", list(SOURCES), charted.source.value if charted else "prescribed"),
    )


def _medicines(
    form: TypedForm, index: int, charted: CurrentDose | None, protocols: Protocols
) -> tuple[list[str], str | None]:
    """What can be chosen, and what the line begins with.

    A name that no file has is kept as it was written, so that nothing is taken for another medicine.
    """
    written = charted.drug if charted else None
    found = protocols.medicine_named(written) if written else None
    begin = found.id if found else written
    known = [*sorted(protocols.medicines), UNKNOWN]
    others = [name for name in (begin, form.value(f"drug-{index}")) if name and name not in known]
    return [*known, *dict.fromkeys(others)], begin


def _line_buttons(form: TypedForm, count: int) -> None:
    def set_lines(number: int) -> None:
        form.set_values({"lines": number}, built=False)

    if count < MOST_LINES:
        st.button("Add a line", key=form.key("add-line"), on_click=set_lines, args=(count + 1,))
    if count > 1:
        st.button("Remove the last line", key=form.key("remove-line"), on_click=set_lines, args=(count - 1,))


def _look_alikes(form: TypedForm, protocols: Protocols) -> None:
    names = dict.fromkeys(line["drug"] for line in lines_of(form.values()))
    if warnings := [words for name in names if (words := not_to_be_mistaken(name, protocols))]:
        st.markdown(f"Look-alike names: {show.plain_text('. '.join(warnings))}.")


def _sum(form: TypedForm, protocols: Protocols) -> None:
    fields = form.values()
    daily = daily_of(fields, protocols)
    if daily is None:
        st.markdown("The diazepam equivalents appear when each line has a known medicine and a dose such as 0.5.")
        return
    table = fields.get("equivalence")
    chosen = table if table in protocols.equivalence and table != NO_TABLE else None
    total, *each = use_in_words(daily, protocols, chosen)
    st.markdown(f"**{show.plain_text(total)}**")
    if each:
        st.markdown("\n".join(f"- {show.plain_text(line)}" for line in each))


def _facts(facts: PatientFacts) -> None:
    """The charted facts that the plan is held against; they are changed on the chart, not here."""
    known = [
        f"seizure history {facts.seizure_history.in_words}",
        f"months of use {facts.months_of_use if facts.months_of_use is not None else 'not assessed'}",
        f"specialist {facts.specialist or 'not named'}",
    ]
    missing = facts.not_assessed()
    text = f"From the chart: {', '.join(known)}."
    if missing:
        text += f" Not assessed, and never taken for no: {', '.join(missing)}."
    st.markdown(show.plain_text(text))
