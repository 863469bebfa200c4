"""The key parts of a summary as text on the screen, in the order of its printed pages."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from taper_app.clinical.handoff.completeness import missing_sections
from taper_app.clinical.handoff.summary import HandoffSummary
from taper_app.clinical.handoff.summary_taper import BridgingSheet, NoTaperLeft, RemainingTaper
from taper_app.export.handoff_words import cut_words, daily_words, sentences, slots_words, why_empty
from taper_app.ui.components import show
from taper_app.ui.components.times import date_text, moment_text


def preview(summary: HandoffSummary) -> None:
    """How ill, what happened, what comes next, to do, the taper, and what is not written."""
    zone = summary.unit.zone
    with st.container(border=True):
        _part("How ill", summary.severity or "not written yet")
        _part("What happened", sentences(summary.synopsis))
        _taper(summary)
        prescriber = summary.next_prescriber
        _part("Who prescribes next", f"{prescriber.name}, {prescriber.phone}" if prescriber else "nobody yet")
        visit = summary.first_visit
        _part("First visit", f"{moment_text(visit.at, zone)}, {visit.who}, {visit.where}" if visit else "not booked")
        _list("To do", (_task(task.what, task.owner, task.due_on) for task in summary.tasks.entries))
        events = [f"{moment_text(found.at, zone)}: {found.what}; {found.cause}" for found in summary.events.entries]
        _list("Events", events or [why_empty(summary.events)])
        _services(summary)
    missing = [found.title for found in missing_sections(summary)]
    if missing:
        with st.expander(f"{len(missing)} topics are not written yet"):
            st.text("; ".join(missing))


def _services(summary: HandoffSummary) -> None:
    entries = (*summary.services.entries, *summary.support_groups.entries)
    words = [", ".join(part for part in (found.what, found.who, found.how_often) if part) for found in entries]
    _list("Arranged", words or [why_empty(summary.services)])


def _task(what: str, owner: str, due_on: object) -> str:
    return f"{what} · {owner}" + (f" · until {due_on}" if due_on else "")


def _part(title: str, words: str) -> None:
    st.markdown(f"**{title}**: {show.plain_text(words)}")


def _list(title: str, lines: Iterable[str]) -> None:
    listed = "\n".join(f"- {show.plain_text(line)}" for line in lines)
    st.markdown(f"**{title}**\n\n{listed or '- none'}")


def _taper(summary: HandoffSummary) -> None:
    match summary.taper:
        case RemainingTaper() as taper:
            _part(f"Taper, plan version {taper.plan_version}", f"now {daily_words(taper.current_daily)} a day")
            st.dataframe(
                [
                    {
                        "from": date_text(step.starts_on),
                        "a day": daily_words(step.daily) or "none",
                        "cut": cut_words(step),
                        "each time": slots_words(step.doses).replace("\n", "; "),
                    }
                    for step in taper.steps
                ],
                hide_index=True,
                width="stretch",
                height=240,
            )
        case BridgingSheet() as sheet:
            keep = f"keep {daily_words(sheet.last_tolerated_daily)} a day until a prescriber has reviewed it"
            _part("Bridging sheet, no cut", f"{keep}. {sheet.because}")
        case NoTaperLeft() as nothing:
            _part("Taper", nothing.statement)
