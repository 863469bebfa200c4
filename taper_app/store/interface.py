"""What the use-cases need of a store, in their words.

Reading happens in a snapshot that cannot write. Writing happens in ``Store.transact``: the work is one
transaction on the one writer of this process, and either all of it is kept or none of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeVar

from pydantic import AwareDatetime, Field

from taper_app.clinical.people import Role
from taper_app.clinical.records import (
    Episode,
    EpisodeId,
    Frozen,
    LatestRow,
    Patient,
    PatientId,
    PatientMerge,
    Record,
    RecordId,
    RecordKind,
    Unit,
)
from taper_app.clinical.shifts import Shift
from taper_app.store.outbox import OutboxReading, OutboxWriting

ResultT = TypeVar("ResultT")


class Account(Frozen):
    """A person who may sign in. The password itself is never kept."""

    id: str
    name: str = Field(min_length=2, max_length=40, description="What is typed at sign-in, compared in lower case.")
    display_name: str = Field(min_length=1, max_length=80)
    role: Role
    unit_id: str | None
    password_hash: str
    must_change_password: bool = False
    disabled_at: AwareDatetime | None = None
    failed_attempts: int = 0
    locked_until: AwareDatetime | None = None


class SignInSession(Frozen):
    """One signed-in browser. The cookie's token is kept only as its SHA-256, in ``id``."""

    id: str
    account_id: str
    started_at: AwareDatetime
    last_activity_at: AwareDatetime
    expires_at: AwareDatetime
    ended_at: AwareDatetime | None = None


class Draft(Frozen):
    """What somebody typed and has not submitted yet: the only thing here that is overwritten."""

    account_id: str
    episode_id: EpisodeId
    form: str
    entry_id: RecordId = Field(description="The id the record will have, so that a second submit adds nothing.")
    body: dict[str, object]
    saved_at: AwareDatetime


class AuditEntry(Frozen):
    """Who did what, when, to whose record; reads of a chart and refusals too."""

    at: AwareDatetime
    account_id: str | None
    role: str | None
    action: str
    episode_id: EpisodeId | None = None
    outcome: str = Field(pattern=r"^(done|refused)$")
    detail: str = Field(default="", max_length=400, description="No names, no free text of a patient.")


class SetScores(NamedTuple):
    """The scores of one observation set without the set: what a plot of a long course draws.

    A score that was not charted is None throughout; ``total`` alone is None when it is incomplete.
    """

    observation: RecordId
    at: datetime
    ciwa_b_form: str | None
    ciwa_b_total: int | None
    ciwa_b_least: int | None
    ciwa_b_most: int | None
    news2_total: int | None
    news2_least: int | None


