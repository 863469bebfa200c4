"""The table of rights in the code is the agreed one, and what it does not grant is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from taper_app.clinical.errors import NotAllowed
from taper_app.clinical.people import Actor, Role
from taper_app.use_cases.context import permitted
from taper_app.use_cases.rights import RIGHTS, Grant, UseCase, grant_of

AGREED = Path(__file__).parent.parent / "worked_examples" / "rights.csv"
ROWS = list(csv.DictReader(AGREED.read_text().splitlines()))


def test_the_code_holds_exactly_the_agreed_use_cases():
    assert {row["use_case"] for row in ROWS} == {use_case.value for use_case in UseCase}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["use_case"])
def test_each_role_has_the_agreed_right(row):
    for role in Role:
        assert grant_of(UseCase(row["use_case"]), role).value == row[role.value], role


def test_a_use_case_without_a_row_is_granted_to_nobody():
    rights = dict(RIGHTS)
    assert all(set(cells) == set(Role) for cells in rights.values())
    del RIGHTS[UseCase.OUTCOMES_EXPORT]
    try:
        assert grant_of(UseCase.OUTCOMES_EXPORT, Role.PHYSICIAN) is Grant.NO
    finally:
        RIGHTS.update(rights)


def test_a_nurse_of_another_unit_is_refused():
    elsewhere = Actor("u", "N.", Role.NURSE, "other-unit")
    with pytest.raises(NotAllowed):
        permitted(elsewhere, UseCase.CHART_OBSERVATION, "unit-3-east")


def test_the_hospital_pharmacist_reaches_every_unit():
    pharmacist = Actor("u", "P.", Role.PHARMACIST, "pharmacy")
    assert permitted(pharmacist, UseCase.VERIFY_PLAN, "unit-3-east") is Grant.SIGN


def test_the_administrator_may_open_no_chart():
    admin = Actor("u", "A.", Role.ADMIN, "unit-3-east")
    with pytest.raises(NotAllowed):
        permitted(admin, UseCase.OPEN_CHART, "unit-3-east")
