"""What was built: the plan with its figures, warnings, chart and steps; or the refusal with its remedies as buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from taper_app.clinical.planning.amend.standing import is_suspended
from taper_app.clinical.planning.answer import Plan, Refusal, Severity
from taper_app.clinical.planning.candidates import figures_of
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import mg_text, percent_text
from taper_app.ui.components import show
from taper_app.ui.components.plan_pick_ups import pick_ups
from taper_app.ui.components.plan_words import (
    code_words,
    daily_words,
    length_words,
    steps_words,
    warnings_by_code,
)
from taper_app.ui.components.protocol_words import LOCAL_READING, NOT_REVIEWED, marks_of, source_words
from taper_app.ui.components.schedule_table import schedule
from taper_app.ui.components.times import date_text, with_dates
from taper_app.ui.figures.look import CONFIG
from taper_app.ui.figures.plan_band import end_zone_of
from taper_app.ui.figures.plan_steps import plan_alt, plan_figure

_MARKS = {Severity.SIGN: "▲ To sign by name", Severity.WARN: "△ Weigh", Severity.INFO: "○ Note"}


def plan_sentence(plan: Plan) -> str:
    """From what to what, how long, and the first day without."""
    first_without = plan.first_day_without_drug
    if first_without:
        end = f"first day without: {date_text(first_without)}"
    else:
        last = plan.steps[-1]
        until = ", no cut, until a prescriber has reviewed" if is_suspended(plan) else ""
        end = f"stays on {daily_words(last.daily_mg)} a day from {date_text(last.starts_on)}{until}"
    return (
        f"From {daily_words(plan.starting_daily_mg)} a day, starting {date_text(plan.starts_on)}: "
        f"{len(plan.steps)} steps over {length_words(plan)}; {end}."
    )


def plan_numbers(plan: Plan, protocols: Protocols) -> str:
    """The biggest cut, the pieces a day and what has to be signed, in one line."""
    found = figures_of(plan, protocols)
    cut = found.biggest_cut
    biggest = f"biggest cut {percent_text(cut.cut_percent_of_current)} % (step {cut.number})" if cut else "no cut"
    signs = len(found.codes_to_sign)
    to_sign = "nothing to sign by name" if not signs else f"{signs} warning{'s' if signs > 1 else ''} to sign by name"
    return f"{biggest[0].upper()}{biggest[1:]} · at most {found.most_pieces_a_day} pieces a day · {to_sign}"


def show_plan(plan: Plan, protocols: WardProtocols, *, key: str) -> None:
    """The sentence first, then warnings, the chart, and the table behind it."""
    st.markdown(f"**{show.plain_text(plan_sentence(plan))}**")
    st.markdown(show.plain_text(plan_numbers(plan, protocols)))
    protocol_line(plan, protocols)
    warnings(plan, protocols)
    zone = end_zone_of(plan, protocols)
    figure = plan_figure(plan, end_zone=zone)
    st.plotly_chart(figure, theme=None, config=CONFIG, key=f"{key}-chart", alt=plan_alt(plan))
    schedule(plan, protocols, alt="Every step of the plan")
    pick_ups(plan, protocols)


def protocol_line(plan: Plan, protocols: Protocols) -> None:
    """Which protocol made it, that it is unsigned, and the local reading of its percentage."""
    taper = protocols.tapers.get(plan.protocol.id)
    name = taper.name if taper else plan.protocol.id
    words = [f"Protocol {name}, version {plan.protocol.version}."]
    if taper is None or taper.reviewed is None:
        words.append(NOT_REVIEWED)
    if taper and taper.pace.model == "percent_of_current":
        words.append(LOCAL_READING)
    words.extend(f"{mark[0].upper()}{mark[1:]}." for mark in (marks_of(taper) if taper else ()))
    if plan.equivalence:
        words.append(f"Converted by {protocols.equivalence[plan.equivalence].name}.")
    st.markdown(show.plain_text(" ".join(words)))


def warnings(plan: Plan, protocols: Protocols) -> None:
    """Every warning, those to sign first; the same code once, with its steps."""
    order = (Severity.SIGN, Severity.WARN, Severity.INFO)
    for severity in order:
        for code, found in warnings_by_code(w for w in plan.warnings if w.severity is severity).items():
            steps = [warning.step for warning in found if warning.step]
            lines = "\n".join(
                f"- {f'Step {warning.step}: ' if warning.step else ''}{show.plain_text(with_dates(warning.message))} "
                f"({show.plain_text(source_words(warning.source, protocols))})"
                for warning in found
            )
            with st.expander(
                f"{_MARKS[severity]}: {code_words(code)} ({steps_words(steps)})", expanded=severity is Severity.SIGN
            ):
                st.markdown(lines)


def show_refusal(
    refusal: Refusal,
    protocols: Protocols,
    *,
    key: str,
    apply: Callable[[Mapping[str, Any]], None] | None = None,
) -> None:
    """The reason, what was broken, and one button a remedy: it fills the form and builds again."""
    st.error(f"Refused. {show.plain_text(with_dates(refusal.message))}")
    for limit in refusal.limits:
        where = f" at {mg_text(limit.at_daily_mg)} a day" if limit.at_daily_mg is not None else ""
        text = (
            f"Limit: {limit.limit}; this request needs {limit.needed}{where} ({source_words(limit.source, protocols)})."
        )
        st.markdown(show.plain_text(with_dates(text)))
    if refusal.remedies and apply is not None:
        st.markdown("Each of these was tried and gives a plan:")
        for index, remedy in enumerate(refusal.remedies):
            st.button(with_dates(remedy.message), key=f"{key}-remedy-{index}", on_click=apply, args=(remedy.change,))
    if refusal.whom_to_ask:
        st.markdown(f"Ask: {show.plain_text(refusal.whom_to_ask)}")
