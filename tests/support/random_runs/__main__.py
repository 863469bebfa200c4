"""The long run: ``python -m random_runs --requests 100000 --workers 2`` with ``tests/support`` on the path.

It prints a report and exits with 1 when anything was broken. ``--number`` looks at one request and at the smallest
one that is broken in the same way.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import signal
import sys
from functools import partial
from random import Random
from typing import Any

from random_runs.requests import request_number
from random_runs.run import Outcome, Report, judge, judge_number
from random_runs.smallest import smallest
from taper_app.protocol_files import load_protocols

PROTOCOLS = load_protocols()
#: A request that takes longer is broken off and told as a crash: nobody waits that long at a bedside.
LONGEST_SECONDS = 60


def main() -> int:
    words = argparse.ArgumentParser(prog="random_runs", description=__doc__)
    words.add_argument("--requests", type=int, default=2000)
    words.add_argument("--first", type=int, default=0, help="number of the first request")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--workers", type=int, default=1)
    words.add_argument("--thorough-every", type=int, default=1, help="second plans and remedies for one in so many")
    words.add_argument("--number", type=int, help="look at one request only")
    asked = words.parse_args()
    if asked.number is not None:
        return _show(asked.number, asked.seed)
    return _run(asked.first, asked.requests, asked.seed, asked.workers, asked.thorough_every)


def _run(first: int, requests: int, seed: int, workers: int, thorough_every: int) -> int:
    report = Report()
    one = partial(_one, seed=seed, thorough_every=thorough_every)
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        for number, outcome in pool.imap_unordered(one, range(first, first + requests), chunksize=20):
            report.add(number, outcome)
    print("\n".join(report.lines()))
    return 1 if report.broken else 0


def _one(number: int, *, seed: int, thorough_every: int) -> tuple[int, Outcome]:
    signal.signal(signal.SIGALRM, _break_off)
    signal.alarm(LONGEST_SECONDS)
    try:
        return number, judge_number(number, PROTOCOLS, seed=seed, is_thorough=number % thorough_every == 0)
    finally:
        signal.alarm(0)


def _break_off(_signal: int, _frame: object) -> None:
    raise TimeoutError(f"longer than {LONGEST_SECONDS} seconds")


def _show(number: int, seed: int) -> int:
    asked = request_number(number, PROTOCOLS, seed=seed)
    outcome = judge_number(number, PROTOCOLS, seed=seed)
    print(outcome.answer)
    for law, sentence in outcome.broken:
        print(f"  {law}: {sentence}")
    if outcome.broken:
        law = outcome.broken[0][0]

        def shows_fault(request: dict[str, Any]) -> bool:
            found = judge(request, PROTOCOLS, Random(f"{seed}/{number}/between"))
            return any(broken == law for broken, _ in found.broken)

        asked = smallest(asked, shows_fault)
    print(json.dumps(asked, indent=1))
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
