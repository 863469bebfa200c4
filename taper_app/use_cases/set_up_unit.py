"""Setting up the ward: its name, beds, clock, the numbers its people call, and its people."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from taper_app.clinical.errors import Fault, InputRefused, NotFound
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.records import Unit
from taper_app.store.interface import Account, Reading, Writing
from taper_app.use_cases import passwords
from taper_app.use_cases.context import App, change, look, new_id, permitted
from taper_app.use_cases.rights import UseCase

MOST_BEDS = 200


def the_unit(app: App) -> Unit | None:
    """The ward of this installation; None before it was set up. Holds no patient data."""
    with app.store.reading() as reading:
        units = reading.units()
    return units[0] if units else None


def unit_or_first(app: App, unit_id: str) -> Unit | None:
    """The ward on which somebody works; the first one for those who belong to none. Holds no patient data."""
    with app.store.reading() as reading:
        return reading.unit(unit_id) or next(iter(reading.units()), None)


def all_units(app: App) -> Sequence[Unit]:
    """Every ward of this installation, by name. Holds no patient data."""
    with app.store.reading() as reading:
        return reading.units()


def set_up_unit(
    app: App,
    actor: Actor,
    *,
    unit_id: str | None = None,
    another: bool = False,
    name: str,
    beds: str,
    zone: str,
    emergency_number: str,
    crisis_lines: str,
    phone_day_and_night: str = "",
    part2_program: bool = True,
) -> Unit:
    """Change the unit with ``unit_id`` (the first one when None), or create ``another``; the first is created too.

    ``beds`` is a list with commas, ``01-12`` counts.

    Raises InputRefused with every fault, NotFound for an unknown ``unit_id``.
    """

    def work(writing: Writing) -> Unit:
        permitted(actor, UseCase.MANAGE_USERS_AND_DEVICES, None)
        bed_list = read_beds(beds)
        faults = _faults(name, bed_list, zone, emergency_number)
        existing = None if another else _unit_to_change(writing, unit_id)
        others = [unit.name.casefold() for unit in writing.units() if existing is None or unit.id != existing.id]
        if name.strip().casefold() in others:
            faults.append(Fault("name", "Another unit has this name already; choose one that tells them apart."))
        taken = {row.bed for row in writing.latest_rows(existing.id)} if existing else set()
        if missing := sorted(taken - set(bed_list)):
            faults.append(Fault("beds", f"Bed {', '.join(missing)} is occupied; keep it on the list."))
        if faults:
            raise InputRefused(faults)
        unit = Unit(
            id=existing.id if existing else new_id(),
            name=name.strip(),
            zone=zone,
            beds=tuple(bed_list),
            emergency_number=emergency_number.strip(),
            crisis_lines=crisis_lines.strip(),
            phone_day_and_night=phone_day_and_night.strip(),
            part2_program=part2_program,
        )
        if existing:
            writing.replace_unit(unit)
        else:
            writing.add_unit(unit)
        return unit

    return change(app, actor, UseCase.MANAGE_USERS_AND_DEVICES, None, work)


def _unit_to_change(writing: Writing, unit_id: str | None) -> Unit | None:
    if unit_id is None:
        return next(iter(writing.units()), None)
    found = writing.unit(unit_id)
    if found is None:
        raise NotFound("There is no such unit.")
    return found


def read_beds(text: str) -> list[str]:
    """``01-03, 7A`` becomes 01, 02, 03, 7A."""
    beds: list[str] = []
    for part in (piece.strip() for piece in text.split(",")):
        if span := re.fullmatch(r"(\d{1,3})-(\d{1,3})", part):
            first, last = int(span.group(1)), int(span.group(2))
            width = len(span.group(1))
            beds.extend(f"{number:0{width}d}" for number in range(first, min(last, first + MOST_BEDS) + 1))
        elif part:
            beds.append(part)
    return list(dict.fromkeys(beds))


def _faults(name: str, beds: Sequence[str], zone: str, emergency_number: str) -> list[Fault]:
    faults = []
    if not 1 <= len(name.strip()) <= 60:
        faults.append(Fault("name", "Give the unit a name of at most 60 characters."))
    if not 1 <= len(beds) <= MOST_BEDS or any(len(bed) > 12 for bed in beds):
        faults.append(Fault("beds", f"List 1 to {MOST_BEDS} beds, such as 01-12, each at most 12 characters."))
    if zone not in available_timezones():
        faults.append(Fault("zone", "Choose the time zone by its name, such as America/New_York."))
    if not 2 <= len(emergency_number.strip()) <= 20:
        faults.append(Fault("emergency_number", "Write the emergency number that is answered here, such as 911."))
    return faults


def accounts(app: App, actor: Actor) -> Sequence[Account]:
    """Everybody who may sign in, by name."""

    def work(reading: Reading) -> Sequence[Account]:
        permitted(actor, UseCase.MANAGE_USERS_AND_DEVICES, None)
        return reading.accounts()

    return look(app, actor, UseCase.MANAGE_USERS_AND_DEVICES, None, work)


def add_account(
    app: App, actor: Actor, *, name: str, display_name: str, role: Role, unit_id: str | None = None
) -> tuple[Account, str]:
    """A new person of a unit, the first one unless named, and the one-time password.

    It is shown once and has to be changed at the first sign-in. Raises InputRefused with every fault.
    """
    one_time = secrets.token_urlsafe(12)
    password_hash = passwords.hash_password(one_time)

    def work(writing: Writing) -> Account:
        permitted(actor, UseCase.MANAGE_USERS_AND_DEVICES, None)
        faults = []
        if not re.fullmatch(r"[^\W_][\w.@-]{1,39}", name.strip()):
            faults.append(Fault("name", "Use 2 to 40 letters, digits, dots, dashes or @ for the user name."))
        elif writing.account_named(name.strip()):
            faults.append(Fault("name", "Somebody has this user name already; choose another."))
        if not 1 <= len(display_name.strip()) <= 80:
            faults.append(Fault("display_name", "Write the name as it is to stand beside signatures."))
        units = writing.units()
        if not units and role not in (Role.ADMIN, Role.AUDITOR):
            faults.append(Fault("role", "Set up the unit first; then its people can be added."))
        if unit_id and writing.unit(unit_id) is None:
            faults.append(Fault("unit", "There is no such unit; choose one that is set up."))
        if faults:
            raise InputRefused(faults)
        account = Account(
            id=new_id(),
            name=name.strip(),
            display_name=display_name.strip(),
            role=role,
            unit_id=unit_id or (units[0].id if units else None),
            password_hash=password_hash,
            must_change_password=True,
        )
        writing.add_account(account)
        return account

    return change(app, actor, UseCase.MANAGE_USERS_AND_DEVICES, None, work), one_time


def disable_account(app: App, actor: Actor, account_id: str) -> None:
    """The person can no longer sign in; every session ends now."""

    def work(writing: Writing) -> None:
        permitted(actor, UseCase.MANAGE_USERS_AND_DEVICES, None)
        account = writing.account(account_id)
        if account is None:
            raise NotFound("There is no such account.")
        if account.id == actor.user_id:
            raise InputRefused([Fault("account", "You cannot disable your own account; ask another administrator.")])
        writing.replace_account(Account.model_validate(account.model_dump() | {"disabled_at": app.clock()}))
        writing.end_sessions_of(account_id, app.clock())

    change(app, actor, UseCase.MANAGE_USERS_AND_DEVICES, None, work)


def local_now(unit: Unit, now: datetime) -> datetime:
    """The moment on the ward's clock."""
    return now.astimezone(ZoneInfo(unit.zone))
