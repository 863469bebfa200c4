"""Orders for doses as needed and for comfort medicines: how much in 24 hours, and when the next one is possible.

No evidence file prints doses of comfort medicines, so amount and maximum are always the prescriber's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, model_validator

from taper_app.clinical.charting.doses import ChartedDose, DosePurpose, Route
from taper_app.clinical.protocol.limits import OlderAdultCare
from taper_app.clinical.protocol.medicines import folded
from taper_app.clinical.quantities import mg_of, mg_text
from taper_app.clinical.records import Frozen, Record, RecordId, RecordKind
from taper_app.clinical.typed_text import ONE_LINE

#: The window of a daily maximum: any 24 hours, whatever the calendar says.
WINDOW = timedelta(hours=24)
OLDER_ADULT = "older-adult-comfort-medicine"


class OrderKind(StrEnum):
    """A benzodiazepine (or Z-drug) as needed, or a comfort medicine, which is not one."""

    AS_NEEDED = "as_needed"
    COMFORT = "comfort"

    @property
    def purpose(self) -> DosePurpose:
        """What a dose given by such an order is charted as."""
        return DosePurpose.PRN if self is OrderKind.AS_NEEDED else DosePurpose.COMFORT

    @property
    def in_words(self) -> str:
        return {"as_needed": "as needed", "comfort": "comfort medicine"}[self.value]


class OrderBody(Frozen):
    """Body of an ORDER record. ``medicine`` is an id of ``protocols/medicines/`` as needed, else as it was written.

    ``most_tenth_mcg`` counts every dose of the medicine outside the plan in any 24 hours. ``accepted``: codes of the
    cautions that the prescriber has accepted by name.
    """

    kind: OrderKind
    medicine: Annotated[str, Field(min_length=2, max_length=80), ONE_LINE]
    tenth_mcg: int = Field(gt=0)
    most_tenth_mcg: int = Field(gt=0)
    hours_between: int | None = Field(default=None, ge=1, le=24)
    route: Route = Route.MOUTH
    reason: Annotated[str, Field(min_length=3, max_length=200), ONE_LINE]
    accepted: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_dose_fits(self) -> Self:
        if self.tenth_mcg > self.most_tenth_mcg:
            raise ValueError("The most in 24 hours is less than one dose.")
        return self

    @property
    def in_words(self) -> str:
        """``lorazepam 1 mg by mouth, at most 2 mg in 24 h, at least 4 h apart, for shaking``."""
        apart = f", at least {self.hours_between} h apart" if self.hours_between else ""
        dose = f"{self.medicine} {mg_text(mg_of(self.tenth_mcg))} {self.route.value}"
        return f"{dose}, at most {mg_text(mg_of(self.most_tenth_mcg))} in 24 h{apart}, for {self.reason}"


class OrderEndedBody(Frozen):
    """Body of an ORDER_ENDED record: nothing more is given by it."""

    order: RecordId
    reason: Annotated[str, Field(min_length=3, max_length=200), ONE_LINE]


class DoseOrderBody(Frozen):
    """Body of a DOSE_ORDER record: a prescriber's word on one due dose that the check does not clear, and its route."""

    planned_for: AwareDatetime
    medicine: str = Field(min_length=2, max_length=80)
    route: Route
    reason: Annotated[str, Field(min_length=3, max_length=300), ONE_LINE]


@dataclass(frozen=True, slots=True)
class Order:
    """An order with what ended it, if anything did."""

    record: Record
    body: OrderBody
    ended: Record | None

    @property
    def id(self) -> RecordId:
        return self.record.id

    def is_in_force(self, at: datetime) -> bool:
        """From when it was written until it was ended."""
        return self.record.happened_at <= at and (self.ended is None or at < self.ended.happened_at)


@dataclass(frozen=True, slots=True)
class DoseOrder:
    """A prescriber's order for one due dose."""

    record: Record
    body: DoseOrderBody


