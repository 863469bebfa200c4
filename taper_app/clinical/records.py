"""Records: what happened, when, who wrote it down. They are added, never edited.

A correction is a new record whose ``corrects`` names the old one; both stay readable. Plans, observation
sets, doses, alerts and handoff items are all records of one episode, told apart by ``kind``; the
``body`` of each kind has its own shape beside the stage that uses it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, NewType, TypeVar, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from taper_app.clinical.people import Actor, Role

PatientId = NewType("PatientId", str)
EpisodeId = NewType("EpisodeId", str)
RecordId = NewType("RecordId", str)

BodyT = TypeVar("BodyT", bound=BaseModel)


class RecordKind(StrEnum):
    """The stages of the path, in the order in which a patient meets them."""

    FACTS = "facts"
    CURRENT_USE = "current_use"
    BED = "bed"
    PLAN = "plan"
    PLAN_SIGNATURE = "plan_signature"
    PLAN_CHANGE_REQUEST = "plan_change_request"
    OBSERVATION = "observation"
    ASSESSMENT = "assessment"
    BEDSIDE_ENTRY = "bedside_entry"
    DOSE = "dose"
    ORDER = "order"
    ORDER_ENDED = "order_ended"
    DOSE_ORDER = "dose_order"
    WASTE = "waste"
    WASTE_WITNESSED = "waste_witnessed"
    SCALE = "scale"
    ALERT = "alert"
    FOUND_AGAIN = "found_again"
    ALERT_ACTION = "alert_action"
    VETO_CLEARANCE = "veto_clearance"
    AFTERCARE_SERVICE = "aftercare_service"
    RELEASE_ITEM = "release_item"
    CONSENT = "consent"
    CONSENT_REVOCATION = "consent_revocation"
    SUMMARY = "summary"
    EXPORT = "export"
    RELEASE = "release"
    WEIGHT = "weight"
    ALLERGIES = "allergies"
    STRIKE_PROPOSAL = "strike_proposal"
    STRIKE = "strike"
    STRIKE_DECLINED = "strike_declined"
    MOVED_ENTRY = "moved_entry"
    MERGE_PROPOSAL = "merge_proposal"
    MERGE_DECLINED = "merge_declined"
    MERGE = "merge"


class Frozen(BaseModel):
    """Base of every stored shape: frozen, no unknown key. Build a new one to change one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Author(Frozen):
    """Who wrote a record, as they were then."""

    user_id: str
    name: str
    role: Role

    @classmethod
    def of(cls, actor: Actor) -> Author:
        return cls(user_id=actor.user_id, name=actor.display_name, role=actor.role)

    @property
    def signature(self) -> str:
        return f"{self.name}, {self.role.in_words}"


class Record(Frozen):
    """One entry of an episode. Moments are UTC; ``happened_at`` may lie before ``recorded_at`` (a late entry)."""

    id: RecordId
    episode_id: EpisodeId
    kind: RecordKind
    happened_at: AwareDatetime
    recorded_at: AwareDatetime
    author: Author
    corrects: RecordId | None = None
    body: dict[str, Any]

    def body_as(self, shape: type[BodyT]) -> BodyT:
        """The body in its own shape; what was stored is validated once on the way out, however often it is asked."""
        found = self.bodies_read.get(shape)
        if found is None:
            found = self.bodies_read[shape] = shape.model_validate(self.body)
        return cast(BodyT, found)

    @cached_property
    def bodies_read(self) -> dict[type[BaseModel], BaseModel]:
        """A record never changes, and neither do the shapes: a long stay's chart is read from them many times."""
        return {}


