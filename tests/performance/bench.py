"""How long plans take: ``just bench``. It prints medians over twenty cases and judges nothing.

Times in this process are processor time, so that a busy machine changes them less; the command as a process is
measured by the clock as well.

    whole      a whole plan from a request as it travels: parsed, searched, judged by the ceilings, written out
    search     the search inside it
    bare       a bare dynamic programme over the same doses that is told which cuts are allowed
    exact      the same, together with working out exactly which cuts are allowed and how long each takes
    checker    the independent checker's judgement of that plan

Then, over the same cases, a change of the plan in the middle of its steps and the search for an end by a date.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

from bare_programme import allowed_in, least_days
from recorded_search import requests, search_in
from taper_app.clinical.checking import check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.amend import amend_plan, parse_change
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.protocol_files import load_protocols

COLUMNS = ("whole", "search", "bare", "exact", "checker")


def main() -> None:
    protocols = load_protocols()
    print(
        f"{'case':30}{'doses':>6}{'steps':>6}" + "".join(f"{name:>9}" for name in COLUMNS) + "  whole/bare  whole/exact"
    )
    times: list[tuple[float, ...]] = []
    for name, request in requests().items():
        plan, search = search_in(request, protocols)
        allowed, written = allowed_in(search), plan.as_json()
        assert least_days(allowed, search.steps) == (search.days, search.steps), f"{name}: another optimum"
        row = (
            milliseconds(lambda request=request: build_plan(parse_request(dict(request), protocols), protocols)),
            milliseconds(search.again),
            milliseconds(lambda allowed=allowed, steps=search.steps: least_days(allowed, steps)),
            milliseconds(lambda search=search: least_days(allowed_in(search), search.steps)),
            milliseconds(lambda written=written: check_plan(written, protocols)),
        )
        times.append(row)
        print(f"{name:30}{len(search.daily):6}{search.steps:6}{shown(row)}")
    print(f"{'median, ms':42}{shown(tuple(map(median, zip(*times, strict=True))))}")
    print(f"{'largest, ms':42}" + "".join(f"{max(column):9.2f}" for column in zip(*times, strict=True)))
    print_change_times(protocols)
    print_process_times()


def print_change_times(protocols: Protocols) -> None:
    """Kinds of change that can be asked of most plans; those that one refuses are left out of its median."""
    taken: dict[str, list[float]] = {}
    for request in requests().values():
        plan = build_plan(parse_request(dict(request), protocols), protocols)
        assert isinstance(plan, Plan)
        step = plan.steps[len(plan.steps) // 2]
        on, reason = str(step.starts_on + timedelta(days=1)), {"reason": "measured", "override_reason": "measured"}
        for change in (
            {"kind": "keep_days", "days": 7},
            {"kind": "keep"},
            {"kind": "slow", "every_days": (plan.request.every_days or 1) + 7},
            {"kind": "step_back", "to_step": max(1, step.number - 1)},
            {"kind": "missed", "from": str(step.starts_on), "to": str(step.starts_on)},
        ):
            parsed = parse_change({**change, **reason, "on": on})
            try:
                amend_plan(plan, parsed, protocols)
            except InputRefused:
                continue
            time_taken = milliseconds(lambda plan=plan, parsed=parsed: amend_plan(plan, parsed, protocols), runs=7)
            taken.setdefault(change["kind"], []).append(time_taken)
        free = {name: value for name, value in request.items() if name not in ("cut_percent", "cut_mg", "every_days")}
        by = str(plan.steps[-1].starts_on + timedelta(days=40))
        asked = parse_request({**free, "ends_by": by}, protocols)
        end = milliseconds(lambda asked=asked: build_plan(asked, protocols), runs=3)
        taken.setdefault("ends_by", []).append(end)
    for kind, times in taken.items():
        print(f"{kind:42}{median(times):9.2f} ms, largest {max(times):.2f} ms")


def milliseconds(work: Callable[[], object], runs: int = 15) -> float:
    """The median processor time of one run; one run to warm up is not counted."""
    work()
    taken = []
    for _ in range(runs):
        start = time.process_time()
        work()
        taken.append((time.process_time() - start) * 1000)
    return median(taken)


def shown(row: tuple[float, ...]) -> str:
    whole, _, bare, exact, _ = row
    return "".join(f"{taken:9.2f}" for taken in row) + f"{whole / bare:12.1f}{whole / exact:13.1f}"


def print_process_times(runs: int = 9) -> None:
    """``taper plan`` as a process, for the first and the largest case, beside a Python that only loads pydantic."""
    commands = {"Python with pydantic alone": [sys.executable, "-c", "import pydantic"]}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("clonazepam-2", "diazepam-120-hospital"):
            path = Path(folder) / f"{name}.json"
            path.write_text(json.dumps(requests()[name]))
            commands[f"taper plan {name}"] = [sys.executable, "-m", "taper_app", "plan", str(path)]
        for name, command in commands.items():
            clock, processor = [], []
            for _ in range(runs):
                start, before = time.perf_counter(), os.times()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                after = os.times()
                clock.append(time.perf_counter() - start)
                spent = (after.children_user - before.children_user, after.children_system - before.children_system)
                processor.append(sum(spent))
            print(f"{name:42}{median(clock) * 1000:9.0f} ms by the clock, {median(processor) * 1000:.0f} ms processor")


if __name__ == "__main__":
    main()
