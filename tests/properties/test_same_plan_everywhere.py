"""The same plan to the byte in another process: whatever the hash seed, the time zone, the language or the day."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from plan_requests import PROTOCOLS
from random_runs.requests import request_number
from random_runs.run import judge_number
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.build import attempt_plan
from taper_app.clinical.planning.request_reading import parse_request

SUPPORT = Path(__file__).parents[1] / "support"
ROOT = SUPPORT.parents[1]
#: Zones on both sides of the date line, one that once left out a day, and a language that writes i without its dot.
WORLDS = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "America/New_York", "LC_ALL": "de_DE.UTF-8"},
    {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Apia", "LC_ALL": "tr_TR.UTF-8"},
    {"PYTHONHASHSEED": "random", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONIOENCODING": "latin-1"},
)
NUMBERS = range(60)
BUILD = f"""
import sys
from hashlib import sha256
sys.path[:0] = [{str(SUPPORT)!r}]
from random_runs.run import answer_text
for number in range({NUMBERS.start}, {NUMBERS.stop}):
    print(number, sha256(answer_text(number).encode()).hexdigest())
"""


def _in_world(world: dict[str, str], *words: str, given: bytes = b"") -> bytes:
    done = subprocess.run(
        [sys.executable, *words], input=given, capture_output=True, cwd=ROOT, env=os.environ | world, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_many_answers_are_the_same_to_the_byte_in_every_process() -> None:
    """Plans, refusals with their remedies, and refused input."""
    answers = {_in_world(world, "-c", BUILD) for world in WORLDS}
    assert len(answers) == 1
    assert len(answers.pop().splitlines()) == len(NUMBERS)


def test_the_command_prints_the_same_bytes_in_every_process() -> None:
    written = json.dumps(_first_request_with_a_plan()).encode()
    for layout in ("json", "text", "csv", "ics"):
        words = ("-m", "taper_app", "plan", "-", "--format", layout)
        assert len({_in_world(world, *words, given=written) for world in WORLDS[1:3]}) == 1, layout


def _first_request_with_a_plan() -> dict[str, object]:
    number = next(n for n in NUMBERS if judge_number(n, PROTOCOLS, is_thorough=False).answer == "plan")
    return request_number(number, PROTOCOLS)


@settings(max_examples=40)
@given(st.sampled_from(NUMBERS), st.integers(min_value=-9000, max_value=60_000))
def test_the_day_on_which_it_starts_moves_every_day_and_changes_no_dose(number: int, days: int) -> None:
    """Over leap days, the nights on which clocks change and the turn of a century."""
    request = {**request_number(number, PROTOCOLS), "start_on": "2027-01-11"}
    moved = {**request, "start_on": (date(2027, 1, 11) + timedelta(days=days)).isoformat()}
    here, there = _plan(request), _plan(moved)
    if here is None or there is None:
        assert here is there
        return
    assert [(step.days, step.doses) for step in here.steps] == [(step.days, step.doses) for step in there.steps]
    assert all(
        then.starts_on - now.starts_on == timedelta(days=days)
        for now, then in zip(here.steps, there.steps, strict=True)
    )


def _plan(request: dict[str, object]) -> Plan | None:
    try:
        outcome = attempt_plan(parse_request(request, PROTOCOLS), PROTOCOLS).outcome
    except InputRefused:
        return None
    return outcome if isinstance(outcome, Plan) else None
