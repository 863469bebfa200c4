"""The three blocks of a plan request: what is taken now, how to taper, what it can be made from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import streamlit as st

from taper_app.clinical.answers import Answer
from taper_app.clinical.planning.request import PatientFacts
from taper_app.clinical.protocol.library import Protocols, StockedProduct
from taper_app.clinical.protocol.medicines import Form, Split
from taper_app.clinical.protocol.tapers import PacePercentOfCurrent, PublishedTaper
from taper_app.clinical.quantities import mg_text, parse_mg, plain, rounded
from taper_app.ui.components import show
from taper_app.ui.components.plan_typed import TypedForm
from taper_app.ui.components.plan_words import (
    LOCAL_READING,
    NOT_REVIEWED,
    cited_words,
    pace_words,
    product_words,
    table_range,
    table_words,
)
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.plan_taper import facts_for_plan

MOST_LINES = 8
_SOURCES = {"prescribed": "prescribed", "reported": "reported by the patient", "non_prescribed": "not prescribed"}
_SPLITS = {"none": "whole pieces only", "half": "halves", "quarter": "quarters"}
_SETTINGS = {"community": "community: first cut on the start day", "inpatient": "ward throughout: stabilise first"}
_TARGETS = {"zero": "to zero", "dose": "to a lower dose"}
_NO_TABLE = "range"


def blocks(form: TypedForm, chart: Chart, protocols: Protocols) -> None:
    """Draw the three blocks; their values stay in the form."""
    with st.container(border=True):
        st.subheader("1 What is taken now", anchor=False)
        _present_use(form, chart, protocols)
    with st.container(border=True):
        st.subheader("2 How to taper", anchor=False)
        _how(form, chart, protocols)
    with st.container(border=True):
        st.subheader("3 What we can make it from", anchor=False)
        _made_from(form, protocols)


def asked(form: TypedForm, protocols: Protocols) -> dict[str, Any]:
    """The request as it stands in the form: numbers as they were typed, so that the request judges them."""
    written: dict[str, Any] = {
        "current": _lines(form),
        "protocol": form.typed("protocol"),
        "start_on": form.value("start_on").isoformat() if form.value("start_on") else "",
        "target_daily_mg": form.typed("target_mg") if form.value("target") == "dose" else "0",
        "setting": form.value("setting") or "community",
        "split": form.value("split") or Split.HALF.value,
        "products": [p.id for p in _offered(form, protocols) if form.value(f"product-{p.id}")],
        "times": [time.strip() for time in form.typed("times").split(",") if time.strip()] or None,
        "equivalence": None if form.value("equivalence") == _NO_TABLE else form.value("equivalence"),
        "override_reason": form.typed("override_reason") or None,
        "taper_drug": form.value("taper_drug") or None,
    }
    taper = protocols.tapers[written["protocol"]]
    if cut := form.typed("cut"):
        written["cut_percent" if taper.pace.model == "percent_of_current" else "cut_mg"] = cut
    if days := form.typed("every_days"):
        written["every_days"] = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else days
    return written


def values_of(change: Mapping[str, Any], form: TypedForm, protocols: Protocols) -> dict[str, Any]:
    """The form's values that a remedy's change to the request fills in."""
    values: dict[str, Any] = {}
    for name, value in change.items():
        if name == "products":
            medicines = {product.medicine for product in map(protocols.product, value) if product}
            offered = [
                p for medicine in {*medicines, *_medicines(form, protocols)} for p in protocols.products_of(medicine)
            ]
            values |= {f"product-{product.id}": product.id in value for product in offered}
        elif name == "target_daily_mg":
            values |= {"target": "zero" if value == "0" else "dose", "target_mg": "" if value == "0" else str(value)}
        elif name in ("cut_percent", "cut_mg"):
            values["cut"] = str(value or "")
        elif name == "every_days":
            values["every_days"] = str(value or "")
        elif name in ("taper_drug", "equivalence", "setting", "protocol"):
            values[name] = value
    return values


def _present_use(form: TypedForm, chart: Chart, protocols: Protocols) -> None:
    charted = chart.current_use.lines if chart.current_use else ()
    count = int(form.first("lines", max(len(charted), 1)))
    if not charted:
        st.warning("No present use is charted. Write down what is taken, and by whose word.")
    brands = ", ".join(sorted(m.name for m in protocols.medicines.values()))
    for index in range(count):
        line = charted[index] if index < len(charted) else None
        drug, mg, time, source = st.columns([3, 2, 2, 3], vertical_alignment="bottom")
        drug.text_input(
            f"Line {index + 1}: medicine",
            help=f"Generic or brand name: {brands} and their brands.",
            **form.text(f"drug-{index}", line.drug if line else ""),
        )
        mg.text_input("Dose in mg", **form.text(f"mg-{index}", plain(line.mg) if line else ""))
        time.text_input("Time", **form.text(f"time-{index}", line.time if line else ""))
        source.selectbox(
            "By whose word",
            format_func=lambda name: _SOURCES[name],
            **form.listed(f"source-{index}", list(_SOURCES), line.source.value if line else "prescribed"),
        )
    with st.container(horizontal=True):
        _line_buttons(form, count)
    _equivalents(form, count, protocols)
    _facts(facts_for_plan(chart))


def _line_buttons(form: TypedForm, count: int) -> None:
    def set_lines(number: int) -> None:
        form.set_values({"lines": number}, built=False)

    if count < MOST_LINES:
        st.button("Add a line", key=form.key("add-line"), on_click=set_lines, args=(count + 1,))
    if count > 1:
        st.button("Remove the last line", key=form.key("remove-line"), on_click=set_lines, args=(count - 1,))


def _lines(form: TypedForm) -> list[dict[str, str]]:
    return [
        {
            "drug": form.typed(f"drug-{index}"),
            "mg": form.typed(f"mg-{index}"),
            "time": form.typed(f"time-{index}"),
            "source": form.typed(f"source-{index}") or "prescribed",
        }
        for index in range(int(form.value("lines") or 1))
    ]


def _daily(form: TypedForm, protocols: Protocols) -> dict[str, Decimal] | None:
    """The day's milligrams by medicine; None while a line cannot be read."""
    daily: dict[str, Decimal] = {}
    for line in _lines(form):
        medicine = protocols.medicine_named(line["drug"])
        try:
            mg = parse_mg(line["mg"])
        except ValueError:
            return None
        if medicine is None:
            return None
        daily[medicine.id] = daily.get(medicine.id, Decimal(0)) + mg
    return daily


