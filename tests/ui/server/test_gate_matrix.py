"""Who is let through the gate: every kind of path by every kind of cookie."""

from __future__ import annotations

import pytest

from taper_app.settings import settings
from taper_app.use_cases import sessions

PAGES = ("/", "/chart", "/review", "/protocols")
OTHERS = (
    "/static/js/index.js",
    "/media/abc.png",
    "/_stcore/host-config",
    "/_stcore/health",
    "/component/x/y.js",
    "/download/abc",
    "/manifest.json",
    "/deeper/path",
)
BLOCKED = (
    "/_stcore/metrics",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/interact",
    "/_stcore/agent/mcp",
    "/chart/_stcore/agent/mcp",
    "/_stcore/script-health-check",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
)
OPEN = ("/healthz", "/sign-in", "/taper-assets/taper.css", "/taper-assets/page_icon.png", "/favicon.png")
NOBODY = ("none", "ended", "expired", "idle", "disabled", "foreign", "malformed", "of the synthetic ward")


@pytest.fixture
def token_of(ward, clock, kit):
    """Tokens by the kind of session they belong to."""
    nurse = kit.add_account(ward.store, "anna")
    gone = kit.add_account(ward.store, "gone")
    tokens = {
        "valid": kit.open_session(ward.store, nurse, clock()),
        "ended": kit.open_session(ward.store, nurse, clock()),
        "expired": kit.open_session(ward.store, nurse, clock(), hours=0.1),
        "idle": kit.open_session(ward.store, nurse, clock()),
        "disabled": kit.open_session(ward.store, gone, clock()),
        "foreign": sessions.new_token(is_demo=False),
        "malformed": "ward.short",
    }
    tokens["of the synthetic ward"] = "demo." + tokens["valid"].removeprefix("ward.")
    sessions.sign_out(ward.store, sessions.session_id_of(tokens["ended"]), now=clock())
    disabled = gone.model_copy(update={"disabled_at": clock()})
    ward.store.transact(lambda writing: writing.replace_account(disabled))
    clock.advance(minutes=14)

    def used(writing):
        for kind in ("valid", "expired"):
            session = writing.session(sessions.session_id_of(tokens[kind]))
            writing.replace_session(session.model_copy(update={"last_activity_at": clock()}))

    ward.store.transact(used)
    clock.advance(minutes=1)
    return tokens


def headers_for(kit, token_of, kind):
    return {} if kind == "none" else kit.cookie_header(session=token_of[kind])


@pytest.mark.parametrize("kind", NOBODY)
@pytest.mark.parametrize("path", PAGES)
def test_without_a_live_session_a_page_leads_to_sign_in(client, inner, kit, token_of, path, kind):
    answer = client.get(path, headers=headers_for(kit, token_of, kind))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert inner.requests == []


@pytest.mark.parametrize("kind", NOBODY)
@pytest.mark.parametrize("path", OTHERS)
def test_without_a_live_session_anything_else_is_refused(client, inner, kit, token_of, path, kind):
    assert client.get(path, headers=headers_for(kit, token_of, kind)).status_code == 401
    assert inner.requests == []


@pytest.mark.parametrize("path", [path for path in (*PAGES, *OTHERS) if not path.startswith("/download/")])
def test_with_a_live_session_everything_of_streamlit_is_served(client, inner, kit, token_of, path):
    assert client.get(path, headers=headers_for(kit, token_of, "valid")).status_code == 200
    assert inner.requests == [path]


@pytest.mark.parametrize("kind", ["none", "valid"])
@pytest.mark.parametrize("path", BLOCKED)
def test_metrics_agent_api_and_streamlits_own_sign_in_are_there_for_nobody(client, inner, kit, token_of, path, kind):
    assert client.get(path, headers=headers_for(kit, token_of, kind)).status_code == 404
    posted = client.post(path, headers={**kit.ORIGIN, **headers_for(kit, token_of, kind)})
    assert posted.status_code == 404
    assert inner.requests == []


SHIPPED = (
    "/static/js/index.DormvYxC.js",
    "/static/css/index.C1JORDN2.css",
    "/static/media/SourceSansVF-Upright.ttf.BsWL4Kly.woff2",
)


@pytest.mark.parametrize("kind", ["none", "ended"])
@pytest.mark.parametrize("path", SHIPPED)
def test_streamlits_shipped_files_are_served_to_everybody_so_that_an_ended_page_can_still_show_why(
    client, inner, kit, token_of, path, kind
):
    assert client.get(path, headers=headers_for(kit, token_of, kind)).status_code == 200
    assert client.post(path, headers=kit.ORIGIN).status_code == 401
    assert inner.requests == [path]


