"""An open WebSocket: each message is let through only for a session that is live at that moment."""

from __future__ import annotations

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from taper_app.ui.server import admission
from taper_app.ui.server.admission import PAGE_OWNERS, PROOF_HEADER, PageOwners
from taper_app.use_cases import sessions


def rerun(*, timer=False, button="", fragment=""):
    message = BackMsg()
    message.rerun_script.page_script_hash = "the-page"
    message.rerun_script.is_auto_rerun = timer
    message.rerun_script.fragment_id = fragment
    if button:
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = button, True
    return message.SerializeToString()


def heartbeat():
    message = BackMsg()
    message.app_heartbeat = True
    return message.SerializeToString()


@pytest.fixture
def anna(ward, clock, kit):
    return kit.open_session(ward.store, kit.add_account(ward.store, "anna"), clock())


@pytest.fixture
def connect(client, kit):
    def open_stream(token, *messages, protocols=None, **headers):
        named = {**kit.ORIGIN, **kit.cookie_header(session=token), **headers}
        if protocols is not None:
            named["sec-websocket-protocol"] = protocols
        return client.websocket(named, *messages)

    return open_stream


def header(inner, name):
    return [value.decode() for known, value in inner.websockets[0] if known == name.encode()]


def test_the_gate_replaces_whatever_a_client_calls_its_proof(connect, inner, anna):
    assert connect(anna, **{PROOF_HEADER: "made up"})
    (proof,) = header(inner, PROOF_HEADER)
    assert admission.proof_holds(anna, proof)
    assert not admission.proof_holds(anna + "x", proof)


def test_messages_of_a_live_session_pass_unchanged(connect, inner, anna):
    sent = [rerun(button="save"), rerun(timer=True), heartbeat(), b"\xff no message at all"]
    connect(anna, *sent)
    assert inner.messages == sent


def test_once_signed_out_a_click_becomes_a_bare_rerun_that_carries_no_widget(connect, inner, ward, clock, anna):
    store = ward.store
    original = admission.look_up
    looked = []

    def look_up(token):
        looked.append(token)
        if len(looked) == 3:  # the handshake, the first message, and then somebody signs out elsewhere
            sessions.sign_out(store, sessions.session_id_of(anna), now=clock())
        return original(token)

    admission.look_up = look_up
    try:
        connect(anna, rerun(button="save"), rerun(button="save", fragment="form"), heartbeat())
    finally:
        admission.look_up = original
    assert inner.messages[0] == rerun(button="save")
    assert len(inner.messages) == 3
    for data in inner.messages[1:]:
        message = BackMsg()
        message.ParseFromString(data)
        assert message.HasField("rerun_script")
        assert len(message.rerun_script.widget_states.widgets) == 0
        assert message.rerun_script.fragment_id == ""


def last_use(ward, token):
    with ward.store.reading() as reading:
        return reading.session(sessions.session_id_of(token)).last_activity_at


@pytest.mark.parametrize(
    ("message", "counts"),
    [(rerun(button="save"), True), (rerun(), True), (rerun(timer=True), False), (heartbeat(), False)],
)
def test_only_what_a_person_did_counts_as_use(connect, ward, clock, anna, message, counts):
    clock.advance(minutes=10)
    connect(anna, message)
    assert (last_use(ward, anna) == clock()) is counts


def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive(connect, inner, ward, clock, anna):
    for _ in range(14):
        clock.advance(minutes=1)
        assert connect(anna, rerun(timer=True))
    clock.advance(minutes=1)
    assert not connect(anna, rerun(timer=True))


def test_a_browser_that_only_reconnects_does_not_count_as_use(connect, ward, clock, anna):
    PAGE_OWNERS.bind("page-of-anna", sessions.session_id_of(anna))
    clock.advance(minutes=10)
    connect(anna, rerun(), protocols="streamlit, xsrf, page-of-anna")
    assert last_use(ward, anna) != clock()
    connect(anna, rerun(), rerun(button="save"), protocols="streamlit, xsrf, page-of-anna")
    assert last_use(ward, anna) == clock()


@pytest.mark.parametrize("owner", ["bert", "nobody known"])
def test_a_browser_cannot_resume_the_page_of_another_session(connect, inner, kit, ward, clock, anna, owner):
    if owner == "bert":
        bert = kit.open_session(ward.store, kit.add_account(ward.store, "bert"), clock())
        PAGE_OWNERS.bind("somebodys-page", sessions.session_id_of(bert))
    connect(anna, protocols="streamlit, xsrf, somebodys-page" if owner == "bert" else "streamlit, xsrf, lost-page")
    assert header(inner, "sec-websocket-protocol") == ["streamlit, xsrf"]


def test_a_browser_resumes_its_own_page(connect, inner, anna):
    PAGE_OWNERS.bind("page-of-anna", sessions.session_id_of(anna))
    connect(anna, protocols="streamlit,xsrf,page-of-anna")
    assert header(inner, "sec-websocket-protocol") == ["streamlit, xsrf, page-of-anna"]


def test_the_list_of_pages_does_not_grow_without_bound_and_forgets_the_oldest():
    owners = PageOwners(most=2)
    for number in range(3):
        owners.bind(f"page-{number}", "s")
    assert [owners.may_resume(f"page-{number}", "s") for number in range(3)] == [False, True, True]
