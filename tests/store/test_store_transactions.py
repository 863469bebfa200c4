"""All of a work or nothing of it, also when many write at once; readers see one moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest


def everything(store):
    """All that the works of this file can have changed."""
    with store.reading() as reading:
        return (
            list(reading.units()),
            list(reading.accounts()),
            [reading.session("s-1"), reading.session("s-2")],
            [reading.patient("p-1"), reading.patient("p-2")],
            [reading.episode("e-1"), reading.episode("e-2")],
            list(reading.records("e-1")),
            list(reading.latest_rows("u-1")),
            reading.draft("a-1", "e-1", "observation"),
            reading.draft("a-1", "e-1", "dose"),
            list(reading.audit_entries()),
        )


def steps_of(ward):
    """One call of each method that writes."""
    return [
        lambda writing: writing.add_unit(ward.unit(id="u-2", name="West")),
        lambda writing: writing.replace_unit(ward.unit(name="North")),
        lambda writing: writing.add_account(ward.account(id="a-2", name="Bob")),
        lambda writing: writing.replace_account(ward.account(failed_attempts=1)),
        lambda writing: writing.add_session(ward.session(id="s-2")),
        lambda writing: writing.replace_session(ward.session(last_activity_at=ward.at(1))),
        lambda writing: writing.end_sessions_of("a-1", ward.at(2)),
        lambda writing: writing.add_patient(ward.patient(2)),
        lambda writing: writing.add_episode(ward.episode(2, patient_id="p-2")),
        lambda writing: writing.add_record(ward.record()),
        lambda writing: writing.add_record(ward.record("r-2", corrects="r-1")),
        lambda writing: writing.put_latest(ward.latest(level=3)),
        lambda writing: writing.put_latest(ward.latest(episode_id="e-2", patient_id="p-2", bed="2")),
        lambda writing: writing.save_draft(ward.draft(form="dose")),
        lambda writing: writing.drop_draft("a-1", "e-1", "observation"),
        lambda writing: writing.add_audit(ward.audit()),
    ]


@pytest.fixture
def busy_store(store, ward):
    store.transact(lambda writing: [writing.add_session(ward.session()), writing.save_draft(ward.draft())])
    return store


def test_a_work_that_fails_after_any_of_its_steps_leaves_nothing(busy_store, ward):
    steps = steps_of(ward)
    before = everything(busy_store)

    def failing_after(count):
        def work(writing):
            for step in steps[:count]:
                step(writing)
            raise LookupError("the power of the argument failed")

        return work

    for count in range(1, len(steps) + 1):
        with pytest.raises(LookupError, match="power"):
            busy_store.transact(failing_after(count))
        assert everything(busy_store) == before
    busy_store.transact(lambda writing: [step(writing) for step in steps])
    assert everything(busy_store) != before


def test_a_work_sees_its_own_changes_and_returns_its_result(store, ward):
    def work(writing):
        writing.add_record(ward.record())
        return len(writing.records("e-1"))

    assert store.transact(work) == 1


def test_a_refusal_that_the_work_handles_does_not_undo_the_rest(store, ward):
    def work(writing):
        writing.add_record(ward.record())
        with pytest.raises(Exception, match="record number"):
            writing.add_patient(ward.patient())
        return writing.add_record(ward.record("r-2"))

    assert store.transact(work) is True
    with store.reading() as reading:
        assert [record.id for record in reading.records("e-1")] == ["r-1", "r-2"]


def test_a_transaction_inside_a_work_is_refused_as_a_bug(store, ward):
    def work(writing):
        writing.add_record(ward.record())
        store.transact(lambda inner: inner.add_record(ward.record("r-2")))

    with pytest.raises(RuntimeError, match="inside a work"):
        store.transact(work)
    with store.reading() as reading:
        assert list(reading.records("e-1")) == []
    assert store.transact(lambda writing: writing.add_record(ward.record())) is True


def test_twenty_taps_on_save_make_one_record(store, ward):
    together = threading.Barrier(20)

    def tap(_):
        together.wait()
        return store.transact(lambda writing: writing.add_record(ward.record()))

    with ThreadPoolExecutor(20) as taps:
        answers = list(taps.map(tap, range(20)))
    assert sorted(answers) == [False] * 19 + [True]
    with store.reading() as reading:
        assert list(reading.records("e-1")) == [ward.record()]


def test_fifty_nurses_charting_at_once_lose_nothing(store, ward):
    def chart(nurse):
        for entry in range(10):
            name = f"{nurse}-{entry}"

            def work(writing, name=name):
                writing.add_record(ward.record(name))
                writing.add_audit(ward.audit(name))

            store.transact(work)
            with store.reading() as reading:
                assert reading.record(name) is not None

    with ThreadPoolExecutor(50) as nurses:
        list(nurses.map(chart, range(50)))
    expected = {f"{nurse}-{entry}" for nurse in range(50) for entry in range(10)}
    with store.reading() as reading:
        assert {record.id for record in reading.records("e-1")} == expected
        assert sorted(entry.action for entry in reading.audit_entries(limit=1000)) == sorted(expected)


def test_a_failing_work_does_not_disturb_those_beside_it(store, ward):
    def chart(number):
        def work(writing):
            writing.add_record(ward.record(f"r-{number}"))
            if number % 3 == 0:
                raise LookupError(number)

        try:
            store.transact(work)
        except LookupError as fault:
            return fault.args == (number,)
        return number % 3 != 0

    with ThreadPoolExecutor(30) as nurses:
        assert all(nurses.map(chart, range(90)))
    with store.reading() as reading:
        kept = {record.id for record in reading.records("e-1")}
    assert kept == {f"r-{number}" for number in range(90) if number % 3 != 0}


def test_an_open_reading_neither_blocks_a_writer_nor_sees_what_it_wrote(store, ward):
    with store.reading() as early:
        store.transact(lambda writing: [writing.add_record(ward.record()), writing.put_latest(ward.latest(level=3))])
        assert list(early.records("e-1")) == []
        assert early.latest_row("e-1").level == 1
        with store.reading() as late:
            assert list(late.records("e-1")) == [ward.record()]
            assert late.latest_row("e-1").level == 3
    with store.reading() as after:
        assert list(after.records("e-1")) == [ward.record()]


def test_no_reading_ever_sees_half_a_work(store, ward):
    finished = threading.Event()

    def write():
        for level in (2, 3) * 40:

            def work(writing, level=level):
                writing.put_latest(ward.latest(level=level, headline=f"level {level}"))
                writing.replace_unit(ward.unit(name=f"level {level}"))

            store.transact(work)
        finished.set()

    store.transact(lambda writing: [writing.put_latest(ward.latest(headline="East"))])
    with ThreadPoolExecutor(1) as writer:
        writing_ends = writer.submit(write)
        looks = 0
        while not finished.is_set() or looks == 0:
            with store.reading() as reading:
                assert reading.unit("u-1").name == reading.latest_row("e-1").headline
                looks += 1
        writing_ends.result()


def test_a_closed_store_is_refused_as_a_bug(store, ward):
    store.transact(lambda writing: writing.add_record(ward.record()))
    store.close()
    store.close()
    with pytest.raises(RuntimeError, match="closed"):
        store.transact(lambda writing: None)
    with pytest.raises(RuntimeError, match="closed"), store.reading():
        pass
