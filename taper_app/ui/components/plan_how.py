"""Block 2 of the Plan page: the protocol and its pace, where it ends, the medicine, and the rarer wishes."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from taper_app.clinical.answers import Answer
from taper_app.clinical.planning.request import MOST_TIMES, PatientFacts
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.tapers import PublishedTaper
from taper_app.clinical.quantities import plain
from taper_app.ui.components import show
from taper_app.ui.components.medicine_words import medicine_label
from taper_app.ui.components.plan_pace import pace_begins_with, pace_fields
from taper_app.ui.components.plan_request import HAVE_A_LONGEST_STEP, NO_TABLE, lines_of
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.ui.components.protocol_words import cited_words, marks_of, review_words, summary_words
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.plan_taper import facts_for_plan, taken_now

_SETTINGS = {"community": "at home: cuts from the start day", "inpatient": "on the ward: stabilise first"}
CROSSOVER_WORDS = (
    "A switch replaces one time of day after another, the night dose first, {least} to {most} days each. Name the "
    "table: by a lower one the new dose may be too small (withdrawal, seizure), by a higher one too large (sedation)."
)
_TARGETS = {"zero": "to zero", "dose": "to a lower dose"}


def how(form: TypedForm, chart: Chart, protocols: Protocols) -> None:
    """The picker with its one sentence first, then only the fields that this protocol takes."""
    facts = facts_for_plan(chart)
    present = _present_medicines(form, protocols)
    medicine = str(form.value("taper_drug") or (present or list(protocols.medicines))[0])
    taper = _protocol(form, facts, protocols, {*present, medicine})
    pace_fields(form, taper, facts, protocols)
    if facts.seizure_history is Answer.YES:
        limit = protocols.limits.seizure_history_pace
        at_most = f"{plain(limit.at_most_cut_percent)} % every {limit.at_least_every_days} days"
        st.markdown(f"With a seizure history a cut is at most {at_most} ({cited_words(limit, protocols)}).")
    _from_and_to(form, chart)
    _medicine_and_table(form, present, protocols)
    _start_fraction(form, facts)
    _rarer(form, taper)


def _protocol(form: TypedForm, facts: PatientFacts, protocols: Protocols, involved: set[str]) -> PublishedTaper:
    tapers = protocols.tapers
    setting = str(form.value("setting") or "community")
    reasons = {name: why_not(taper, involved, setting) for name, taper in tapers.items()}
    in_order = sorted(tapers, key=lambda name: (bool(reasons[name]), tapers[name].is_contested, tapers[name].name))

    def another_protocol() -> None:
        chosen = tapers[str(form.value("protocol"))]
        form.set_values(pace_begins_with(chosen, facts, protocols), built=False)

    shown = form.listed("protocol", in_order, protocols.limits.ceiling_protocol) | {"on_change": another_protocol}
    name = st.selectbox("Protocol", format_func=lambda name: _label(tapers[name], reasons[name]), **shown)
    taper = tapers[str(name)]
    marks = "".join(f" :orange-badge[{mark}]" for mark in marks_of(taper))
    words = show.plain_text(f"{summary_words(taper, protocols)} {review_words(taper)}")
    st.markdown(f"{show.unbroken(words)}{marks}")
    if reasons[taper.id]:
        st.warning(f"Does not suit this request: {show.plain_text(reasons[taper.id])}.")
    return taper


def why_not(taper: PublishedTaper, involved: Collection[str], setting: str) -> str:
    """Why a protocol does not suit the medicines or the setting; empty when it does."""
    if taper.only_medicines and not set(involved) <= set(taper.only_medicines):
        return f"only for {' or '.join(taper.only_medicines)}"
    if taper.is_inpatient_only and setting != "inpatient":
        return "only on a ward"
    return ""


def _label(taper: PublishedTaper, reason: str) -> str:
    notes = [*(["contested"] if taper.is_contested else []), *([reason] if reason else [])]
    return f"{taper.name} ({'; '.join(notes)})" if notes else taper.name


def _from_and_to(form: TypedForm, chart: Chart) -> None:
    start, times = st.columns(2)
    start.date_input("Start on", format="YYYY-MM-DD", **form.day("start_on", chart.today))
    _times(times, form, chart)
    target, dose = st.columns(2)
    targets = form.chosen("target", list(_TARGETS), "zero")
    chosen = target.segmented_control("Taper", format_func=_TARGETS.__getitem__, required=True, **targets)
    if chosen == "dose":
        dose.text_input("Lowest daily dose in mg", **form.text("target_mg"))
    settings = form.chosen("setting", list(_SETTINGS), "community")
    st.segmented_control(
        "Where the taper runs", format_func=_SETTINGS.__getitem__, required=True, wrap=True, **settings
    )


def _times(place: DeltaGenerator, form: TypedForm, chart: Chart) -> None:
    charted = sorted({line.time for line in taken_now(chart)})
    of_day = form.text("times", ", ".join(charted[:MOST_TIMES]))
    place.text_input("Times of day", help="With commas, such as 08:00, 20:00.", **of_day)


def _medicine_and_table(form: TypedForm, present: list[str], protocols: Protocols) -> None:
    medicine, table = st.columns(2)
    targets = [name for name in protocols.limits.crossover_targets.medicines if name not in present]
    offered = [*present, *targets] or list(protocols.medicines)

    def label(name: str) -> str:
        words = medicine_label(protocols.medicines[name])
        return f"stay on {words}" if name in present else f"switch to {words}"

    drugs = form.listed("taper_drug", offered, offered[0])
    chosen = medicine.selectbox("Medicine to taper with", format_func=label, **drugs)
    names = {NO_TABLE: "none: show the range of all tables"} | {t.id: t.name for t in protocols.equivalence.values()}
    tables = form.listed("equivalence", list(names), NO_TABLE)
    table.selectbox("Table of equivalents, to convert with", format_func=names.__getitem__, **tables)
    if chosen in targets:
        slot = protocols.limits.crossover_slot
        st.markdown(CROSSOVER_WORDS.format(least=slot.at_least_days, most=slot.at_most_days))


def _present_medicines(form: TypedForm, protocols: Protocols) -> list[str]:
    found = [medicine.id for line in lines_of(form.values()) if (medicine := protocols.medicine_named(line["drug"]))]
    return list(dict.fromkeys(found))


def _start_fraction(form: TypedForm, facts: PatientFacts) -> None:
    """Offered only where all of it was reported or not prescribed, and was looked into and not verified.

    What was typed before is shown all the same, so that it is never asked for unseen.
    """
    sources = {line["source"] for line in lines_of(form.values())}
    applies = "prescribed" not in sources and facts.use_verified is Answer.NO
    if not applies and not form.typed("start_fraction_percent"):
        return
    st.text_input(
        "Start at this part of it, in percent",
        placeholder="empty: all of it",
        help="For high use that nobody verified, on a ward: begin lower and top up to the signs.",
        **form.text("start_fraction_percent"),
    )


def _rarer(form: TypedForm, taper: PublishedTaper) -> None:
    longest = form.text("longest_step_days")
    override = form.text("override_reason")
    with st.expander("Longest step, or a reason to override a refusal", expanded=bool(form.typed("override_reason"))):
        if taper.pace.model in HAVE_A_LONGEST_STEP:
            most = taper.pace.most_every_days
            st.text_input("Longest step in days", placeholder=f"empty: {most}, the protocol's longest", **longest)
        st.text_input("Reason to override a refusal (only when one is given)", max_chars=400, **override)
