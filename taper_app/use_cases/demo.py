"""A synthetic ward to explore: invented people, filled in through the same use-cases as a real one.

The same seed gives the same ward, dated from ``now``. No number here is clinical content: doses and scores are
invented, and every rule that fires on them is the shipped one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from taper_app.clinical.charting.doses import DoseStatus, DueDose
from taper_app.clinical.escalation.notices import NoticePolicy
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.planning.answer import Plan
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.quantities import plain
from taper_app.clinical.records import EpisodeId, Unit
from taper_app.protocol_files import load_protocols
from taper_app.store.interface import Account, Store, Writing
from taper_app.use_cases import passwords
from taper_app.use_cases.admit import admit_patient
from taper_app.use_cases.chart import open_chart
from taper_app.use_cases.give_dose import chart_dose
from taper_app.use_cases.observe import chart_observation
from taper_app.use_cases.plan_taper import propose_plan, sign_plan, try_plan

ZONE = "America/New_York"
MOST_PATIENTS = 400
_TENTH = Decimal("0.1")

_FAMILY_NAMES = ("Alder", "Birch", "Cedar", "Dogwood", "Elder", "Hazel", "Juniper", "Larch", "Maple", "Quince", "Rowan")
_SEX_OF = {"Ada": "F", "Bruno": "M", "Carla": "F", "Dario": "M", "Edda": "F", "Felix": "M", "Greta": "F"} | {
    "Hugo": "M",
    "Iris": "F",
    "Jonas": "M",
    "Mina": "F",
    "Nils": "M",
    "Vera": "F",
}
_GIVEN_NAMES = tuple(_SEX_OF)
_WORDS = ("amber", "basil", "cobalt", "denim", "ember", "fennel", "garnet", "hickory", "indigo", "jasmine", "linden")
_PEOPLE = {
    Role.NURSE: "A. Ng",
    Role.CHARGE_NURSE: "B. Okafor",
    Role.PHYSICIAN: "Dr C. Lindqvist",
    Role.PHARMACIST: "D. Marsh",
    Role.PLANNER: "E. Sato",
    Role.AUDITOR: "F. Weiss",
    Role.ADMIN: "G. Admin",
}
#: Invented present uses: medicine, then milligrams by time of day.
_USES = (
    ("clonazepam", {"08:00": "1", "20:00": "1"}),
    ("lorazepam", {"08:00": "1", "14:00": "1", "22:00": "1"}),
    ("diazepam", {"08:00": "10", "22:00": "10"}),
    ("clonazepam", {"08:00": "0.5", "20:00": "0.5"}),
    ("diazepam", {"08:00": "5", "14:00": "5", "22:00": "5"}),
    ("lorazepam", {"08:00": "2", "22:00": "2"}),
)
_STORIES = ("calm", "cramps", "hallucination", "seizure", "overdue", "new")


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A synthetic person who may sign in; the password is no secret."""

    name: str
    role: Role
    password: str
    account_id: str
    display_name: str


