"""One patient's first days, made through the use-cases on a store in memory, for the tests of pages and figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import EpisodeId, Unit
from taper_app.store.interface import Account
from taper_app.store.memory import MemoryStore
from taper_app.use_cases import sessions
from taper_app.use_cases.admit import admit_patient
from taper_app.use_cases.chart import Chart, open_chart
from taper_app.use_cases.give_dose import chart_dose
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.plan_taper import propose_change, propose_plan, sign_plan, try_plan
from taper_app.wiring import TaperApp

EPISODE = EpisodeId("episode-1")
ZONE = "America/New_York"
#: 07:30 on the ward's clock.
DAY_1 = datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
TABLETS = ["clonazepam-tablet-0.5mg", "clonazepam-tablet-1mg"]
WITH_ODT = [*TABLETS, "clonazepam-odt-0.125mg"]
FACTS = {
    "months_of_use": 18,
    "use_verified": "yes",
    "seizure_history": "no",
    "taken_for_epilepsy": "no",
    "hepatic_impairment": "no",
    "pregnant": "no",
    "opioid_co_use": "no",
    "alcohol_co_use": "no",
    "other_sedatives": [],
}
VITALS = {
    "respiratory_rate": 16,
    "spo2": 98,
    "on_oxygen": False,
    "systolic": 128,
    "diastolic": 80,
    "pulse": 84,
    "temperature_c": "37.0",
    "acvpu": "A",
}


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = DAY_1) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


def ciwa_b(score: int = 1, *, without: tuple[str, ...] = (), **scores: int) -> dict[str, int]:
    """All items of CIWA-B at one score but those left out or named (``item_21=3``)."""
    items = [str(number) for number in range(1, 23) if number not in (18, 19)]
    named = {name.removeprefix("item_"): value for name, value in scores.items()}
    return {item: named.get(item, score) for item in items if item not in without}


@dataclass
class Story:
    """A ward with one admitted patient and one person of each role; the methods move her stay along."""

    clock: Clock = field(default_factory=Clock)
    store: MemoryStore = field(default_factory=MemoryStore)
    episode_id: EpisodeId = EPISODE
    _entries: int = 0

    def __post_init__(self) -> None:
        self.app = TaperApp(store=self.store, clock=self.clock)
        self.accounts = {role: self._account(role) for role in Role}
        unit = Unit(id="unit-1", name="3 East", zone=ZONE, beds=("01", "02"), emergency_number="911")
        self.store.transact(lambda writing: writing.add_unit(unit))
        for account in self.accounts.values():
            self.store.transact(lambda writing, account=account: writing.add_account(account))

    def _account(self, role: Role) -> Account:
        name = f"synthetic {role.in_words}"
        return Account(
            id=f"id-{role.value}",
            name=role.value,
            display_name=name.title(),
            role=role,
            unit_id="unit-1",
            password_hash="never checked here",
        )

    def actor(self, role: Role) -> Actor:
        account = self.accounts[role]
        return Actor(account.id, account.display_name, role, "unit-1")

    @property
    def physician(self) -> Actor:
        return self.actor(Role.PHYSICIAN)

    @property
    def nurse(self) -> Actor:
        return self.actor(Role.NURSE)

    def token(self, role: Role) -> str:
        """The cookie's token of a session that this role just opened."""
        return self.store.transact(
            lambda writing: sessions.add_session(
                writing, self.accounts[role], is_demo=False, now=self.clock(), lasts=timedelta(hours=12)
            )
        )

    def chart(self) -> Chart:
        return open_chart(self.app, self.physician, self.episode_id, audited=False)

    def entry(self) -> str:
        self._entries += 1
        return f"entry-{self._entries}"

    def admit(self, **facts: Any) -> Story:
        lines = [{"drug": "Klonopin", "mg": "1", "time": time, "source": "prescribed"} for time in ("08:00", "20:00")]
        admit_patient(
            self.app,
            self.nurse,
            {
                "episode_id": self.episode_id,
                "unit_id": "unit-1",
                "bed": "01",
                "record_number": "00123",
                "family_name": "Synthetic",
                "given_name": "Jane",
                "born_on": "1982-03-14",
                "sex": "F",
                "allergies": "none known",
                "admitted_at": self.clock() - timedelta(minutes=30),
                "current_use": {"lines": lines, "verified_how": "pharmacy", "last_dose_at": None},
                "facts": FACTS | facts,
            },
        )
        return self

    def request(self, **changes: Any) -> dict[str, Any]:
        return {
            "protocol": "asam-2025",
            "start_on": self.chart().today.isoformat(),
            "products": WITH_ODT,
            "setting": "community",
        } | changes

    def propose(self, **changes: Any) -> str:
        return propose_plan(self.app, self.physician, self.episode_id, self.request(**changes), entry_id=self.entry())

    def sign(self) -> Story:
        """Sign the newest proposal with every warning accepted; it takes a minute."""
        newest = self.chart().versions[-1]
        sign_plan(
            self.app,
            self.physician,
            self.episode_id,
            newest.record_id,
            newest.plan.codes_to_sign,
            entry_id=self.entry(),
        )
        self.clock.advance(minutes=1)
        return self

    def with_signed_plan(self) -> Story:
        self.admit()
        assert try_plan(self.app, self.physician, self.episode_id, self.request())
        self.propose()
        return self.sign()

    def observe(self, **observation: Any) -> None:
        chart_observation(
            self.app, self.nurse, self.episode_id, observation, entry_id=self.entry(), happened_at=self.clock()
        )

    def give_planned(self, mg: str, planned_for: datetime) -> None:
        """A planned dose, with the readings that the gate asks for."""
        self.observe(vitals=VITALS, rass=0)
        entry = {
            "status": "given",
            "medicine": "clonazepam",
            "mg": mg,
            "planned_for": planned_for.isoformat(),
        }
        chart_dose(self.app, self.nurse, self.episode_id, entry, entry_id=self.entry(), happened_at=self.clock())

    def refuse_planned(self) -> None:
        """The patient does not take the dose that is due now."""
        entry = {
            "status": "refused",
            "medicine": "clonazepam",
            "mg": "0.875",
            "planned_for": self.clock().isoformat(),
            "reason": "does not want it",
        }
        chart_dose(self.app, self.nurse, self.episode_id, entry, entry_id=self.entry(), happened_at=self.clock())

    def days_of_doses(self, days: int) -> None:
        """Version 1's doses at 08:00 and 20:00; ends at the same time of day as now (07:31)."""
        for _day in range(days):
            for mg, minutes in (("0.875", 29), ("1", 749)):
                started = self.clock()
                self.clock.advance(minutes=minutes)
                self.give_planned(mg, self.clock())
                self.clock.now = started
            self.clock.advance(days=1)

    def give_outside_plan(self, medicine: str = "lorazepam", mg: str = "2") -> None:
        entry = {
            "status": "given",
            "purpose": "emergency",
            "medicine": medicine,
            "mg": mg,
            "route": "into a vein",
            "ordered_by": "Synthetic Physician",
            "reason": "seizure",
        }
        chart_dose(self.app, self.nurse, self.episode_id, entry, entry_id=self.entry(), happened_at=self.clock())

    def incomplete_set(self) -> None:
        """Day 3: tremor 3, two items of CIWA-B missing."""
        self.observe(
            vitals=VITALS,
            rass=0,
            ciwa_b=ciwa_b(1, without=("17", "21")),
            symptoms={"tremor": 3, "muscle_cramps": 2, "stomach_cramps": 2},
            events=[],
        )

    def hallucination(self) -> None:
        self.observe(
            vitals=VITALS,
            rass=0,
            ciwa_b=ciwa_b(1),
            events=[{"kind": "hallucination", "modality": "visual", "insight": True}],
        )

    def seizure(self) -> None:
        self.observe(
            vitals=VITALS,
            rass=0,
            ciwa_b=ciwa_b(2, without=("17",)),
            events=[{"kind": "seizure", "duration_minutes": 2, "recovered": True, "ongoing": False}],
        )

    def to_the_seizure(self) -> Story:
        """Days 1 to 5: the plan is signed, signs come, then a seizure suspends it."""
        self.with_signed_plan()
        self.days_of_doses(2)
        for happens in (self.incomplete_set, self.hallucination):
            started = self.clock()
            self.clock.advance(hours=3)
            happens()
            self.clock.now = started
            self.days_of_doses(1)
        self.clock.advance(hours=3)
        self.seizure()
        self.clock.advance(minutes=6)
        self.give_outside_plan()
        return self

    def restabilised(self) -> Story:
        """Version 2 on the day of the seizure: 2 mg, no cut for 28 days, then 5 % every 4 weeks."""
        self.to_the_seizure()
        self.clock.advance(hours=1)
        change = {
            "kind": "restabilise",
            "on": self.chart().today.isoformat(),
            "daily_mg": "2",
            "cut_percent": "5",
            "every_days": 28,
            "reason": "seizure under version 1",
            "patient": {"specialist": "Dr Synthetic, neurology"},
        }
        propose_change(self.app, self.physician, self.episode_id, change, entry_id=self.entry())
        return self.sign()

    def proposed(self) -> Story:
        """Version 1 waits for its signature."""
        self.admit()
        self.propose()
        return self
