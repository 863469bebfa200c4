"""The number that says whether a unit's board has changed: what every store promises of it."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from taper_app.clinical.records import DayGlance, DoseGlance, TrendGlance


def test_a_unit_that_is_not_there_has_none(empty_store):
    assert empty_store.board_version("u-1") == 0


def test_it_grows_with_each_change_of_a_row_and_with_nothing_else(store, ward):
    before = store.board_version("u-1")
    store.transact(lambda writing: writing.add_record(ward.record()))
    store.transact(lambda writing: writing.save_draft(ward.draft()))
    store.transact(lambda writing: writing.add_audit(ward.audit()))
    assert store.board_version("u-1") == before
    store.transact(lambda writing: writing.put_latest(ward.latest(level=4)))
    first = store.board_version("u-1")
    store.transact(lambda writing: writing.put_latest(ward.latest(level=1)))
    assert before < first < store.board_version("u-1")


def test_a_change_of_one_unit_leaves_the_others_alone(store, ward):
    store.transact(lambda writing: writing.add_unit(ward.unit(id="u-2", name="West")))
    other = store.board_version("u-2")
    assert other > 0
    store.transact(lambda writing: writing.put_latest(ward.latest(level=2)))
    assert store.board_version("u-2") == other


def test_a_patient_who_moves_changes_both_boards(store, ward):
    store.transact(lambda writing: writing.add_unit(ward.unit(id="u-2", name="West")))
    before = store.board_version("u-1"), store.board_version("u-2")
    store.transact(lambda writing: writing.put_latest(ward.latest(unit_id="u-2")))
    assert store.board_version("u-1") > before[0]
    assert store.board_version("u-2") > before[1]


def test_another_name_of_the_unit_and_a_new_shift_change_its_board(store, ward):
    numbers = [store.board_version("u-1")]
    for change in (
        lambda writing: writing.replace_unit(ward.unit(name="East wing")),
        lambda writing: writing.touch_board("u-1"),
    ):
        store.transact(change)
        numbers.append(store.board_version("u-1"))
    assert numbers == sorted(set(numbers))


def test_what_is_undone_has_changed_nothing(store, ward):
    before = store.board_version("u-1")

    def fails(writing):
        writing.put_latest(ward.latest(level=4))
        raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        store.transact(fails)
    assert store.board_version("u-1") == before


def test_a_row_keeps_its_doses_days_and_trends(store, ward):
    full = ward.latest(
        set_due_at=ward.at(30),
        doses=(DoseGlance(planned_for=ward.at(5), due_at=ward.at(65), words="clonazepam 1 mg", is_withheld=True),),
        days=(DayGlance(day=ward.noon.date(), plan_line="Plan v1: 2 mg", next_cut_on=ward.noon.date()),),
        trends=(TrendGlance(scale="news2", now=4, before=1, minutes_between=60, charted_at=ward.at(1)),),
    )
    store.transact(lambda writing: writing.put_latest(full))
    with store.reading() as reading:
        assert reading.latest_row("e-1") == full


def test_asking_for_it_is_one_statement_and_no_transaction(sqlite_store):
    asked: list[str] = []
    sqlite_store.board_version("u-1")  # the connection is set up once

    def note(dbapi_connection, record, proxy):
        dbapi_connection.set_trace_callback(asked.append)

    event.listen(sqlite_store._readers, "checkout", note)
    sqlite_store.board_version("u-1")
    assert [statement.split()[0] for statement in asked if not statement.startswith("ROLLBACK")] == ["SELECT"]