@dataclass(frozen=True, slots=True)
class Caution:
    """What a prescriber accepts by name before an order is kept."""

    code: str
    message: str
    source: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an order still allows. ``possible_at``: when the next whole dose fits. Amounts in tenths of a mcg."""

    taken_tenth_mcg: int
    left_tenth_mcg: int
    possible_at: datetime
    last_at: datetime | None

    def is_possible(self, at: datetime) -> bool:
        return self.possible_at <= at


def orders(records: Iterable[Record]) -> list[Order]:
    """All orders, newest first, ended ones too."""
    found = list(records)
    ended = {record.body_as(OrderEndedBody).order: record for record in found if record.kind is RecordKind.ORDER_ENDED}
    written = [record for record in found if record.kind is RecordKind.ORDER]
    kept = [Order(record, record.body_as(OrderBody), ended.get(record.id)) for record in written]
    return sorted(kept, key=lambda order: order.record.happened_at, reverse=True)


def dose_orders(records: Iterable[Record]) -> list[DoseOrder]:
    """Every prescriber's order for one due dose, newest first."""
    written = [record for record in records if record.kind is RecordKind.DOSE_ORDER]
    found = [DoseOrder(record, record.body_as(DoseOrderBody)) for record in written]
    return sorted(found, key=lambda order: order.record.happened_at, reverse=True)


def taken_of(order: OrderBody, doses: Iterable[ChartedDose], comfort: Iterable[ChartedDose]) -> list[ChartedDose]:
    """Every dose that counts for the order's maximum: of its medicine, beside the plan, by whatever order.

    A repeat after vomiting takes the place of a dose that counts already. ``doses``: of benzodiazepines.
    """
    pool = doses if order.kind is OrderKind.AS_NEEDED else comfort
    wanted = folded(order.medicine)
    return [
        charted
        for charted in pool
        if charted.body.was_taken
        and charted.body.purpose not in (DosePurpose.PLANNED, DosePurpose.REPEAT)
        and folded(charted.body.medicine) == wanted
    ]


def taken_in_window(doses: Iterable[ChartedDose], at: datetime) -> dict[str, int]:
    """Tenths of a mcg of each medicine in the 24 hours up to ``at``, planned and as needed together."""
    sums: dict[str, int] = {}
    for charted in doses:
        if charted.body.was_taken and at - WINDOW < charted.at <= at:
            sums[charted.body.medicine] = sums.get(charted.body.medicine, 0) + charted.body.tenth_mcg
    return sums


def allowance(order: OrderBody, taken: Sequence[ChartedDose], at: datetime) -> Allowance:
    """What may still be given at ``at``, and the first moment from then on at which one whole dose fits.

    A dose leaves the window exactly 24 hours after it was taken. A dose that is charted late must not push a later
    one over the maximum either, so the windows that end at later doses are looked at as well.
    """
    given = [(charted.at, charted.body.tenth_mcg) for charted in taken]
    in_window = sum(amount for moment, amount in given if at - WINDOW < moment <= at)
    apart = timedelta(hours=order.hours_between or 0)
    moments = [at, *(moment + WINDOW for moment, _ in given), *(moment + apart for moment, _ in given)]
    possible = next(moment for moment in sorted(moments) if moment >= at and _fits(order, given, moment, apart))
    return Allowance(
        taken_tenth_mcg=in_window,
        left_tenth_mcg=max(0, order.most_tenth_mcg - in_window),
        possible_at=possible,
        last_at=max((moment for moment, _ in given if moment <= at), default=None),
    )


def _fits(order: OrderBody, given: Sequence[tuple[datetime, int]], at: datetime, apart: timedelta) -> bool:
    if any(abs(moment - at) < apart for moment, _ in given):
        return False
    ends = [at, *(moment for moment, _ in given if at < moment < at + WINDOW)]
    most = max(sum(amount for moment, amount in given if end - WINDOW < moment <= end) for end in ends)
    return most + order.tenth_mcg <= order.most_tenth_mcg


def cautions_of(order: OrderBody, age_years: int, care: OlderAdultCare) -> list[Caution]:
    """What has to be accepted by name: comfort medicines that the site does not want from a certain age on."""
    if order.kind is not OrderKind.COMFORT or age_years < care.from_age_years:
        return []
    words = {folded(word) for word in order.medicine.replace("/", " ").split()}
    named = [name for name in care.no_comfort_medicines if folded(name) in words | {folded(order.medicine)}]
    return [
        Caution(
            OLDER_ADULT,
            f"From {care.from_age_years} years {name} is not used as a comfort medicine: falls and confusion.",
            care.source,
        )
        for name in named
    ]
