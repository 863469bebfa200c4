"""First values of a form's widgets, given as each widget's own argument on every run.

A value put into ``st.session_state`` reaches the browser in one message only. Streamlit drops messages that are still
waiting when the next run begins; the browser then shows an empty field, and what it sends back empties the field on
the server too. An argument stands in every message, so a lost one loses nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Arguments = dict[str, Any]


class FormWidgets(ABC):
    """The arguments of a form's widgets, by name. ``begin`` is what a field says that nothing was kept of."""

    @abstractmethod
    def widget(self, name: str) -> Arguments:
        """The widget's key, and what a change of it does."""

    @abstractmethod
    def first(self, name: str, begin: Any = None) -> Any:
        """What was kept of the field, else ``begin``."""

    def text(self, name: str, begin: str = "") -> Arguments:
        """For ``text_input`` and ``text_area``."""
        value = self.first(name, begin)
        return {**self.widget(name), "value": "" if value is None else str(value)}

    def ticked(self, name: str, begin: bool = False) -> Arguments:
        """For ``checkbox``."""
        return {**self.widget(name), "value": bool(self.first(name, begin))}

    def chosen(self, name: str, options: Sequence[Any], begin: Any = None) -> Arguments:
        """For ``segmented_control`` and ``pills``; a kept choice that is no longer offered gives way to ``begin``."""
        return {**self.widget(name), "options": list(options), "default": self._offered(name, options, begin)}

    def listed(self, name: str, options: Sequence[Any], begin: Any = None) -> Arguments:
        """For ``selectbox``; nothing is chosen when neither the kept choice nor ``begin`` is offered."""
        value = self._offered(name, options, begin)
        index = None if value is None else list(options).index(value)
        return {**self.widget(name), "options": list(options), "index": index}

    def day(self, name: str, begin: date | None) -> Arguments:
        """For ``date_input``; empty without a day."""
        value = self.first(name, begin)
        return {**self.widget(name), "value": date.fromisoformat(value) if isinstance(value, str) and value else value}

    def _offered(self, name: str, options: Sequence[Any], begin: Any) -> Any:
        value = self.first(name, begin)
        if value in options:
            return value
        return begin if begin in options else None


@dataclass(frozen=True)
class KeyedFields(FormWidgets):
    """A form whose keys end with its entry's id, with what was kept of it."""

    entry_id: str
    kept: Mapping[str, Any] = field(default_factory=dict)

    def key(self, name: str) -> str:
        return f"{name}-{self.entry_id}"

    def widget(self, name: str) -> Arguments:
        return {"key": self.key(name)}

    def first(self, name: str, begin: Any = None) -> Any:
        return self.kept.get(name, begin)