class _Clock:
    """A clock that the filling moves along."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now


@dataclass(frozen=True, slots=True)
class _Ward:
    """The wired synthetic ward while it is being filled."""

    store: Store
    protocols: WardProtocols
    clock: Callable[[], datetime]
    time: _Clock
    draw: Random
    notices: NoticePolicy = field(default_factory=NoticePolicy)  # nobody outside hears of invented people

    def new_id(self) -> str:
        """An id from the seed, so that the same seed gives the same ward."""
        return str(UUID(int=self.draw.getrandbits(128), version=4))


def fill(
    store: Store, patients: int, seed: int, now: datetime, protocols: WardProtocols | None = None
) -> list[DemoUser]:
    """Put one unit, one person per role and ``patients`` synthetic patients into an empty store.

    ``protocols``: those of the site, by whose rules the patients are judged; the shipped ones without it.
    """
    time = _Clock(now)
    ward = _Ward(store, protocols or load_protocols(), time, time, Random(seed))
    count = max(0, min(patients, MOST_PATIENTS))
    unit = _add_unit(ward, count)
    users, actors = _add_people(ward, unit)
    for index in range(count):
        _add_patient(ward, unit, actors, index, now)
    return users


def _add_unit(ward: _Ward, patients: int) -> Unit:
    beds = tuple(f"{number:02d}" for number in range(1, max(12, patients + 4) + 1))
    unit = Unit(
        id=ward.new_id(),
        name="3 East (synthetic)",
        zone=ZONE,
        beds=beds,
        emergency_number="911",
        crisis_lines="988, call or text, day and night",
        phone_day_and_night="555-0100 (invented)",
    )
    ward.store.transact(lambda writing: writing.add_unit(unit))
    return unit


def _add_people(ward: _Ward, unit: Unit) -> tuple[list[DemoUser], dict[Role, Actor]]:
    users, actors, accounts = [], {}, []
    for role, display_name in _PEOPLE.items():
        password = "-".join(["synthetic", *ward.draw.sample(_WORDS, 2), str(ward.draw.randrange(1000, 9999))])
        account = Account(
            id=ward.new_id(),
            name=role.value.replace("_", "-"),
            display_name=display_name,
            role=role,
            unit_id=None if role in (Role.ADMIN, Role.AUDITOR) else unit.id,
            password_hash=passwords.hash_password(password),
        )
        accounts.append(account)
        users.append(DemoUser(account.name, role, password, account.id, display_name))
        actors[role] = Actor(account.id, display_name, role, unit.id)

    def add_all(writing: Writing) -> None:
        for account in accounts:
            writing.add_account(account)

    ward.store.transact(add_all)
    return users, actors


def _add_patient(ward: _Ward, unit: Unit, actors: dict[Role, Actor], index: int, now: datetime) -> None:
    story = _STORIES[index % len(_STORIES)]
    days = 0 if story == "new" else ward.draw.randrange(2, 4)
    admitted_at = now - (
        timedelta(hours=2) if story == "new" else timedelta(days=days, hours=ward.draw.randrange(1, 5))
    )
    ward.time.now = admitted_at
    medicine, use = _USES[index % len(_USES)]
    episode_id = _admit(ward, unit, actors[Role.NURSE], index, admitted_at, medicine, use)
    if story == "new":
        ward.time.now = now
        return
    _sign_a_plan(ward, actors[Role.PHYSICIAN], episode_id, admitted_at)
    _chart(ward, actors[Role.NURSE], episode_id, story, admitted_at, now)
    ward.time.now = now


def _admit(
    ward: _Ward, unit: Unit, nurse: Actor, index: int, admitted_at: datetime, medicine: str, use: dict[str, str]
) -> EpisodeId:
    draw = ward.draw
    given_name = _GIVEN_NAMES[(index * 5 + index // 11) % len(_GIVEN_NAMES)]
    written: dict[str, Any] = {
        "episode_id": ward.new_id(),
        "unit_id": unit.id,
        "bed": unit.beds[index],
        "record_number": f"S{draw.randrange(10_000, 99_999)}{index:03d}",
        "family_name": _FAMILY_NAMES[index % len(_FAMILY_NAMES)],
        "given_name": given_name,
        "born_on": date(draw.randrange(1950, 2000), draw.randrange(1, 13), draw.randrange(1, 28)).isoformat(),
        "sex": _SEX_OF[given_name],
        "allergies": draw.choice(["none known", "penicillin (rash)", "not assessed"]),
        "admitted_at": admitted_at.isoformat(),
        "current_use": {
            "lines": [{"drug": medicine, "mg": mg, "time": at, "source": "prescribed"} for at, mg in use.items()],
            "verified_how": "synthetic pharmacy record",
            "last_dose_at": (admitted_at - timedelta(hours=3)).isoformat(),
        },
        "facts": {
            "months_of_use": draw.randrange(4, 60),
            "use_verified": "yes",
            "seizure_history": "no",
            "taken_for_epilepsy": "no",
            "hepatic_impairment": "no",
            "pregnant": "no",
            "opioid_co_use": draw.choice(["no", "no", "yes"]),
            "alcohol_co_use": "no",
            "other_sedatives": [],
            "naloxone_available": "yes",
        },
    }
    return admit_patient(ward, nurse, written)


def _sign_a_plan(ward: _Ward, physician: Actor, episode_id: EpisodeId, admitted_at: datetime) -> None:
    start_on = admitted_at.astimezone(ZoneInfo(ZONE)).date()
    asked = {"protocol": "asam-2025", "start_on": start_on.isoformat(), "equivalence": "ashton-2002"}
    outcome = try_plan(ward, physician, episode_id, asked)
    if isinstance(outcome, Plan):
        plan_record = propose_plan(ward, physician, episode_id, asked, entry_id=ward.new_id())
        sign_plan(ward, physician, episode_id, plan_record, outcome.codes_to_sign, entry_id=ward.new_id())


def _chart(ward: _Ward, nurse: Actor, episode_id: EpisodeId, story: str, admitted_at: datetime, now: datetime) -> None:
    """A quiet set before each planned dose, the dose, and the story's own set at the end."""
    last = now - (timedelta(hours=9) if story == "overdue" else timedelta(minutes=40))
    _observe(ward, nurse, episode_id, _quiet_set(ward.draw), admitted_at + timedelta(minutes=30))
    for due in _planned(ward, nurse, episode_id, admitted_at, last):
        _observe(ward, nurse, episode_id, _quiet_set(ward.draw), due.planned_for)
        ward.time.now = due.planned_for + timedelta(minutes=6)
        dose = {
            "status": DoseStatus.GIVEN,
            "medicine": due.dose.drug,
            "mg": plain(due.dose.mg),
            "planned_for": due.planned_for,
        }
        chart_dose(ward, nurse, episode_id, dose, entry_id=ward.new_id(), happened_at=ward.time.now)
    _observe(ward, nurse, episode_id, _story_set(ward.draw, story), last)


