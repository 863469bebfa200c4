"""One tap for what must not wait: an event or a symptom, at most three questions, one record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from taper_app.clinical.records import EpisodeId
from taper_app.ui import current
from taper_app.ui.components import chart_result, frame, show
from taper_app.ui.components.chart_entry import EntryForm, open_entry
from taper_app.ui.components.chart_values import clock_moment
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.rights import UseCase

Answers = Mapping[str, Any]
_ZERO_TO_FOUR = {0: "0 none", 1: "1", 2: "2", 3: "3", 4: "4 worst"}
_YES_NO_UNASKED = {"yes": "Yes", "no": "No", "not_assessed": "Not asked"}
_MODALITIES = {"visual": "Saw", "auditory": "Heard", "tactile": "Felt", "olfactory": "Smelled or tasted"}
_SEIZURE_NOW = {
    "recovered": "Over, recovered",
    "not_recovered": "Over, not yet recovered",
    "ongoing": "Still going on",
    "unknown": "Not known",
}
_MINUTES = {str(minutes): str(minutes) for minutes in range(1, 6)}
_WHEN = "When, such as 14:05 (blank: now)"


@dataclass(frozen=True, slots=True)
class QuickEntry:
    """A button: its questions put the answers into widgets, ``observed`` makes the set of them."""

    label: str
    ask: Callable[[EntryForm], Answers]
    observed: Callable[[Answers], dict[str, Any]]


def _ask_seizure(form: EntryForm) -> Answers:
    return {
        "when": st.text_input(_WHEN, **form.text("when")),
        "minutes_tapped": _choice(form, "minutes_tapped", "How many minutes (nothing chosen: not known)", _MINUTES),
        "minutes": st.text_input("Longer, or in parts: write the minutes", **form.text("minutes")),
        "now": st.segmented_control(
            "Now (nothing chosen: not known)",
            format_func=_SEIZURE_NOW.__getitem__,
            **form.chosen("now", list(_SEIZURE_NOW)),
        ),
    }


def _seizure(answers: Answers) -> dict[str, Any]:
    now = answers["now"]
    known = now in ("recovered", "not_recovered", "ongoing")
    event = {
        "kind": "seizure",
        "duration_minutes": str(answers["minutes"]).strip() or answers["minutes_tapped"],
        "ongoing": now == "ongoing" if known else None,
        "recovered": now == "recovered" if known else None,
    }
    return {"events": [event]}


def _ask_hallucination(form: EntryForm) -> Answers:
    return {
        "when": st.text_input(_WHEN, **form.text("when")),
        "modality": _choice(form, "what", "What", _MODALITIES),
        "insight": _choice(form, "insight", "Does the patient know that it is not real?", _YES_NO_UNASKED),
    }


def _hallucination(answers: Answers) -> dict[str, Any]:
    insight = {"yes": True, "no": False}.get(str(answers["insight"]))
    return {"events": [{"kind": "hallucination", "insight": insight, "modality": answers["modality"]}]}


def _ask_fall(form: EntryForm) -> Answers:
    return {
        "when": st.text_input(_WHEN, **form.text("when")),
        "head_strike": _choice(form, "head", "A blow to the head?", {**_YES_NO_UNASKED, "not_assessed": "Not known"}),
        "note": st.text_input("What happened, in a few words", **form.text("note")),
    }


def _fall(answers: Answers) -> dict[str, Any]:
    return {"events": [{"kind": "fall", "head_strike": answers["head_strike"], "note": answers["note"]}]}


def _ask_vomited(form: EntryForm) -> Answers:
    return {
        "when": st.text_input(_WHEN, **form.text("when")),
        "note": st.text_input("A tablet seen? Anything else?", **form.text("note")),
    }


def _vomited(answers: Answers) -> dict[str, Any]:
    return {"events": [{"kind": "vomiting", "note": answers["note"]}]}


def _ask_confused(form: EntryForm) -> Answers:
    return {
        "when": st.text_input(_WHEN, **form.text("when")),
        "confusion": st.segmented_control(
            "New confusion?",
            format_func=_YES_NO_UNASKED.__getitem__,
            required=True,
            **form.chosen("confusion", ["yes", "no"], "yes"),
        ),
    }


def _confused(answers: Answers) -> dict[str, Any]:
    """Who taps Confused and saves says yes unless they chose no."""
    return {"signs": {"confusion": answers["confusion"] or "yes"}}


def _ask_suicidal(form: EntryForm) -> Answers:
    return {
        "when": st.text_input(_WHEN, **form.text("when")),
        "now": _choice(form, "now", "Thoughts of killing oneself right now?", _YES_NO_UNASKED),
        "note": st.text_input("What was said", **form.text("note")),
    }


def _suicidal(answers: Answers) -> dict[str, Any]:
    """The fifth question of ASQ stands for right now; its first four are asked in the set."""
    observed: dict[str, Any] = {"events": [{"kind": "suicidal_thoughts", "note": answers["note"]}]}
    if answers["now"] in ("yes", "no"):
        observed["asq"] = {"q5": answers["now"]}
    return observed


def _symptom(name: str, label: str) -> QuickEntry:
    def ask(form: EntryForm) -> Answers:
        return {
            "when": st.text_input(_WHEN, **form.text("when")),
            "score": _choice(form, "score", f"{label}, 0 to 4", _ZERO_TO_FOUR),
        }

    return QuickEntry(label, ask, lambda answers: {"symptoms": {name: answers["score"]}})


def _choice(form: EntryForm, name: str, label: str, options: Mapping[Any, str]) -> Any:
    chosen = form.chosen(name, list(options))
    return st.segmented_control(label, format_func=options.__getitem__, wrap=True, **chosen)


QUICK_ENTRIES: Mapping[str, QuickEntry] = {
    "seizure": QuickEntry("Seizure", _ask_seizure, _seizure),
    "hallucination": QuickEntry("Hallucination", _ask_hallucination, _hallucination),
    "fall": QuickEntry("Fall", _ask_fall, _fall),
    "vomited": QuickEntry("Vomited", _ask_vomited, _vomited),
    "confused": QuickEntry("Confused", _ask_confused, _confused),
    "suicidal": QuickEntry("Thoughts of suicide", _ask_suicidal, _suicidal),
    "stomach_cramps": _symptom("stomach_cramps", "Stomach cramps"),
    "muscle_cramps": _symptom("muscle_cramps", "Muscle cramps"),
    "tremor": _symptom("tremor", "Tremor"),
    "craving": _symptom("craving", "Craving"),
}


def quick_buttons(chart: Chart, *, may_open: bool = True) -> None:
    """The row of buttons, and the dialog of the one that was tapped; never two dialogs at once."""
    with st.container(horizontal=True, key=f"quick-{chart.episode_id}"):
        for name, entry in QUICK_ENTRIES.items():
            st.button(
                entry.label, key=f"quick-{name}-{chart.episode_id}", on_click=_open, args=(chart.episode_id, name)
            )
    tapped = QUICK_ENTRIES.get(str(st.session_state.get(_flag(chart.episode_id), "")))
    if tapped and may_open:
        dialog = st.dialog(tapped.label, on_dismiss=lambda: _put_away(chart.episode_id))
        dialog(_questions)(chart.episode_id)


def _flag(episode_id: EpisodeId) -> str:
    return f"quick_open|{episode_id}"


def _open(episode_id: EpisodeId, name: str) -> None:
    chart_result.mark_read(episode_id)
    st.session_state[_flag(episode_id)] = name


def _close(episode_id: EpisodeId) -> None:
    st.session_state.pop(_flag(episode_id), None)


def _questions(episode_id: EpisodeId) -> None:
    """Runs on its own: who acts and what is charted are asked anew."""
    at = current.here()
    name = str(st.session_state.get(_flag(episode_id), ""))
    entry = QUICK_ENTRIES.get(name)
    if entry is None:
        return
    with show.refusals():
        st.markdown(frame.patient_line(current.chart_now(at, episode_id)))
    form = f"quick-{name}"
    with show.refusals():
        typed = open_entry(at, UseCase.CHART_OBSERVATION, form, episode_id)
        answers = entry.ask(typed)
        if not st.button("Save", type="primary", key=f"save-{form}-{episode_id}", width="stretch"):
            return
        chart = open_chart(at.app, at.actor, episode_id, audited=False)
        happened_at = clock_moment(str(answers["when"] or ""), chart)
        observed = entry.observed(answers)
        charted = chart_observation(
            at.app, at.actor, episode_id, observed, entry_id=typed.entry_id, happened_at=happened_at
        )
        typed.finished()
        _close(episode_id)
        chart_result.show_after_rerun(episode_id, charted.record_id)
        st.rerun()


def _put_away(episode_id: EpisodeId) -> None:
    """Closed by hand: what was typed is let go, so that it never stands in the next event's fields."""
    at = current.here()
    name = str(st.session_state.get(_flag(episode_id), ""))
    with show.refusals():
        open_entry(at, UseCase.CHART_OBSERVATION, f"quick-{name}", episode_id).finished()
    _close(episode_id)
