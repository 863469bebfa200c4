"""The server as it really runs: started by Streamlit's command, by ours, and wrongly."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request

import pytest
from websockets.exceptions import InvalidStatus

from streamlit_stream import StreamlitStream
from taper_app.ui.server import cookies
from taper_app.ui.server.headers import content_security_policy
from taper_app.ui.server.streamlit_settings import STREAMLIT_OPTIONS

PROBE_PAGE = """
from pathlib import Path

import streamlit as st
from taper_app.ui.session_binding import require_session

signed_in = require_session()
st.session_state.setdefault("first", signed_in.account.name)
st.text(f"{signed_in.account.name} sees a page first seen by {st.session_state['first']}")
who = signed_in.account.name


def saved():
    with Path(__file__).with_name("saved.txt").open("a") as file:
        file.write(who)


def fails():
    raise ValueError("DOE, " + "".join(["Ja", "ne"]))


@st.fragment
def part():
    if st.button("Fail in fragment"):
        fails()


st.button("Save", on_click=saved)
st.button("Fail", on_click=fails)
part()
"""

PROBE = """
import socket
import sys

from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit import config
from streamlit.web.server.starlette import starlette_server
from taper_app.ui.server import routes
from taper_app.ui.server.streamlit_settings import STREAMLIT_OPTIONS

ASKED = (*STREAMLIT_OPTIONS, "server.trustedUserHeaders", "server.port")
listening = []
bind = starlette_server._bind_socket


def remembering(*given):
    listening.append(bind(*given))
    return listening[-1]


starlette_server._bind_socket = remembering


async def probe(request):
    return JSONResponse(
        {
            "options": {name: config.get_option(name) for name in ASKED},
            "nodelay": [bool(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)) for one in listening],
            "address": [one.getsockname()[0] for one in listening],
            "loaded": [name in sys.modules for name in ("pandas", "plotly.graph_objects", "taper_app.store.sql")],
        }
    )


PROBED = [*routes.ROUTES, Route("/probe", probe)]
"""

BY_STREAMLIT = """
import streamlit as st
from probe import PROBED
from taper_app.ui.server.routes import MIDDLEWARE

app = st.App({page!r}, routes=PROBED, middleware=MIDDLEWARE)
"""

BY_TAPER = """
from probe import PROBED
from taper_app.ui.server import launch

launch.ROUTES, launch.ROUTER = PROBED, {page!r}
launch.run("127.0.0.1", 0, None)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("probe")
    page = made / "page.py"
    page.write_text(PROBE_PAGE)
    (made / "probe.py").write_text(PROBE)
    (made / "by_streamlit.py").write_text(BY_STREAMLIT.format(page=str(page)))
    (made / "by_taper.py").write_text(BY_TAPER.format(page=str(page)))
    return made


@pytest.fixture(scope="module")
def by_streamlit(start_server, kit, folder, tmp_path_factory):
    prepared = kit.prepared_database(tmp_path_factory.mktemp("by_streamlit"))
    command = ["-m", "streamlit", "run", str(folder / "by_streamlit.py"), "--server.port", "0"]
    return start_server(command, prepared.environment), prepared.tokens


@pytest.fixture(scope="module")
def by_taper(start_server, kit, folder, tmp_path_factory):
    prepared = kit.prepared_database(tmp_path_factory.mktemp("by_taper"))
    return start_server([str(folder / "by_taper.py")], prepared.environment), prepared.tokens


@pytest.fixture(scope="module")
def shipped(start_server, kit, tmp_path_factory):
    """``streamlit run streamlit_app.py``, unchanged."""
    prepared = kit.prepared_database(tmp_path_factory.mktemp("shipped"))
    command = ["-m", "streamlit", "run", "streamlit_app.py", "--server.port", "0"]
    return start_server(command, prepared.environment), prepared.tokens


def session_cookie(token):
    return {"cookie": f"{cookies.SESSION}={token}"}


