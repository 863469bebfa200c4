"""A browser's side of Streamlit's WebSocket, without the browser."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


class StreamlitStream:
    """One WebSocket. ``session_id`` is Streamlit's own, as a browser learns it."""

    def __init__(self, url: str, token: str | None, *, origin: str | None = "own", resume: str = "") -> None:
        headers = {} if token is None else {"Cookie": f"__Host-taper={token}"}
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(
                url.replace("http://", "ws://") + "/_stcore/stream",
                origin=url if origin == "own" else origin,  # type: ignore[arg-type]
                additional_headers=headers,
                subprotocols=["streamlit", "xsrf", *([resume] if resume else [])],  # type: ignore[list-item]
                max_size=None,
                open_timeout=30,
            )
        )
        self.session_id = ""
        self.buttons: dict[str, tuple[str, str]] = {}

    def close(self) -> None:
        self._open.close()

    def run(self, press: str | None = None, *, page_name: str = "") -> list[str]:
        """Rerun the page, or press a button by its label. Returns every text, alert and link that came back."""
        message = BackMsg()
        message.rerun_script.page_name = page_name
        if press is not None:
            widget, message.rerun_script.fragment_id = self.buttons[press]
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = widget, True
        self._socket.send(message.SerializeToString())
        return self._until_finished()

    def _until_finished(self) -> list[str]:
        seen: list[str] = []
        while True:
            message = ForwardMsg()
            message.ParseFromString(self._socket.recv(timeout=60))  # type: ignore[arg-type]
            kind = message.WhichOneof("type")
            if kind == "new_session" and message.new_session.HasField("initialize"):
                self.session_id = message.new_session.initialize.session_id
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                seen += self._read(message.delta.new_element, message.delta.fragment_id)
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return seen

    def _read(self, element: Any, fragment_id: str) -> list[str]:
        kind = element.WhichOneof("type")
        if kind == "button":
            self.buttons[element.button.label] = (element.button.id, fragment_id)
            return [element.button.label]
        if kind in ("text", "markdown", "alert", "html", "heading"):
            return [getattr(element, kind).body]
        return [f"<{kind}>"]
