"""Shift change: who nurses which beds, who is in charge, who covers as prescriber; so that an alert has a person.

Set by whoever may move patients between beds (``transfer_bed_or_unit``: charge nurse and physician, on their own
unit); read by whoever sees the ward board.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, Field, ValidationError

from taper_app.clinical.errors import Fault, InputRefused, NotFound
from taper_app.clinical.escalation.answering import Answering, answering
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.escalation_rules import RuleBook
from taper_app.clinical.records import Author, Frozen, LatestRow, RecordId, Unit
from taper_app.clinical.shifts import NURSING, PRESCRIBING, NurseOfBeds, Shift
from taper_app.store.interface import Account, Reading, Writing
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.context import App, change, look, permitted
from taper_app.use_cases.rights import UseCase

#: Against slips of the keyboard: how far from now a shift begins at most, and how long it lasts at most.
FARTHEST_BEGINNING = timedelta(days=1)
LONGEST = timedelta(days=1)


class ShiftEntry(Frozen):
    """What is written at shift change. ``nurses``: beds by account."""

    begins_at: AwareDatetime
    ends_at: AwareDatetime
    in_charge: str = Field(default="", max_length=80)
    prescriber: str = Field(default="", max_length=80)
    nurses: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class OnShift:
    """``shift``: the one that is on, None when nobody is set for this moment. ``before``: the newest that has ended."""

    unit: Unit
    now: datetime
    shift: Shift | None
    before: Shift | None
    occupied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staff:
    """Who can be set on a shift of the unit, by name."""

    nurses: Sequence[Account]
    prescribers: Sequence[Account]


@dataclass(frozen=True, slots=True)
class AlertOnWard:
    """An open alert with its patient's row, and who has to answer it."""

    row: LatestRow
    answering: Answering


def on_shift(app: App, actor: Actor, unit_id: str) -> OnShift:
    """Who is on now. Raises NotAllowed, NotFound."""

    def work(reading: Reading) -> OnShift:
        permitted(actor, UseCase.SEE_WARD_BOARD, unit_id)
        unit, now = _unit(reading, unit_id), app.clock()
        newest = reading.shift_in_force(unit_id, now)
        is_on = newest is not None and newest.is_on(now)
        occupied = {row.bed for row in reading.latest_rows(unit_id)}
        return OnShift(
            unit=unit,
            now=now,
            shift=newest if is_on else None,
            before=None if is_on else newest,
            occupied=tuple(bed for bed in unit.beds if bed in occupied),
        )

    return look(app, actor, UseCase.SEE_WARD_BOARD, None, work)


def shift_now(reading: Reading, unit_id: str, now: datetime) -> Shift | None:
    """The shift that is on, inside a reading that was permitted; None when none is set, or the last one has ended."""
    found = reading.shift_in_force(unit_id, now)
    return found if found is not None and found.is_on(now) else None


def beds_of(reading: Reading, unit_id: str, user_id: str, now: datetime) -> frozenset[str]:
    """Whose beds are "mine" now: a nurse's own; all of them for who is in charge or covers and nurses none.

    Inside a reading that was permitted. Empty for everybody else, and while no shift is set.
    """
    shift, unit = shift_now(reading, unit_id, now), reading.unit(unit_id)
    return shift.beds_of(user_id, unit.beds) if shift and unit else frozenset()


def staff_of(app: App, actor: Actor, unit_id: str) -> Staff:
    """Who can be set on a shift: people of this unit, because only they may open its charts."""

    def work(reading: Reading) -> Staff:
        permitted(actor, UseCase.TRANSFER_BED_OR_UNIT, unit_id)
        people = [person for person in reading.accounts() if _works_here(person, unit_id)]
        people.sort(key=lambda person: person.display_name.casefold())
        return Staff(
            nurses=[person for person in people if person.role in NURSING],
            prescribers=[person for person in people if person.role in PRESCRIBING],
        )

    return look(app, actor, UseCase.TRANSFER_BED_OR_UNIT, None, work)


def answers_of(app: App, chart: Chart) -> dict[RecordId, Answering]:
    """Who has to answer each open alert of a chart that was opened; by the alert's id."""
    found = [alert for alert in chart.alerts if alert.is_open]
    if not found:
        return {}
    with app.store.reading() as reading:
        shift = shift_now(reading, chart.unit.id, chart.now)
    rules = app.protocols.rules
    return {alert.id: answering(alert.glance, chart.bed, chart.unit, shift, rules, chart.now) for alert in found}


def alerts_of_unit(app: App, actor: Actor, unit_id: str) -> Sequence[AlertOnWard]:
    """Every open alert with its person: the ones that nobody acknowledged first, then the most serious, the oldest."""

    def work(reading: Reading) -> list[AlertOnWard]:
        permitted(actor, UseCase.SEE_WARD_BOARD, unit_id)
        unit, now = _unit(reading, unit_id), app.clock()
        return open_alerts(
            reading.latest_rows(unit_id), unit, shift_now(reading, unit_id, now), app.protocols.rules, now
        )

    return look(app, actor, UseCase.SEE_WARD_BOARD, None, work)


def open_alerts(
    rows: Sequence[LatestRow], unit: Unit, shift: Shift | None, rules: RuleBook, now: datetime
) -> list[AlertOnWard]:
    """The same from rows that were read already, as the board has them."""
    found = [
        AlertOnWard(row, answering(glance, row.bed, unit, shift, rules, now)) for row in rows for glance in row.alerts
    ]
    return sorted(found, key=_most_urgent_first)


