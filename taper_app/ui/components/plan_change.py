"""Changing the signed plan: restabilise on a dose that a prescriber orders now, or keep the dose longer."""

from __future__ import annotations

from typing import Any

import streamlit as st

from taper_app.clinical.answers import Answer
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.quantities import plain
from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.plan_request import whole_number
from taper_app.ui.components.plan_result import show_plan, show_refusal
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.ui.components.plan_words import name_in_force, readable_faults
from taper_app.ui.components.protocol_words import cited_words
from taper_app.ui.components.times import date_text
from taper_app.ui.current import Here
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.export_plan import bridging_note
from taper_app.use_cases.plan_taper import (
    earliest_cut_after_seizure,
    facts_for_plan,
    propose_change,
    try_change,
)
from taper_app.use_cases.rights import UseCase

FORM = "plan-change"
_KINDS = {"restabilise": "Restabilise", "keep_days": "Keep the dose longer"}


@st.fragment
def change(episode_id: EpisodeId) -> None:
    """Choose the kind, fill it in, see the proposal beside the version in force, propose it."""
    at = current.here()
    with show.refusals():
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        if chart.signed is None:
            return
        form = TypedForm(at, UseCase.AMEND_PLAN, episode_id, FORM)
        st.subheader(f"Change version {chart.signed.number}", anchor=False)
        kind = st.segmented_control(
            "What to change",
            format_func=_KINDS.__getitem__,
            required=True,
            **form.chosen("kind", list(_KINDS), "restabilise"),
        )
        _fields(at, chart, form, str(kind))
        st.button("Show the change", type="primary", key=form.key("show"), on_click=form.ask)
        if form.is_asked:
            _answer(at, chart, form, _asked(form))


def _fields(at: Here, chart: Chart, form: TypedForm, kind: str) -> None:
    """Both kinds keep what was typed when the other one is looked at."""
    is_restabilise = kind == "restabilise"
    day, first, second = st.columns(3)
    day.date_input("From the day", format="YYYY-MM-DD", **form.day("on", chart.today))
    begin = _begin_restabilise(at, chart) | {"days": "", "specialist": chart.facts.specialist or ""}
    fields = {name: form.text(name, value) for name, value in begin.items()}
    if is_restabilise:
        first.text_input("Daily dose in mg", **fields["daily_mg"])
        second.text_input("Days without a cut", **fields["keep_days"])
        cut, every, name = st.columns(3)
        cut.text_input("Then cut each time, in percent", **fields["cut_percent"])
        every.text_input("Every … days", **fields["every_days"])
        name.text_input("Specialist's name", max_chars=120, **fields["specialist"])
        limit = at.app.protocols.limits.after_seizure_no_cut
        words = f"{limit.days} days without a cut after a seizure ({cited_words(limit, at.app.protocols)})"
        st.markdown(show.plain_text(f"Filled in: {words}."))
    else:
        first.text_input("Days longer", **fields["days"])
        st.markdown("The cuts that follow start that many days later; the pace stays as it is.")
    st.text_input("Reason", max_chars=400, **form.text("reason"))
    override = "Reason to override a refusal (only when one is given)"
    st.text_input(override, max_chars=400, **form.text("override_reason"))


def _begin_restabilise(at: Here, chart: Chart) -> dict[str, str]:
    """The last tolerated dose, the shipped days without a cut, and the pace that a seizure history asks for."""
    assert chart.signed is not None
    request, limits = chart.signed.plan.request, at.app.protocols.limits
    slow = limits.seizure_history_pace
    cut = plain(request.cut_percent) if request.cut_percent is not None else ""
    every = request.every_days or ""
    if facts_for_plan(chart).seizure_history is Answer.YES:
        cut, every = plain(slow.at_most_cut_percent), slow.at_least_every_days
    tolerated = bridging_note(chart).daily_mg
    return {
        "daily_mg": plain(next(iter(tolerated.values()))) if len(tolerated) == 1 else "",
        "keep_days": str(limits.after_seizure_no_cut.days),
        "cut_percent": cut,
        "every_days": str(every),
    }


def _asked(form: TypedForm) -> dict[str, Any]:
    """The change as it stands in the form; empty optional fields are left out."""
    on = form.value("on")
    written: dict[str, Any] = {
        "kind": form.value("kind"),
        "on": on.isoformat() if on else "",
        "reason": form.typed("reason"),
    }
    if override := form.typed("override_reason"):
        written["override_reason"] = override
    if written["kind"] == "keep_days":
        return written | {"days": whole_number(form.typed("days"))}
    written["daily_mg"] = form.typed("daily_mg")
    for name in ("keep_days", "every_days"):
        if text := form.typed(name):
            written[name] = whole_number(text)
    if cut := form.typed("cut_percent"):
        written["cut_percent"] = cut
    if specialist := form.typed("specialist"):
        written["patient"] = {"specialist": specialist}
    return written


def _answer(at: Here, chart: Chart, form: TypedForm, written: dict[str, Any]) -> None:
    assert chart.signed is not None
    try:
        outcome = try_change(at.app, at.actor, chart.episode_id, written)
    except InputRefused as refused:
        show.faults(readable_faults(refused.faults))
        return
    if isinstance(outcome, Refusal):
        show_refusal(outcome, at.app.protocols, key=form.key("result"))
        return
    _soon_after_seizure(at, chart, outcome)
    show_plan(
        outcome,
        at.app.protocols,
        key=form.key("result"),
        beside=chart.signed.plan,
        beside_name=name_in_force(chart),
    )
    if st.button("Propose the change", type="primary", key=form.key("propose")):
        try:
            propose_change(at.app, at.actor, chart.episode_id, written, entry_id=form.entry_id)
        except InputRefused as refused:
            show.faults(readable_faults(refused.faults))
            return
        form.done()
        show.done_after_rerun("Proposed as the next version. It is not in force until a physician signs it.")
        st.rerun()


def _soon_after_seizure(at: Here, chart: Chart, plan: Plan) -> None:
    """Signing would refuse it; better said before."""
    earliest = earliest_cut_after_seizure(at.app, chart)
    first = next((step for step in plan.steps if step.kind in ("cut", "stop") and step.starts_on >= chart.today), None)
    if earliest and first and first.starts_on < earliest:
        st.error(
            f"The first cut on {date_text(first.starts_on)} comes too soon after the seizure: no cut before "
            f"{date_text(earliest)}. This cannot be signed; give more days without a cut."
        )


def after_seizure(at: Here, chart: Chart) -> None:
    """What a charted seizure means for every plan from now on."""
    earliest = earliest_cut_after_seizure(at.app, chart)
    if earliest is None:
        return
    limit = at.app.protocols.limits.after_seizure_no_cut
    named = chart.facts.specialist
    who = f"Specialist named: {named}." if named else "A specialist's name is needed; enter it under Restabilise."
    text = (
        f"After the seizure no cut before {date_text(earliest)} ({limit.days} days; "
        f"{cited_words(limit, at.app.protocols)}). {who}"
    )
    st.warning(show.plain_text(text))
