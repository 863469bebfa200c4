"""``/healthz``: whether the server answers and its database can be read. Says nothing about anybody."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from taper_app import wiring
from taper_app.ui.server.unexpected import log_unexpected


def _read_something() -> None:
    with wiring.app_for(demo=False).store.reading() as reading:
        reading.units()


async def healthz(request: Request) -> Response:
    try:
        await run_in_threadpool(_read_something)
    except Exception as error:  # whatever stops a read is what this answer is for
        log_unexpected(error)
        return JSONResponse({"status": "failing", "database": "unreadable"}, status_code=503)
    return JSONResponse({"status": "ok", "database": "ok"})
