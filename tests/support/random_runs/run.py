"""One request, or very many: build, hold the answer against every invariant, let the checker judge it, count."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from random import Random
from time import perf_counter
from typing import Any

from random_runs import between_plans, of_doses, of_limits, of_travel
from random_runs.made import Made
from random_runs.of_refusals import invariant_18_a_refusal_says_why_and_what_now
from random_runs.requests import request_number
from taper_app.clinical.checking import check_plan
from taper_app.clinical.errors import InputRefused
from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.end_date import attempt_in_time
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.protocol_files import load_protocols

#: What the checker calls a violation, and what no invariant may do.
DISAGREEMENT, CRASH = "checker", "crash"


def _invariants(*modules: object) -> dict[int, Callable[..., Iterator[str]]]:
    """By number: the functions are named ``invariant_04_…``."""
    found = {}
    for module in modules:
        for name, law in vars(module).items():
            if numbered := re.fullmatch(r"invariant_(\d\d)_\w+", name):
                found[int(numbered[1])] = law
    return dict(sorted(found.items()))


OF_ONE_PLAN = _invariants(of_doses, of_limits, of_travel)
BETWEEN_PLANS = _invariants(between_plans)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request. ``broken``: (invariant's number, ``checker`` or ``crash``; a sentence)."""

    answer: str
    broken: tuple[tuple[str, str], ...]
    seconds: float


@dataclass(slots=True)
class Report:
    """Counted over many requests; of each kind of break the first few numbers, to be looked at."""

    answers: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def add(self, number: int, outcome: Outcome) -> None:
        self.answers[outcome.answer] += 1
        self.seconds.append(outcome.seconds)
        for law in dict.fromkeys(law for law, _ in outcome.broken):
            self.broken[law] += 1
        for law, sentence in outcome.broken:
            kind = f"{law}: {re.sub(r'[0-9][0-9.]*', '#', sentence)}"[:100]
            kept = self.examples.setdefault(kind, [])
            if len(kept) < 3 and all(number != other for other, _ in kept):
                kept.append((number, sentence))

    def lines(self) -> Iterator[str]:
        ordered = sorted(self.seconds) or [0.0]
        yield f"{len(self.seconds)} requests, {sum(self.seconds):.0f} seconds of one core"
        yield f"half of them took less than {ordered[len(ordered) // 2] * 1000:.0f} ms, the slowest {ordered[-1]:.1f} s"
        for answer, count in self.answers.most_common():
            yield f"{count:8} {answer}"
        disagreements, crashes = self.broken[DISAGREEMENT], self.broken[CRASH]
        violations = sum(self.broken.values()) - disagreements - crashes
        yield f"{violations} violations, {disagreements} disagreements, {crashes} crashes"
        for kind, examples in sorted(self.examples.items()):
            yield f"  {kind}"
            for number, sentence in examples:
                yield f"    request {number}: {sentence}"


def answer_text(number: int) -> str:
    """The whole answer to one request as it travels, with the shipped protocol files."""
    protocols = _shipped()
    try:
        request = parse_request(request_number(number, protocols), protocols)
    except InputRefused as refused:
        return str(refused)
    return json.dumps(build_plan(request, protocols).as_json(), ensure_ascii=False)


@cache
def _shipped() -> Protocols:
    return load_protocols()


def judge_number(number: int, protocols: Protocols, *, seed: int = 1, is_thorough: bool = True) -> Outcome:
    """``is_thorough``: also what takes a second plan, and every remedy of a refusal."""
    asked = request_number(number, protocols, seed=seed)
    return judge(asked, protocols, Random(f"{seed}/{number}/between"), is_thorough=is_thorough)


def judge(asked: Mapping[str, Any], protocols: Protocols, chance: Random, *, is_thorough: bool = True) -> Outcome:
    """One request, whatever it is."""
    began = perf_counter()
    try:
        answer, broken = _judged(asked, protocols, chance, is_thorough=is_thorough)
    except Exception as error:  # the run goes on: a crash is a finding like any other
        answer, broken = "crash", [(CRASH, f"{type(error).__name__}: {error}")]
    return Outcome(answer, tuple(broken), perf_counter() - began)


def _judged(
    asked: Mapping[str, Any], protocols: Protocols, chance: Random, *, is_thorough: bool
) -> tuple[str, list[tuple[str, str]]]:
    try:
        request = parse_request(dict(asked), protocols)
    except InputRefused as refused:
        return f"input refused: {refused.faults[0].field}", []
    outcome = build_plan(request, protocols) if is_thorough else attempt_in_time(request, protocols).outcome
    if isinstance(outcome, Refusal):
        laws = invariant_18_a_refusal_says_why_and_what_now(asked, outcome, protocols) if is_thorough else ()
        return f"refused: {outcome.code}", [("18", sentence) for sentence in laws]
    made = Made(asked, request, outcome, protocols)
    of_one = ((number, law(made)) for number, law in OF_ONE_PLAN.items())
    between = ((number, law(made, chance)) for number, law in BETWEEN_PLANS.items() if is_thorough)
    broken = [(f"{number:02}", sentence) for number, found in chain(of_one, between) for sentence in found]
    return "plan", broken + [(DISAGREEMENT, sentence) for sentence in _disagreements(outcome, protocols)]


def _disagreements(plan: Plan, protocols: Protocols) -> Iterator[str]:
    for finding in check_plan(plan.as_json(), protocols).violations:
        yield f"{finding.rule}, step {finding.step}: {finding.message}"
