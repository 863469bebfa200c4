"""Our style and script reach Streamlit's page, and no other."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from asgi_client import AsgiClient
from taper_app.ui.server.headers import content_security_policy
from taper_app.ui.server.screen_files import ScreenFiles

STREAMLITS = '<html><head><title>x</title></head><body><div id="root"></div></body></html>'
OURS = "<html><head></head><body><main>Sign in</main></body></html>"


@pytest.fixture
def served():
    async def streamlits(request):
        return HTMLResponse(STREAMLITS)

    async def ours(request):
        return HTMLResponse(OURS)

    async def deep_link(request):
        packed = {"content-encoding": "gzip"} if "gzip" in request.headers.get("accept-encoding", "") else {}
        return HTMLResponse(STREAMLITS, headers=packed)

    async def data(request):
        return JSONResponse({"head": "</head>"})

    routes = [Route("/", streamlits), Route("/ours", ours), Route("/wall", deep_link), Route("/data", data)]
    return AsgiClient(Starlette(routes=routes, middleware=[Middleware(ScreenFiles)]))


def test_the_page_that_streamlit_serves_loads_them_from_this_server(served):
    answer = served.get("/")
    for name in ("bedside", "board"):
        assert f'<link rel="stylesheet" href="/taper-assets/{name}.css">' in answer.text
        assert f'<script src="/taper-assets/{name}.js" defer></script>' in answer.text
    assert answer.headers["content-length"] == str(len(answer.text))


def test_the_page_is_asked_for_uncompressed_so_that_every_address_of_it_gets_them(served):
    """Streamlit sends its page compressed to whoever opens the address of a page and takes it so."""
    answer = served.get("/wall", headers={"accept-encoding": "gzip"})
    assert "/taper-assets/board.js" in answer.text
    assert "content-encoding" not in answer.headers


def test_other_answers_pass_as_they_are(served):
    assert served.get("/ours").text == OURS
    assert "bedside" not in served.get("/data").text


@pytest.mark.parametrize("name", ["bedside.css", "bedside.js", "board.css", "board.js"])
def test_they_are_served_and_reach_no_other_server(client, name):
    answer = client.get(f"/taper-assets/{name}")
    assert answer.status_code == 200
    for outside in ("http:", "https:", "fetch(", "XMLHttpRequest", "WebSocket", "localStorage", "eval("):
        assert outside not in answer.text
    assert "script-src 'self'" in content_security_policy()
