"""What a request may say about handing out: how often, what is on hand already, at most how much at once."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from taper_app.clinical.quantities import PlainNumber
from taper_app.clinical.records import Frozen


class PickUp(StrEnum):
    """How often the patient comes for tablets."""

    DAILY = "daily"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"

    @property
    def days(self) -> int:
        return {"daily": 1, "weekly": 7, "fortnightly": 14}[self.value]


class StockLine(Frozen):
    """So much of one product is on hand on the plan's first day; millilitres of a liquid."""

    product: Annotated[str, StringConstraints(max_length=80)]
    count: PlainNumber
