"""The shipped scales and vital limits."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.protocol.vital_limits import VitalLimits
from taper_app.protocol_files import load_protocols


@pytest.fixture(scope="session")
def protocols() -> Protocols:
    return load_protocols()


@pytest.fixture(scope="session")
def scales(protocols: Protocols) -> Mapping[str, Scale]:
    return protocols.scales


@pytest.fixture(scope="session")
def limits(protocols: Protocols) -> VitalLimits:
    return protocols.vital_limits
