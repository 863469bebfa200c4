"""The rows of the ward board."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import streamlit as st

from taper_app.clinical.people import Role
from taper_app.clinical.protocol.escalation_rules import Effect
from taper_app.clinical.records import LatestRow, Unit
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.levels import row_badge
from taper_app.ui.components.times import ago, moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.board import DOSE_WITHHELD, ward_board
from taper_app.use_cases.rights import Grant, UseCase, grant_of
from taper_app.use_cases.set_up_unit import all_units

#: This dose, short; an effect that is not named here leaves it as planned.
_DOSE_WORDS = {
    Effect.WITHHOLD_AND_CALL.value: "Withhold this dose until a prescriber orders it",
    Effect.ASSESS_THEN_DOSE.value: "Rouse and rescore before this dose, do not skip it",
    Effect.CONTINUE_AND_CALL.value: "Do not omit the benzodiazepine",
}
_ALL, _DUE, _OVERDUE, _DANGER = "All", "Due in 1 h", "Overdue", "Level 3-4"


def chosen_unit(at: Here, own: Unit) -> Unit:
    """The person's own ward; whoever serves every unit chooses."""
    units = {unit.id: unit for unit in all_units(at.app)}
    if grant_of(UseCase.SEE_WARD_BOARD, at.actor.role) is not Grant.YES or len(units) < 2:
        return own
    chosen = st.selectbox(
        "Unit", list(units), index=list(units).index(own.id), format_func=lambda id_: units[id_].name, key="board-unit"
    )
    return units.get(chosen or own.id, own)


def board(at: Here, unit: Unit) -> None:
    """Counts, a filter, and one row a patient."""
    now = at.app.clock()
    rows = ward_board(at.app, at.actor, unit.id)
    if not rows:
        st.info("No patient is admitted. Open Admit to begin.")
        return
    counts = {name: len(_filtered(rows, name, now)) for name in (_ALL, _DUE, _OVERDUE, _DANGER)}
    st.markdown(f"{moment_text(now, unit.zone)} · refreshed just now, and again every 20 s")
    wanted = st.segmented_control(
        "Show",
        list(counts),
        default=_ALL,
        format_func=lambda name: f"{name}: {counts[name]}",
        key="board-filter",
        required=True,
    )
    for row in _filtered(rows, wanted or _ALL, now):
        _row(at, row, now)


def _filtered(rows: Sequence[LatestRow], wanted: str, now: datetime) -> list[LatestRow]:
    return [row for row in rows if _belongs(row, wanted, now)]


def _belongs(row: LatestRow, wanted: str, now: datetime) -> bool:
    if wanted == _DANGER:
        return row.level >= 3
    if wanted == _ALL:
        return True
    if row.next_due_at is None:
        return False
    return row.next_due_at < now if wanted == _OVERDUE else now <= row.next_due_at <= now + timedelta(hours=1)


def _row(at: Here, row: LatestRow, now: datetime) -> None:
    with st.container(border=True, key=f"row-{row.episode_id}"):
        who, what, opener = st.columns([2.8, 4.6, 1.2], vertical_alignment="center")
        who.markdown(
            f"{row_badge(row)}  \n**{show.plain_text(row.bed)}** · **{show.plain_text(row.label)}**  \n"
            f"{row.sex} {_age(row, now)} · {show.plain_text(row.record_number)}"
        )
        what.markdown(
            f"{show.plain_text(row.headline)}{_waiting(row, now)}  \n"
            f"{' · '.join([_due(row, now), *_withheld(row), *_two_decisions(row), show.plain_text(row.plan_line)])}"
        )
        if opener.button("Open", key=f"open-{row.episode_id}", width="stretch"):
            current.open_patient(row.episode_id)
            st.switch_page(current.HANDOFF if at.actor.role is Role.PLANNER else current.CHART)


def _two_decisions(row: LatestRow) -> list[str]:
    """The next cut, and this dose where something is said of it. Without a plan there is no cut to speak of."""
    words = []
    if row.next_cut == "suspended":
        words.append("**Keep dose, no cut until reviewed**")
    elif row.plan_version is not None:
        words.append("**Next cut as planned**")
    if dose := _DOSE_WORDS.get(row.this_dose):
        words.append(f"**{dose}**")
    return words


def _age(row: LatestRow, now: datetime) -> int:
    today = now.date()
    return today.year - row.born_on.year - ((today.month, today.day) < (row.born_on.month, row.born_on.day))


def _waiting(row: LatestRow, now: datetime) -> str:
    if not row.unacknowledged_alerts or row.oldest_unacknowledged_at is None:
        return ""
    waited = ago(row.oldest_unacknowledged_at, now).removesuffix(" ago")
    return " · **not yet acknowledged**" if waited == "now" else f" · **nobody has acknowledged it for {waited}**"


def _due(row: LatestRow, now: datetime) -> str:
    if row.next_due_at is None:
        return "no set due"
    what = "set or withheld dose" if _withheld(row) else "set"
    if row.next_due_at < now:
        return f"{what} **overdue** since {ago(row.next_due_at, now).removesuffix(' ago')}"
    return f"next {what} {ago(row.next_due_at, now)}"


def _withheld(row: LatestRow) -> list[str]:
    """A dose that waits stands in the row until something else becomes of it."""
    return [f"**{show.plain_text(flag)}**" for flag in row.flags if flag.startswith(DOSE_WITHHELD)]
