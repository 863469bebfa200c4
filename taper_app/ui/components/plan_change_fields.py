"""The fields of a change: of each kind only its own, and every one keeps what was typed when another is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import streamlit as st

from taper_app.clinical.planning.answer import Plan, Step
from taper_app.clinical.protocol.library import Protocols
from taper_app.ui.components import plan_change_begin as begin
from taper_app.ui.components import show
from taper_app.ui.components.medicine_words import label_of
from taper_app.ui.components.plan_how import CROSSOVER_WORDS
from taper_app.ui.components.plan_made_from import tick_boxes
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.ui.components.plan_words import daily_words
from taper_app.ui.components.protocol_words import cited_words
from taper_app.ui.components.times import date_text
from taper_app.use_cases.chart import Chart

_BY_DAYS, _BY_TIMES = "days", "times"
_MISSED_BY = {_BY_DAYS: "whole days", _BY_TIMES: "from one time to another"}


@dataclass(frozen=True)
class Changing:
    """The form of a change of ``plan``, the version in force. ``on`` is the day that stands in the form."""

    form: TypedForm
    chart: Chart
    plan: Plan
    protocols: Protocols

    @property
    def first_day(self) -> date:
        return begin.first_day(self.chart.today, self.plan)

    @property
    def on(self) -> date:
        written = self.form.value("on")
        return date.fromisoformat(written) if isinstance(written, str) and written else written or self.first_day


def fields(changing: Changing, kind: str) -> None:
    """The day, the kind's own fields, then the reason and one to override a refusal."""
    form = changing.form
    st.date_input("From the day", format="YYYY-MM-DD", width=260, **form.day("on", changing.first_day))
    if own := _OWN_FIELDS.get(kind):
        own(changing)
    st.text_input("Reason", max_chars=400, **form.text("reason"))
    override = "Reason to override a refusal (only when one is given)"
    st.text_input(override, max_chars=400, **form.text("override_reason"))


def _keep_days(changing: Changing) -> None:
    _cut, every_days = begin.pace_of_now(changing.plan)
    st.text_input("Days longer", width=260, **changing.form.text("days", every_days))


def _slow(changing: Changing) -> None:
    _pace(changing, "slow", begin.gentle_pace(changing.chart, changing.plan, changing.protocols))


def _speed_up(changing: Changing) -> None:
    _pace(changing, "speed_up", begin.pace_of_now(changing.plan))


def _pace(changing: Changing, kind: str, begins_with: tuple[str, str]) -> None:
    """Only the interval where the protocol does not cut by percent."""
    form, cuts_by_percent = changing.form, begin.cuts_by_percent(changing.plan, changing.protocols)
    cut, days = begins_with
    left, right = st.columns(2)
    if cuts_by_percent:
        left.text_input("Cut each time, in percent", **form.text(f"{kind}_cut_percent", cut))
    (right if cuts_by_percent else left).text_input("Every … days", **form.text(f"{kind}_every_days", days))
    now_cut, now_days = begin.pace_of_now(changing.plan)
    cut_words = f"{now_cut} % " if cuts_by_percent and now_cut else ""
    if now_days:
        st.markdown(f"Now: {cut_words}every {now_days} days.")


def _step_back(changing: Changing) -> None:
    steps = begin.steps_to_go_back_to(changing.plan, changing.on)
    if not steps:
        st.info("No step before that day gave more than is taken now. Order a dose under Restabilise.")
        return
    by_number = {step.number: step for step in steps}
    numbers = changing.form.listed("to_step", list(by_number), steps[0].number)
    st.selectbox("Step to go back to", format_func=lambda number: _step_label(by_number[number]), **numbers)


def _step_label(step: Step) -> str:
    return f"step {step.number}: {daily_words(step.daily_mg)} a day, from {date_text(step.starts_on)}"


