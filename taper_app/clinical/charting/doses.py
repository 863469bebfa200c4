"""Doses as they were charted, and which planned ones are due. Only a signed plan makes a dose due.

Comfort medicines are charted in the same shape and never count as a benzodiazepine: ``charted_doses`` leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field, model_validator

from taper_app.clinical.answers import Answer
from taper_app.clinical.planning.answer import DoseAt, Pieces
from taper_app.clinical.planning.versions import PlanVersion
from taper_app.clinical.quantities import mg_of, mg_text
from taper_app.clinical.records import Frozen, Record, RecordId, RecordKind, newest_uncorrected


class DoseStatus(StrEnum):
    """What became of a dose."""

    GIVEN = "given"
    WITHHELD = "withheld"
    REFUSED = "refused"
    VOMITED = "vomited"
    PARTLY_GIVEN = "partly_given"
    MISSED = "missed"
    LATE_ROUTE_TO_BE_ORDERED = "late_route_to_be_ordered"

    @property
    def in_words(self) -> str:
        return {
            "vomited": "given and vomited",
            "partly_given": "partly given",
            "late_route_to_be_ordered": "late, route to be ordered",
        }.get(self.value, self.value)


class DosePurpose(StrEnum):
    """Why a dose was given: by the plan, or outside it. ``REPEAT``: once more, because it was vomited."""

    PLANNED = "planned"
    EMERGENCY = "emergency"
    ADMISSION = "admission"
    TRANSFER = "transfer"
    PRN = "prn"
    REPEAT = "repeat"
    COMFORT = "comfort"

    @property
    def is_by_order(self) -> bool:
        """Given by a standing order of the chart, with its maximum."""
        return self in (DosePurpose.PRN, DosePurpose.COMFORT)

    @property
    def in_words(self) -> str:
        return {"prn": "as needed", "repeat": "repeated after vomiting", "comfort": "comfort medicine"}.get(
            self.value, self.value
        )


class Route(StrEnum):
    MOUTH = "by mouth"
    UNDER_TONGUE = "under the tongue"
    CHEEK = "into the cheek"
    NOSE = "into the nose"
    MUSCLE = "into a muscle"
    VEIN = "into a vein"
    RECTUM = "into the rectum"


class DoseBody(Frozen):
    """Body of a DOSE record. ``medicine`` is an id of ``protocols/medicines/`` for planned doses, else as ordered.

    ``order``: the standing order by which a dose as needed or a comfort medicine was given. ``repeats``: the record of
    the vomited dose that this one takes the place of.
    """

    status: DoseStatus
    purpose: DosePurpose
    medicine: str = Field(min_length=2, max_length=80)
    tenth_mcg: int = Field(ge=0)
    pieces: tuple[Pieces, ...] = ()
    route: Route = Route.MOUTH
    planned_for: AwareDatetime | None = None
    plan_version: int | None = None
    ordered_by: str = Field(default="", max_length=120)
    reason: str = Field(default="", max_length=400)
    recheck_at: AwareDatetime | None = None
    order: RecordId | None = None
    repeats: RecordId | None = None
    vomited_after_minutes: int | None = Field(default=None, ge=0)
    tablet_seen: Answer = Answer.NOT_ASSESSED

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.purpose is DosePurpose.PLANNED:
            if self.planned_for is None or self.plan_version is None:
                raise ValueError("A planned dose names its time and the plan version.")
        elif not self.ordered_by.strip():
            raise ValueError("A dose outside the plan names who ordered it.")
        if self.status is not DoseStatus.GIVEN and not self.reason.strip():
            raise ValueError(f"Say why the dose was {self.status.in_words}.")
        if self.status is DoseStatus.WITHHELD and self.recheck_at is None:
            raise ValueError("A withheld dose names when it is looked at again.")
        return self

    @property
    def was_taken(self) -> bool:
        return self.status in (DoseStatus.GIVEN, DoseStatus.PARTLY_GIVEN, DoseStatus.VOMITED)

    @property
    def in_words(self) -> str:
        """``clonazepam 1 mg, given``."""
        return f"{self.medicine} {mg_text(mg_of(self.tenth_mcg))}, {self.status.in_words}"


@dataclass(frozen=True, slots=True)
class ChartedDose:
    """A standing dose record with its body."""

    record: Record
    body: DoseBody

    @property
    def at(self) -> datetime:
        return self.record.happened_at

    @property
    def minutes_after_its_time(self) -> int:
        """How long after its planned time a dose was taken; 0 in time, before it, or outside the plan."""
        if self.body.planned_for is None or not self.body.was_taken:
            return 0
        return max(0, int((self.at - self.body.planned_for).total_seconds() // 60))


@dataclass(frozen=True, slots=True)
class DueDose:
    """A dose that the signed plan wants at a moment."""

    planned_for: datetime
    dose: DoseAt
    plan_version: int
    charted: ChartedDose | None

    @property
    def is_open(self) -> bool:
        """Nothing charted yet, or withheld and to be looked at again."""
        return self.charted is None or self.charted.body.status in (
            DoseStatus.WITHHELD,
            DoseStatus.LATE_ROUTE_TO_BE_ORDERED,
        )

    def is_to_be_looked_at_again(self, now: datetime) -> bool:
        """It was withheld, and the time has come at which it is looked at again."""
        return bool(self.charted and self.charted.body.recheck_at and self.charted.body.recheck_at <= now)

    def minutes_late(self, now: datetime) -> int:
        """How late an open dose is; 0 before its time."""
        return max(0, int((now - self.planned_for).total_seconds() // 60)) if self.is_open else 0


def charted_doses(records: Iterable[Record]) -> list[ChartedDose]:
    """All doses of the plan and outside it that still stand, oldest first; comfort medicines are not among them."""
    return [charted for charted in _all_charted(records) if charted.body.purpose is not DosePurpose.COMFORT]


def comfort_doses(records: Iterable[Record]) -> list[ChartedDose]:
    """Comfort medicines that were charted and still stand, oldest first."""
    return [charted for charted in _all_charted(records) if charted.body.purpose is DosePurpose.COMFORT]


def _all_charted(records: Iterable[Record]) -> list[ChartedDose]:
    doses = [record for record in records if record.kind is RecordKind.DOSE]
    return [ChartedDose(record, record.body_as(DoseBody)) for record in newest_uncorrected(doses)]


def planned_doses(
    version: PlanVersion | None,
    doses: Sequence[ChartedDose],
    *,
    first: date,
    last: date,
    zone: str,
    kept_since: date | None = None,
) -> list[DueDose]:
    """Every dose of the signed version in a range of days, with what was charted for it, in order of time.

    A dose whose time had passed when the version was signed is not wanted by it. ``kept_since``: no cut is made
    from that day on (``PlanVersion.step_on``).
    """
    if version is None or version.signed_at is None:
        return []
    by_moment: dict[tuple[datetime, str], ChartedDose] = {}
    for charted in doses:
        if charted.body.planned_for is not None:
            by_moment[(charted.body.planned_for, charted.body.medicine)] = charted
    found = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        step = version.step_on(day, kept_since=kept_since)
        for dose in step.doses if step else ():
            moment = moment_of(day, dose.time, zone)
            charted_for = by_moment.get((moment, dose.drug))
            if moment >= version.signed_at or charted_for:
                found.append(DueDose(moment, dose, version.number, charted_for))
    return sorted(found, key=lambda due: (due.planned_for, due.dose.drug))


def moment_of(day: date, clock_time: str, zone: str) -> datetime:
    """The moment at which the ward's clock shows that time, in UTC's scale."""
    hour, minute = clock_time.split(":")
    return datetime.combine(day, time(int(hour), int(minute)), tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def doses_outside_plan(doses: Sequence[ChartedDose]) -> list[ChartedDose]:
    """Emergency, admission, transfer and as-needed doses, and those repeated after vomiting."""
    return [charted for charted in doses if charted.body.purpose is not DosePurpose.PLANNED]


def last_taken_at(doses: Sequence[ChartedDose], before_admission: datetime | None) -> datetime | None:
    """When a dose was last taken, on the ward or at home; None when nobody knows."""
    taken = [charted.at for charted in doses if charted.body.was_taken]
    known = [moment for moment in (*taken, before_admission) if moment is not None]
    return max(known, default=None)


def record_of(due: DueDose) -> RecordId | None:
    return due.charted.record.id if due.charted else None
