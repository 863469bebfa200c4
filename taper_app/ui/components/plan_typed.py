"""What is typed into one form of the Plan page: kept as a draft, with the id that its record will have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from taper_app.clinical.records import EpisodeId
from taper_app.store.interface import Draft
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.components.form_widgets import Arguments, FormWidgets
from taper_app.ui.current import Here
from taper_app.use_cases import drafts
from taper_app.use_cases.rights import UseCase

_BUILT = "built"
_FILLED = "filled"
_BESIDE = "beside"
_INTERNAL = (_BUILT, _FILLED, _BESIDE)


class TypedForm(FormWidgets):
    """The widgets of one form and their values. Each widget's key carries the episode and the entry's id.

    A value that a remedy or another protocol fills in is kept in the draft, and the widget gets a new key: the
    browser draws a new field that begins with it (see ``form_widgets`` for why it is not put into session_state).
    """

    def __init__(self, at: Here, use_case: UseCase, episode_id: EpisodeId, form: str) -> None:
        draft = drafts.open_draft(at.app, at.actor, use_case, episode_id, form)
        entry = f"entry-{form}-{episode_id}"
        if not draft.body:
            known = st.session_state.setdefault(entry, draft.entry_id)
            draft = draft.model_copy(update={"entry_id": known})
        st.session_state[entry] = draft.entry_id
        self._at = at
        self._use_case = use_case
        self._entry = entry
        self._begun: dict[str, Any] = {}
        self.draft: Draft = draft

    @property
    def entry_id(self) -> str:
        return self.draft.entry_id

    def key(self, name: str) -> str:
        times_filled = self._times_filled.get(name, 0)
        again = f"-{times_filled}" if times_filled else ""
        return f"{self.draft.form}-{name}-{self.draft.episode_id}-{self.entry_id}{again}"

    def widget(self, name: str) -> Arguments:
        return {"key": self.key(name), "on_change": self.changed}

    def first(self, name: str, begin: Any = None) -> Any:
        self._begun[name] = begin
        return self.draft.body.get(name, begin)

    def value(self, name: str) -> Any:
        """What the field says; of one that is not shown what was kept of it, or what it would begin with."""
        return st.session_state.get(self.key(name), self.draft.body.get(name, self._begun.get(name)))

    def values(self) -> dict[str, Any]:
        """Every field by name, as a draft keeps it."""
        kept = {name: value for name, value in self.draft.body.items() if name not in _INTERNAL}
        return kept | {name: _storable(self.value(name)) for name in self._begun}

    def typed(self, name: str) -> str:
        """The field's text, without blanks around it."""
        return str(self.value(name) or "").strip()

    def changed(self) -> None:
        """A widget was changed: what is typed is kept, and what was built from the old values is gone."""
        self._keep({_BUILT: False})

    def set_values(self, values: Mapping[str, Any], *, built: bool) -> None:
        """Fill fields from a callback, as a remedy or another protocol does."""
        self._keep({**self._filling(values), _BUILT: built})

    @property
    def beside(self) -> Mapping[str, Any] | None:
        """The fields of the candidate that was kept to compare with, None when there is none."""
        kept = self.draft.body.get(_BESIDE)
        return kept if isinstance(kept, dict) else None

    def keep_beside(self) -> None:
        """What stands in the fields now becomes the other candidate; the fields go on from there."""
        self._keep({_BESIDE: self.values()})

    def drop_beside(self) -> None:
        self._keep({_BESIDE: None})

    def use_beside(self) -> None:
        """The kept candidate goes back into the fields, and what stood there is let go."""
        self._keep({**self._filling(self.beside or {}), _BESIDE: None, _BUILT: True})

    def ask(self) -> None:
        """The button that builds was pressed."""
        self._keep({_BUILT: True})

    @property
    def is_asked(self) -> bool:
        """Whether an answer is wanted for exactly what stands in the form."""
        return bool(self.draft.body.get(_BUILT))

    def done(self) -> None:
        """The record was made: the next entry starts with an id of its own."""
        drafts.drop_draft(self._at.app, self._at.actor, self.draft)
        st.session_state.pop(self._entry, None)

    def _filling(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """These values, and a new key for each field that does not say so already."""
        changed = [name for name, value in values.items() if value != _storable(self.value(name))]
        filled = self._times_filled | {name: self._times_filled.get(name, 0) + 1 for name in changed}
        return {**values, _FILLED: filled}

    @property
    def _times_filled(self) -> dict[str, int]:
        kept = self.draft.body.get(_FILLED)
        return dict(kept) if isinstance(kept, dict) else {}

    def _keep(self, more: dict[str, Any]) -> None:
        at = current.here()
        typed = {name: _storable(self.value(name)) for name in self._begun}
        with show.refusals():
            drafts.save_draft(at.app, at.actor, self._use_case, self.draft, {**self.draft.body, **typed, **more})


def _storable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
