"""Who was on shift is added and never edited: on every store."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from taper_app.clinical.errors import NotFound
from taper_app.clinical.people import Role
from taper_app.clinical.records import Author
from taper_app.clinical.shifts import NurseOfBeds, Shift

IN_CHARGE = Author(user_id="a-2", name="B. Okafor", role=Role.CHARGE_NURSE)
PHYSICIAN = Author(user_id="a-3", name="Dr C. Lind", role=Role.PHYSICIAN)


def shift(ward, id="shift-1", begins=0, ends=720, **different):
    usual = {
        "id": id,
        "unit_id": "u-1",
        "begins_at": ward.at(begins),
        "ends_at": ward.at(ends),
        "in_charge": IN_CHARGE,
        "prescriber": PHYSICIAN,
        "nurses": (NurseOfBeds(nurse=ward.nurse, beds=("1", "2")),),
        "set_by": IN_CHARGE,
        "recorded_at": ward.at(begins),
    }
    return Shift(**{**usual, **different})


def test_a_shift_comes_back_exactly_as_it_was_set(store, ward):
    assert store.transact(lambda writing: writing.add_shift(shift(ward)))
    with store.reading() as reading:
        assert reading.shift_in_force("u-1", ward.noon) == shift(ward)
        assert reading.shift_in_force("u-1", ward.at(-1)) is None
        assert reading.shift_in_force("elsewhere", ward.noon) is None


def test_the_newest_that_has_begun_counts_also_after_its_end(store, ward):
    day, night = shift(ward), shift(ward, "shift-2", 720, 1440)
    store.transact(lambda writing: [writing.add_shift(kept) for kept in (night, day)])
    with store.reading() as reading:
        assert reading.shift_in_force("u-1", ward.at(719)) == day
        assert reading.shift_in_force("u-1", ward.at(720)) == night
        assert reading.shift_in_force("u-1", ward.at(9_000)) == night
        assert [kept.id for kept in reading.shifts("u-1")] == ["shift-2", "shift-1"]
        assert [kept.id for kept in reading.shifts("u-1", limit=1)] == ["shift-2"]


def test_a_correction_of_the_same_beginning_takes_its_place_and_the_first_one_stays(store, ward):
    first, corrected = shift(ward), shift(ward, "shift-2", prescriber=ward.nurse)
    store.transact(lambda writing: [writing.add_shift(kept) for kept in (first, corrected)])
    with store.reading() as reading:
        assert reading.shift_in_force("u-1", ward.noon) == corrected
        assert list(reading.shifts("u-1")) == [corrected, first]


def test_the_same_shift_again_changes_nothing_and_one_without_its_unit_is_not_found(store, ward):
    store.transact(lambda writing: writing.add_shift(shift(ward)))
    assert not store.transact(lambda writing: writing.add_shift(shift(ward, ends=60)))
    with store.reading() as reading:
        assert list(reading.shifts("u-1")) == [shift(ward)]
    with pytest.raises(NotFound):
        store.transact(lambda writing: writing.add_shift(shift(ward, "shift-3", unit_id="nowhere")))


def test_the_database_itself_refuses_to_change_a_shift(sqlite_store, sqlite_file, ward):
    sqlite_store.transact(lambda writing: writing.add_shift(shift(ward)))
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as raw:
        for change in (
            "UPDATE shift SET ends_at = ends_at + 1",
            "DELETE FROM shift",
            "REPLACE INTO shift SELECT * FROM shift",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="only added"):
                raw.execute(change)
        asked = "SELECT id FROM shift WHERE unit_id = 'u-1' AND begins_at <= 1 ORDER BY begins_at DESC, seq DESC"
        plan = raw.execute(f"EXPLAIN QUERY PLAN {asked}").fetchall()
        assert "USING INDEX ix_shift_unit_id_begins_at" in str(plan)
        assert "TEMP B-TREE" not in str(plan)