def probed(server, tokens):
    return server.json("/probe", **session_cookie(tokens["anna"]))


def test_streamlit_run_serves_the_guard_in_front_of_the_pages(shipped, kit):
    server, tokens = shipped
    status, headers, _ = server.get("/")
    assert (status, headers["location"]) == (303, "/sign-in")
    assert headers["content-security-policy"] == content_security_policy()
    with pytest.raises(InvalidStatus) as refused:
        StreamlitStream(server.url, None)
    assert refused.value.response.status_code == 403
    status, headers, text = server.get("/", **session_cookie(tokens["anna"]))
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert '<div id="root">' in text
    assert server.get("/static/js/nothing.js")[0] == 401


def test_the_shipped_router_answers_a_signed_in_browser(shipped, kit):
    server, tokens = shipped
    stream = StreamlitStream(server.url, tokens["bert"])
    assert stream.run() != []
    assert stream.session_id
    stream.close()


def test_the_websocket_needs_our_own_origin(shipped, kit):
    server, tokens = shipped
    for origin in (None, "http://evil.example", "null"):
        with pytest.raises(InvalidStatus) as refused:
            StreamlitStream(server.url, tokens["anna"], origin=origin)
        assert refused.value.response.status_code == 403


def test_without_the_gate_the_router_shows_no_page(start_server, kit, tmp_path_factory):
    prepared = kit.prepared_database(tmp_path_factory.mktemp("ungated"))
    command = ["-m", "streamlit", "run", "taper_app/ui/router.py", "--server.port", "0"]
    server = start_server(command, prepared.environment)
    stream = StreamlitStream(server.url, prepared.tokens["anna"])
    seen = stream.run()
    stream.close()
    assert len(seen) == 1
    assert "without its guard" in seen[0]


@pytest.mark.parametrize("name", sorted(STREAMLIT_OPTIONS))
@pytest.mark.parametrize("server", ["by_streamlit", "by_taper"])
def test_the_running_server_has_every_setting(request, server, name):
    assert probed(*request.getfixturevalue(server))["options"][name] == STREAMLIT_OPTIONS[name]


@pytest.mark.parametrize("server", ["by_streamlit", "by_taper"])
def test_the_running_server_trusts_no_header(request, server):
    assert probed(*request.getfixturevalue(server))["options"]["server.trustedUserHeaders"] == {}


def test_our_command_listens_on_loopback_sends_small_packets_at_once_and_has_its_imports_done(by_taper):
    answer = probed(*by_taper)
    assert answer["address"] == ["127.0.0.1"]
    assert answer["nodelay"] == [True]
    assert answer["loaded"] == [True, True, True]


def test_our_command_says_where_it_is_and_nothing_of_usage_statistics(by_taper):
    server, _ = by_taper
    assert f"Taper is ready at {server.url}" in server.drain()
    assert "streamlit" not in server.output.lower()


def test_a_click_reaches_the_page_of_a_live_session(by_taper, kit, folder):
    server, tokens = by_taper
    stream = StreamlitStream(server.url, tokens["bert"])
    assert stream.run()[0] == "bert sees a page first seen by bert"
    stream.run(press="Save")
    stream.close()
    assert (folder / "saved.txt").read_text() == "bert"
    (folder / "saved.txt").unlink()


@pytest.mark.parametrize("server", ["by_streamlit", "by_taper"])
def test_nobody_takes_over_the_page_of_another_session(request, kit, folder, server):
    running, tokens = request.getfixturevalue(server)
    anna = StreamlitStream(running.url, tokens["anna"])
    anna.run()
    bert = StreamlitStream(running.url, tokens["bert"], resume=anna.session_id)
    bert.buttons = anna.buttons
    assert bert.run()[0] == "bert sees a page first seen by bert"
    assert bert.session_id != anna.session_id
    anna.close()
    again = StreamlitStream(running.url, tokens["bert"], resume=anna.session_id)
    assert again.run()[0] == "bert sees a page first seen by bert"
    own = StreamlitStream(running.url, tokens["anna"], resume=anna.session_id)
    assert own.run()[0] == "anna sees a page first seen by anna"
    assert own.session_id == anna.session_id
    for stream in (bert, again, own):
        stream.close()
    assert not (folder / "saved.txt").exists()


