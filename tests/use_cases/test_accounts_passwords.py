"""Which passwords may be chosen, and how they are hashed."""

from __future__ import annotations

import pytest

from taper_app.use_cases import passwords
from taper_app.use_cases.passwords import faults_of_new_password


def faults(password, *, again=None, user_name="a.ng"):
    found = faults_of_new_password(password, password if again is None else again, user_name=user_name)
    return [(fault.field, fault.message) for fault in found]


@pytest.mark.parametrize(
    "password",
    [
        "grey kettle nine orchard",
        "twelve chars",
        "x7#kq!v2m@p9",
        "слова без связи",
        "           tail spaces are kept ",
        "q" * 63 + "w" * 65,
    ],
)
def test_long_unusual_passwords_are_accepted_whatever_their_characters(password):
    assert faults(password) == []


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 12"),
        ("eleven char", "at least 12"),
        ("w" * 64 + "q" * 65, "at most 128 bytes"),
        ("шестьдесятпятьбуквкириллицы" * 3, "at most 128 bytes"),
        ("password12345", "first to be guessed"),
        ("Password!2026", "first to be guessed"),
        ("HOSPITAL2026!", "first to be guessed"),
        ("qwertyuiop123", "first to be guessed"),
        ("benzodiazepine", "first to be guessed"),
        ("aaaaaaaaaaaa", "first to be guessed"),
        ("abcabcabcabc", "first to be guessed"),
        ("123456789012", "first to be guessed"),
    ],
)
def test_short_overlong_and_very_common_passwords_are_refused_with_the_reason(password, why):
    assert [field for field, _ in faults(password)] == ["password"]
    assert why in faults(password)[0][1]


def test_the_user_name_is_no_password():
    assert "user name" in faults("Charge.Nurse.3East", user_name="charge.nurse.3east")[0][1]


def test_everything_that_is_wrong_is_said_at_once():
    assert [field for field, _ in faults("short", again="different")] == ["password", "password_again"]


def test_a_hash_is_argon2id_with_64_mebibytes_three_passes_four_lanes():
    made = passwords.hash_password("grey kettle nine orchard")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.password_matches(made, "grey kettle nine orchard")
    assert not passwords.password_matches(made, "grey kettle nine orchards")


def test_a_password_matches_however_the_keyboard_composes_its_letters():
    made = passwords.hash_password("zo\u00eb kettle orchard")
    assert passwords.password_matches(made, "zoe\u0308 kettle orchard")


def test_a_damaged_hash_matches_nothing():
    assert not passwords.password_matches("$argon2id$broken", "grey kettle nine orchard")
    assert not passwords.password_matches("", "")
