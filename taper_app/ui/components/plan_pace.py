"""The pace on the Plan page: only the fields that the protocol's model takes, filled with what it prints."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from taper_app.clinical.answers import Answer
from taper_app.clinical.planning.request import PatientFacts
from taper_app.clinical.planning.request_faults import EARLIEST_START, LATEST_START
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.tapers import (
    Pace,
    PaceFixedMg,
    PaceLadder,
    PaceOccupancy,
    PacePercentOfCurrent,
    PacePercentOfStart,
    PaceTable,
    PublishedTaper,
)
from taper_app.clinical.quantities import plain
from taper_app.ui.components.plan_request import BY_DATE, BY_PACE, pace_field
from taper_app.ui.components.plan_typed import TypedForm

_AS_PRINTED = "empty: as printed"
_FOUND = "empty: the slowest that ends in time"


_PACE_BY = {BY_PACE: "at this pace", BY_DATE: "off by a date"}
_NO_FIGURES = {"cut": "", "every_days": ""}


def pace_fields(form: TypedForm, taper: PublishedTaper, facts: PatientFacts, protocols: Protocols) -> None:
    """By which day, or at which pace; the figures of the second begin with the protocol's own."""
    by = form.chosen("pace_by", list(_PACE_BY), BY_PACE)
    if st.segmented_control("How fast", format_func=_PACE_BY.__getitem__, required=True, **by) == BY_PACE:
        _figures(form, taper, pace_begins_with(taper, facts, protocols), by_date=False)
        return
    st.date_input(
        "Off by (the first day without, or on the lowest dose, at the latest)",
        format="YYYY-MM-DD",
        min_value=EARLIEST_START,
        max_value=LATEST_START,
        **form.day("ends_by", None),
    )
    st.markdown("The slowest pace that ends by then is looked for, within what the protocol prints.")
    _figures(form, taper, _NO_FIGURES, by_date=True)


def _figures(form: TypedForm, taper: PublishedTaper, begin: Mapping[str, str], *, by_date: bool) -> None:
    """The cut in percent or in mg, or none for a printed table; then the interval."""
    cut, days = st.columns(2)
    label = cut_label(taper.pace)
    shown = form.text(pace_field("cut", by_date), begin["cut"])
    if label:
        cut.text_input(label, placeholder=_placeholder(begin["cut"], by_date), **shown)
    else:
        cut.markdown("The doses are printed one by one; there is no cut to choose.")
    days.text_input(
        "Every … days",
        placeholder=_placeholder(begin["every_days"], by_date),
        **form.text(pace_field("every_days", by_date), begin["every_days"]),
    )


def cut_label(pace: Pace) -> str:
    """What the cut is counted in; empty for a table, which takes none."""
    match pace:
        case PacePercentOfCurrent():
            return "Cut each time, % of the dose taken now"
        case PacePercentOfStart():
            return "Cut each time, % of the dose that the cuts began from"
        case PaceOccupancy():
            return "Cut each time, percentage points of occupancy"
        case PaceFixedMg() | PaceLadder():
            return f"Cut each time, mg {pace.medicine}"
        case PaceTable():
            return ""


def pace_begins_with(taper: PublishedTaper, facts: PatientFacts, protocols: Protocols) -> dict[str, str]:
    """The protocol's own cut and interval as text; empty where the source prints one a band or a row."""
    match taper.pace:
        case PacePercentOfCurrent() as pace:
            return _gentler(pace, taper, facts, protocols)
        case PacePercentOfStart() | PaceOccupancy() as pace:
            return {"cut": plain(pace.cut_percent), "every_days": str(pace.every_days)}
        case PaceFixedMg() as pace:
            return {"cut": plain(pace.cut_mg), "every_days": str(pace.every_days)}
        case PaceLadder() as pace:
            own_days = any(band.every_days for band in pace.bands)
            return {"cut": "", "every_days": "" if own_days else str(pace.every_days)}
        case PaceTable():
            return {"cut": "", "every_days": ""}


def _gentler(
    pace: PacePercentOfCurrent, taper: PublishedTaper, facts: PatientFacts, protocols: Protocols
) -> dict[str, str]:
    """The gentler pace from the protocol's age on, and with a seizure history."""
    percent, days = pace.cut_percent, pace.every_days
    older = taper.older_adults
    if older and facts.age_years is not None and facts.age_years >= older.from_age_years:
        percent, days = older.cut_percent, older.every_days or days
    slow = protocols.limits.seizure_history_pace
    if facts.seizure_history is Answer.YES:
        percent, days = min(percent, slow.at_most_cut_percent), max(days, slow.at_least_every_days)
    return {"cut": plain(percent), "every_days": str(days)}


def _placeholder(begin: str, by_date: bool) -> str:
    """What an empty field means."""
    if by_date:
        return _FOUND
    return f"empty: {begin}" if begin else _AS_PRINTED
