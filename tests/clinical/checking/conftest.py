"""Complete plans to check, and a small writer of further ones: doses and days are given, the figures are filled in."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from taper_app.clinical.checking import CheckResult, check_plan
from taper_app.clinical.protocol.library import Protocols
from taper_app.protocol_files import load_protocols
from worked_examples import WORKED_EXAMPLES
from written_plans import Plan, StepRow, redate, written_plan


@pytest.fixture(scope="session")
def protocols() -> Protocols:
    return load_protocols()


def _worked(name: str, protocols: Protocols) -> Plan:
    plan: Plan = json.loads((WORKED_EXAMPLES / name).read_text(encoding="utf-8"))["plan"]
    plan["protocol"]["sha256"] = protocols.sha256[plan["protocol"]["id"]]
    return plan


@pytest.fixture
def taper(protocols: Protocols) -> Plan:
    """Clonazepam 2 mg a day to zero."""
    return _worked("plan_clonazepam_2mg.json", protocols)


@pytest.fixture
def crossover(protocols: Protocols) -> Plan:
    """Lorazepam 1 mg a day changed to diazepam and down to 6 mg."""
    return _worked("plan_lorazepam_crossover.json", protocols)


@pytest.fixture
def judged(protocols: Protocols) -> Callable[[object], CheckResult]:
    return lambda plan: check_plan(plan, protocols)


@pytest.fixture
def broken(judged: Callable[[object], CheckResult]) -> Callable[[object], set[str]]:
    """The names of the rules that a plan violates."""
    return lambda plan: {finding.rule for finding in judged(plan).violations}


@pytest.fixture
def redated() -> Callable[[Plan], Plan]:
    return redate


@pytest.fixture
def written(protocols: Protocols) -> Callable[..., Plan]:
    """A plan of one medicine on one protocol; ``factors`` are its lowest and its highest equivalent of 1 mg."""

    def write(
        steps: Sequence[StepRow],
        *,
        request: dict[str, Any],
        factors: tuple[str, str],
        targets: Sequence[str | None],
        warnings: Sequence[dict[str, Any]] = (),
    ) -> Plan:
        low, high = factors
        medicine = request["current"][0]["drug"]
        return written_plan(
            steps,
            request=request,
            factors={medicine: (low, high, high)},
            targets=targets,
            protocols=protocols,
            warnings=warnings,
        )

    return write
