"""What is typed into one form of the Plan page: kept as a draft, with the id that its record will have."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import streamlit as st

from taper_app.clinical.records import EpisodeId
from taper_app.store.interface import Draft
from taper_app.ui import current
from taper_app.ui.components import show
from taper_app.ui.current import Here
from taper_app.use_cases import drafts
from taper_app.use_cases.rights import UseCase

_BUILT = "built"


class TypedForm:
    """The widgets of one form and their values. Each widget's key carries the episode and the entry's id."""

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
        self._names: list[str] = []
        self.draft: Draft = draft

    @property
    def entry_id(self) -> str:
        return self.draft.entry_id

    def key(self, name: str) -> str:
        return f"{self.draft.form}-{name}-{self.draft.episode_id}-{self.entry_id}"

    def begin(self, name: str, default: Any, *, among: Collection[str] | None = None) -> str:
        """Fill a widget that has no value yet, from the draft or with a default; answers the widget's key.

        ``among``: what may be chosen now; a draft's choice that is no longer offered gives way to the default.
        """
        key = self.key(name)
        self._names.append(name)
        if key not in st.session_state:
            written = self.draft.body.get(name, default)
            if isinstance(default, date) and isinstance(written, str):
                written = date.fromisoformat(written)
            st.session_state[key] = default if among is not None and written not in among else written
        return key

    def value(self, name: str) -> Any:
        return st.session_state.get(self.key(name), self.draft.body.get(name))

    def text(self, name: str) -> str:
        return str(self.value(name) or "").strip()

    def changed(self) -> None:
        """A widget was changed: what is typed is kept, and what was built from the old values is gone."""
        self._keep({_BUILT: False})

    def set_values(self, values: dict[str, Any], *, built: bool) -> None:
        """Fill widgets from a callback, as a remedy or another protocol does."""
        for name, value in values.items():
            st.session_state[self.key(name)] = value
            if name not in self._names:
                self._names.append(name)
        self._keep({_BUILT: built})

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

    def _keep(self, more: dict[str, Any]) -> None:
        at = current.here()
        typed = {name: _storable(st.session_state.get(self.key(name))) for name in self._names}
        with show.refusals():
            drafts.save_draft(at.app, at.actor, self._use_case, self.draft, {**self.draft.body, **typed, **more})


def _storable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
