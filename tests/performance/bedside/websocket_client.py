"""A browser's side of Streamlit's WebSocket, without the browser: types, taps, and times each rerun."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


@dataclass(frozen=True, slots=True)
class Rerun:
    """From the message sent to the last answer received."""

    seconds: float
    bytes: int
    messages: int


@dataclass(frozen=True, slots=True)
class Widget:
    id: str
    kind: str
    label: str
    fragment_id: str


class WebSocketClient:
    """One session of one browser. Widgets are found by label or by a part of their key."""

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = {} if token is None else {"Cookie": f"__Host-taper={token}"}
        self._socket = connect(
            url.replace("http://", "ws://") + "/_stcore/stream",
            origin=url,  # type: ignore[arg-type]
            additional_headers=headers,
            subprotocols=["streamlit", "xsrf"],  # type: ignore[list-item]
            max_size=None,
            compression=None,
            open_timeout=30,
        )
        self.widgets: dict[str, Widget] = {}
        self.errors: list[str] = []
        self.texts: list[str] = []
        self._values: dict[str, tuple[str, Any]] = {}
        self._page_hash = ""

    def close(self) -> None:
        self._socket.close()

    def rerun(self, *, page_name: str = "") -> Rerun:
        """The whole page."""
        return self._send(None, None, page_name)

    def press(self, label: str) -> Rerun:
        """A button, by its label."""
        return self._send(self._labelled(label), ("trigger_value", True))

    def write(self, key: str, text: str) -> Rerun:
        """Text into the field with this in its key."""
        return self._send(self._keyed(key, "text_input"), ("string_value", text))

    def choose(self, key: str, option: str) -> Rerun:
        """One of a row of answers."""
        return self._send(self._keyed(key, "button_group"), ("string_array_value", [option]))

    def forget_fields(self) -> None:
        """The fields are gone from the page, and a browser sends nothing of them any more."""
        self._values.clear()

    def _labelled(self, label: str) -> Widget:
        return [found for found in self.widgets.values() if found.label == label][-1]

    def _keyed(self, key: str, kind: str) -> Widget:
        return [found for found in self.widgets.values() if key in found.id and found.kind == kind][-1]

    def _send(self, widget: Widget | None, value: tuple[str, Any] | None, page_name: str = "") -> Rerun:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.page_script_hash, rerun.page_name = self._page_hash, page_name
        if widget is not None and value is not None:
            rerun.fragment_id = widget.fragment_id
            if value[0] == "trigger_value":
                self._fill(rerun.widget_states.widgets.add(), widget.id, value)
            else:
                self._values[widget.id] = value
        for known, kept in self._values.items():
            self._fill(rerun.widget_states.widgets.add(), known, kept)
        payload = message.SerializeToString()
        began = time.perf_counter()
        self._socket.send(payload)
        return self._until_finished(began)

    @staticmethod
    def _fill(state: Any, widget_id: str, value: tuple[str, Any]) -> None:
        state.id = widget_id
        if value[0].endswith("_array_value"):
            getattr(state, value[0]).data.extend(value[1])
        else:
            setattr(state, value[0], value[1])

    def _until_finished(self, began: float) -> Rerun:
        size = messages = 0
        self.texts = []
        while True:
            raw = self._socket.recv(timeout=60)
            size, messages = size + len(raw), messages + 1
            answer = ForwardMsg()
            answer.ParseFromString(raw)  # type: ignore[arg-type]
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self._page_hash = answer.new_session.page_script_hash
            elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                self._note(answer.delta.new_element, answer.delta.fragment_id)
            elif kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return Rerun(time.perf_counter() - began, size, messages)

    def _note(self, element: Any, fragment_id: str) -> None:
        kind = element.WhichOneof("type")
        part = getattr(element, kind)
        if kind == "exception":
            self.errors.append(f"{part.type}: {part.message}")
        if kind in ("alert", "markdown", "text", "heading"):
            self.texts.append(part.body)
        if "id" in part.DESCRIPTOR.fields_by_name and part.id:
            self.widgets[part.id] = Widget(part.id, kind, getattr(part, "label", ""), fragment_id)
