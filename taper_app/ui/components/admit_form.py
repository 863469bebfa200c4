"""The admission form: identity, bed, present use, and the facts that a taper needs. Not assessed is the default."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from taper_app.clinical.records import Unit
from taper_app.store.interface import Draft
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.facts_form import fact_fields
from taper_app.ui.components.form_widgets import FormWidgets, KeyedFields
from taper_app.ui.components.widgets import text_field
from taper_app.ui.current import Here
from taper_app.use_cases.admit import admit_patient
from taper_app.use_cases.board import ward_board
from taper_app.use_cases.drafts import drop_draft, open_admission_draft, save_admission_draft

_FORM = "admission_form"
MOST_LINES = 6
_LINES_AT_FIRST = 2
_SOURCES = {"prescribed": "prescribed", "reported": "reported", "non_prescribed": "not prescribed"}
_SEXES = {"F": "female", "M": "male", "X": "other", "U": "not recorded"}


def form(unit_id: str) -> None:
    """One submit admits one patient: the episode's id is made when the form is opened."""
    _fields(unit_id)


@st.fragment
def _fields(unit_id: str) -> None:
    at = current.here()
    unit = current.unit_or_stop(at)
    with show.refusals():
        draft = open_admission_draft(at.app, at.actor, unit_id)
        entry = _opened(draft)
        fields = KeyedFields(entry, draft.body)
        taken = {row.bed for row in ward_board(at.app, at.actor, unit_id)}
        free = [bed for bed in unit.beds if bed not in taken]
        written = _identity(unit, free, fields, at.app.clock()) | {"episode_id": entry, "unit_id": unit_id}
        written["current_use"] = _present_use(unit, fields)
        st.subheader("Facts that a taper and the rules need", anchor=False)
        st.markdown("Not assessed is never taken for no; each is asked again by the rules until somebody answers.")
        written["facts"] = fact_fields(fields)
        pressed = st.button("Admit", type="primary", key=f"admit|{entry}")
        _keep(at, unit_id, draft, entry)
        if pressed:
            _submit(at, draft, written)


def _opened(draft: Draft) -> str:
    """The entry's id, the same after a reload or a lost line."""
    entry = str(st.session_state.setdefault(_FORM, draft.entry_id)) if not draft.body else draft.entry_id
    st.session_state[_FORM] = entry
    return entry


def _keep(at: Here, unit_id: str, draft: Draft, entry: str) -> None:
    """Keep what the fields say when it differs from the draft and somebody has typed at all.

    A line that is not shown at the moment stays in the draft as it was.
    """
    tail = f"-{entry}"
    shown = {str(key).removesuffix(tail): value for key, value in st.session_state.items() if str(key).endswith(tail)}
    typed = {name: value for name, value in (draft.body | shown).items() if value is not None}
    untouched = not draft.body and not any(typed.get(name) for name in ("family", "given", "number", "born", "drug-0"))
    if untouched or typed == draft.body:
        return
    kept = Draft.model_validate(draft.model_dump() | {"entry_id": entry})
    save_admission_draft(at.app, at.actor, unit_id, kept, typed)


def _submit(at: Here, draft: Draft, written: dict[str, Any]) -> None:
    episode_id = admit_patient(at.app, at.actor, written)
    drop_draft(at.app, at.actor, draft)
    st.session_state.pop(_FORM, None)
    current.open_patient(episode_id)
    show.done_after_rerun("Admitted. Facts that were not assessed stay marked until somebody asks.")
    st.switch_page(current.CHART)


def _identity(unit: Unit, free_beds: list[str], form: FormWidgets, clock_now: datetime) -> dict[str, Any]:
    left, right = st.columns(2)
    family_name = text_field(left, form, "family", "Family name")
    given_name = text_field(right, form, "given", "Given name")
    record_number = text_field(left, form, "number", "Record number")
    born_on = text_field(right, form, "born", "Date of birth", placeholder="1982-03-14")
    sex = left.segmented_control("Sex", format_func=_SEXES.__getitem__, **form.chosen("sex", list(_SEXES)))
    bed = right.selectbox("Bed", placeholder="Choose a free bed", **form.listed("bed", free_beds))
    allergies = text_field(st.container(), form, "allergies", "Allergies", placeholder='"none known", or which')
    now = clock_now.astimezone(ZoneInfo(unit.zone))
    day = text_field(left, form, "day", "Admitted on", begin=f"{now:%Y-%m-%d}")
    hour = text_field(right, form, "hour", "at (ward clock)", begin=f"{now:%H:%M}")
    return {
        "family_name": family_name,
        "given_name": given_name,
        "record_number": record_number,
        "born_on": born_on,
        "sex": sex or "",
        "bed": bed or "",
        "allergies": allergies or "not assessed",
        "admitted_at": local_moment(day, hour, unit.zone),
    }


def local_moment(day: str, hour: str, zone: str) -> str:
    """What was written as day and time, with the ward's offset; left as it is when it cannot be read."""
    try:
        moment = datetime.combine(date.fromisoformat(day.strip()), time.fromisoformat(hour.strip()), ZoneInfo(zone))
    except ValueError:
        return f"{day.strip()} {hour.strip()}".strip()
    return moment.isoformat()


def _present_use(unit: Unit, form: FormWidgets) -> dict[str, Any]:
    st.subheader("What is taken now")
    counts = list(range(1, MOST_LINES + 1))
    count = st.segmented_control(
        "Doses a day to write down", required=True, **form.chosen("lines", counts, _LINES_AT_FIRST)
    )
    # A slow browser can answer without a choice before it has drawn the first one; no line goes away for that.
    lines = [_line(index, form) for index in range(int(count or _LINES_AT_FIRST))]
    left, right = st.columns(2)
    how = text_field(left, form, "how", "Verified by whom and how")
    day = text_field(right, form, "lastday", "Last dose taken on", placeholder="2026-12-01")
    hour = text_field(right, form, "lasthour", "at", placeholder="08:00")
    last = local_moment(day, hour, unit.zone) if day or hour else None
    return {"lines": lines, "verified_how": how, "last_dose_at": last}


def _line(index: int, form: FormWidgets) -> dict[str, Any]:
    drug, mg, at_time, source = st.columns([3, 2, 2, 3])
    sources = form.listed(f"source-{index}", list(_SOURCES), "prescribed")
    return {
        "drug": text_field(drug, form, f"drug-{index}", "Medicine (generic or brand)", placeholder="Klonopin"),
        "mg": text_field(mg, form, f"mg-{index}", "Dose in mg", placeholder="0.5"),
        "time": text_field(at_time, form, f"time-{index}", "Time", placeholder="08:00"),
        "source": source.selectbox("By whose word", format_func=_SOURCES.__getitem__, **sources),
    }
