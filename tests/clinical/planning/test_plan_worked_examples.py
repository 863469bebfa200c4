"""Plans worked by hand (``tests/worked_examples/plan_*.toml``) against the builder and the independent checker."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.planning.answer import Plan, Refusal, Step
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols

EXAMPLES = Path(__file__).parents[2] / "worked_examples"
BASE = tomllib.loads((EXAMPLES / "plan_base.toml").read_text())
CASES = [
    pytest.param(case, id=case["name"])
    for path in sorted(EXAMPLES.glob("plan_*.toml"))
    for case in tomllib.loads(path.read_text()).get("case", ())
]


def written_request(case: dict[str, Any]) -> dict[str, Any]:
    """The case's request over the base; TOML has no null: ``"unknown"`` stands for it in the facts."""
    facts = {**BASE["patient"], **case.get("patient", {})}
    facts = {name: None if value == "unknown" else value for name, value in facts.items()}
    return {**BASE["request"], **case["request"], "patient": facts}


@pytest.mark.parametrize("case", CASES)
def test_a_request_gives_the_plan_worked_by_hand(case: dict[str, Any], protocols: Protocols) -> None:
    assert case["worked_by"].strip(), "every case says how it was worked"
    outcome = build_plan(parse_request(written_request(case), protocols), protocols)
    if "refused" in case["expect"]:
        assert isinstance(outcome, Refusal), "this request has no safe plan"
        _compare_refusal(case["expect"], outcome)
    else:
        assert isinstance(outcome, Plan), getattr(outcome, "message", "")
        _compare_plan(case["expect"], outcome)
        assert check_plan(outcome.as_json(), protocols).as_json()["violations"] == []


def _compare_plan(expect: dict[str, Any], plan: Plan) -> None:
    drug = plan.request.taper_drug or ""
    readers = {
        "daily": lambda: [_text(step.daily_of(drug)) for step in plan.steps],
        "days": lambda: [step.days for step in plan.steps],
        "kinds": lambda: [step.kind.value for step in plan.steps],
        "targets": lambda: [_text(step.target_daily_mg) for step in plan.steps],
        "slots": lambda: [_slots(step, drug, plan.request.times or ()) for step in plan.steps],
        "first_day_without_drug": lambda: str(plan.first_day_without_drug or "none"),
        "warnings": lambda: [f"{w.code} {w.step}" if w.step else w.code for w in plan.warnings],
    }
    for name, wanted in expect.items():
        if name in readers:
            assert readers[name]() == wanted, name
        elif name == "starts_with":
            assert [_text(step.daily_of(drug)) for step in plan.steps][: len(wanted)] == wanted
        elif name == "warns":
            assert set(wanted) <= {warning.code for warning in plan.warnings}
        elif name == "never_warns":
            assert not set(wanted) & {warning.code for warning in plan.warnings}
        elif name == "says":
            said = " ".join(warning.message for warning in plan.warnings)
            assert [words for words in wanted if words not in said] == []
        elif name == "starting":
            assert {drug: _text(mg) for drug, mg in plan.starting_daily_mg.items()} == wanted
        elif name == "request":
            echoed = plan.request.as_json()
            assert {key: echoed[key] for key in wanted} == wanted
        elif name == "pieces":
            step = plan.steps[wanted["step"] - 1]
            (dose,) = [dose for dose in step.doses if dose.time == wanted["time"]]
            assert [f"{piece.product} {_text(piece.count)}" for piece in dose.pieces] == wanted["made_of"]
        else:
            pytest.fail(f"expect.{name} is not something that a plan is compared by")


def _compare_refusal(expect: dict[str, Any], refusal: Refusal) -> None:
    changes = [  # TOML has no null
        {field: "null" if value is None else value for field, value in remedy.change.items()}
        for remedy in refusal.remedies
    ]
    assert refusal.code == expect["refused"], refusal.message
    assert bool(refusal.remedies) != bool(refusal.whom_to_ask), "either a remedy or somebody to ask"
    for name, wanted in expect.items():
        if name == "needed":
            assert refusal.limits[0].needed == wanted
        elif name == "limits":
            assert len(refusal.limits) == wanted
        elif name == "remedies":
            assert changes == wanted
        elif name == "first_remedy":
            assert changes[0] == {**changes[0], **wanted}
        elif name == "remedies_contain":
            places = [next(i for i, change in enumerate(changes) if change == {**change, **part}) for part in wanted]
            assert places == sorted(places), "in this order"
        elif name == "whom_to_ask":
            assert wanted in (refusal.whom_to_ask or "")
        else:
            assert name == "refused", f"expect.{name} is not something that a refusal is compared by"


def _slots(step: Step, drug: str, times: tuple[str, ...]) -> list[str]:
    by_time = {dose.time: dose.mg for dose in step.doses if dose.drug == drug}
    return [_text(by_time.get(time, 0)) for time in times]


def _text(number: object) -> str:
    return format(number, "f").rstrip("0").rstrip(".") if "." in f"{number:f}" else f"{number:f}"  # type: ignore[str-format]


@pytest.mark.parametrize("name", ["taper", "crossover", "refused"])
def test_a_complete_example_is_answered_word_by_word(name: str, protocols: Protocols) -> None:
    """Everything but the fingerprint of the protocol file, which changes with any edit of the file."""
    example = json.loads((EXAMPLES / f"plan_example_{name}.json").read_text())
    answer = build_plan(parse_request(example["request"], protocols), protocols).as_json()
    if "protocol" in answer:
        assert len(answer["protocol"]["sha256"]) == 64
        answer["protocol"]["sha256"] = example["answer"]["protocol"]["sha256"]
    assert answer == example["answer"]


@pytest.mark.parametrize("name", ["taper", "crossover"])
def test_the_independent_checker_finds_nothing_wrong_with_an_example(name: str, protocols: Protocols) -> None:
    request = json.loads((EXAMPLES / f"plan_example_{name}.json").read_text())["request"]
    plan = build_plan(parse_request(request, protocols), protocols)
    assert check_plan(plan.as_json(), protocols).as_json()["violations"] == []
