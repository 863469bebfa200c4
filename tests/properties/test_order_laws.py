"""Laws of an order's maximum: whatever is given when the order says so, no 24 hours ever hold more."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from taper_app.clinical.charting.doses import ChartedDose, DoseBody, DosePurpose, DoseStatus
from taper_app.clinical.charting.orders import WINDOW, OrderBody, OrderKind, allowance
from taper_app.clinical.people import Role
from taper_app.clinical.records import Author, EpisodeId, Record, RecordId, RecordKind

START = datetime(2027, 3, 13, 12, 0, tzinfo=UTC)  # the night after it the clocks of New York change
NURSE = Author(user_id="nurse-1", name="A. Ng", role=Role.NURSE)
minutes = st.integers(min_value=0, max_value=5 * 24 * 60)
orders = st.builds(
    lambda doses, part, apart: OrderBody(
        kind=OrderKind.AS_NEEDED,
        medicine="lorazepam",
        tenth_mcg=part,
        most_tenth_mcg=part * doses,
        hours_between=apart,
        reason="shaking",
    ),
    st.integers(1, 5),
    st.integers(1, 40_000),
    st.none() | st.integers(1, 24),
)


def charted(number: int, at: datetime, tenth_mcg: int) -> ChartedDose:
    body = DoseBody(
        status=DoseStatus.GIVEN,
        purpose=DosePurpose.PRN,
        medicine="lorazepam",
        tenth_mcg=tenth_mcg,
        ordered_by="Dr. Ames",
    )
    written: dict[str, Any] = {"id": RecordId(str(number)), "episode_id": EpisodeId("episode"), "body": {}}
    record = Record(kind=RecordKind.DOSE, happened_at=at, recorded_at=at, author=NURSE, **written)
    return ChartedDose(record, body)


def most_in_a_window(taken: list[ChartedDose]) -> int:
    """Found by looking at every window that ends with a dose; in between the sum only falls."""
    return max(
        (sum(dose.body.tenth_mcg for dose in taken if end.at - WINDOW < dose.at <= end.at) for end in taken), default=0
    )


def given_as_allowed(order: OrderBody, asked: list[int]) -> list[ChartedDose]:
    """At each asked minute, in the order of asking (late entries too), a dose when the order says it is possible."""
    taken: list[ChartedDose] = []
    for number, minute in enumerate(asked):
        at = START + timedelta(minutes=minute)
        if allowance(order, taken, at).is_possible(at):
            taken.append(charted(number, at, order.tenth_mcg))
    return taken


@given(orders, st.lists(minutes, max_size=25))
def test_no_24_hours_hold_more_than_the_maximum(order: OrderBody, asked: list[int]) -> None:
    assert most_in_a_window(given_as_allowed(order, asked)) <= order.most_tenth_mcg


@given(orders, st.lists(minutes, max_size=25))
def test_two_doses_are_as_far_apart_as_ordered(order: OrderBody, asked: list[int]) -> None:
    moments = sorted(dose.at for dose in given_as_allowed(order, asked))
    apart = timedelta(hours=order.hours_between or 0)
    assert all(later - earlier >= apart for earlier, later in itertools.pairwise(moments))


@settings(deadline=None)
@given(orders, st.lists(minutes, max_size=8), minutes)
def test_the_named_moment_is_possible_and_none_before_it_is(order: OrderBody, asked: list[int], minute: int) -> None:
    taken = given_as_allowed(order, asked)
    at = START + timedelta(minutes=minute)
    possible = allowance(order, taken, at).possible_at
    assert allowance(order, taken, possible).is_possible(possible)
    before = [at + timedelta(minutes=step) for step in range(int((possible - at) / timedelta(minutes=1)))]
    assert not any(allowance(order, taken, moment).is_possible(moment) for moment in before[-90:] + before[:30])
