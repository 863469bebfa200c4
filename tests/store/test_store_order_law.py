"""For every order in which the same entries arrive, what is read is the same."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taper_app.clinical.records import RecordKind

_minutes = st.integers(min_value=-3, max_value=3)
_entries = st.lists(
    st.tuples(_minutes, _minutes, st.sampled_from([RecordKind.OBSERVATION, RecordKind.DOSE])), min_size=1, max_size=8
)
_boards = st.lists(
    st.tuples(st.integers(1, 4), st.none() | _minutes, st.sampled_from(["1", "2", "10", "2a"])), min_size=1, max_size=6
)
_number = itertools.count(100)


@pytest.fixture(scope="module")
def lasting_store(request, tmp_path_factory, ward):
    from_conftest = request.getfixturevalue("stores")
    store = from_conftest[request.param](tmp_path_factory.mktemp("law"))
    store.transact(ward.set_up)
    yield store
    store.close()


def pytest_generate_tests(metafunc):
    metafunc.parametrize("lasting_store", ["memory", "sqlite"], indirect=True, scope="module")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(entries=_entries, data=st.data())
def test_records_read_the_same_in_whatever_order_they_were_kept(lasting_store, ward, entries, data):
    def kept(order):
        episode_id = f"e-{next(_number)}"

        def work(writing):
            writing.add_episode(ward.episode(id=episode_id))
            for index in order:
                happened, recorded, kind = entries[index]
                times = {"happened_at": ward.at(happened), "recorded_at": ward.at(recorded)}
                writing.add_record(ward.record(f"{episode_id}/{index}", episode_id=episode_id, kind=kind, **times))

        lasting_store.transact(work)
        with lasting_store.reading() as reading:
            return [
                [record.id.split("/")[1] for record in found]
                for found in (
                    reading.records(episode_id),
                    reading.records(episode_id, kinds=[RecordKind.DOSE]),
                    reading.records(episode_id, since=ward.at(0)),
                )
            ]

    in_order = range(len(entries))
    assert kept(in_order) == kept(data.draw(st.permutations(in_order)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(board=_boards, data=st.data())
def test_the_board_reads_the_same_in_whatever_order_its_rows_were_put(lasting_store, ward, board, data):
    first = next(_number) * 1000

    def put(writing, order, unit_id):
        for index in order:
            level, due, bed = board[index]
            writing.put_latest(
                ward.latest(
                    episode_id=f"e-{first + index}",
                    patient_id=f"p-{first + index}",
                    unit_id=unit_id,
                    level=level,
                    next_due_at=None if due is None else ward.at(due),
                    bed=bed,
                )
            )

    def admit(writing):
        writing.add_unit(ward.unit(id=f"u-{first}"))
        for index in range(len(board)):
            writing.add_patient(ward.patient(first + index))
            writing.add_episode(ward.episode(first + index, patient_id=f"p-{first + index}"))
        put(writing, range(len(board)), f"u-{first}")

    def read():
        with lasting_store.reading() as reading:
            return list(reading.latest_rows(f"u-{first}"))

    lasting_store.transact(admit)
    in_order = read()
    assert [row.level for row in in_order] == sorted((level for level, _, _ in board), reverse=True)
    shuffled = data.draw(st.permutations(range(len(board))))
    # Away to another unit and back in another order.
    lasting_store.transact(lambda writing: put(writing, shuffled, "u-1"))
    lasting_store.transact(lambda writing: put(writing, shuffled, f"u-{first}"))
    assert read() == in_order