class Patient(Frozen):
    """A person with a record number."""

    id: PatientId
    record_number: str = Field(min_length=1, max_length=40)
    family_name: str = Field(min_length=1, max_length=80)
    given_name: str = Field(min_length=1, max_length=80)
    born_on: date
    sex: str = Field(pattern=r"^[FMXU]$", description="F, M, X (other) or U (not recorded).")
    allergies: str = Field(default="not assessed", max_length=2000)

    @property
    def label(self) -> str:
        return f"{self.family_name.upper()}, {self.given_name}"

    def age_on(self, day: date) -> int:
        """Whole years on that day."""
        had_birthday = (day.month, day.day) >= (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - (0 if had_birthday else 1)


class PatientMerge(Frozen):
    """Two record numbers turned out to be one person: ``merged_id`` now leads to ``kept_id``. Both rows stay.

    ``record_id`` is the record that says who proposed it, who confirmed it and why.
    """

    merged_id: PatientId
    kept_id: PatientId
    record_id: RecordId
    merged_at: AwareDatetime


class Episode(Frozen):
    """One stay, from admission to release. At most one is open per patient; what changes later is in records.

    Read from a store, ``unit_id`` is where the patient is now and ``patient_id`` whose record it is now: a transfer
    and a merge are records, and the board's row follows them.
    """

    id: EpisodeId
    patient_id: PatientId
    unit_id: str
    admitted_at: AwareDatetime
    admitted_by: Author


class Unit(Frozen):
    """A ward: where its clock stands, whom its people call."""

    id: str
    name: str = Field(min_length=1, max_length=60)
    zone: str = Field(description="IANA name, such as America/New_York.")
    beds: tuple[str, ...]
    emergency_number: str = Field(min_length=2, max_length=20)
    crisis_lines: str = Field(default="", max_length=400)
    phone_day_and_night: str = Field(default="", max_length=40)
    part2_program: bool = True


class AlertGlance(Frozen):
    """What the board needs of one open alert, so that by its clock it can be shown who has to answer now."""

    id: RecordId
    level: int = Field(ge=2, le=4)
    headline: str
    rules: tuple[str, ...]
    notify: tuple[str, ...] = Field(description="Those of its most serious findings.")
    raised_at: AwareDatetime
    respond_within_minutes: int = Field(ge=0)
    acknowledged_at: AwareDatetime | None = None


class TrendGlance(Frozen):
    """The newest score against the last complete one before it, of the same wording."""

    scale: Literal["ciwa_b", "news2"]
    now: int
    is_least: bool = Field(default=False, description="The newest is incomplete: this is the least it comes to.")
    before: int | None = Field(default=None, description="None when there is no complete one before.")
    minutes_between: int | None = None
    charted_at: AwareDatetime

    @property
    def rise(self) -> int:
        """How many points it has risen at the least; negative when it fell, 0 with nothing to compare."""
        return 0 if self.before is None else self.now - self.before


class DoseGlance(Frozen):
    """A planned dose that nobody has charted, or that was withheld and is looked at again at ``due_at``."""

    planned_for: AwareDatetime
    due_at: AwareDatetime
    words: str = Field(description="Medicine and amount.")
    is_withheld: bool = False


class DayGlance(Frozen):
    """What the signed plan says on one day of the ward, so that midnight changes the board without anybody writing."""

    day: date
    plan_line: str
    next_cut_on: date | None = None


class LatestRow(Frozen):
    """What the ward board shows of one episode, kept up to date in the transaction that changes it."""

    episode_id: EpisodeId
    patient_id: PatientId
    unit_id: str
    status: str = Field(pattern=r"^(open|released)$")
    bed: str
    label: str
    sex: str
    born_on: date
    record_number: str
    level: int = Field(ge=1, le=4)
    headline: str
    next_cut: str = "as_planned"
    this_dose: str = "give"
    last_observation_at: AwareDatetime | None = None
    next_due_at: AwareDatetime | None = None
    unacknowledged_alerts: int = 0
    oldest_unacknowledged_at: AwareDatetime | None = None
    plan_version: int | None = None
    plan_line: str = ""
    flags: tuple[str, ...] = ()
    alerts: tuple[AlertGlance, ...] = Field(default=(), description="The open ones, the newest first.")
    set_due_at: AwareDatetime | None = None
    set_asked_at: AwareDatetime | None = Field(default=None, description="Of the set that asks for the next one.")
    level_of_sets: int | None = Field(default=None, description="None while nothing was judged.")
    trends: tuple[TrendGlance, ...] = ()
    doses: tuple[DoseGlance, ...] = Field(default=(), description="Open ones of the days around, oldest first.")
    days: tuple[DayGlance, ...] = Field(default=(), description="The day of the change and those after it.")
    changed_at: AwareDatetime


def newest_uncorrected(records: list[Record]) -> list[Record]:
    """The records that still stand: those that no later record corrects, oldest first."""
    corrected = {record.corrects for record in records if record.corrects}
    standing = [record for record in records if record.id not in corrected]
    return sorted(standing, key=lambda record: (record.happened_at, record.recorded_at))


def ensure_utc(moment: datetime) -> datetime:
    """The moment, which must carry an offset; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs its offset.")
    return moment