def _planned(ward: _Ward, nurse: Actor, episode_id: EpisodeId, first: datetime, last: datetime) -> list[DueDose]:
    """The signed plan's doses that lie behind the story's last set."""
    zone = ZoneInfo(ZONE)
    planned = open_chart(ward, nurse, episode_id).planned_between(
        first.astimezone(zone).date(), last.astimezone(zone).date()
    )
    return [due for due in planned if due.planned_for < last - timedelta(minutes=30)]


def _observe(ward: _Ward, nurse: Actor, episode_id: EpisodeId, observation: dict[str, Any], at: datetime) -> None:
    ward.time.now = at
    chart_observation(ward, nurse, episode_id, observation, entry_id=ward.new_id(), happened_at=at)


def _quiet_set(draw: Random) -> dict[str, Any]:
    return {
        "vitals": {
            "respiratory_rate": draw.randrange(13, 18),
            "spo2": draw.randrange(96, 100),
            "on_oxygen": False,
            "systolic": draw.randrange(112, 138),
            "diastolic": draw.randrange(68, 86),
            "pulse": draw.randrange(62, 88),
            "temperature_c": plain(36 + (draw.randrange(3, 14) * _TENTH)),
            "acvpu": "A",
        },
        "ciwa_b": {str(item): draw.choice([0, 0, 1, 1]) for item in (*range(1, 18), 20, 21, 22)},
        "rass": 0,
        "asq": {"q1": "no", "q2": "no", "q3": "no", "q4": "no"},
        "symptoms": {"tremor": draw.choice([0, 1]), "muscle_cramps": 0, "stomach_cramps": draw.choice([0, 1])},
        "events": [],
    }


def _story_set(draw: Random, story: str) -> dict[str, Any]:
    observation = _quiet_set(draw)
    if story == "cramps":
        observation["symptoms"] = {"tremor": 3, "muscle_cramps": 2, "stomach_cramps": 2}
    elif story == "hallucination":
        observation["events"] = [{"kind": "hallucination", "insight": True, "modality": "visual"}]
    elif story == "seizure":
        observation["events"] = [{"kind": "seizure", "duration_minutes": 2, "ongoing": False, "recovered": True}]
        for item in ("17", "21"):
            del observation["ciwa_b"][item]
    return observation
