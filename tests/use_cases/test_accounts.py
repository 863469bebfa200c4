"""Signing in: the right person gets in, guessing is slowed, and nobody is locked out for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from taper_app.clinical.errors import InputRefused, StateConflict
from taper_app.clinical.people import Role
from taper_app.store.memory import MemoryStore
from taper_app.use_cases import accounts, passwords, sessions
from taper_app.use_cases.accounts import SignInRefused
from taper_app.use_cases.sign_in_limits import AddressLimit, UnknownNames, wait_after

NOW = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
PASSWORD = "grey kettle nine orchard"
LASTS = timedelta(hours=12)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords.hash_of_nobody.cache_clear()
    monkeypatch.setattr(accounts, "_UNKNOWN_NAMES", UnknownNames())


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def admin(store):
    return accounts.create_first_administrator(
        store, name="a.ng", display_name="A. Ng", password=PASSWORD, password_again=PASSWORD, now=NOW
    )


def attempt(store, password, *, name="a.ng", now=NOW):
    return accounts.sign_in(store, name=name, password=password, now=now, session_lasts=LASTS)


def stored(store, account):
    with store.reading() as reading:
        return reading.account(account.id)


def audit_of(store):
    with store.reading() as reading:
        return [(entry.action, entry.outcome, entry.detail) for entry in reversed(reading.audit_entries())]


def test_the_first_administrator_is_kept_without_the_password(store, admin):
    assert admin.role is Role.ADMIN
    assert PASSWORD not in stored(store, admin).model_dump_json()
    assert stored(store, admin).password_hash.startswith("$argon2id$")


def test_a_second_first_administrator_is_refused(store, admin):
    with pytest.raises(StateConflict):
        accounts.create_first_administrator(
            store, name="b.oe", display_name="B. Oe", password=PASSWORD, password_again=PASSWORD, now=NOW
        )
    with store.reading() as reading:
        assert [account.name for account in reading.accounts()] == ["a.ng"]


def test_every_fault_of_a_first_administrator_is_told_at_once_and_nothing_is_stored(store):
    with pytest.raises(InputRefused) as refused:
        accounts.create_first_administrator(
            store, name="a ng", display_name=" ", password="short", password_again="other", now=NOW
        )
    assert [fault.field for fault in refused.value.faults] == ["name", "display_name", "password", "password_again"]
    assert not accounts.account_exists(store)


def test_the_right_password_opens_a_session_whose_token_is_not_stored(store, admin):
    grant = attempt(store, PASSWORD)
    with store.reading() as reading:
        session = reading.session(sessions.session_id_of(grant.token))
    assert session.account_id == admin.id
    assert session.expires_at == NOW + LASTS
    assert grant.token not in session.model_dump_json()


def test_a_name_is_found_whatever_its_letter_case(store, admin):
    assert attempt(store, PASSWORD, name=" A.NG ").account.id == admin.id


def test_a_wrong_password_and_an_unknown_name_read_the_same(store, admin):
    with pytest.raises(SignInRefused) as wrong:
        attempt(store, "not this one at all")
    with pytest.raises(SignInRefused) as unknown:
        attempt(store, "not this one at all", name="nobody")
    assert str(wrong.value) == str(unknown.value)


@pytest.mark.parametrize("name", ["a.ng", "nobody"])
def test_from_the_third_failure_the_next_attempt_waits_longer_each_time(store, admin, name):
    now, waits = NOW, []
    for failures in range(1, 11):
        with pytest.raises(SignInRefused, match="is not right"):
            attempt(store, "not this one at all", name=name, now=now)
        if failures >= 3:
            with pytest.raises(SignInRefused, match="Too many attempts") as too_soon:
                attempt(store, "not this one at all", name=name, now=now)
            waits.append(too_soon.value.wait.total_seconds())
            now += too_soon.value.wait
    assert waits == [8, 16, 32, 64, 128, 256, 512, 900]


def test_while_it_must_wait_even_the_right_password_is_refused_and_after_it_is_accepted(store, admin):
    for _ in range(3):
        with pytest.raises(SignInRefused):
            attempt(store, "not this one at all")
    with pytest.raises(SignInRefused, match="Wait 8 seconds"):
        attempt(store, PASSWORD)
    assert attempt(store, PASSWORD, now=NOW + timedelta(seconds=8)).account.id == admin.id
    assert stored(store, admin).failed_attempts == 0
    assert stored(store, admin).locked_until is None


def test_the_tenth_failure_locks_for_fifteen_minutes_and_never_for_good(store, admin):
    now = NOW
    for failures in range(1, 11):
        with pytest.raises(SignInRefused):
            attempt(store, "not this one at all", now=now)
        if failures < 10:
            now += wait_after(failures)
    with pytest.raises(SignInRefused, match="Wait 15 minutes"):
        attempt(store, PASSWORD, now=now)
    later = now + timedelta(minutes=15)
    with pytest.raises(SignInRefused):
        attempt(store, "not this one at all", now=later)
    assert stored(store, admin).failed_attempts == 1
    assert attempt(store, PASSWORD, now=later).account.id == admin.id


def test_two_hundred_guesses_side_by_side_check_at_most_three_passwords(store, admin, monkeypatch):
    checked = []
    monkeypatch.setattr(passwords, "password_matches", lambda *given: checked.append(given) is not None)

    def guess(number):
        with pytest.raises(SignInRefused):
            attempt(store, f"guess number {number} of many")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(guess, range(200)))
    assert len(checked) == 3


def test_signing_in_ends_the_former_session_of_the_same_browser(store, admin):
    first = attempt(store, PASSWORD)
    accounts.sign_in(
        store,
        name="a.ng",
        password=PASSWORD,
        now=NOW,
        session_lasts=LASTS,
        replaces_session=sessions.session_id_of(first.token),
    )
    with store.reading() as reading:
        assert reading.session(sessions.session_id_of(first.token)).ended_at == NOW


def test_a_disabled_account_cannot_sign_in_even_with_its_password(store, admin):
    store.transact(lambda writing: writing.replace_account(admin.model_copy(update={"disabled_at": NOW})))
    with pytest.raises(SignInRefused, match="disabled"):
        attempt(store, PASSWORD)


def test_a_hash_with_older_parameters_is_renewed_at_sign_in(store, admin, monkeypatch):
    before = stored(store, admin).password_hash
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    attempt(store, PASSWORD)
    assert stored(store, admin).password_hash != before
    assert "m=16,t=2" in stored(store, admin).password_hash


def test_each_step_is_audited_without_password_or_typed_name(store, admin):
    grant = attempt(store, PASSWORD)
    with pytest.raises(SignInRefused):
        attempt(store, "not this one at all")
    with pytest.raises(SignInRefused):
        attempt(store, "typed in the wrong box", name="my secret password")
    sessions.sign_out(store, sessions.session_id_of(grant.token), now=NOW)
    assert audit_of(store) == [
        ("create_first_administrator", "done", ""),
        ("sign_in", "done", ""),
        ("sign_in", "refused", "wrong password"),
        ("sign_in", "refused", "no such account"),
        ("sign_out", "done", ""),
    ]


def test_signing_out_twice_is_one_sign_out(store, admin):
    grant = attempt(store, PASSWORD)
    for _ in range(2):
        sessions.sign_out(store, sessions.session_id_of(grant.token), now=NOW)
    assert [action for action, _, _ in audit_of(store)].count("sign_out") == 1


def change(store, admin, **given):
    texts = {"present": PASSWORD, "password": "blue lantern forty moss", "password_again": "blue lantern forty moss"}
    return accounts.change_password(store, account_id=admin.id, now=NOW, session_lasts=LASTS, **{**texts, **given})


def test_changing_the_password_ends_every_other_session_and_opens_a_new_one(store, admin):
    tablet, desk = attempt(store, PASSWORD), attempt(store, PASSWORD)
    grant = change(store, admin)
    with store.reading() as reading:
        ended = [reading.session(sessions.session_id_of(one.token)).ended_at for one in (tablet, desk, grant)]
    assert ended == [NOW, NOW, None]
    with pytest.raises(SignInRefused):
        attempt(store, PASSWORD)
    assert attempt(store, "blue lantern forty moss").account.id == admin.id


def test_changing_the_password_needs_the_present_one_and_counts_as_an_attempt(store, admin):
    with pytest.raises(SignInRefused):
        change(store, admin, present="not this one at all")
    assert stored(store, admin).failed_attempts == 1
    assert stored(store, admin).password_hash == admin.password_hash


def test_a_new_password_must_be_new(store, admin):
    with pytest.raises(InputRefused, match="differs"):
        change(store, admin, password=PASSWORD, password_again=PASSWORD)


def test_an_address_is_slowed_after_fifty_failures_and_free_again_after_fifteen_minutes():
    limit = AddressLimit()
    for second in range(49):
        limit.count_failure("10.0.0.9", NOW + timedelta(seconds=second))
    assert limit.refused_until("10.0.0.9", NOW + timedelta(seconds=49)) is None
    limit.count_failure("10.0.0.9", NOW + timedelta(seconds=49))
    assert limit.refused_until("10.0.0.9", NOW + timedelta(seconds=50)) == NOW + timedelta(minutes=15)
    assert limit.refused_until("10.0.0.8", NOW + timedelta(seconds=50)) is None
    assert limit.refused_until("10.0.0.9", NOW + timedelta(minutes=15)) is None


def test_a_flood_of_unknown_names_does_not_grow_without_bound():
    names = UnknownNames(most_names=10)
    for number in range(100):
        names.charge(f"name-{number}", NOW)
    assert len(names._by_name) == 10
