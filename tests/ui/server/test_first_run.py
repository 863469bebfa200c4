"""An empty installation: the first administrator, or a look at a synthetic ward that cannot touch the real one."""

from __future__ import annotations

import pytest

from taper_app import wiring
from taper_app.settings import settings
from taper_app.use_cases import accounts, sessions

ADMIN = {"name": "a.ng", "display_name": "A. Ng"}


def create(client, kit, **fields):
    texts = {**ADMIN, "password": kit.PASSWORD, "password_again": kit.PASSWORD, **fields}
    return kit.post_form(client, "/first-run", texts)


def test_an_empty_installation_opens_at_its_first_run_page(client):
    assert client.get("/").headers["location"] == "/first-run"
    assert client.get("/sign-in").headers["location"] == "/first-run"
    assert "first administrator" in client.get("/first-run").text


def test_the_first_administrator_is_signed_in_at_once(client, ward, kit):
    answer = create(client, kit)
    assert answer.headers["location"] == "/"
    with ward.store.reading() as reading:
        (admin,) = reading.accounts()
        assert reading.session(sessions.session_id_of(kit.cookie_set(answer))).account_id == admin.id
    assert (admin.name, admin.display_name, admin.role.value) == ("a.ng", "A. Ng", "admin")


def test_every_fault_is_shown_at_its_field_and_what_was_typed_stays_except_passwords(client, ward, kit):
    answer = create(client, kit, name="a ng", display_name="", password="short", password_again="other")
    assert answer.status_code == 422
    assert "4 entries need correcting" in answer.text
    for name in ("name", "display_name", "password", "password_again"):
        assert f'id="{name}-fault"' in answer.text
    assert 'value="a ng"' in answer.text
    assert "short" not in answer.text
    assert not accounts.account_exists(ward.store)


def test_once_there_is_an_account_the_first_run_page_is_gone(client, ward, kit):
    kit.add_account(ward.store, "anna")
    assert client.get("/first-run").headers["location"] == "/sign-in"
    assert create(client, kit).headers["location"] == "/sign-in"
    with ward.store.reading() as reading:
        assert [account.name for account in reading.accounts()] == ["anna"]


@pytest.mark.parametrize("path", ["/first-run", "/demo"])
def test_a_first_run_form_of_another_browser_changes_nothing(client, ward, kit, path):
    fields = {**ADMIN, "password": kit.PASSWORD, "password_again": kit.PASSWORD, "do": "explore", "form_token": "x"}
    assert kit.post_form(client, path, fields).status_code == 403
    assert not accounts.account_exists(ward.store)
    assert not accounts.account_exists(wiring.app_for(demo=True).store)


def explore(client, kit):
    assert kit.post_form(client, "/demo", {"do": "explore"}).headers["location"] == "/demo"
    return client.get("/demo", headers=kit.cookie_header(form="browser-secret", demo="1"))


def test_one_click_leads_to_a_button_for_each_role(client, kit):
    page = explore(client, kit).text
    assert "Nurse (Synthetic.Nurse)" in page
    assert "Physician (Synthetic.Physician)" in page
    assert "synthetic" in page


def enter(client, kit):
    explore(client, kit)
    return kit.post_form(client, "/demo", {"do": "enter", "account": "id-of-synthetic.nurse"}, demo="1")


def test_a_role_button_signs_in_on_the_synthetic_database_only(client, ward, inner, kit):
    token = kit.cookie_set(enter(client, kit))
    assert sessions.is_demo_token(token)
    assert client.get("/chart", headers=kit.cookie_header(session=token, demo="1")).status_code == 200
    as_ward_token = "ward." + token.removeprefix("demo.")
    assert client.get("/chart", headers=kit.cookie_header(session=as_ward_token)).status_code == 303
    assert not accounts.account_exists(ward.store)


def test_signed_out_of_the_synthetic_ward_one_is_back_at_its_roles(client, kit):
    token = kit.cookie_set(enter(client, kit))
    answer = kit.post_form(client, "/sign-out", {}, session=token, demo="1")
    assert answer.headers["location"] == "/demo"
    assert client.get("/", headers=kit.cookie_header(demo="1")).headers["location"] == "/demo"


def test_leaving_the_synthetic_ward_leads_back_to_first_run(client, kit):
    explore(client, kit)
    answer = kit.post_form(client, "/demo", {"do": "leave"}, demo="1")
    assert kit.cookie_set(answer, "__Host-taper-demo") == ""
    assert client.get("/").headers["location"] == "/first-run"


def test_a_real_account_id_opens_nothing_in_the_synthetic_ward(client, kit):
    explore(client, kit)
    answer = kit.post_form(client, "/demo", {"do": "enter", "account": "id-of-anna"}, demo="1")
    assert answer.status_code == 404
    assert kit.cookie_set(answer) is None


def test_a_ward_with_accounts_of_its_own_offers_no_synthetic_patients(client, ward, kit):
    kit.add_account(ward.store, "anna")
    assert client.get("/demo").headers["location"] == "/sign-in"
    assert kit.post_form(client, "/demo", {"do": "explore"}).headers["location"] == "/sign-in"
    assert kit.cookie_set(kit.post_form(client, "/demo", {"do": "enter", "account": "x"})) is None
    assert "ynthetic" not in client.get("/sign-in").text


@pytest.mark.parametrize(("choice", "offered"), [("always", True), ("never", False)])
def test_a_site_can_always_or_never_offer_synthetic_patients(client, ward, kit, monkeypatch, choice, offered):
    if choice == "always":
        kit.add_account(ward.store, "anna")
    monkeypatch.setenv("TAPER_DEMO", choice)
    settings.cache_clear()
    page = client.get("/sign-in" if offered else "/first-run").text
    assert ("ynthetic patients" in page) is offered
    assert (client.get("/demo").status_code == 200) is offered
    monkeypatch.undo()
    settings.cache_clear()