@pytest.mark.parametrize("button", ["Fail", "Fail in fragment"])
@pytest.mark.parametrize("server", ["by_streamlit", "by_taper"])
def test_an_unexpected_error_shows_a_reference_that_the_log_has_and_no_value(request, kit, server, button):
    running, tokens = request.getfixturevalue(server)
    stream = StreamlitStream(running.url, tokens["bert"])
    stream.run()
    shown = " ".join(stream.run(press=button))
    stream.close()
    reference = re.search(r"Reference \*\*(\S+)\*\*", shown).group(1)
    running.wait_for(f"reference {reference}[\\s\\S]*?builtins.ValueError", seconds=10)
    log = running.drain()
    assert "in fails" in log
    assert "Jane" not in log + shown


def sign_out(server, token):
    secret = "browser-secret"
    request = urllib.request.Request(
        f"{server.url}/sign-out",
        data=urllib.parse.urlencode({"form_token": cookies.form_token(secret)}).encode(),
        headers={"Origin": server.url, "Cookie": f"{cookies.SESSION}={token}; {cookies.FORM}={secret}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.url.endswith("/sign-in")


def test_once_signed_out_an_open_page_is_cleared_and_its_buttons_do_nothing(
    start_server, kit, folder, tmp_path_factory
):
    prepared = kit.prepared_database(tmp_path_factory.mktemp("signing_out"))
    server = start_server([str(folder / "by_taper.py")], prepared.environment)
    token = prepared.tokens["anna"]
    stream = StreamlitStream(server.url, token)
    stream.run()
    sign_out(server, token)
    for button in ("Save", "Fail in fragment"):
        seen = stream.run(press=button)
        assert "You are signed out" in seen[0]
        assert not any("sees a page" in text for text in seen)
    stream.close()
    assert not (folder / "saved.txt").exists()
    assert server.get("/", **session_cookie(token))[0] == 303


def test_the_first_visit_to_a_page_by_its_address_goes_through_the_router(start_server, kit, folder, tmp_path_factory):
    pages = folder / "pages"
    pages.mkdir()
    (pages / "hidden.py").write_text("import streamlit as st\nst.text('outside the router')\n")
    prepared = kit.prepared_database(tmp_path_factory.mktemp("first_visit"))
    server = start_server([str(folder / "by_taper.py")], prepared.environment)
    stream = StreamlitStream(server.url, prepared.tokens["anna"])
    seen = stream.run(page_name="hidden")
    stream.close()
    assert "outside the router" not in seen
    assert "anna sees a page first seen by anna" in seen


def test_a_second_server_on_the_same_database_does_not_start(start_server, kit, by_taper, folder, tmp_path_factory):
    prepared = kit.prepared_database(tmp_path_factory.mktemp("second"))
    start_server([str(folder / "by_taper.py")], prepared.environment)
    second = kit.ServerProcess([kit.sys.executable, str(folder / "by_taper.py")], prepared.environment)
    try:
        assert second.process.wait(60) != 0
        assert "Traceback" not in second.drain()
    finally:
        second.stop()


def test_streamlits_own_command_does_not_start_on_an_open_address(kit, tmp_path_factory):
    prepared = kit.prepared_database(tmp_path_factory.mktemp("open_address"))
    command = ["-m", "streamlit", "run", "streamlit_app.py", "--server.port", "0", "--server.address", "0.0.0.0"]
    server = kit.ServerProcess([kit.sys.executable, *command], prepared.environment)
    try:
        server.wait_for("TAPER_TLS_CERT_FILE")
        assert server.process.wait(60) != 0
    finally:
        server.stop()