def _restabilise(changing: Changing) -> None:
    form, chart, protocols = changing.form, changing.chart, changing.protocols
    cut, every_days = begin.gentle_pace(chart, changing.plan, protocols)
    limit = protocols.limits.after_seizure_no_cut
    dose, days, times = st.columns(3)
    dose.text_input("Daily dose in mg", **form.text("daily_mg", begin.tolerated_mg(chart)))
    days.text_input("Days without a cut", **form.text("keep_days", str(limit.days)))
    now = ", ".join(sorted(changing.plan.request.times or ()))
    times.text_input("Times of day", placeholder=f"empty: {now}" if now else "", **form.text("restabilise_times"))
    first, second, name = st.columns(3)
    if begin.cuts_by_percent(changing.plan, protocols):
        first.text_input("Then cut each time, in percent", **form.text("cut_percent", cut))
    second.text_input("Every … days", **form.text("every_days", every_days))
    name.text_input("Specialist's name", max_chars=120, **form.text("specialist", chart.facts.specialist or ""))
    words = f"{limit.days} days without a cut after a seizure ({cited_words(limit, protocols)})"
    st.markdown(show.plain_text(f"Filled in: {words}."))


def _maintain(changing: Changing) -> None:
    present = begin.present_mg(changing.plan, changing.first_day)
    st.text_input("Daily dose in mg to stay on", width=260, **changing.form.text("maintain_daily_mg", present))


def _change_products(changing: Changing) -> None:
    st.markdown("Tick what there is from that day on. What the plan is made from now is ticked.")
    now = set(changing.plan.request.products or ())
    products = begin.products_at_hand(changing.plan, changing.on, changing.protocols)
    tick_boxes(changing.form, changing.protocols, products, lambda product: product.id in now)


def _change_medicine(changing: Changing) -> None:
    form, protocols = changing.form, changing.protocols
    medicine, table = st.columns(2)
    others = begin.other_medicines(changing.plan, changing.on, protocols)
    medicine.selectbox(
        "Medicine to change to",
        format_func=lambda name: label_of(name, protocols),
        **form.listed("taper_drug", others, others[0] if others else None),
    )
    names = {one.id: one.name for one in protocols.equivalence.values()}
    table.selectbox(
        "Table of equivalents, to convert with",
        format_func=names.__getitem__,
        placeholder="Name the table",
        **form.listed("equivalence", list(names), changing.plan.equivalence),
    )
    slot = protocols.limits.crossover_slot
    st.markdown(CROSSOVER_WORDS.format(least=slot.at_least_days, most=slot.at_most_days))


def _missed(changing: Changing) -> None:
    """Two days, or two moments where the hours between matter."""
    form = changing.form
    by = form.chosen("missed_by", list(_MISSED_BY), _BY_DAYS)
    chosen = st.segmented_control("Missed", format_func=_MISSED_BY.__getitem__, required=True, **by)
    yesterday = begin.last_day_missed(changing.first_day, changing.plan)
    if chosen == _BY_TIMES:
        first, at, again, again_at = st.columns(4, vertical_alignment="bottom")
        first.date_input("First missed dose: day", format="YYYY-MM-DD", **form.day("missed_from", yesterday))
        at.text_input("its time", placeholder="such as 20:00", **form.text("missed_from_time"))
        again.date_input("Taken again: day", format="YYYY-MM-DD", **form.day("missed_again", changing.first_day))
        again_at.text_input("at", placeholder="such as 08:00", **form.text("missed_again_time"))
    else:
        first, last = st.columns(2)
        first.date_input("First day missed", format="YYYY-MM-DD", **form.day("missed_from", yesterday))
        last.date_input("Last day missed", format="YYYY-MM-DD", **form.day("missed_to", yesterday))
    st.markdown("“From the day” above is the day on which doses are taken again.")


#: Keeping until reviewed and resuming ask for the day and the reason alone.
_OWN_FIELDS: Mapping[str, Callable[[Changing], None]] = {
    "keep_days": _keep_days,
    "slow": _slow,
    "step_back": _step_back,
    "restabilise": _restabilise,
    "speed_up": _speed_up,
    "maintain": _maintain,
    "change_products": _change_products,
    "change_medicine": _change_medicine,
    "missed": _missed,
}
