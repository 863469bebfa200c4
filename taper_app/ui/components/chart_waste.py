"""Controlled halves: what a dose left over, wasted by one person and seen by another under their own name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from taper_app.clinical.charting.doses import ChartedDose
from taper_app.clinical.charting.waste import Leftover, Waste, amount_in_words
from taper_app.clinical.quantities import plain
from taper_app.store.interface import Account
from taper_app.ui.components import show
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.rights import UseCase
from taper_app.use_cases.waste import left_over, waste, witness_waste
from taper_app.use_cases.witnesses import possible_witnesses

_DOSES_OFFERED = 8


def controlled_waste(at: Here, chart: Chart) -> None:
    """What is left over, what waits for a witness, and a form for anything else."""
    if not (chart.doses or chart.comfort_doses):
        return
    rests = list(reversed(left_over(at.app, chart)))
    unanswered = [found for found in chart.wastes if found.answer is None]
    st.subheader("Controlled medicine left over", anchor=False)
    for found in unanswered:
        with st.container(border=True), show.refusals():
            _unanswered(at, chart, found)
    if not (rests or unanswered):
        st.markdown("Nothing is left over.")
    earlier = rests[1:]
    opened = bool(earlier) and st.toggle(
        f"Show what {len(earlier)} earlier {'dose' if len(earlier) == 1 else 'doses'} left over",
        key=f"earlier-left-over-{chart.episode_id}",
    )
    witnesses = possible_witnesses(at.app, at.actor, UseCase.CHART_DOSE)
    for rest in rests if opened else rests[:1]:
        with st.container(border=True), show.refusals():
            _left_over(at, chart, rest, witnesses)
    if st.toggle("Something else was wasted", key=f"waste-other-{chart.episode_id}"):
        with st.container(border=True), show.refusals():
            _something_else(at, chart, witnesses)


def _dose_words(chart: Chart, dose: ChartedDose) -> str:
    return f"{dose.body.in_words}, {moment_text(dose.at, chart.unit.zone)}"


def _left_over(at: Here, chart: Chart, rest: Leftover, witnesses: Sequence[Account]) -> None:
    amount = amount_in_words(rest.product, rest.count, rest.tenth_mcg, at.app.protocols)
    st.markdown(f"**Left over: {show.plain_text(amount)}**  \nof {show.plain_text(_dose_words(chart, rest.dose))}")
    form = f"waste-{rest.dose.record.id}-{rest.product}"
    entry = open_entry(at, UseCase.CHART_DOSE, form, chart.episode_id)
    witness = _witness(entry, witnesses)
    if st.button(f"Wasted: {amount}", key=f"save-{entry.key('save')}", type="primary", width="stretch"):
        written = {"dose": rest.dose.record.id, "product": rest.product, "count": plain(rest.count)}
        _keep(at, chart, entry, written | {"witness_id": witness})


def _witness(entry: EntryForm, witnesses: Sequence[Account]) -> str:
    names = {account.id: f"{account.display_name}, {account.role.in_words}" for account in witnesses}
    return str(
        st.selectbox(
            "Witness (confirms under the own name)",
            format_func=names.__getitem__,
            placeholder="Choose the colleague",
            **entry.listed("witness", list(names)),
        )
        or ""
    )


def _keep(at: Here, chart: Chart, entry: EntryForm, written: Mapping[str, object]) -> None:
    waste(at.app, at.actor, chart.episode_id, written, entry_id=entry.entry_id)
    entry.finished()
    show.done_after_rerun("Written down. The witness confirms it under their own name.")
    st.rerun()


def _unanswered(at: Here, chart: Chart, found: Waste) -> None:
    """Waits for the named witness, who answers under their own name."""
    body = found.body
    amount = amount_in_words(body.product, body.count, body.tenth_mcg, at.app.protocols)
    when = moment_text(found.record.happened_at, chart.unit.zone)
    author = show.plain_text(found.record.author.signature)
    st.markdown(f"**Wasted: {show.plain_text(amount)}** by {author}, {when}: {show.plain_text(found.state_in_words)}")
    if body.witness_id != at.actor.user_id:
        return
    entry = open_entry(at, UseCase.CHART_DOSE, f"witness-{found.record.id}", chart.episode_id)
    if st.button("I saw it wasted as written", key=f"seen-{entry.key('seen')}", type="primary", width="stretch"):
        _answer(at, chart, entry, found, seen=True, note="")
    with st.expander("It was not as written", expanded=entry.was_saved):
        note = st.text_input("What was different", max_chars=200, **entry.text("note"))
        if st.button("Save: not as written", key=f"not-seen-{entry.key('seen')}", width="stretch"):
            _answer(at, chart, entry, found, seen=False, note=note)


def _answer(at: Here, chart: Chart, entry: EntryForm, found: Waste, *, seen: bool, note: str) -> None:
    witness_waste(at.app, at.actor, chart.episode_id, found.record.id, seen=seen, note=note, entry_id=entry.entry_id)
    entry.finished()
    show.done_after_rerun("Your answer as the witness was kept.")
    st.rerun()


def _something_else(at: Here, chart: Chart, witnesses: Sequence[Account]) -> None:
    """An ampoule's rest, a tablet that fell down or was refused after it was prepared."""
    latest = sorted([*chart.doses, *chart.comfort_doses], key=lambda dose: dose.at, reverse=True)[:_DOSES_OFFERED]
    entry = open_entry(at, UseCase.CHART_DOSE, "waste-other", chart.episode_id)
    named = {dose.record.id: _dose_words(chart, dose) for dose in latest}
    dose = st.selectbox(
        "Of which dose",
        format_func=named.__getitem__,
        placeholder="Choose the dose",
        **entry.listed("dose", list(named)),
    )
    left, right = st.columns(2)
    left.text_input("What, such as lorazepam ampoule 4 mg", max_chars=120, **entry.text("product"))
    right.text_input("How much, in mg", max_chars=12, **entry.text("mg"))
    witness = _witness(entry, witnesses)
    if st.button("Save: wasted", key=f"save-{entry.entry_id}", width="stretch"):
        values = entry.values()
        written = {"product": str(values.get("product") or ""), "mg": str(values.get("mg") or "")}
        _keep(at, chart, entry, written | {"dose": dose or "", "witness_id": witness})
