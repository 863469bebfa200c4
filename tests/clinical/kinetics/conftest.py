"""The shipped protocols, and the plans of the worked examples."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.protocol_files import load_protocols
from worked_examples import WORKED_EXAMPLES


@pytest.fixture(scope="session")
def protocols() -> WardProtocols:
    return load_protocols()


@pytest.fixture(scope="session")
def example_plan() -> Callable[[str], Plan]:
    def read(name: str) -> Plan:
        written = json.loads((WORKED_EXAMPLES / f"{name}.json").read_text())
        return Plan.model_validate(written.get("answer", written))

    return read
