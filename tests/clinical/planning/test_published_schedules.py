"""Every published schedule that is shipped comes out as its source prints it (``worked_examples/published``)."""

from __future__ import annotations

import shutil
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.checking import check_plan
from taper_app.clinical.planning.answer import Plan, Severity, StepKind
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.quantities import plain
from taper_app.protocol_files import load_protocols, protocols_folder

EXAMPLES = Path(__file__).parents[2] / "worked_examples"
BASE = tomllib.loads((EXAMPLES / "plan_base.toml").read_text())
FILES = sorted((EXAMPLES / "published").glob("*.toml"))
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in FILES
    for case in tomllib.loads(path.read_text())["case"]
]

Case = dict[str, Any]


@pytest.fixture(scope="session")
def with_test_products(tmp_path_factory: pytest.TempPathFactory) -> Protocols:
    """The shipped files and, beside them, the products that only these tests have."""
    folder = tmp_path_factory.mktemp("published") / "protocols"
    shutil.copytree(protocols_folder(), folder)
    for path in FILES:
        for case in tomllib.loads(path.read_text())["case"]:
            for product in case.get("test_products", ()):
                _add_product(folder, product)
    return load_protocols(folder)


def _add_product(folder: Path, product: dict[str, str]) -> None:
    smallest = f'smallest_ml = "{product["smallest_ml"]}"\n' if "smallest_ml" in product else ""
    with (folder / f"medicines/{product['medicine']}.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[products]]\nform = "{"liquid" if smallest else "tablet"}"\n'
            f'strength_mg = "{product["strength_mg"]}"\n{smallest}'
            'markets = ["test"]\nsource = "local-default"\nwhere = "for a test only"\nevidence = "unverified"\n'
        )


def plan_of(case: Case, library: Protocols) -> Plan:
    written = {**BASE["request"], **case["request"], "patient": {**BASE["patient"], **case.get("patient", {})}}
    outcome = build_plan(parse_request(written, library), library)
    assert isinstance(outcome, Plan), getattr(outcome, "message", "")
    return outcome


@pytest.mark.parametrize("case", CASES)
def test_a_published_schedule_comes_out_as_printed(
    case: Case, protocols: Protocols, with_test_products: Protocols
) -> None:
    assert case["worked_by"].strip(), "every case says how it was worked"
    library = with_test_products if case.get("test_products") else protocols
    plan, expect = plan_of(case, library), dict(case["expect"])
    readers = {
        "printed": _lines,
        "steps": lambda plan: len(plan.steps),
        "weeks_with_the_present_dose": _weeks,
        "kinds": lambda plan: [step.kind.value for step in plan.steps],
        "targets": lambda plan: [plain(step.target_daily_mg) for step in plan.steps],
        "percent_of_start": _percent_of_start,
        "slots": _slots,
        "ends_with_a_dose": lambda plan: plan.steps[-1].kind is StepKind.KEEP,
    }
    signed, warned, request = expect.pop("signed", []), expect.pop("warned", []), expect.pop("request", {})
    assert set(signed) <= set(plan.codes_to_sign)
    assert set(warned) <= {warning.code for warning in plan.warnings if warning.severity is Severity.WARN}
    assert {name: plan.request.as_json()[name] for name in request} == request
    for name, wanted in expect.items():
        assert readers[name](plan) == wanted, name
    assert check_plan(plan.as_json(), library).as_json()["violations"] == []


def test_every_shipped_protocol_is_held_against_what_its_source_prints(protocols: Protocols) -> None:
    """``asam-2025`` prints a pace and no schedule: its own worked cases are in ``plan_paces.toml``."""
    tried = {case.values[0]["request"]["protocol"] for case in CASES}  # type: ignore[index]
    assert tried | {"asam-2025"} == set(protocols.tapers)


def _drug(plan: Plan) -> str:
    return plan.request.taper_drug or ""


def _lines(plan: Plan) -> list[list[Any]]:
    """The day on which each dose begins (the plan's first is day 1), and the dose."""
    return [[(step.starts_on - plan.starts_on).days + 1, plain(step.daily_of(_drug(plan)))] for step in plan.steps]


def _weeks(plan: Plan) -> int:
    """With one interval on the present dose before the first cut, as the source counts."""
    days = (plan.steps[-1].starts_on - plan.starts_on).days + (plan.request.every_days or 0)
    assert days % 7 == 0
    return days // 7


def _percent_of_start(plan: Plan) -> list[str]:
    start = plan.starting_daily_mg[_drug(plan)]
    return [plain(step.daily_of(_drug(plan)) / start * 100) for step in plan.steps]


def _slots(plan: Plan) -> list[list[str]]:
    by_time = [{dose.time: dose.mg for dose in step.doses} for step in plan.steps]
    return [[plain(mg.get(time, Decimal(0))) for time in plan.request.times or ()] for mg in by_time]