def _equivalents(form: TypedForm, count: int, protocols: Protocols) -> None:
    daily = _daily(form, protocols)
    if daily is None:
        st.markdown("The diazepam equivalents appear when each line has a known medicine and a dose such as 0.5.")
        return
    tables = list(protocols.equivalence.values())
    ranges = [table_range(table, daily) for table in tables if all(table.entry(name) for name in daily)]
    names = "; ".join(table_words(table, daily) for table in tables)
    total = " and ".join(f"{medicine} {mg_text(mg)}" for medicine, mg in daily.items())
    if ranges:
        low, high = min(low for low, _high in ranges), max(high for _low, high in ranges)
        span = mg_text(rounded(low, 1)) + (f" to {mg_text(rounded(high, 1))}" if high > low else "")
        st.markdown(f"**{total} a day is {span} diazepam-equivalent.** {show.plain_text(names)}.")
    else:
        st.markdown(f"**{total} a day.** No shipped table lists all of it: {show.plain_text(names)}.")


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


def _how(form: TypedForm, chart: Chart, protocols: Protocols) -> None:
    tapers = protocols.tapers
    facts = facts_for_plan(chart)
    default = protocols.limits.ceiling_protocol

    def another_protocol() -> None:
        chosen = tapers[str(form.value("protocol"))]
        form.set_values(_pace_defaults(chosen, facts, protocols), built=False)

    shown = form.listed("protocol", list(tapers), default) | {"on_change": another_protocol}
    protocol = st.selectbox("Protocol", format_func=lambda i: tapers[i].name, **shown)
    taper = tapers[str(protocol)]
    reviewed = f"Signed by {taper.reviewed.by}." if taper.reviewed else NOT_REVIEWED
    percent = taper.pace.model == "percent_of_current"
    st.markdown(show.plain_text(f"{pace_words(taper, protocols)} {reviewed} {LOCAL_READING if percent else ''}"))
    pace = _pace_defaults(taper, facts, protocols)
    cut, days, start = st.columns(3)
    unit = "% of the dose taken now" if percent else "mg"
    cut.text_input(
        f"Cut each time, {unit}",
        placeholder=_left_empty(pace["cut"]),
        **form.text("cut", pace["cut"]),
    )
    days.text_input(
        "Every … days",
        placeholder=_left_empty(pace["every_days"]),
        **form.text("every_days", pace["every_days"]),
    )
    start.date_input("Start on", format="YYYY-MM-DD", **form.day("start_on", chart.today))
    if facts.seizure_history is Answer.YES:
        pace_limit = protocols.limits.seizure_history_pace
        slow = cited_words(pace_limit, protocols)
        at_most = f"{plain(pace_limit.at_most_cut_percent)} % every {pace_limit.at_least_every_days} days"
        st.markdown(f"With a seizure history a cut is at most {at_most} ({slow}).")
    _target_and_times(form, chart)
    _conversion(form, chart, protocols)
    st.text_input(
        "Reason to override a refusal (only when one is given)",
        max_chars=400,
        **form.text("override_reason"),
    )


