"""Levels, effects of cuts and symptom windows worked by hand (``tests/worked_examples/kinetics.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from taper_app.clinical.kinetics.chains import chain_of_parent
from taper_app.clinical.kinetics.cut_effect import effect_by_day
from taper_app.clinical.kinetics.superposition import levels_of
from taper_app.clinical.kinetics.symptom_windows import SymptomWindow, after_cuts
from taper_app.clinical.kinetics.taken import Taken
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.ward_library import WardProtocols
from worked_examples import WORKED_EXAMPLES

BASE = tomllib.loads((WORKED_EXAMPLES / "plan_base.toml").read_text())
CASES = tomllib.loads((WORKED_EXAMPLES / "kinetics.toml").read_text())
ExamplePlan = Callable[[str], Plan]


def cases(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in CASES[kind]]


@pytest.fixture
def plan(case: dict[str, Any], example_plan: ExamplePlan, protocols: WardProtocols) -> Plan:
    if "plan" in case:
        return example_plan(case["plan"])
    request = {**BASE["request"], **case["request"], "patient": BASE["patient"]}
    built = build_plan(parse_request(request, protocols), protocols)
    assert isinstance(built, Plan)
    return built


@pytest.mark.parametrize("case", cases("level"))
def test_a_level_is_the_one_worked_by_hand(case: dict[str, Any]) -> None:
    doses = Taken(
        medicine="examplazepam",
        first_day=date(2027, 1, 11),
        minutes=(0,),
        before=(float(case["before"]),),
        days=tuple((float(mg),) for mg in case["doses"]),
    )
    chain = chain_of_parent(case["tmax_hours"], case["half_life_hours"])
    level = levels_of([chain], doses, np.array([float(case["hour"])]))[0, case["day"] - 1, 0]
    assert level == pytest.approx(case["expect"], rel=1e-4)


@pytest.mark.parametrize("case", cases("effect"))
def test_a_cut_has_done_by_a_day_what_was_worked_by_hand(
    case: dict[str, Any], plan: Plan, protocols: WardProtocols
) -> None:
    effects = effect_by_day(plan, protocols, step=case["step"], day=case["day"])
    assert [effect.in_words for effect in effects] == case["expect"]


@pytest.mark.parametrize("case", cases("after_cut"))
def test_after_a_cut_symptoms_are_expected_on_the_days_worked_by_hand(
    case: dict[str, Any], plan: Plan, protocols: WardProtocols
) -> None:
    found = next(one for one in after_cuts(plan, protocols, protocols.time_course) if one.step == case["step"])
    assert found.in_words == case["in_words"]
    assert [in_one_line(window) for window in found.windows] == case["windows"]
    assert (str(found.first_day), str(found.last_day)) == (case["first_day"], case["last_day"])
    assert found.settling is not None
    assert f"{found.settling.earliest} {found.settling.latest}" == case["settled"]
    assert str(found.watch_until or "none") == case["watch_until"]


def in_one_line(window: SymptomWindow) -> str:
    worst = f" worst {window.worst_from} {window.worst_to}" if window.worst_from else ""
    end = "" if window.is_end_printed else ", end not printed"
    return f"{window.course} {window.first_day} {window.last_day}{worst}{end}"


def test_every_case_says_how_it_was_worked() -> None:
    assert all(case["worked_by"].strip() for kind in CASES.values() for case in kind)
