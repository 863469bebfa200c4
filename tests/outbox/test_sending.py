"""Alerts leave the building: against a real server on this machine that fails, hangs, redirects and recovers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import threading
import time

import pytest
from pydantic import SecretStr

from charting_ward import DAY_3_CIWA_B
from outside import PATH, SECRET, THIS_MACHINE, Hospital
from taper_app.clinical.escalation.notices import NoticePolicy, Said
from taper_app.outbox.sender import FIRST_WAIT, LONGEST_WAIT, SENDING_LASTS, Sender, wait_after


def test_a_raised_alert_is_posted_with_bed_and_level_and_nothing_else(ward, episode, hospital):
    ward.raise_alert(episode)
    assert ward.sender(hospital).send_due() == 1
    (post,) = hospital.heard
    assert post.path == PATH
    assert post.body == {"id": post.id, "bed": "7", "level": 4}
    assert ward.waiting() == []
    assert [(found.tries, found.last_failure) for found in ward.delivered()] == [(1, "")]
    heard = str(post.headers) + post.raw.decode()
    for secret in ("Doe", "Jane", "00127", "1982", "seizure", "3 East", SECRET, str(episode)):
        assert secret not in heard


def test_the_post_is_signed_so_that_the_receiver_knows_who_sent_it(ward, episode, hospital):
    ward.raise_alert(episode)
    ward.sender(hospital).send_due()
    (post,) = hospital.heard
    at = post.headers["webhook-timestamp"]
    assert int(at) == int(ward.now.timestamp())
    signed = f"{post.id}.{at}.".encode() + post.raw
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert post.headers["webhook-signature"] == f"v1,{expected}"


def test_nothing_is_queued_while_no_way_out_is_set(ward, episode, hospital):
    ward.notices = NoticePolicy()
    ward.raise_alert(episode)
    assert ward.waiting() == []


def test_an_alert_below_the_level_of_the_site_stays_inside(ward, episode):
    ward.notices = NoticePolicy(channels=("webhook",), from_level=4)
    ward.raise_alert(episode, {"ciwa_b": DAY_3_CIWA_B})
    assert ward.waiting() == []
    ward.raise_alert(episode)
    assert [found.level for found in ward.waiting()] == [4]


def test_the_same_set_submitted_twice_is_said_once(ward, episode, hospital):
    entry = ward.next_entry()
    for _ in range(2):
        ward.observe(episode, {"events": [{"kind": "seizure", "duration_minutes": 2}]}, ward.now, entry_id=entry)
    assert ward.sender(hospital).send_due() == 1
    assert ward.sender(hospital).send_due() == 0


def test_a_site_that_says_more_says_exactly_that(ward, episode, hospital):
    ward.notices = NoticePolicy(channels=("webhook",), says=frozenset(Said))
    ward.raise_alert(episode)
    ward.sender(hospital).send_due()
    (post,) = hospital.heard
    assert set(post.body) == {"id", "bed", "level", *Said}
    assert post.body["unit"] == "3 East"
    assert post.body["state"] == "open"
    assert post.body["time"] == "2027-01-13T08:00:01-05:00"
    assert "Doe" not in post.raw.decode()


def test_a_patient_who_left_meanwhile_sends_nobody_to_the_bed(ward, episode, hospital):
    ward.raise_alert(episode)
    ward.store.transact(lambda writing: writing.put_latest(_released(writing, episode)))
    ward.sender(hospital).send_due()
    assert hospital.heard[0].body["bed"] is None
    assert hospital.heard[0].body["level"] == 4


def test_a_patient_who_was_moved_is_announced_in_the_new_bed(ward, episode, hospital):
    ward.raise_alert(episode)
    ward.store.transact(lambda writing: writing.put_latest(_moved(writing, episode, "2")))
    ward.sender(hospital).send_due()
    assert hospital.heard[0].body["bed"] == "2"


def _released(writing, episode):
    row = writing.latest_row(episode)
    return type(row).model_validate(row.model_dump() | {"status": "released"})


def _moved(writing, episode, bed):
    row = writing.latest_row(episode)
    return type(row).model_validate(row.model_dump() | {"bed": bed})


FAILURES = [
    (500, "The answer was 500."),
    (404, "The answer was 404."),
    ("hang", "There was no answer within 1 seconds."),
    ("drip", "There was no answer within 1 seconds."),
    ("vanish", "The answer was not HTTP, or the connection ended before it."),
    ("nonsense", "The answer was not HTTP, or the connection ended before it."),
]


@pytest.mark.parametrize(("behaviour", "words"), FAILURES, ids=[str(name) for name, _ in FAILURES])
def test_a_failed_try_waits_is_tried_again_and_arrives_under_the_same_id(ward, episode, hospital, behaviour, words):
    ward.raise_alert(episode)
    hospital.behaviour = behaviour
    sender = ward.sender(hospital)
    began = time.monotonic()
    assert sender.send_due() == 0
    assert time.monotonic() - began < 3, "no answer takes longer than the time that is set"
    (waiting,) = ward.waiting()
    assert (waiting.tries, waiting.last_failure) == (1, words)
    assert waiting.next_try_at == ward.now + FIRST_WAIT
    assert sender.send_due() == 0, "not before its time"
    hospital.behaviour = 204
    ward.pass_time(seconds=5)
    assert sender.send_due() == 1
    assert ward.waiting() == []
    assert len(set(hospital.delivered_ids())) == 1
    assert len(hospital.heard) == 2


def test_a_redirect_is_not_followed(ward, episode, hospital):
    ward.raise_alert(episode)
    elsewhere = Hospital()
    hospital.behaviour, hospital.location = 302, elsewhere.url
    ward.sender(hospital).send_due()
    (waiting,) = ward.waiting()
    assert waiting.last_failure == "The answer was 302, a redirect, which is not followed: set the final address."
    assert elsewhere.heard == []
    elsewhere.close()


def test_nobody_there_is_a_failure_like_any_other(ward, episode, hospital):
    hospital.close()
    ward.raise_alert(episode)
    ward.sender(hospital).send_due()
    assert ward.waiting()[0].last_failure == "The host refused the connection."


ADDRESSES = [
    ("https://127.0.0.1/hook", (), "not public"),
    ("https://10.1.2.3/hook", (), "not public"),
    ("https://169.254.169.254/latest/meta-data", (), "not public"),
    ("https://[::1]/hook", (), "not public"),
    ("https://[::ffff:10.1.2.3]/hook", (), "not public"),
    ("https://[64:ff9b::7f00:1]/hook", (), "not public"),
    ("https://[2002:7f00:1::]/hook", (), "not public"),
    ("https://0.0.0.0/hook", (), "not public"),
    ("https://2130706433/hook", (), "not public"),
    ("https://100.64.0.1/hook", (), "not public"),
    ("https://224.0.0.1/hook", (), "not public"),
    ("https://10.1.2.3/hook", THIS_MACHINE, "not public"),
    ("http://93.184.216.34/hook", (), "without encryption"),
    ("http://127.0.0.1/hook", (), "without encryption"),
    ("https://no-such-host.invalid/hook", (), "could not be looked up"),
]


@pytest.mark.parametrize(("url", "named", "words"), ADDRESSES, ids=[url for url, _, _ in ADDRESSES])
def test_an_address_that_is_not_allowed_is_never_connected_to(ward, episode, hospital, monkeypatch, url, named, words):
    monkeypatch.setattr("socket.create_connection", lambda *_, **__: pytest.fail("it was connected to"))
    ward.raise_alert(episode)
    ward.sender(hospital, url=SecretStr(url), private_addresses=named).send_due()
    (waiting,) = ward.waiting()
    assert words in waiting.last_failure
    assert url not in waiting.last_failure


def test_a_name_with_one_forbidden_address_among_its_addresses_is_refused(ward, episode, hospital, monkeypatch):
    answers = [(2, 1, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answers)
    monkeypatch.setattr("socket.create_connection", lambda *_, **__: pytest.fail("it was connected to"))
    ward.raise_alert(episode)
    ward.sender(hospital, url=SecretStr("https://rebinding.example/hook")).send_due()
    assert "not public" in ward.waiting()[0].last_failure


def test_no_failure_names_the_address_the_secret_or_the_patient(ward, episode, hospital, caplog):
    caplog.set_level(logging.DEBUG)
    ward.raise_alert(episode)
    for behaviour in (500, "vanish", "nonsense", 302):
        hospital.behaviour = behaviour
        ward.sender(hospital).send_due()
        ward.pass_time(minutes=10)
    ward.sender(hospital, url=SecretStr("https://user-in-path.invalid/s3cret")).send_due()

    def broken(*_):
        raise ValueError(f"{SECRET} {hospital.url} Doe")

    sender = ward.sender(hospital)
    sender.channel = type("Broken", (), {"name": "webhook", "send": broken})()
    ward.pass_time(minutes=10)
    sender.send_due()
    shown = " ".join(found.last_failure for found in ward.waiting()) + caplog.text
    assert "unexpected error" in shown.lower()
    for secret in (SECRET, "s3cret", "127.0.0.1", "Doe", "user-in-path"):
        assert secret not in shown


def test_one_that_keeps_failing_does_not_keep_the_others_waiting(ward, episode, hospital):
    ward.raise_alert(episode)
    first = ward.waiting()[0].id
    plain = hospital.answer

    def answer(request):
        hospital.behaviour = 500 if hospital.heard[-1].id == first else 204
        plain(request)

    hospital.answer = answer
    sender = ward.sender(hospital)
    for _ in range(3):
        ward.raise_alert(episode)
        sender.send_due()
        ward.pass_time(seconds=1)
    assert [found.id for found in ward.waiting()] == [first]
    assert len(ward.delivered()) == 3


def test_when_the_other_side_recovers_everything_leaves_at_once(ward, episode, hospital):
    hospital.behaviour = 503
    sender = ward.sender(hospital)
    for _ in range(3):
        ward.raise_alert(episode)
    for _ in range(8):
        sender.send_due()
        ward.pass_time(minutes=5)
    assert all(found.next_try_at - found.last_try_at == LONGEST_WAIT for found in ward.waiting())
    sender.send_due()
    hospital.behaviour = 204
    ward.raise_alert(episode)
    assert sender.send_due() == 4, "the fresh one shows that it answers again, and the others follow"


def test_a_wait_doubles_up_to_five_minutes():
    assert [wait_after(tries).total_seconds() for tries in (1, 2, 3, 6, 7, 8, 5000)] == [5, 10, 20, 160, 300, 300, 300]


def test_four_servers_on_one_database_send_each_notice_once(ward, episode, hospital):
    for _ in range(5):
        ward.raise_alert(episode)
    threads = [threading.Thread(target=ward.sender(hospital).send_due) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hospital.heard) == len(set(hospital.delivered_ids())) == 5


def test_a_server_that_died_while_sending_is_relieved_when_its_turn_runs_out(ward, episode, hospital):
    ward.raise_alert(episode)
    dead, alive = ward.sender(hospital), ward.sender(hospital)
    assert dead._take_turn()
    assert alive.send_due() == 0
    ward.pass_time(seconds=SENDING_LASTS.total_seconds())
    assert alive.send_due() == 1


def test_an_answer_that_was_lost_leads_to_a_repeat_with_the_same_id(ward, episode, hospital, monkeypatch):
    ward.raise_alert(episode)
    sender = ward.sender(hospital)
    with monkeypatch.context() as patch:
        patch.setattr("taper_app.outbox.sender._keep", _dies)
        with pytest.raises(RuntimeError):
            sender.send_due()
    assert ward.sender(hospital).send_due() == 0, "the dead one's turn is not over"
    ward.pass_time(seconds=SENDING_LASTS.total_seconds())
    assert ward.sender(hospital).send_due() == 1
    assert len(hospital.heard) == 2
    assert len(set(hospital.delivered_ids())) == 1


def _dies(*_):
    raise RuntimeError("the power failed")


def test_an_idle_look_writes_nothing(ward, episode, hospital, monkeypatch):
    monkeypatch.setattr(type(ward.store), "transact", lambda *_: pytest.fail("it wrote"))
    sender: Sender = ward.sender(hospital)
    assert sender.send_due() == 0
