"""The last 24 hours below the form: one line of time, the table behind it, and the sheet of paper."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from taper_app.clinical.charting.day_sheet import DaySheet, Written
from taper_app.clinical.records import EpisodeId
from taper_app.export.day_sheet import LATE_FROM
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.chart_due import DAY_ANCHOR
from taper_app.ui.components.handoff_fields import offer_file
from taper_app.ui.components.times import moment_text
from taper_app.ui.figures.day_line import day_line, rows
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.day_sheet import is_set, print_day, sheet_of
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_LAST_SETS = 3


def last_sets(chart: Chart) -> None:
    """The last sets above the form, as they stand on paper: one a row, newest first."""
    sheet_sets = [found for found in chart.sets if is_set(found.observation)][-_LAST_SETS:]
    if not sheet_sets:
        return
    head = ("Last sets", "RR", "SpO2", "BP", "Pulse", "°C", "RASS", "NEWS2", "CIWA-B", "By")
    lines = []
    for found in reversed(sheet_sets):
        vitals, scores = found.observation.vitals, (found.assessment or {}).get("scores", {})
        lines.append(
            (
                moment_text(found.at, chart.unit.zone),
                _said(vitals and vitals.respiratory_rate),
                _said(vitals and vitals.spo2),
                "–" if vitals is None or vitals.systolic is None else f"{vitals.systolic}/{_said(vitals.diastolic)}",
                _said(vitals and vitals.pulse),
                _said(vitals and vitals.celsius),
                _said(found.observation.rass),
                _span(scores.get("news2"), found.observation.vitals is not None),
                _span(scores.get("ciwa_b"), bool(found.observation.ciwa_b and found.observation.ciwa_b.scores())),
                found.record.author.name,
            )
        )
    st.markdown(_table(head, lines))


def _said(value: object) -> str:
    return "–" if value is None else str(value)


def _span(score: dict[str, object] | None, was_charted: bool) -> str:
    """The total, or what it is at least; a dash when nothing of it was charted."""
    if score is None or not was_charted:
        return "–"
    return str(score["total"]) if score.get("total") is not None else f"at least {score['least']}"


def day_so_far(episode_id: EpisodeId) -> None:
    """What happened in the last 24 hours: a sentence, the line, the table behind it, and the printed sheet."""
    at = current.here()
    with show.refusals():
        chart = current.chart_now(at, episode_id)
        sheet = sheet_of(chart, at.actor.signature, at.app.protocols)
        st.subheader("Last 24 hours", anchor=DAY_ANCHOR)
        st.markdown(_sentence(sheet))
        st.image(day_line(sheet), width="stretch")
        with st.expander("The same as a table"):
            st.markdown(_table(("When", "", "What", "More", "Charted by"), _rows(sheet)))
        _print(episode_id)


def _sentence(sheet: DaySheet) -> str:
    counts = (
        (len(sheet.sets), "set"),
        (len(sheet.events), "event or symptom"),
        (len(sheet.doses), "dose"),
        (len(sheet.alerts), "alert"),
    )
    plurals = {"set": "sets", "event or symptom": "events or symptoms", "dose": "doses", "alert": "alerts"}
    return ", ".join(f"{count} {word if count == 1 else plurals[word]}" for count, word in counts) + "."


def _rows(sheet: DaySheet) -> list[tuple[str, ...]]:
    return [
        (moment_text(written.happened_at, sheet.zone), kind, what, more, _by(written, sheet.zone))
        for written, kind, what, more in rows(sheet)
    ]


def _by(written: Written, zone: str) -> str:
    is_late = written.recorded_at - written.happened_at >= LATE_FROM
    late = f", late entry, written {moment_text(written.recorded_at, zone)}" if is_late else ""
    return f"{written.by}{late}{', corrected' if written.before else ''}"


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; what people wrote stays text."""
    written = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    written += [f"| {' | '.join(show.plain_text(' '.join(cell.split())) for cell in line)} |" for line in lines]
    return "\n".join(written)


@st.fragment
def _print(episode_id: EpisodeId) -> None:
    """The sheet as a PDF, made when it is asked for."""
    at = current.here()
    if grant_of(UseCase.OPEN_CHART, at.actor.role) not in (Grant.UNIT, Grant.YES):
        return
    if st.button("Print the last 24 hours", key=f"print-day-{episode_id}"):
        with show.refusals():
            offer_file(at, print_day(at.app, at.actor, episode_id))
