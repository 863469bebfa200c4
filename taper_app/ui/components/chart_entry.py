"""An entry form of one patient: its widgets' keys, its draft, its one submit.

Keys carry the patient's episode and the entry's id, so that neither another patient nor the next entry ever
starts with what was typed here. What is typed is kept as a draft in the database with each change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from taper_app.clinical.records import EpisodeId
from taper_app.store.interface import Draft
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.form_widgets import FormWidgets
from taper_app.ui.components.times import moment_text
from taper_app.ui.current import Here
from taper_app.use_cases.context import new_id
from taper_app.use_cases.drafts import drop_draft, open_draft, save_draft
from taper_app.use_cases.rights import UseCase

_SEPARATOR = "|"


def entry_id_of(form: str, episode_id: EpisodeId) -> str:
    """The id that the next record of this form will have; the same until ``next_entry``."""
    return str(st.session_state.setdefault(_pin(form, episode_id), new_id()))


def next_entry(form: str, episode_id: EpisodeId) -> None:
    """The record was kept: what comes next is another entry."""
    st.session_state.pop(_pin(form, episode_id), None)


def _pin(form: str, episode_id: EpisodeId) -> str:
    return f"entry_of{_SEPARATOR}{form}{_SEPARATOR}{episode_id}"


@dataclass(frozen=True)
class EntryForm(FormWidgets):
    """One form that is being filled in. ``start``: what its fields begin with while there is no draft."""

    at: Here
    use_case: UseCase
    form: str
    draft: Draft
    was_saved: bool
    start: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entry_id(self) -> str:
        return self.draft.entry_id

    def key(self, name: str) -> str:
        return f"{self.form}{_SEPARATOR}{name}{_tail(self.draft.episode_id, self.draft.entry_id)}"

    def widget(self, name: str) -> dict[str, Any]:
        """Its key, and that a change keeps the draft."""
        return {"key": self.key(name), "on_change": self._keep_draft}

    def first(self, name: str, begin: Any = None) -> Any:
        return self._kept.get(name, begin)

    def value(self, name: str) -> Any:
        return st.session_state.get(self.key(name), self.first(name))

    def values(self) -> dict[str, Any]:
        """What the widgets say, by name; of a field that is not shown what was kept of it."""
        head, tail = f"{self.form}{_SEPARATOR}", _tail(self.draft.episode_id, self.draft.entry_id)
        shown = {
            str(key)[len(head) : -len(tail)]: value
            for key, value in st.session_state.items()
            if str(key).startswith(head) and str(key).endswith(tail)
        }
        return {**self._kept, **shown}

    @property
    def _kept(self) -> Mapping[str, Any]:
        return self.draft.body or self.start

    def _keep_draft(self) -> None:
        """Runs before the page when something was typed; the session is asked anew, as everywhere."""
        at = current.here()
        typed = {name: value for name, value in self.values().items() if value is not None}
        with show.refusals():
            save_draft(at.app, at.actor, self.use_case, self.draft, typed)

    def finished(self) -> None:
        """The record was kept: no draft any more, and the next entry is a new one."""
        drop_draft(self.at.app, self.at.actor, self.draft)
        next_entry(self.form, self.draft.episode_id)

    def saved_line(self, zone: str) -> None:
        """When the draft was kept."""
        if self.was_saved:
            st.markdown(f":small[Draft saved {moment_text(self.draft.saved_at, zone)}. Not charted yet.]")


def open_entry(
    at: Here, use_case: UseCase, form: str, episode_id: EpisodeId, start: Mapping[str, Any] | None = None
) -> EntryForm:
    """The form with its draft, or with ``start`` when there is none."""
    draft = open_draft(at.app, at.actor, use_case, episode_id, form)
    was_saved = bool(draft.body)
    if was_saved:
        st.session_state[_pin(form, episode_id)] = draft.entry_id
    else:
        draft = _under_id(draft, entry_id_of(form, episode_id))
    return EntryForm(at, use_case, form, draft, was_saved, start or {})


def _under_id(draft: Draft, entry_id: str) -> Draft:
    return Draft.model_validate(draft.model_dump() | {"entry_id": entry_id})


def _tail(episode_id: str, entry_id: str) -> str:
    return f"{_SEPARATOR}{episode_id}{_SEPARATOR}{entry_id}"
