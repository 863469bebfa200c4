"""How long plans take: ``just bench``. It prints medians over twenty cases and judges nothing.

Times in this process are processor time, so that a busy machine changes them less; the command as a process is
measured by the clock as well.

    whole      a whole plan from a request as it travels: parsed, searched, judged by the ceilings, written out
    search     the search inside it
    bare       a bare dynamic programme over the same doses that is told which cuts are allowed
    exact      the same, together with working out exactly which cuts are allowed and how long each takes
    checker    the independent checker's judgement of that plan
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bare_programme import allowed_in, least_days
from recorded_search import requests, search_in
from taper_app.clinical.checking import check_plan
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
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
    print_process_times()


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
