"""Two hundred random requests over everything that is shipped: every invariant holds, the checker agrees.

The long run is ``just night``. A number that fails here is looked at with ``python -m random_runs --number N``.
"""

from __future__ import annotations

import pytest

from plan_requests import PROTOCOLS
from random_runs.run import BETWEEN_PLANS, OF_ONE_PLAN, Report, judge_number

REQUESTS, AT_ONCE = 200, 20
#: Second plans and all remedies of a refusal take longer than the plan itself: for one request in so many.
THOROUGH_EVERY = 10


@pytest.mark.parametrize("first", range(0, REQUESTS, AT_ONCE))
def test_random_requests_keep_every_invariant_and_the_checker_agrees(first: int) -> None:
    report = Report()
    for number in range(first, first + AT_ONCE):
        report.add(number, judge_number(number, PROTOCOLS, is_thorough=number % THOROUGH_EVERY == 0))
    assert not report.broken, "\n".join(report.lines())


def test_every_invariant_of_a_plan_has_its_function() -> None:
    """18 is the refusals' own; 10, 12 and 14 also stand in tests of their own."""
    assert {*OF_ONE_PLAN, *BETWEEN_PLANS, 18} == set(range(1, 23))
