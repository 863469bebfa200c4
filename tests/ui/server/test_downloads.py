"""Files to take away open once, for the session they were made for, and are never shown in the browser."""

from __future__ import annotations

import pytest

from taper_app.ui.server import downloads
from taper_app.ui.server.downloads import KEPT_SECONDS, MOST_PER_SESSION, Offers, content_disposition
from taper_app.use_cases import sessions


@pytest.fixture
def anna(ward, clock, kit):
    return kit.open_session(ward.store, kit.add_account(ward.store, "anna"), clock())


@pytest.fixture
def bert(ward, clock, kit):
    return kit.open_session(ward.store, kit.add_account(ward.store, "bert"), clock())


def offered_to(token, content=b"%PDF-1.7 her plan"):
    return downloads.offer(sessions.session_id_of(token), "handoff-3East.pdf", "application/pdf", content)


def test_the_file_comes_once_as_an_attachment_that_is_not_kept(client, kit, anna):
    url = offered_to(anna)
    answer = client.get(url, headers=kit.cookie_header(session=anna))
    assert answer.content == b"%PDF-1.7 her plan"
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith('attachment; filename="handoff-3East.pdf"')
    assert answer.headers["cache-control"] == "no-store"
    assert client.get(url, headers=kit.cookie_header(session=anna)).status_code == 404


def test_another_session_cannot_fetch_it_and_does_not_use_it_up(client, kit, anna, bert):
    url = offered_to(anna, b"only for anna")
    assert client.get(url, headers=kit.cookie_header(session=bert)).status_code == 404
    assert client.get(url).status_code == 401
    assert client.get(url, headers=kit.cookie_header(session=anna)).status_code == 200


def test_asking_for_the_headers_alone_does_not_use_it_up(client, kit, anna):
    url = offered_to(anna, b"asked twice")
    client.head(url, headers=kit.cookie_header(session=anna))
    assert client.get(url, headers=kit.cookie_header(session=anna)).status_code == 200


def test_after_signing_out_it_is_out_of_reach(client, kit, ward, clock, anna):
    url = offered_to(anna, b"too late")
    sessions.sign_out(ward.store, sessions.session_id_of(anna), now=clock())
    assert client.get(url, headers=kit.cookie_header(session=anna)).status_code == 401


def test_the_same_file_offered_on_each_rerun_keeps_its_address():
    offers = Offers()
    first = offers.offer("s", "a.csv", "text/csv", b"1")
    assert offers.offer("s", "a.csv", "text/csv", b"1") == first
    assert offers.offer("s", "a.csv", "text/csv", b"2") != first
    assert offers.offer("t", "a.csv", "text/csv", b"1") != first


def token(url):
    return url.rpartition("/")[2]


def test_an_offer_is_forgotten_after_fifteen_minutes():
    now = [0.0]
    offers = Offers(clock=lambda: now[0])
    kept, late = (token(offers.offer("s", name, "text/csv", b"1")) for name in ("a", "b"))
    now[0] = KEPT_SECONDS - 0.1
    assert offers.take("s", kept) is not None
    now[0] = KEPT_SECONDS
    assert offers.take("s", late) is None


def test_a_session_keeps_only_its_newest_offers_and_pushes_out_nobody_elses():
    offers = Offers()
    others = token(offers.offer("other", "a", "text/csv", b"1"))
    own = [token(offers.offer("s", f"{number}", "text/csv", b"1")) for number in range(MOST_PER_SESSION + 2)]
    assert [offers.take("s", one) is not None for one in own] == [False, False] + [True] * MOST_PER_SESSION
    assert offers.take("other", others) is not None


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("handoff.pdf", "handoff.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\plan.pdf", "plan.pdf"),
        ('a"; filename="b.exe', "a_filename_b.exe"),
        ("line\r\nSet-Cookie: x=1.pdf", "line_Set-Cookie_x_1.pdf"),
        ("überweisung.pdf", "berweisung.pdf"),
        ("...", "download"),
        ("", "download"),
    ],
)
def test_a_file_name_cannot_leave_its_folder_or_its_header(name, plain):
    header = content_disposition(name)
    assert header.startswith(f'attachment; filename="{plain}"; ')
    assert "\r" not in header
    assert "\n" not in header
    assert header.isascii()
