"""The sign-in pages and the guarded application in a real browser."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

RICH_PAGE = """
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from taper_app.ui.server.routes import PAGE_ICON
from taper_app.ui.session_binding import require_session

st.set_page_config(page_title="Rich", page_icon=PAGE_ICON)
signed_in = require_session()
st.title("Everything a page may hold")
st.markdown("![beacon](https://elsewhere.example/beacon.png)" if st.query_params.get("beacon") else "Text")
st.dataframe(pd.DataFrame({"dose": [1, 2]}))
st.plotly_chart(go.Figure(go.Scatter(x=[1, 2], y=[2, 1])))
st.text_input("note", key="note")
if st.button("Press"):
    st.write("pressed")
"""

BY_TAPER = """
from taper_app.ui.server import launch

if {page!r}:
    launch.ROUTER = {page!r}
launch.run("127.0.0.1", 0, None)
"""


@pytest.fixture(scope="module")
def serve(start_server, kit, tmp_path_factory):
    def start(*, page="", with_accounts=True):
        folder = tmp_path_factory.mktemp("browser")
        if page:
            (folder / "page.py").write_text(page)
        script = folder / "serve.py"
        script.write_text(BY_TAPER.format(page=str(folder / "page.py") if page else ""))
        prepared = kit.prepared_database(folder, with_accounts=with_accounts)
        return start_server([str(script)], prepared.environment), prepared.tokens

    return start


@pytest.fixture(scope="module")
def rich(serve):
    return serve(page=RICH_PAGE)


class Watched:
    """What the browser asked for and complained about."""

    def __init__(self, page):
        self.requests, self.complaints = [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)

    def elsewhere(self, url):
        return [one for one in self.requests if not one.startswith((url, url.replace("http", "ws"), "data:", "blob:"))]


def sign_in(page, url, kit, name="anna"):
    page.goto(url)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(kit.PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def violations_of(page):
    from axe_playwright_python.sync_playwright import Axe

    return [violation["id"] for violation in Axe().run(page).response["violations"]]


def test_from_first_run_to_a_signed_in_page_nothing_leaves_the_machine(browser_page, serve, kit):
    server, _ = serve(with_accounts=False)
    watched = Watched(browser_page)
    browser_page.goto(server.url)
    assert browser_page.url.endswith("/first-run")
    browser_page.get_by_label("User name").fill("a.ng")
    browser_page.get_by_label("Name shown to colleagues").fill("A. Ng")
    browser_page.get_by_label("Password", exact=True).fill(kit.PASSWORD)
    browser_page.get_by_label("Password again").fill(kit.PASSWORD)
    browser_page.get_by_role("button", name="Create administrator").click()
    browser_page.locator("[data-test-script-state=notRunning]").wait_for()
    browser_page.get_by_test_id("stAppViewContainer").wait_for()
    assert "Reference" not in browser_page.get_by_test_id("stApp").inner_text()
    assert watched.elsewhere(server.url) == []
    assert watched.complaints == []


def test_table_chart_and_icon_break_no_rule_of_the_policy(browser_page, rich, kit):
    server, _ = rich
    watched = Watched(browser_page)
    sign_in(browser_page, server.url, kit)
    browser_page.locator(".js-plotly-plot .main-svg").first.wait_for()
    browser_page.get_by_test_id("stDataFrame").wait_for()
    browser_page.get_by_role("button", name="Press").click()
    browser_page.get_by_text("pressed").wait_for()
    assert watched.elsewhere(server.url) == []
    assert watched.complaints == []


def test_a_picture_from_elsewhere_in_a_text_is_not_fetched(browser_page, rich, kit):
    server, _ = rich
    sign_in(browser_page, server.url, kit)
    answered = []
    browser_page.on("response", lambda response: answered.append(response.url))
    watched = Watched(browser_page)
    browser_page.goto(f"{server.url}/?beacon=1")
    browser_page.get_by_test_id("stDataFrame").wait_for()
    browser_page.locator("img[alt=beacon]").wait_for(state="attached")
    browser_page.wait_for_timeout(300)
    assert any("Content Security Policy" in complaint for complaint in watched.complaints)
    assert [url for url in answered if "elsewhere" in url] == []


def test_signed_out_in_another_tab_the_open_page_is_cleared_and_leads_to_sign_in(browser_page, rich, kit):
    server, _ = rich
    sign_in(browser_page, server.url, kit)
    browser_page.get_by_label("note").fill("left on the glass")
    browser_page.get_by_label("note").press("Enter")
    other = browser_page.context.new_page()
    other.goto(f"{server.url}/sign-out")
    other.get_by_role("button", name="Sign out").click()
    assert other.url.endswith("/sign-in")
    browser_page.get_by_role("button", name="Press").click()
    browser_page.get_by_text("You are signed out").wait_for()
    browser_page.get_by_test_id("stDataFrame").wait_for(state="detached")
    assert browser_page.get_by_label("note").count() == 0
    browser_page.get_by_role("link", name="Sign in").click()
    browser_page.get_by_label("User name").wait_for()


def test_another_person_at_the_same_browser_finds_nothing_of_the_first(browser_page, rich, kit):
    server, _ = rich
    sign_in(browser_page, server.url, kit, "anna")
    browser_page.get_by_label("note").fill("anna typed this")
    browser_page.get_by_label("note").press("Enter")
    browser_page.goto(f"{server.url}/sign-out")
    browser_page.get_by_role("button", name="Sign out").click()
    sign_in(browser_page, server.url, kit, "bert")
    browser_page.get_by_label("note").wait_for()
    assert browser_page.get_by_label("note").input_value() == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_outside_streamlit_are_accessible_and_fit_a_phone(chromium, serve, rich, kit, scheme, width):
    empty = _empty_server(serve)
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    try:
        page = context.new_page()
        for url in (f"{empty.url}/first-run", f"{rich[0].url}/sign-in"):
            page.goto(url)
            assert violations_of(page) == []
            page.locator("form button").first.click()
            page.get_by_role("alert").wait_for()
            assert violations_of(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            heights = page.locator("button, input:not([type=hidden])").evaluate_all(
                "all => all.map(one => one.getBoundingClientRect().height)"
            )
            assert min(heights) >= 44
    finally:
        context.close()


_started = {}


def _empty_server(serve):
    if "empty" not in _started:
        _started["empty"] = serve(with_accounts=False)[0]
    return _started["empty"]