def _most_urgent_first(found: AlertOnWard) -> tuple[bool, int, datetime]:
    stands = found.answering.climb
    return (stands.waiting_since is None, -stands.level, found.answering.glance.raised_at)


def set_shift(app: App, actor: Actor, unit_id: str, written: Mapping[str, Any], *, entry_id: str) -> Shift:
    """Keep a shift, or a correction of the one that is on; the same ``entry_id`` again adds nothing.

    Raises InputRefused with every fault, NotAllowed, NotFound.
    """

    def work(writing: Writing) -> Shift:
        permitted(actor, UseCase.TRANSFER_BED_OR_UNIT, unit_id)
        if known := next((kept for kept in writing.shifts(unit_id) if kept.id == entry_id), None):
            return known
        unit, now = _unit(writing, unit_id), app.clock()
        entry, faults = _read(written, now)
        people = {person.id: person for person in writing.accounts() if _works_here(person, unit_id)}
        occupied = {row.bed for row in writing.latest_rows(unit_id)}
        faults = faults or list(_time_faults(entry, now))
        faults += [*_people_faults(entry, people), *_bed_faults(entry, unit, occupied)]
        if faults:
            raise InputRefused(faults)
        shift = _shift(entry, people, unit, Author.of(actor), now, entry_id)
        writing.add_shift(shift)
        writing.touch_board(unit_id)
        return shift

    return change(app, actor, UseCase.TRANSFER_BED_OR_UNIT, None, work, detail="shift set")


def _shift(
    entry: ShiftEntry, people: Mapping[str, Account], unit: Unit, set_by: Author, now: datetime, entry_id: str
) -> Shift:
    return Shift(
        id=entry_id,
        unit_id=unit.id,
        begins_at=entry.begins_at,
        ends_at=entry.ends_at,
        in_charge=_author(people[entry.in_charge]),
        prescriber=_author(people[entry.prescriber]),
        nurses=tuple(
            NurseOfBeds(nurse=_author(people[account]), beds=tuple(bed for bed in unit.beds if bed in beds))
            for account, beds in entry.nurses.items()
            if beds
        ),
        set_by=set_by,
        recorded_at=now,
    )


def _read(written: Mapping[str, Any], now: datetime) -> tuple[ShiftEntry, list[Fault]]:
    """The entry; where only a moment cannot be read, its fault and the rest, so that every fault is named at once."""
    try:
        return ShiftEntry.model_validate(dict(written)), []
    except ValidationError as error:
        faults = faults_of(error, written)
    if not {fault.field for fault in faults} <= {"begins_at", "ends_at"}:
        raise InputRefused(faults)
    return ShiftEntry.model_validate(dict(written) | {"begins_at": now, "ends_at": now + LONGEST}), faults


def _time_faults(entry: ShiftEntry, now: datetime) -> Iterator[Fault]:
    if abs(entry.begins_at - now) > FARTHEST_BEGINNING:
        yield Fault("begins_at", "The shift begins more than a day from now; check the day.")
    if entry.ends_at <= entry.begins_at:
        yield Fault("ends_at", "The shift ends before it begins; check the day and the time.")
    elif entry.ends_at - entry.begins_at > LONGEST:
        yield Fault("ends_at", "A shift lasts at most a day here; set the next one when it begins.")
    elif entry.ends_at <= now:
        yield Fault("ends_at", "The shift is over already; set the one that is on now.")


def _people_faults(entry: ShiftEntry, people: Mapping[str, Account]) -> Iterator[Fault]:
    in_charge, prescriber = people.get(entry.in_charge), people.get(entry.prescriber)
    if in_charge is None or in_charge.role not in NURSING:
        yield Fault("in_charge", "Choose who is in charge: a nurse of this unit who can sign in.")
    if prescriber is None or prescriber.role not in PRESCRIBING:
        yield Fault("prescriber", "Choose who covers as prescriber: a physician of this unit who can sign in.")
    nurses = [people.get(account) for account, beds in entry.nurses.items() if beds]
    if any(nurse is None or nurse.role not in NURSING for nurse in nurses):
        yield Fault("nurses", "Only nurses of this unit who can sign in are given beds; choose another person.")


def _bed_faults(entry: ShiftEntry, unit: Unit, occupied: set[str]) -> Iterator[Fault]:
    given = [bed for beds in entry.nurses.values() for bed in dict.fromkeys(beds)]
    if unknown := sorted(set(given) - set(unit.beds)):
        yield Fault("nurses", f"{unit.name} has no bed {', '.join(unknown)}; choose its beds.")
    if twice := [bed for bed in unit.beds if given.count(bed) > 1]:
        yield Fault("nurses", f"{_beds(twice)} two nurses; leave each bed with one.")
    if missing := [bed for bed in unit.beds if bed in occupied and bed not in given]:
        yield Fault("nurses", f"{_beds(missing)} a patient and no nurse; give each bed one.")


def _beds(beds: Sequence[str]) -> str:
    return f"Bed {beds[0]} has" if len(beds) == 1 else f"Beds {', '.join(beds)} have"


def _works_here(person: Account, unit_id: str) -> bool:
    return person.unit_id == unit_id and person.disabled_at is None


def _author(person: Account) -> Author:
    return Author(user_id=person.id, name=person.display_name, role=person.role)


def _unit(reading: Reading, unit_id: str) -> Unit:
    found = reading.unit(unit_id)
    if found is None:
        raise NotFound("There is no such unit.")
    return found