class Reading(OutboxReading, Protocol):
    """A consistent look at what is stored."""

    def units(self) -> Sequence[Unit]: ...
    def unit(self, unit_id: str) -> Unit | None: ...

    def accounts(self) -> Sequence[Account]:
        """By name."""

    def account(self, account_id: str) -> Account | None: ...
    def account_named(self, name: str) -> Account | None:
        """Found whatever the letter case."""

    def session(self, session_id: str) -> SignInSession | None: ...

    def patient(self, patient_id: PatientId) -> Patient | None:
        """As written at the first admission; also one whose record was merged into another."""

    def patient_with_record_number(self, record_number: str) -> Patient | None: ...
    def patients_born_on(self, day: date) -> Sequence[Patient]:
        """Everybody with this date of birth, by record number, merged records too."""

    def merges(self) -> Sequence[PatientMerge]:
        """Every merge of two patient records, oldest first."""

    def episode(self, episode_id: EpisodeId) -> Episode | None:
        """With the unit and the patient of its board row, once it has one: where and whose it is now."""

    def episodes_of(self, patient_id: PatientId) -> Sequence[Episode]:
        """Every stay of the patient that stands on a board or was released from one, newest admission first."""

    def open_episode_of(self, patient_id: PatientId) -> Episode | None: ...

    def records(
        self,
        episode_id: EpisodeId,
        kinds: Collection[RecordKind] | None = None,
        since: datetime | None = None,
    ) -> Sequence[Record]:
        """Oldest first by ``happened_at``, then ``recorded_at``. Empty means none recorded, never 'all well'.

        ``since`` is included; an empty ``kinds`` finds nothing.
        """

    def set_scores(self, episode_id: EpisodeId, since: datetime | None = None) -> Sequence[SetScores]:
        """Of each set with an assessment, in the order of ``records``, also of one that was corrected or struck.

        Told by the newest assessment. Only these columns are read: a course of months is plotted without its answers.
        """

    def records_of_unit(self, unit_id: str, kinds: Collection[RecordKind], since: datetime) -> Sequence[Record]:
        """Of every stay that is on this unit now or was released from it, in the order of ``records``.

        For counting over weeks: only the kinds that are named, ``since`` included.
        """

    def count_records(self, episode_id: EpisodeId) -> int:
        """How many records of every kind there are: a number that only grows, and grows with each change."""

    def record(self, record_id: RecordId) -> Record | None: ...

    def latest_rows(self, unit_id: str, status: str = "open") -> Sequence[LatestRow]:
        """The board of one unit, most dangerous first (level down, then oldest due), then bed."""

    def latest_row(self, episode_id: EpisodeId) -> LatestRow | None: ...
    def shift_in_force(self, unit_id: str, moment: datetime) -> Shift | None:
        """What was said last of this moment: of the shifts begun by then the newest, and of these the one set last.

        Also one that has ended by then: nobody has set the next.
        """

    def shifts(self, unit_id: str, limit: int = 20) -> Sequence[Shift]:
        """Newest beginning first, then what was set last."""

    def draft(self, account_id: str, episode_id: EpisodeId, form: str) -> Draft | None: ...
    def drafts_of(self, episode_id: EpisodeId) -> Sequence[Draft]:
        """What anybody has half written about this stay, oldest first."""

    def audit_entries(self, limit: int = 200) -> Sequence[AuditEntry]:
        """Newest first."""

    def audit_entries_of(self, account_id: str, action: str, since: datetime) -> Sequence[AuditEntry]:
        """What one person did of one kind since a moment (included), newest first."""


class Writing(Reading, OutboxWriting, Protocol):
    """The same, inside a transaction that may add."""

    def add_unit(self, unit: Unit) -> None: ...
    def replace_unit(self, unit: Unit) -> None: ...
    def add_account(self, account: Account) -> None: ...
    def replace_account(self, account: Account) -> None: ...
    def add_session(self, session: SignInSession) -> None: ...
    def replace_session(self, session: SignInSession) -> None: ...
    def end_sessions_of(self, account_id: str, at: datetime) -> None: ...

    def add_patient(self, patient: Patient) -> None: ...
    def add_episode(self, episode: Episode) -> None: ...
    def add_merge(self, merge: PatientMerge) -> None:
        """Raises AlreadyKept when the record was merged before, NotFound when a patient or the record is missing."""

    def add_record(self, record: Record) -> bool:
        """Keep it once: the same ``record.id`` again changes nothing and answers False.

        Raises NotFound when its episode, or the record it corrects, is not there; ValueError for a body that
        cannot be stored exactly (a bug: dump it with ``model_dump(mode="json")``).
        """

    def put_latest(self, row: LatestRow) -> None:
        """The board's row; a second open row of one patient is refused (StateConflict).

        The board of its unit has changed then, and that of the unit it stood on before.
        """

    def touch_board(self, unit_id: str) -> None:
        """Something else that the unit's board shows has changed, such as who is on shift."""

    def add_shift(self, shift: Shift) -> bool:
        """Keep it once: the same ``shift.id`` again changes nothing and answers False.

        Raises NotFound when its unit is not there.
        """

    def save_draft(self, draft: Draft) -> None: ...
    def drop_draft(self, account_id: str, episode_id: EpisodeId, form: str) -> None: ...
    def add_audit(self, entry: AuditEntry) -> None: ...


class Store(Protocol):
    def reading(self) -> AbstractContextManager[Reading]:
        """A read-only snapshot."""

    def board_version(self, unit_id: str) -> int:
        """A number that grows with each change of the unit's board; 0 for a unit that is not there.

        One cheap question, asked again every few seconds by every screen that shows the board.
        """

    def transact(self, work: Callable[[Writing], ResultT]) -> ResultT:
        """Run ``work`` in one transaction on the writer; what it raises undoes all of it and is raised here.

        Returns once the commit is on the disk. The work runs in the writer's thread: it touches no screen and
        waits for nothing but the store. Calling ``transact`` inside a work is a bug (RuntimeError).
        """

    def close(self) -> None: ...
