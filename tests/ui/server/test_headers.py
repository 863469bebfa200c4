"""Security headers stand on every answer: pages, refusals, files, crashes."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from taper_app.ui.server.headers import SecurityHeaders, content_security_policy, inline_script_hashes

EXPECTED = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


def assert_guarded(answer, *, referrer="no-referrer"):
    assert answer.headers["content-security-policy"] == content_security_policy()
    assert answer.headers["referrer-policy"] == referrer
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 303),
        ("/healthz", 200),
        ("/favicon.png", 200),
        ("/taper-assets/taper.css", 200),
        ("/taper-assets/nothing.css", 404),
        ("/static/js/unhashed.js", 401),
        ("/_stcore/metrics", 404),
        ("/download/abc", 401),
    ],
)
def test_every_answer_without_a_session_carries_the_headers(client, path, status):
    answer = client.get(path)
    assert answer.status_code == status
    assert_guarded(answer)


def test_refusals_carry_the_headers(client, kit):
    assert_guarded(client.get("/healthz", headers={"host": "evil.example"}))
    assert_guarded(client.post("/healthz", headers={"origin": "http://evil.example"}), referrer="same-origin")
    assert_guarded(client.post("/healthz", headers=kit.ORIGIN))


def test_our_forms_let_the_browser_name_its_origin_and_no_more(client):
    assert_guarded(client.get("/first-run"), referrer="same-origin")


def test_answers_of_streamlit_carry_the_headers(client, ward, clock, kit):
    nurse = kit.add_account(ward.store, "anna")
    headers = kit.cookie_header(session=kit.open_session(ward.store, nurse, clock()))
    assert_guarded(client.get("/media/picture.png", headers=headers))
    assert_guarded(client.get("/download/unknown", headers=headers))


def test_the_policy_allows_our_own_files_and_one_inline_script_by_its_hash():
    index = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    script = index.split("<script>")[1].split("</script>")[0]
    wanted = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    directives = dict(part.partition(" ")[::2] for part in content_security_policy().split("; "))
    assert directives["script-src"] == f"'self' 'sha256-{wanted}'"
    assert directives["connect-src"] == directives["default-src"] == directives["form-action"] == "'self'"
    assert directives["frame-ancestors"] == directives["object-src"] == "'none'"
    assert "unsafe-eval" not in content_security_policy()
    assert not any("http" in value or "*" in value for value in directives.values())


def test_every_inline_script_gets_its_own_hash_and_linked_ones_none():
    page = "<script>one</script><script src='x.js'></script><script>two</script>"
    assert len(set(inline_script_hashes(page))) == 2


@pytest.fixture
def served(kit):
    def serve(path, endpoint):
        app = Starlette(routes=[Route(path, endpoint)], middleware=[Middleware(SecurityHeaders)])
        return kit.AsgiClient(app).get(path)

    return serve


async def _file(request):
    return PlainTextResponse("x", headers={"Cache-Control": "public, immutable, max-age=31536000"})


def test_only_files_with_their_hash_in_the_name_may_be_kept_by_the_browser(served):
    assert "immutable" in served("/static/js/index.DormvYxC.js", _file).headers["cache-control"]
    assert served("/static/index.html", _file).headers["cache-control"] == "no-store"
    assert served("/media/0123456789abcdef.DormvYxC.png", _file).headers["cache-control"] == "no-store"


TYPED = "DOE, Jane 00123 took 0.75 mg"


async def _crash(request):
    raise ValueError(TYPED)


def test_a_crash_shows_a_reference_and_no_value_and_the_log_finds_it_by_that_reference(served, caplog):
    answer = served("/crash", _crash)
    assert answer.status_code == 500
    assert_guarded(answer, referrer="same-origin")
    reference = answer.text.split("<strong>")[1].split("</strong>")[0]
    assert reference in caplog.text
    assert "_crash" in caplog.text
    assert "ValueError" in caplog.text
    for text in (answer.text, caplog.text):
        assert "Jane" not in text
        assert "00123" not in text
