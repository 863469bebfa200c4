"""What a cookie's token opens, and when it stops doing so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taper_app.clinical.people import Role
from taper_app.store.interface import Account
from taper_app.store.memory import MemoryStore
from taper_app.use_cases import sessions
from taper_app.use_cases.sessions import LiveSession, NotLive

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
IDLE = timedelta(minutes=15)
NURSE = Account(
    id="n-1", name="anna", display_name="Anna", role=Role.NURSE, unit_id=None, password_hash="$argon2id$none"
)


@pytest.fixture
def store():
    made = MemoryStore()
    made.transact(lambda writing: writing.add_account(NURSE))
    return made


@pytest.fixture
def token(store):
    return store.transact(
        lambda writing: sessions.add_session(writing, NURSE, is_demo=False, now=NOW, lasts=timedelta(hours=12))
    )


def opens(store, token, at):
    with store.reading() as reading:
        return sessions.look_up(reading, token, now=at, idle_limit=IDLE)


def use_until(store, token, end):
    """Real use every ten minutes."""
    at = NOW
    while at < end:
        live = opens(store, token, at)
        assert isinstance(live, LiveSession)
        sessions.record_use(store, live.session, now=at)
        at += timedelta(minutes=10)


def test_a_token_has_256_random_bits_and_says_which_database_it_belongs_to():
    tokens = {sessions.new_token(is_demo=False) for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token.removeprefix("ward.")) == 43 for token in tokens)
    assert sessions.is_demo_token(sessions.new_token(is_demo=True))
    assert not sessions.is_demo_token(sessions.new_token(is_demo=False))


def test_a_fresh_session_is_live(store, token):
    live = opens(store, token, NOW)
    assert isinstance(live, LiveSession)
    assert live.account == NURSE


@pytest.mark.parametrize("wrong", ["", "ward.", "ward.short", "demo." + "x" * 43, "no-point", "ward." + "é" * 43])
def test_what_is_no_token_opens_nothing(store, token, wrong):
    assert opens(store, wrong, NOW) in (NotLive.NONE, NotLive.UNKNOWN)


def test_a_session_without_use_ends_at_the_idle_limit_to_the_second(store, token):
    assert isinstance(opens(store, token, NOW + IDLE - timedelta(seconds=1)), LiveSession)
    assert opens(store, token, NOW + IDLE) is NotLive.IDLE


def test_use_keeps_a_session_but_never_past_twelve_hours(store, token):
    use_until(store, token, NOW + timedelta(hours=12))
    assert isinstance(opens(store, token, NOW + timedelta(hours=12, seconds=-1)), LiveSession)
    assert opens(store, token, NOW + timedelta(hours=12)) is NotLive.EXPIRED


def test_use_within_half_a_minute_is_not_written_again(store, token):
    live = opens(store, token, NOW)
    sessions.record_use(store, live.session, now=NOW + timedelta(seconds=29))
    assert opens(store, token, NOW).session.last_activity_at == NOW
    sessions.record_use(store, live.session, now=NOW + timedelta(seconds=30))
    assert opens(store, token, NOW).session.last_activity_at == NOW + timedelta(seconds=30)


def test_an_ended_session_is_not_revived_by_late_use(store, token):
    live = opens(store, token, NOW)
    sessions.sign_out(store, live.session.id, now=NOW)
    sessions.record_use(store, live.session, now=NOW + timedelta(minutes=1))
    assert opens(store, token, NOW + timedelta(minutes=1)) is NotLive.ENDED


def test_disabling_an_account_closes_its_sessions_at_once(store, token):
    store.transact(lambda writing: writing.replace_account(NURSE.model_copy(update={"disabled_at": NOW})))
    assert opens(store, token, NOW) is NotLive.DISABLED
