"""`taper run` with a clock that a journey moves: the moment stands in a file. Only tests start the server so."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

from taper_app import wiring
from taper_app.ui.server.launch import run


def follow(clock_file: Path) -> None:
    """The server's clock shows what the file says, and goes on by a microsecond at each look."""
    state: dict[str, datetime] = {}

    def moment(_self: object) -> datetime:
        written = datetime.fromisoformat(clock_file.read_text().strip())
        last = state.get("last", written)
        state["last"] = max(written, last + timedelta(microseconds=1))
        return state["last"]

    wiring.StrictClock.__call__ = moment  # type: ignore[method-assign]


if __name__ == "__main__":
    follow(Path(sys.argv[1]))
    run("127.0.0.1", int(sys.argv[2]), None)
