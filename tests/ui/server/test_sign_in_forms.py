"""The sign-in, sign-out and change-password forms."""

from __future__ import annotations

import pytest

from taper_app.ui.server import cookies
from taper_app.use_cases import accounts, sessions


@pytest.fixture
def nurse(ward, kit):
    return kit.add_account(ward.store, "anna")


def try_sign_in(client, kit, **fields):
    return kit.post_form(client, "/sign-in", {"name": "anna", "password": kit.PASSWORD, **fields})


def live(ward, token, clock):
    with ward.store.reading() as reading:
        session = reading.session(sessions.session_id_of(token))
    return session is not None and session.ended_at is None


def test_the_right_password_gives_a_strict_host_only_cookie_and_goes_where_one_wanted(client, ward, kit, nurse):
    answer = try_sign_in(client, kit, return_to="/chart")
    assert (answer.status_code, answer.headers["location"]) == (303, "/chart")
    header = next(h for h in answer.headers.get_list("set-cookie") if h.startswith("__Host-taper="))
    parts = {part.strip().lower() for part in header.split(";")[1:]}
    assert parts == {"httponly", "secure", "samesite=strict", "path=/"}


def test_a_wrong_password_keeps_the_name_and_not_the_password(client, kit, nurse):
    answer = try_sign_in(client, kit, name='anna"><script>', password="not this one")
    assert answer.status_code == 401
    assert 'value="anna&quot;&gt;&lt;script&gt;"' in answer.text
    assert "not this one" not in answer.text
    assert 'role="alert"' in answer.text
    assert kit.cookie_set(answer) is None


def test_after_three_failures_the_page_says_how_long_to_wait(client, kit, nurse):
    for _ in range(3):
        try_sign_in(client, kit, password="not this one")
    answer = try_sign_in(client, kit)
    assert answer.status_code == 429
    assert "Wait 8 seconds" in answer.text
    assert int(answer.headers["retry-after"]) >= 8


def test_an_address_that_guesses_names_is_slowed(client, kit, nurse):
    for number in range(50):
        assert try_sign_in(client, kit, name=f"name{number}").status_code == 401
    answer = try_sign_in(client, kit)
    assert answer.status_code == 429
    assert "this address" in answer.text


def test_every_sign_in_gives_a_new_token_and_ends_the_one_before(client, ward, clock, kit, nurse):
    first = kit.cookie_set(try_sign_in(client, kit))
    answer = kit.post_form(client, "/sign-in", {"name": "anna", "password": kit.PASSWORD}, session=first)
    second = kit.cookie_set(answer)
    assert first != second
    assert not live(ward, first, clock)
    assert live(ward, second, clock)


def test_a_token_planted_in_the_browser_is_never_the_one_that_is_signed_in(client, ward, clock, kit, nurse):
    planted = sessions.new_token(is_demo=False)
    answer = kit.post_form(client, "/sign-in", {"name": "anna", "password": kit.PASSWORD}, session=planted)
    assert kit.cookie_set(answer) != planted
    assert not live(ward, planted, clock)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/change-password"])
@pytest.mark.parametrize("token", ["", "made up", cookies.form_token("another browser's secret")])
def test_a_form_without_this_browsers_token_changes_nothing(client, ward, clock, kit, nurse, path, token):
    session = kit.open_session(ward.store, nurse, clock())
    fields = {"form_token": token, "name": "anna", "password": kit.PASSWORD}
    answer = kit.post_form(client, path, fields, session=session)
    assert answer.status_code == 403
    assert kit.cookie_set(answer) is None
    assert live(ward, session, clock)


def test_a_form_without_the_cookie_behind_its_token_is_refused(client, kit, nurse):
    data = {"form_token": cookies.form_token(""), "name": "anna", "password": kit.PASSWORD}
    assert client.post("/sign-in", data=data, headers=kit.ORIGIN).status_code == 403


def test_other_kinds_of_body_and_very_long_ones_are_refused(client, kit, nurse):
    headers = {**kit.ORIGIN, **kit.cookie_header(form="browser-secret")}
    assert client.post("/sign-in", json={"name": "anna"}, headers=headers).status_code == 415
    assert client.post("/sign-in", data={"name": "a" * 20_000}, headers=headers).status_code == 413


def test_signing_out_ends_the_session_and_takes_the_cookie_away(client, ward, clock, kit, nurse):
    session = kit.open_session(ward.store, nurse, clock())
    asked = client.get("/sign-out", headers=kit.cookie_header(session=session))
    assert "Signed in as Anna" in asked.text
    assert live(ward, session, clock)
    answer = kit.post_form(client, "/sign-out", {}, session=session)
    assert answer.headers["location"] == "/sign-in"
    assert kit.cookie_set(answer) == ""
    assert not live(ward, session, clock)


def change(client, kit, session, **fields):
    texts = {
        "present": kit.PASSWORD,
        "password": "blue lantern forty moss",
        "password_again": "blue lantern forty moss",
    }
    return kit.post_form(client, "/change-password", {**texts, **fields}, session=session)


def test_a_changed_password_ends_the_old_session_and_opens_a_new_one(client, ward, clock, kit, nurse):
    session = kit.open_session(ward.store, nurse, clock())
    answer = change(client, kit, session)
    assert answer.status_code == 303
    assert not live(ward, session, clock)
    assert live(ward, kit.cookie_set(answer), clock)
    assert try_sign_in(client, kit).status_code == 401


def test_faults_of_a_new_password_are_tied_to_their_fields_and_nothing_is_echoed(client, ward, clock, kit, nurse):
    session = kit.open_session(ward.store, nurse, clock())
    answer = change(client, kit, session, password="short", password_again="other")
    assert answer.status_code == 422
    for name in ("password", "password_again"):
        assert f'id="{name}-fault"' in answer.text
        assert f"{name}-fault" in answer.text.split(f'<input id="{name}"')[1].split(">")[0]
    assert 'value="short"' not in answer.text
    assert accounts.sign_in(
        ward.store, name="anna", password=kit.PASSWORD, now=clock(), session_lasts=clock() - clock()
    )


def test_whoever_was_given_a_password_is_led_to_choose_one(client, ward, kit):
    kit.add_account(ward.store, "fresh", must_change_password=True)
    answer = try_sign_in(client, kit, name="fresh", return_to="/chart")
    assert answer.headers["location"] == "/change-password"
