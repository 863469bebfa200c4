"""The first lines of each run: nobody sees anything without the gate, without a session, or of another session."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from taper_app import wiring
from taper_app.ui import session_binding
from taper_app.ui.server import admission, cookies
from taper_app.use_cases import sessions


def page():
    import streamlit as st

    from taper_app.ui.session_binding import require_session, sign_out

    signed_in = require_session()
    st.session_state.setdefault("first_seen_by", signed_in.account.name)
    st.text(f"page of {signed_in.account.name}, first seen by {st.session_state['first_seen_by']}")
    st.text(f"unit {signed_in.actor.unit_id!r}, role {signed_in.actor.role}, demo {signed_in.is_demo}")
    st.text_input("note", key="note")
    if st.button("Sign out"):
        sign_out()


@pytest.fixture
def app(ward):
    st.cache_resource.clear()
    return AppTest.from_function(page)


@pytest.fixture
def browser(monkeypatch):
    """Sets the token that the browser's cookie holds."""

    def hold(token):
        monkeypatch.setattr(session_binding, "cookie_token", lambda: token)

    return hold


@pytest.fixture
def anna(ward, clock, kit):
    return kit.open_session(ward.store, kit.add_account(ward.store, "anna"), clock())


def texts(app):
    return [element.value for element in app.text]


def assert_nothing_shown(app):
    assert not app.exception
    assert texts(app) == []
    assert len(app.text_input) == len(app.button) == 0


def test_a_live_session_sees_its_page(app, browser, anna):
    browser(anna)
    app.run()
    assert texts(app) == ["page of anna, first seen by anna", "unit '', role nurse, demo False"]


def test_without_the_gate_nothing_is_shown_but_how_to_start(app, browser):
    browser(None)
    app.run()
    assert_nothing_shown(app)
    assert "taper run" in app.error[0].value


def test_when_the_session_has_ended_the_page_is_empty_and_leads_to_sign_in(app, browser, ward, clock, anna):
    browser(anna)
    app.run()
    app.session_state["note"] = "left on the glass"
    sessions.sign_out(ward.store, sessions.session_id_of(anna), now=clock())
    app.run()
    assert_nothing_shown(app)
    assert "signed out" in app.info[0].value
    assert "note" not in app.session_state


@pytest.mark.parametrize(("minutes", "sentence"), [(15, "without use"), (14, None)])
def test_after_the_idle_limit_the_page_says_why_it_is_empty(app, browser, clock, anna, minutes, sentence):
    browser(anna)
    app.run()
    clock.advance(minutes=minutes)
    app.run()
    assert [sentence in info.value for info in app.info] == ([True] if sentence else [])


def test_disabling_an_account_empties_its_page_at_the_next_run(app, browser, ward, clock, anna):
    browser(anna)
    app.run()
    with ward.store.reading() as reading:
        account = reading.account_named("anna")
    disabled = account.model_copy(update={"disabled_at": clock()})
    ward.store.transact(lambda writing: writing.replace_account(disabled))
    app.run()
    assert_nothing_shown(app)
    assert "disabled" in app.info[0].value


def test_state_of_another_session_is_cleared_before_anything_of_it_is_shown(app, browser, ward, clock, kit, anna):
    browser(anna)
    app.run()
    app.text_input(key="note").set_value("anna typed this").run()
    bert = kit.open_session(ward.store, kit.add_account(ward.store, "bert"), clock())
    browser(bert)
    app.run()
    assert texts(app)[0] == "page of bert, first seen by bert"
    assert app.text_input(key="note").value == ""
    with ward.store.reading() as reading:
        newest = reading.audit_entries(limit=1)[0]
    assert (newest.account_id, newest.action, newest.outcome) == (
        "id-of-bert",
        "resume_page_of_another_session",
        "refused",
    )


def test_a_second_sign_in_of_the_same_person_starts_with_an_empty_page_too(app, browser, ward, clock, kit, anna):
    browser(anna)
    app.run()
    app.text_input(key="note").set_value("typed before").run()
    with ward.store.reading() as reading:
        account = reading.account_named("anna")
    browser(kit.open_session(ward.store, account, clock()))
    app.run()
    assert app.text_input(key="note").value == ""


def test_signing_out_from_a_page_ends_the_session_and_clears_the_page(app, browser, ward, anna):
    browser(anna)
    app.run()
    app.button[0].click().run()
    assert_nothing_shown(app)
    with ward.store.reading() as reading:
        assert reading.session(sessions.session_id_of(anna)).ended_at is not None


def test_a_synthetic_session_is_told_apart(app, browser, clock, kit):
    demo = wiring.app_for(demo=True)
    nurse = kit.add_account(demo.store, "synthetic.nurse")
    browser(kit.open_session(demo.store, nurse, clock(), is_demo=True))
    app.run()
    assert "demo True" in texts(app)[1]


class Connection:
    def __init__(self, cookies, headers):
        self.cookies, self.headers = cookies, headers


@pytest.mark.parametrize(
    ("proof", "let_through"), [("right", True), ("of another token", False), ("made up", False), (None, False)]
)
def test_a_connection_counts_only_with_the_proof_our_gate_gave_this_very_token(monkeypatch, proof, let_through):
    token = sessions.new_token(is_demo=False)
    headers = {
        "right": {admission.PROOF_HEADER: admission.proof_for(token)},
        "of another token": {admission.PROOF_HEADER: admission.proof_for("other")},
        "made up": {admission.PROOF_HEADER: "0" * 64},
        None: {},
    }[proof]
    monkeypatch.setattr(session_binding.st, "context", Connection({cookies.SESSION: token}, headers))
    assert (session_binding.cookie_token() == token) is let_through