def _left_empty(default: str) -> str:
    """What an empty field of the pace means."""
    return f"empty: {default}" if default else "the protocol's own"


def _pace_defaults(taper: PublishedTaper, facts: PatientFacts, protocols: Protocols) -> dict[str, str]:
    """The protocol's own pace; the gentler one from its age on, or with a seizure history."""
    pace = taper.pace
    if not isinstance(pace, PacePercentOfCurrent):
        cut = "" if pace.model == "ladder" else plain(pace.cut_mg)
        return {"cut": cut, "every_days": str(pace.every_days)}
    percent, days = pace.cut_percent, pace.every_days
    older = taper.older_adults
    if older and facts.age_years is not None and facts.age_years >= older.from_age_years:
        percent, days = older.cut_percent, older.every_days or days
    slow = protocols.limits.seizure_history_pace
    if facts.seizure_history is Answer.YES:
        percent, days = min(percent, slow.at_most_cut_percent), max(days, slow.at_least_every_days)
    return {"cut": plain(percent), "every_days": str(days)}


def _target_and_times(form: TypedForm, chart: Chart) -> None:
    target, dose, times = st.columns(3)
    targets = form.chosen("target", list(_TARGETS), "zero")
    chosen = target.segmented_control("Taper", format_func=_TARGETS.__getitem__, required=True, **targets)
    if chosen == "dose":
        dose.text_input("Lowest daily dose in mg", **form.text("target_mg"))
    charted = sorted({line.time for line in chart.current_use.lines}) if chart.current_use else []
    times.text_input(
        "Times of day",
        help="With commas, such as 08:00, 20:00.",
        **form.text("times", ", ".join(charted[:4])),
    )
    st.segmented_control(
        "Where the taper runs",
        format_func=_SETTINGS.__getitem__,
        required=True,
        **form.chosen("setting", list(_SETTINGS), "community"),
    )


def _conversion(form: TypedForm, chart: Chart, protocols: Protocols) -> None:
    medicine, table = st.columns(2)
    present = _charted_medicines(chart, protocols)
    medicine.selectbox(
        "Medicine to taper with",
        format_func=lambda name: protocols.medicines[name].name,
        **form.listed("taper_drug", list(protocols.medicines), [*present, *protocols.medicines][0]),
    )
    names = {_NO_TABLE: "none: show the range of all tables"} | {t.id: t.name for t in protocols.equivalence.values()}
    table.selectbox(
        "Table of equivalents, to convert with",
        format_func=names.__getitem__,
        **form.listed("equivalence", list(names), _NO_TABLE),
    )


def _charted_medicines(chart: Chart, protocols: Protocols) -> list[str]:
    lines = chart.current_use.lines if chart.current_use else ()
    found = [medicine.id for line in lines if (medicine := protocols.medicine_named(line.drug))]
    return list(dict.fromkeys(found))


def _medicines(form: TypedForm, protocols: Protocols) -> list[str]:
    """The medicines of the request: those taken now and the one to taper with."""
    taken = [medicine.id for line in _lines(form) if (medicine := protocols.medicine_named(line["drug"]))]
    return list(dict.fromkeys([*taken, str(form.value("taper_drug"))]))


def _offered(form: TypedForm, protocols: Protocols) -> list[StockedProduct]:
    return [product for medicine in _medicines(form, protocols) for product in protocols.products_of(medicine)]


def _made_from(form: TypedForm, protocols: Protocols) -> None:
    st.markdown("Tick what the pharmacy has. Scoring differs between makers: look at the tablet in hand.")
    left, right = st.columns(2)
    for index, product in enumerate(_offered(form, protocols)):
        is_plain = product.product.form in (Form.TABLET, Form.CAPSULE)
        (left if index % 2 == 0 else right).checkbox(
            product_words(product), **form.ticked(f"product-{product.id}", is_plain)
        )
    st.segmented_control(
        "Smallest part that may be given",
        format_func=_SPLITS.__getitem__,
        required=True,
        **form.chosen("split", list(_SPLITS), Split.HALF.value),
    )
