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
        taken = {row.bed for row in ward_board(at.app, at.actor, unit_id)}
        free = [bed for bed in unit.beds if bed not in taken]
        written = _identity(unit, free, entry, at.app.clock()) | {"episode_id": entry, "unit_id": unit_id}
        written["current_use"] = _present_use(unit, entry)
        st.subheader("Facts that a taper and the rules need", anchor=False)
        st.markdown("Not assessed is never taken for no; each is asked again by the rules until somebody answers.")
        written["facts"] = fact_fields(entry)
        pressed = st.button("Admit", type="primary", key=f"admit|{entry}")
        _keep(at, unit_id, draft, entry)
        if pressed:
            _submit(at, draft, written)


def _opened(draft: Draft) -> str:
    """The entry's id. What was typed before a reload or a lost line stands in the fields again."""
    entry = str(st.session_state.setdefault(_FORM, draft.entry_id)) if not draft.body else draft.entry_id
    st.session_state[_FORM] = entry
    for name, value in draft.body.items():
        st.session_state.setdefault(f"{name}-{entry}", value)
    return entry


def _keep(at: Here, unit_id: str, draft: Draft, entry: str) -> None:
    """Keep what the fields say when it differs from the draft and somebody has typed at all."""
    tail = f"-{entry}"
    typed = {
        str(key).removesuffix(tail): value
        for key, value in st.session_state.items()
        if str(key).endswith(tail) and value is not None
    }
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


def _identity(unit: Unit, free_beds: list[str], entry: str, clock_now: datetime) -> dict[str, Any]:
    left, right = st.columns(2)
    family_name = left.text_input("Family name", key=f"family-{entry}")
    given_name = right.text_input("Given name", key=f"given-{entry}")
    record_number = left.text_input("Record number", key=f"number-{entry}")
    born_on = right.text_input("Date of birth", key=f"born-{entry}", placeholder="1982-03-14")
    sex = left.segmented_control("Sex", list(_SEXES), format_func=_SEXES.__getitem__, key=f"sex-{entry}")
    if st.session_state.get(f"bed-{entry}") not in free_beds:
        st.session_state[f"bed-{entry}"] = None  # somebody else took it meanwhile
    bed = right.selectbox("Bed", free_beds, index=None, key=f"bed-{entry}", placeholder="Choose a free bed")
    allergies = st.text_input("Allergies", key=f"allergies-{entry}", placeholder='"none known", or which')
    now = clock_now.astimezone(ZoneInfo(unit.zone))
    day = text_field(left, "Admitted on", key=f"day-{entry}", begin=f"{now:%Y-%m-%d}")
    hour = text_field(right, "at (ward clock)", key=f"hour-{entry}", begin=f"{now:%H:%M}")
    return {
        "family_name": family_name.strip(),
        "given_name": given_name.strip(),
        "record_number": record_number.strip(),
        "born_on": born_on.strip(),
        "sex": sex or "",
        "bed": bed or "",
        "allergies": allergies.strip() or "not assessed",
        "admitted_at": local_moment(day, hour, unit.zone),
    }


def local_moment(day: str, hour: str, zone: str) -> str:
    """What was written as day and time, with the ward's offset; left as it is when it cannot be read."""
    try:
        moment = datetime.combine(date.fromisoformat(day.strip()), time.fromisoformat(hour.strip()), ZoneInfo(zone))
    except ValueError:
        return f"{day.strip()} {hour.strip()}".strip()
    return moment.isoformat()


def _present_use(unit: Unit, entry: str) -> dict[str, Any]:
    st.subheader("What is taken now")
    st.session_state.setdefault(f"lines-{entry}", _LINES_AT_FIRST)
    count = st.segmented_control(
        "Doses a day to write down", list(range(1, MOST_LINES + 1)), key=f"lines-{entry}", required=True
    )
    lines = []
    # A slow browser can answer without a choice before it has drawn the first one; no line goes away for that.
    for index in range(int(count or _LINES_AT_FIRST)):
        drug, mg, at_time, source = st.columns([3, 2, 2, 3])
        lines.append(
            {
                "drug": drug.text_input(
                    "Medicine (generic or brand)", key=f"drug-{index}-{entry}", placeholder="Klonopin"
                ).strip(),
                "mg": mg.text_input("Dose in mg", key=f"mg-{index}-{entry}", placeholder="0.5").strip(),
                "time": at_time.text_input("Time", key=f"time-{index}-{entry}", placeholder="08:00").strip(),
                "source": source.selectbox(
                    "By whose word", list(_SOURCES), format_func=_SOURCES.__getitem__, key=f"source-{index}-{entry}"
                ),
            }
        )
    left, right = st.columns(2)
    how = left.text_input("Verified by whom and how", key=f"how-{entry}")
    day = right.text_input("Last dose taken on", key=f"lastday-{entry}", placeholder="2026-12-01")
    hour = right.text_input("at", key=f"lasthour-{entry}", placeholder="08:00")
    last = local_moment(day, hour, unit.zone) if day.strip() or hour.strip() else None
    return {"lines": lines, "verified_how": how.strip(), "last_dose_at": last}
