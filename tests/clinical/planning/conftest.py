"""Shared by the tests of the plan builder: the shipped protocol files and a request to start from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taper_app.clinical.planning.answer import Plan, Refusal
from taper_app.clinical.planning.remedies import build_plan
from taper_app.clinical.planning.request_reading import parse_request
from taper_app.clinical.protocol.library import Protocols
from taper_app.protocol_files import load_protocols

EXAMPLES = Path(__file__).parents[2] / "worked_examples"


@pytest.fixture(scope="session")
def protocols() -> Protocols:
    return load_protocols()


@pytest.fixture
def written() -> dict[str, Any]:
    """The request of the worked story: clonazepam 1 mg twice a day, with the 0.125 mg tablet."""
    request: dict[str, Any] = json.loads((EXAMPLES / "plan_example_taper.json").read_text())["request"]
    return request


@pytest.fixture
def plan_of(protocols: Protocols) -> Callable[[dict[str, Any]], Plan]:
    """Builds a plan that must not be refused."""

    def build(request: dict[str, Any]) -> Plan:
        outcome = build_plan(parse_request(request, protocols), protocols)
        assert not isinstance(outcome, Refusal), outcome.message
        return outcome

    return build
