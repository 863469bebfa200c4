"""The search against a constraint solver on the cases of the benchmark: the same days and steps where it proves them.

The solver knows nothing of an order of working: each allowed cut is taken or not, a dose that is come to is left
again, and days and then steps are as few as can be. It is no dependency of the program and not part of the ordinary
tests: ``just solver``.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from recorded_search import RecordedSearch, requests, search_in
from taper_app.protocol_files import load_protocols

cp_model = pytest.importorskip("ortools.sat.python.cp_model", reason="the constraint solver is an extra: just solver")

SECONDS = 60
PROTOCOLS = load_protocols()
END = -1
#: (from dose, to dose or END, days)
Cut = tuple[int, int, int]


def allowed_cuts(search: RecordedSearch) -> list[Cut]:
    """Rules 1, 2 and 4 pair by pair: no bigger than asked, or the smallest when none is makeable; T in whole days."""
    pace, rules, start = search.rules.pace, search.rules, search.start
    below_start = [dose for dose in search.daily if rules.target <= dose < start.daily]
    cuts: list[Cut] = []
    for dose in (start.daily, *below_start):
        lower = [other for other in below_start if other < dose]
        within = [other for other in lower if other >= pace.lowest_after(dose)] or lower[-1:]
        is_timed = dose != start.daily or start.is_first_step
        cuts += [(dose, other, days_on(search, dose, Fraction(other)) if is_timed else 0) for other in within]
        may_end = is_timed or start.may_end or not lower
        if rules.target:
            cuts += [(dose, END, 0)] if may_end and dose == rules.target else []
        elif may_end and (dose == rules.smallest or dose <= rules.stop_allowed_up_to):
            cuts.append((dose, END, days_on(search, dose, pace.stop_needs_until(dose)) if is_timed else 0))
    return cuts


def days_on(search: RecordedSearch, dose: int, until: Fraction) -> int:
    pace = search.rules.pace
    days = max(pace.least_days(dose), pace.days_needed(dose, until))
    return min(days, search.rules.longest_step_days) if pace.has_no_end else days


def proven_optimum(search: RecordedSearch) -> tuple[int, int] | None:
    """(days, steps), or None when the solver does not prove one in its time."""
    model, cuts = cp_model.CpModel(), allowed_cuts(search)
    taken = [model.NewBoolVar(f"{dose}-{lower}") for dose, lower, _ in cuts]
    for dose in {dose for cut in cuts for dose in cut[:2]}:
        come_to = [is_taken for is_taken, cut in zip(taken, cuts, strict=True) if cut[1] == dose]
        left = [is_taken for is_taken, cut in zip(taken, cuts, strict=True) if cut[0] == dose]
        model.Add(sum(left) - sum(come_to) == {search.start.daily: 1, END: -1}.get(dose, 0))
    one_day = len(cuts) + 1
    model.Minimize(sum((days * one_day + 1) * is_taken for is_taken, (_, _, days) in zip(taken, cuts, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = SECONDS
    solver.parameters.num_workers = 1
    if solver.Solve(model) != cp_model.OPTIMAL:
        return None
    return divmod(round(solver.ObjectiveValue()), one_day)


@pytest.mark.parametrize("case", sorted(requests()))
def test_the_soonest_end_is_the_solvers(case: str) -> None:
    _, search = search_in(requests()[case], PROTOCOLS)
    optimum = proven_optimum(search)
    if optimum is None:
        pytest.skip(f"no optimum proven in {SECONDS} s")
    assert optimum == (search.days, search.steps)
