"""The shipped protocol files, and one way to judge a case written as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from taper_app.clinical.charting.case import parse_case
from taper_app.clinical.escalation.answer import Assessment
from taper_app.clinical.escalation.assess import assess
from taper_app.clinical.protocol.library import Protocols
from taper_app.protocol_files import load_protocols

Judge = Callable[[Mapping[str, Any]], Assessment]


@pytest.fixture(scope="session")
def protocols() -> Protocols:
    return load_protocols()


@pytest.fixture(scope="session")
def judge(protocols: Protocols) -> Judge:
    """Parse and assess a case given as a JSON object."""

    def judged(given: Mapping[str, Any]) -> Assessment:
        case = parse_case(given, protocols.vital_limits)
        return assess(case, protocols.rules, protocols.scales, protocols.vital_limits)

    return judged
