"""The three things streamlit_app.py imports: the page script, our routes, and the middleware in its order."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from taper_app.ui.server import downloads, first_run, gate, health, html, sign_in
from taper_app.ui.server.gate import Gate
from taper_app.ui.server.headers import SecurityHeaders
from taper_app.ui.server.screen_files import SCRIPTS, STYLES, ScreenFiles
from taper_app.ui.server.startup import Startup

ROUTER: Final[str] = str(Path(str(files("taper_app.ui").joinpath("router.py"))))

_ASSETS_FOLDER = Path(str(files("taper_app.ui.server").joinpath("assets")))
_ASSETS: Final = {
    "taper.css": "text/css",
    "page_icon.png": "image/png",
    **dict.fromkeys(STYLES, "text/css"),
    **dict.fromkeys(SCRIPTS, "text/javascript"),
}

PAGE_ICON: Final[str] = str(_ASSETS_FOLDER / "page_icon.png")


async def asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _ASSETS:
        return PlainTextResponse("There is nothing here.", 404)
    return FileResponse(_ASSETS_FOLDER / name, media_type=_ASSETS[name])


async def favicon(request: Request) -> Response:
    return FileResponse(PAGE_ICON, media_type="image/png")


ROUTES: Final[list[BaseRoute]] = [
    Route(gate.HEALTH, health.healthz, methods=["GET"]),
    Route(gate.SIGN_IN, sign_in.sign_in, methods=["GET", "POST"]),
    Route(gate.SIGN_OUT, sign_in.sign_out, methods=["GET", "POST"]),
    Route(gate.CHANGE_PASSWORD, sign_in.change_password, methods=["GET", "POST"]),
    Route(gate.FIRST_RUN, first_run.first_run, methods=["GET", "POST"]),
    Route(gate.DEMO, first_run.demo, methods=["GET", "POST"]),
    Route(f"{downloads.PATH}/{{token}}", downloads.download, methods=["GET"]),
    Route(f"{html.ASSETS}/{{name}}", asset, methods=["GET"]),
    Route("/favicon.png", favicon, methods=["GET"]),
    Route("/favicon.ico", favicon, methods=["GET"]),
]

MIDDLEWARE: Final[list[Middleware]] = [
    Middleware(Startup),
    Middleware(SecurityHeaders),
    Middleware(Gate),
    Middleware(ScreenFiles),
]
