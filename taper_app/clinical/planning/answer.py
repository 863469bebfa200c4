"""What comes out: a plan of steps, or a refusal with remedies. The shapes of ``taper plan``'s answer."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from pydantic import ConfigDict, Field

from taper_app.clinical.planning.request import PlanRequest
from taper_app.clinical.quantities import Milligrams, PlainNumber, WorkedOutMilligrams
from taper_app.clinical.records import Frozen


class StepKind(StrEnum):
    STABILISE = "stabilise"
    CROSSOVER = "crossover"
    CUT = "cut"
    KEEP = "keep"
    STEP_BACK = "step_back"
    RESTABILISE = "restabilise"
    STOP = "stop"


class Severity(StrEnum):
    """How a plan's warning is taken: read, weighed, or accepted by name when signing."""

    INFO = "info"
    WARN = "warn"
    SIGN = "sign"


class Reason(Frozen):
    text: str
    source: str


class Pieces(Frozen):
    """How many of a product make the dose; millilitres of a liquid."""

    product: str
    count: PlainNumber


class DoseAt(Frozen):
    """One dose of one medicine at one time of day."""

    time: str
    drug: str
    mg: Milligrams
    pieces: tuple[Pieces, ...]


class EquivalentRange(Frozen):
    """Milligrams of diazepam: over all shipped tables, and by the chosen one."""

    low: WorkedOutMilligrams
    chosen: WorkedOutMilligrams
    high: WorkedOutMilligrams


class Step(Frozen):
    """A stretch of days on one dose. ``days`` is 0 for the last one, which has no planned end."""

    number: int
    kind: StepKind
    starts_on: date
    days: int = Field(ge=0)
    target_daily_mg: WorkedOutMilligrams | None
    daily_mg: dict[str, WorkedOutMilligrams]
    diazepam_equivalent_mg: EquivalentRange
    cut_percent_of_current: PlainNumber
    cut_percent_of_start: PlainNumber
    doses: tuple[DoseAt, ...]
    reasons: tuple[Reason, ...]

    @property
    def ends_on(self) -> date | None:
        """The last day on this dose, None when the step has no planned end."""
        return self.starts_on + timedelta(days=self.days - 1) if self.days else None

    def daily_of(self, drug: str) -> Decimal:
        return self.daily_mg.get(drug, Decimal(0))


class Dispense(Frozen):
    """How many of a product a stretch of days needs."""

    product: str
    count: PlainNumber
    starts: date = Field(alias="from")
    to: date

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class PlanWarning(Frozen):
    code: str
    severity: Severity
    step: int | None
    message: str
    source: str


class ProtocolUsed(Frozen):
    """The edition that made a plan, so that an old plan goes on explaining itself."""

    id: str
    version: str
    sha256: str


class Amends(Frozen):
    """The plan this one replaces, and the change that was asked.

    ``days_left`` stands only while the dose is kept until reviewed: for how many days it is still given after that.
    """

    sha256: str
    change: dict[str, Any]
    days_left: int | None = Field(default=None, ge=0)


class Plan(Frozen):
    """The answer to a request."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    request: PlanRequest
    protocol: ProtocolUsed
    equivalence: str | None
    starting_daily_mg: dict[str, WorkedOutMilligrams]
    starts_on: date
    first_day_without_drug: date | None
    steps: tuple[Step, ...]
    dispense: tuple[Dispense, ...]
    warnings: tuple[PlanWarning, ...]
    amends: Amends | None = None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def as_json(self) -> dict[str, Any]:
        """The answer as it travels; ``amends`` only when there is one, and of it only what applies."""
        answer = self.model_dump(mode="json", by_alias=True)
        answer["request"] = self.request.as_json()
        if self.amends is None:
            del answer["amends"]
        elif self.amends.days_left is None:
            del answer["amends"]["days_left"]
        return answer

    def step_on(self, day: date) -> Step | None:
        """The step in force on a day, None before the plan starts."""
        return next((step for step in reversed(self.steps) if step.starts_on <= day), None)

    @property
    def to_sign(self) -> tuple[PlanWarning, ...]:
        """The warnings a prescriber accepts by name."""
        return tuple(warning for warning in self.warnings if warning.severity is Severity.SIGN)

    @property
    def codes_to_sign(self) -> tuple[str, ...]:
        """Each code once, in order."""
        return tuple(dict.fromkeys(warning.code for warning in self.to_sign))


class LimitBroken(Frozen):
    limit: str
    needed: str
    at_daily_mg: WorkedOutMilligrams | None = None
    source: str


class Remedy(Frozen):
    """A change to the request that was tried and gives a plan."""

    change: dict[str, Any]
    message: str


class Refusal(Frozen):
    """No safe plan exists for the request as it stands."""

    code: str
    message: str
    limits: tuple[LimitBroken, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    whom_to_ask: str | None = None

    def as_json(self) -> dict[str, Any]:
        refused = self.model_dump(mode="json")
        if self.whom_to_ask is None:
            del refused["whom_to_ask"]
        return {"refused": refused}
