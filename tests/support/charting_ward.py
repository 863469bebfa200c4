"""A ward in memory with the patient of the worked story, for tests of charting. Loaded by path; holds no test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from taper_app.clinical.escalation.notices import NoticePolicy
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.protocol.library import Protocols
from taper_app.clinical.records import EpisodeId, RecordKind, Unit
from taper_app.protocol_files import load_protocols
from taper_app.store.memory import MemoryStore
from taper_app.use_cases.admit import admit_patient
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.give_dose import DoseCharted, chart_dose
from taper_app.use_cases.observe import Charted, chart_observation
from taper_app.use_cases.plan_taper import propose_plan, sign_plan

ZONE = ZoneInfo("America/New_York")
UNIT = Unit(id="unit-1", name="3 East", zone="America/New_York", beds=tuple("12345678"), emergency_number="911")
NURSE = Actor("nurse-1", "A. Ng", Role.NURSE, "unit-1")
OTHER_NURSE = Actor("nurse-2", "B. Oz", Role.NURSE, "unit-1")
PHYSICIAN = Actor("physician-1", "Dr. Ames", Role.PHYSICIAN, "unit-1")
PHARMACIST = Actor("pharmacist-1", "P. Kay", Role.PHARMACIST, "unit-1")
FIRST_DAY = date(2027, 1, 11)
PROTOCOLS = load_protocols()

WELL_VITALS = {
    "respiratory_rate": 16,
    "spo2": 98,
    "on_oxygen": False,
    "systolic": 120,
    "diastolic": 78,
    "pulse": 70,
    "temperature_c": "37.0",
    "acvpu": "A",
}
WELL = {"vitals": WELL_VITALS, "rass": 0, "events": []}
DAY_3_CIWA_B = {str(item): 1 for item in (*range(1, 17), 20)} | {"21": 3, "22": 1}


def at(day: int, clock: str) -> datetime:
    """A moment of the stay: day 1 is 11 January 2027, on the ward's clock."""
    hour, minute = clock.split(":")
    local = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, int(hour), int(minute), tzinfo=ZONE)
    return (local + timedelta(days=day - 1)).astimezone(UTC)


@dataclass
class Ward:
    """The wired application with a clock that the test sets."""

    store: MemoryStore = field(default_factory=MemoryStore)
    now: datetime = field(default_factory=lambda: at(1, "07:00"))
    entries: int = 0
    notices: NoticePolicy = field(default_factory=NoticePolicy)

    @property
    def protocols(self) -> Protocols:
        return PROTOCOLS

    @property
    def clock(self) -> Any:
        return lambda: self.now

    def next_entry(self) -> str:
        self.entries += 1
        return f"entry-{self.entries}"

    def chart(self, episode: EpisodeId, actor: Actor = NURSE) -> Chart:
        return open_chart(self, actor, episode, audited=False)

    def observe(
        self, episode: EpisodeId, observation: dict[str, Any], when: datetime, *, by: Actor = NURSE, **more: Any
    ) -> Charted:
        """Chart a set; the clock stands at ``when`` unless it is later already (then it is a late entry)."""
        self.now = max(self.now, when)
        entry_id = more.pop("entry_id", None) or self.next_entry()
        return chart_observation(self, by, episode, observation, entry_id=entry_id, happened_at=when, **more)

    def dose(
        self, episode: EpisodeId, dose: dict[str, Any], when: datetime, *, by: Actor = NURSE, **more: Any
    ) -> DoseCharted:
        self.now = max(self.now, when)
        entry_id = more.pop("entry_id", None) or self.next_entry()
        return chart_dose(self, by, episode, dose, entry_id=entry_id, happened_at=when, **more)

    def count(self, episode: EpisodeId, kind: RecordKind) -> int:
        with self.store.reading() as reading:
            return len(reading.records(episode, {kind}))


def new_ward() -> Ward:
    ward = Ward()
    ward.store.transact(lambda writing: writing.add_unit(UNIT))
    return ward


def admission(bed: str = "7", **changes: Any) -> dict[str, Any]:
    """The patient of the story: clonazepam 1 mg at 08:00 and 20:00 for 18 months."""
    return {
        "episode_id": f"episode-{bed}",
        "unit_id": "unit-1",
        "bed": bed,
        "record_number": f"0012{bed}",
        "family_name": "Doe",
        "given_name": "Jane",
        "born_on": date(1982, 5, 4),
        "sex": "F",
        "allergies": "none known",
        "admitted_at": at(1, "07:00"),
        "current_use": {
            "lines": [
                {"drug": "clonazepam", "mg": "1", "time": "08:00"},
                {"drug": "clonazepam", "mg": "1", "time": "20:00"},
            ],
            "last_dose_at": at(1, "06:30"),
        },
        "facts": {
            "months_of_use": 18,
            "use_verified": "yes",
            "seizure_history": "no",
            "taken_for_epilepsy": "no",
            "hepatic_impairment": "no",
            "pregnant": "no",
            "opioid_co_use": "no",
            "alcohol_co_use": "no",
            "other_sedatives": [],
        },
    } | changes


def admitted(ward: Ward, bed: str = "7", **changes: Any) -> EpisodeId:
    return admit_patient(ward, NURSE, admission(bed, **changes))


def with_signed_plan(ward: Ward, episode: EpisodeId) -> EpisodeId:
    """Version 1 of the story, signed at 07:00 of day 1: 2 mg less 6.25 % is 1.875 mg from day 1."""
    asked = {
        "protocol": "asam-2025",
        "start_on": FIRST_DAY.isoformat(),
        "products": ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg", "clonazepam-odt-0.125mg"],
    }
    plan = propose_plan(ward, PHYSICIAN, episode, asked, entry_id=f"plan-{episode}")
    version = ward.chart(episode).versions[-1]
    sign_plan(ward, PHYSICIAN, episode, plan, version.plan.codes_to_sign, entry_id=f"signature-{episode}")
    return episode


def planned(ward: Ward, episode: EpisodeId, day: int, clock: str, **changes: Any) -> dict[str, Any]:
    """A planned dose as the page sends it: given, unless told otherwise."""
    moment = at(day, clock)
    local_day = moment.astimezone(ZONE).date()
    due = next(d for d in ward.chart(episode).planned_between(local_day, local_day) if d.planned_for == moment)
    return {
        "status": "given",
        "medicine": due.dose.drug,
        "mg": str(due.dose.mg),
        "planned_for": due.planned_for.isoformat(),
    } | changes


def with_doses_given(ward: Ward, episode: EpisodeId, first_day: int, last_day: int) -> None:
    """Every planned dose of these days, each after a set that clears it."""
    for day in range(first_day, last_day + 1):
        for clock, just_before in (("08:00", "07:55"), ("20:00", "19:55")):
            if at(day, clock) > ward.now:
                ward.observe(episode, WELL, at(day, just_before))
                ward.dose(episode, planned(ward, episode, day, clock), at(day, clock))