@pytest.mark.parametrize(
    "path", ["/static/../media/x.DormvYxC.js", "/static/js/..%2f..%2fmedia/x.DormvYxC.js", "/static/x"]
)
def test_nothing_else_hides_behind_the_look_of_a_shipped_file(client, inner, token_of, path):
    assert client.get(path).status_code == 401
    assert inner.requests == []


@pytest.mark.parametrize("path", OPEN)
def test_what_the_sign_in_page_needs_is_open_to_everybody(client, kit, token_of, path):
    assert client.get(path).status_code == 200


def test_health_says_nothing_about_anybody(client, token_of):
    assert client.get("/healthz").json() == {"status": "ok", "database": "ok"}


def test_health_fails_when_the_database_cannot_be_read(client, ward, monkeypatch):
    def broken():
        raise OSError("disk gone: /var/lib/secret")

    monkeypatch.setattr(ward.store, "reading", broken, raising=False)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "secret" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1:x", "user@127.0.0.1"])
def test_a_foreign_host_name_is_not_answered(client, kit, token_of, host):
    answer = client.get("/healthz", headers={"host": host})
    assert answer.status_code == 421


def test_the_address_asked_for_is_returned_to_after_signing_in_but_no_other_site(client, token_of):
    assert client.get("/chart").headers["location"] == "/sign-in?next=%2Fchart"
    for other in ("//evil.example", "https://evil.example", "/\\evil.example", "/sign-out", "/media", "/a/b"):
        assert 'name="return_to" value="/"' in client.get("/sign-in", params={"next": other}).text


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1:8501", "http://127.0.0.1"])
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/demo", "/first-run", "/_stcore/upload_file/a/b"])
def test_nothing_is_changed_for_a_request_of_another_origin(client, inner, kit, token_of, path, origin):
    headers = {**headers_for(kit, token_of, "valid"), **({} if origin is None else {"origin": origin})}
    assert client.post(path, headers=headers).status_code == 403
    assert client.put(path, headers=headers).status_code == 403
    assert inner.requests == []


@pytest.mark.parametrize("kind", NOBODY)
def test_without_a_live_session_the_websocket_is_refused(client, inner, kit, token_of, kind):
    assert not client.websocket({**kit.ORIGIN, **headers_for(kit, token_of, kind)})
    assert inner.websockets == []


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:9"])
def test_the_websocket_is_refused_to_another_origin(client, inner, kit, token_of, origin):
    origin_header = {} if origin is None else {"origin": origin}
    assert not client.websocket({**origin_header, **headers_for(kit, token_of, "valid")})
    assert inner.websockets == []


def test_the_websocket_is_refused_under_a_foreign_host_name(client, inner, kit, token_of):
    headers = {"host": "evil.example", "origin": "http://evil.example", **headers_for(kit, token_of, "valid")}
    assert not client.websocket(headers)
    assert inner.websockets == []


def test_with_a_live_session_the_websocket_opens(client, inner, kit, token_of):
    assert client.websocket({**kit.ORIGIN, **headers_for(kit, token_of, "valid")})
    assert len(inner.websockets) == 1


def test_behind_a_proxy_only_the_declared_origin_is_accepted(client, kit, token_of, monkeypatch):
    monkeypatch.setenv("TAPER_PUBLIC_ORIGIN", "https://taper.ward.example")
    monkeypatch.setenv("TAPER_BEHIND_TLS_PROXY", "true")
    settings.cache_clear()
    own = {"host": "taper.ward.example", **headers_for(kit, token_of, "valid")}
    assert client.get("/chart", headers=own).status_code == 200
    assert client.post("/x", headers={**own, "origin": "https://taper.ward.example"}).status_code == 200
    assert client.post("/x", headers={**own, "origin": "http://taper.ward.example"}).status_code == 403
    monkeypatch.undo()
    settings.cache_clear()


def test_whoever_must_choose_a_password_reaches_nothing_else(client, inner, ward, clock, kit, token_of):
    fresh = kit.add_account(ward.store, "fresh", must_change_password=True)
    headers = kit.cookie_header(session=kit.open_session(ward.store, fresh, clock()))
    assert client.get("/chart", headers=headers).headers["location"] == "/change-password"
    assert client.get("/media/abc.png", headers=headers).status_code == 401
    assert client.get("/change-password", headers=headers).status_code == 200
    assert not client.websocket({**kit.ORIGIN, **headers})
    assert inner.requests == []
