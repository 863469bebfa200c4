"""An entry form of one patient: its widgets' keys, its draft, its one submit.

Keys carry the patient's episode and the entry's id, so that neither another patient nor the next entry ever
starts with what was typed here. What is typed is kept as a draft in the database with each change.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
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
from taper_app.use_cases.drafts import AlreadyCharted, drop_draft, keep_field, open_draft, save_draft
from taper_app.use_cases.rights import UseCase

_SEPARATOR = "|"


def entry_id_of(form: str, episode_id: EpisodeId) -> str:
    """The id that the next record of this form will have; the same until ``next_entry``."""
    return str(st.session_state.setdefault(_pin(form, episode_id), new_id()))


def opened_at(form: str, episode_id: EpisodeId, now: datetime) -> datetime:
    """Since when the entry that is being written stands on this screen."""
    key = f"opened_{_pin(form, episode_id)}{_SEPARATOR}{entry_id_of(form, episode_id)}"
    moment: datetime = st.session_state.setdefault(key, now)
    return moment


def next_entry(form: str, episode_id: EpisodeId) -> None:
    """The record was kept: what comes next is another entry."""
    st.session_state.pop(_pin(form, episode_id), None)


def _pin(form: str, episode_id: EpisodeId) -> str:
    return f"entry_of{_SEPARATOR}{form}{_SEPARATOR}{episode_id}"


@dataclass(frozen=True)
class EntryForm(FormWidgets):
    """One form that is being filled in. ``start``: what its fields begin with while there is no draft.

    ``redrawn``: the only parts of the page that are drawn again when a field was kept; none named: the form itself.
    """

    at: Here
    use_case: UseCase
    form: str
    draft: Draft
    was_saved: bool
    start: Mapping[str, Any] = field(default_factory=dict)
    redrawn: tuple[str, ...] = ()
    seen: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def redrawing_only(self, *parts: str) -> EntryForm:
        """The same form, for fields whose change alters nothing else that the form shows."""
        return replace(self, redrawn=parts)

    @property
    def entry_id(self) -> str:
        return self.draft.entry_id

    def key(self, name: str) -> str:
        return f"{self.form}{_SEPARATOR}{name}{_tail(self.draft.episode_id, self.draft.entry_id)}"

    def widget(self, name: str) -> dict[str, Any]:
        """Its key, and that a change keeps the draft."""
        return {"key": self.key(name), "on_change": self._keep_field, "args": (name,)}

    def first(self, name: str, begin: Any = None) -> Any:
        return self._kept.get(name, begin)

    def value(self, name: str) -> Any:
        return st.session_state.get(self.key(name), self.first(name))

    def values(self) -> dict[str, Any]:
        """What the widgets say, by name; of a field that is not shown what was kept of it.

        Looked up once: while the form is drawn nothing that was typed changes.
        """
        if not self.seen:
            self.seen.update({**self._kept, **on_screen(self.form, self.draft.episode_id, self.draft.entry_id)})
        return dict(self.seen)

    @property
    def _kept(self) -> Mapping[str, Any]:
        return self.draft.body or self.start

    def _keep_field(self, name: str) -> None:
        """Runs before the page when something was typed; the session is asked anew, as everywhere."""
        at = current.here()
        value = st.session_state.get(self.key(name))
        moment = None
        # A browser may still send the fields of a form that was just charted; they must not begin a draft of it anew.
        with suppress(AlreadyCharted), show.refusals(but=AlreadyCharted):
            moment = keep_field(at.app, at.actor, self.use_case, self.draft, name, value, begin=self.start)
        if moment is not None:
            st.session_state[_kept_pin(self.entry_id)] = moment
            if self.redrawn:
                current.draw_only(*self.redrawn)

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
        st.session_state[_kept_pin(draft.entry_id)] = draft.saved_at
    else:
        draft = _under_id(draft, entry_id_of(form, episode_id))
    return EntryForm(at, use_case, form, draft, was_saved, start or {})


def as_another_entry(entry: EntryForm) -> EntryForm:
    """What is typed goes on as an entry of its own: the one that it was typed for was charted from another page."""
    typed = {name: value for name, value in entry.values().items() if value is not None}
    next_entry(entry.form, entry.draft.episode_id)
    draft = _under_id(entry.draft, entry_id_of(entry.form, entry.draft.episode_id))
    kept = Draft.model_validate(draft.model_dump() | {"body": typed})
    save_draft(entry.at.app, entry.at.actor, entry.use_case, kept, typed)
    return replace(entry, draft=kept, was_saved=True, seen={})


def value_on_screen(form: str, episode_id: EpisodeId, entry_id: str, name: str) -> Any:
    """What one field of an entry says now, without looking at all the others."""
    return st.session_state.get(f"{form}{_SEPARATOR}{name}{_tail(episode_id, entry_id)}")


def kept_at(entry_id: str) -> datetime | None:
    """When a field of this entry was kept last on this screen."""
    moment: datetime | None = st.session_state.get(_kept_pin(entry_id))
    return moment


def _kept_pin(entry_id: str) -> str:
    return f"kept_at{_SEPARATOR}{entry_id}"


def on_screen(form: str, episode_id: EpisodeId, entry_id: str) -> dict[str, Any]:
    """What the widgets of one entry say now, by name."""
    head, tail = f"{form}{_SEPARATOR}", _tail(episode_id, entry_id)
    return {
        str(key)[len(head) : -len(tail)]: value
        for key, value in st.session_state.to_dict().items()
        if str(key).startswith(head) and str(key).endswith(tail)
    }


def _under_id(draft: Draft, entry_id: str) -> Draft:
    return Draft.model_validate(draft.model_dump() | {"entry_id": entry_id})


def _tail(episode_id: str, entry_id: str) -> str:
    return f"{_SEPARATOR}{episode_id}{_SEPARATOR}{entry_id}"
