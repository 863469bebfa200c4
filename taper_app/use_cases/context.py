"""What every use-case is given: store, protocols, clock, and what is sent outside; and how each one begins.

A use-case asks ``opened`` for the episode first. That checks the acting person's right in the same
transaction in which the work is done, and writes the audit; without a right nothing is read or kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import uuid4

from pydantic import BaseModel

from taper_app.clinical.errors import NotAllowed, NotFound, StateConflict
from taper_app.clinical.escalation.notices import NoticePolicy
from taper_app.clinical.people import Actor, Role
from taper_app.clinical.protocol.ward_library import WardProtocols
from taper_app.clinical.records import (
    Author,
    Episode,
    EpisodeId,
    LatestRow,
    Record,
    RecordId,
    RecordKind,
)
from taper_app.store.interface import AuditEntry, Reading, Store, Writing
from taper_app.use_cases.rights import Grant, UseCase, grant_of

ResultT = TypeVar("ResultT")


class App(Protocol):
    """The wired application."""

    @property
    def store(self) -> Store: ...
    @property
    def protocols(self) -> WardProtocols: ...
    @property
    def clock(self) -> Callable[[], datetime]: ...
    @property
    def notices(self) -> NoticePolicy: ...


def new_id() -> str:
    return str(uuid4())


def permitted(actor: Actor, use_case: UseCase, unit_id: str | None) -> Grant:
    """The grant of the rights table, or NotAllowed. ``unit_id`` None: the act belongs to no unit."""
    grant = grant_of(use_case, actor.role)
    if grant is Grant.NO:
        raise NotAllowed(f"A {actor.role.in_words} may not {use_case.in_words}.")
    serves_every_unit = actor.role is Role.PHARMACIST
    if grant.is_bound_to_own_unit and not serves_every_unit and unit_id is not None and actor.unit_id != unit_id:
        raise NotAllowed(f"You may {use_case.in_words} only on your own unit.")
    return grant


def opened(
    reading: Reading, actor: Actor, use_case: UseCase, episode_id: EpisodeId, *, closed_too: bool = False
) -> Episode:
    """The episode, if the acting person may do this there. Raises NotFound, NotAllowed, StateConflict."""
    episode = reading.episode(episode_id)
    if episode is None:
        raise NotFound("There is no such episode.")
    permitted(actor, use_case, episode.unit_id)
    row = reading.latest_row(episode_id)
    if not closed_too and (row is None or row.status != "open"):
        raise StateConflict("This episode has ended: the patient was released.")
    return episode


def latest(reading: Reading, episode_id: EpisodeId) -> LatestRow:
    row = reading.latest_row(episode_id)
    if row is None:
        raise NotFound("There is no such episode.")
    return row


def change(
    app: App,
    actor: Actor,
    use_case: UseCase,
    episode_id: EpisodeId | None,
    work: Callable[[Writing], ResultT],
    *,
    detail: str = "",
) -> ResultT:
    """Run ``work`` as one transaction with its audit entry; a refusal by right is audited on its own.

    ``detail`` says which act it was where one right covers several; it holds nothing of a patient.
    """

    def audited(writing: Writing) -> ResultT:
        result = work(writing)
        writing.add_audit(audit_entry(app, actor, use_case, episode_id, "done", detail))
        return result

    try:
        return app.store.transact(audited)
    except NotAllowed:
        refused = audit_entry(app, actor, use_case, episode_id, "refused", detail)
        app.store.transact(lambda writing: writing.add_audit(refused))
        raise


def look(
    app: App, actor: Actor, use_case: UseCase, episode_id: EpisodeId | None, work: Callable[[Reading], ResultT]
) -> ResultT:
    """Read for an acting person; a refusal by right is audited."""

    def read() -> ResultT:
        with app.store.reading() as reading:
            return work(reading)

    return refused_is_audited(app, actor, use_case, episode_id, read)


def refused_is_audited(
    app: App, actor: Actor, use_case: UseCase, episode_id: EpisodeId | None, work: Callable[[], ResultT]
) -> ResultT:
    """Do it for an acting person; a refusal by right is audited."""
    try:
        return work()
    except NotAllowed:
        app.store.transact(lambda writing: writing.add_audit(audit_entry(app, actor, use_case, episode_id, "refused")))
        raise


def audit_reading(app: App, actor: Actor, use_case: UseCase, episode_id: EpisodeId) -> None:
    """Note that a chart was opened."""
    app.store.transact(lambda writing: writing.add_audit(audit_entry(app, actor, use_case, episode_id, "done")))


def audit_entry(
    app: App, actor: Actor, use_case: UseCase, episode_id: EpisodeId | None, outcome: str, detail: str = ""
) -> AuditEntry:
    """Who did or tried what, now. ``detail`` holds nothing of a patient."""
    return AuditEntry(
        at=app.clock(),
        account_id=actor.user_id,
        role=actor.role.value,
        action=use_case.value,
        episode_id=episode_id,
        outcome=outcome,
        detail=detail,
    )


def record(
    app: App,
    actor: Actor,
    episode_id: EpisodeId,
    kind: RecordKind,
    body: BaseModel,
    *,
    happened_at: datetime | None = None,
    record_id: str | None = None,
    corrects: RecordId | None = None,
) -> Record:
    """A record by the acting person, recorded now. ``body`` is a pydantic shape."""
    now = app.clock()
    dump = body.model_dump(mode="json", by_alias=True)
    return Record(
        id=RecordId(record_id or new_id()),
        episode_id=episode_id,
        kind=kind,
        happened_at=happened_at or now,
        recorded_at=now,
        author=Author.of(actor),
        corrects=corrects,
        body=dump,
    )
