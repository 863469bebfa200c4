"""What differs between two plans, in words and rows: two candidates, or the version in force and a change of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from taper_app.clinical.planning.amend.standing import is_suspended
from taper_app.clinical.planning.answer import Plan, Step
from taper_app.clinical.planning.candidates import CandidateFigures, figures_of
from taper_app.clinical.planning.dispensing.after_change import taken_between
from taper_app.clinical.planning.dispensing.periods import Period
from taper_app.clinical.planning.dispensing.words import amount_words
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import mg_text, percent_text
from taper_app.ui.components import show
from taper_app.ui.components.medicine_words import product_words
from taper_app.ui.components.plan_words import code_words, daily_words, steps_words
from taper_app.ui.components.times import date_text

DIFFERS = "≠"
NO_END = "no end is planned"


def in_a_sentence(one: Plan, other: Plan, *, names: tuple[str, str]) -> str:
    """Which of the two makes its last change first, and by how much; or which of them has no end."""
    if open_ended := [name for plan, name in zip((one, other), names, strict=True) if is_suspended(plan)]:
        what = "keep their dose" if len(open_ended) > 1 else "keeps its dose"
        return (
            f"{_capital(' and '.join(open_ended))} {what}, no cut, until a prescriber has reviewed: no end is planned."
        )
    days = (other.steps[-1].starts_on - one.steps[-1].starts_on).days
    if days == 0:
        return "Both make their last change on the same day."
    first, then = names if days > 0 else (names[1], names[0])
    return f"{_capital(first)} makes its last change {abs(days)} days before {then}."


def difference_rows(
    one: Plan, other: Plan, protocols: Protocols, *, names: tuple[str, str], since: date | None = None
) -> list[dict[str, str]]:
    """One row a figure, with both plans' values; a mark where they differ. ``since``: what is counted from there on."""
    left, right = _values(one, protocols, since), _values(other, protocols, since)
    return [_row(name, left[name], right[name], names) for name in left]


def dose_rows(one: Plan, other: Plan, *, names: tuple[str, str], since: date) -> list[dict[str, str]]:
    """The daily dose of both on each day from ``since`` on at which either of them changes."""
    days = sorted({since, *(step.starts_on for plan in (one, other) for step in plan.steps if step.starts_on > since)})
    return [_row(date_text(day), _dose_on(one, day), _dose_on(other, day), names, heading="From") for day in days]


def table(rows: list[dict[str, str]], *, alt: str) -> None:
    """People's words in it are kept from being read as markup."""
    safe = [{name: show.unbroken(show.plain_text(text)) for name, text in row.items()} for row in rows]
    st.table(safe, hide_index=True, alt=alt)


def _row(what: str, left: str, right: str, names: tuple[str, str], *, heading: str = "") -> dict[str, str]:
    differs = "" if left == right else DIFFERS
    return {heading: what, _capital(names[0]): left, _capital(names[1]): right, "Differs": differs}


def _capital(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}"


def _values(plan: Plan, protocols: Protocols, since: date | None) -> Mapping[str, str]:
    found = figures_of(plan, protocols)
    taper = protocols.tapers.get(plan.protocol.id)
    values = {
        "Protocol": taper.name if taper else plan.protocol.id,
        "Pace": _pace_words(plan),
        "Next change": _next_change(plan, since or plan.starts_on),
        "Ends": _end_words(plan, found),
        "Days until the last change": (
            NO_END if is_suspended(plan) else str((found.last_change_on - plan.starts_on).days)
        ),
        "Steps": str(found.steps),
        "Biggest cut before the end": _cut_words(found.biggest_cut),
        "Above the ceiling": _breaches(plan),
        "Most pieces in a day": str(found.most_pieces_a_day),
        "Warnings to sign": ", ".join(code_words(code) for code in found.codes_to_sign) or "none",
        "Products needed": ", ".join(product_words(product, protocols) for product in found.products) or "none",
    }
    if since is not None:
        values["Tablets from then on"] = _tablets(plan, since, protocols)
    else:
        del values["Next change"]
    return values


def _pace_words(plan: Plan) -> str:
    request = plan.request
    if request.cut_percent is not None:
        cut = f"{percent_text(request.cut_percent)} % "
    else:
        cut = "" if request.cut_mg is None else f"{mg_text(request.cut_mg)} "
    every = f"every {request.every_days} days" if request.every_days else "as printed"
    return f"{cut}{every}"


def _next_change(plan: Plan, since: date) -> str:
    """The first day from ``since`` on whose daily dose is another one than the day before's."""
    steps = [step for step in plan.steps if step.starts_on >= since]
    before = next((step for step in reversed(plan.steps) if step.starts_on < since), None)
    daily_mg = before.daily_mg if before else plan.starting_daily_mg
    found = next((step for step in steps if step.daily_mg != daily_mg), None)
    return f"{date_text(found.starts_on)}: {_daily(found)}" if found else "none"


def _end_words(plan: Plan, found: CandidateFigures) -> str:
    if found.first_day_without_drug:
        return f"first day without {date_text(found.first_day_without_drug)}"
    until = ", until a prescriber has reviewed" if is_suspended(plan) else ""
    return f"keeps {_daily(plan.steps[-1])} from {date_text(found.last_change_on)}{until}"


def _cut_words(cut: Step | None) -> str:
    return f"{percent_text(cut.cut_percent_of_current)} % (step {cut.number})" if cut else "no cut"


def _breaches(plan: Plan) -> str:
    steps = sorted({warning.step for warning in plan.warnings if "ceiling" in warning.code and warning.step})
    return steps_words(steps) if steps else "nowhere"


def _tablets(plan: Plan, since: date, protocols: Protocols) -> str:
    """What the doses take from that day to the last one that is planned; halves are counted as halves."""
    if is_suspended(plan):
        return NO_END
    last = max((step.ends_on for step in plan.steps if step.ends_on is not None), default=since)
    taken = taken_between(plan.steps, Period(since, last)) if last >= since else {}
    return "; ".join(amount_words(product, taken[product], protocols) for product in sorted(taken)) or "none"


def _dose_on(plan: Plan, day: date) -> str:
    step = plan.step_on(day)
    return _daily(step) if step else daily_words(plan.starting_daily_mg)


def _daily(step: Step) -> str:
    return daily_words(step.daily_mg)
