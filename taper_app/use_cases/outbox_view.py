"""What left the building and what still waits, for whoever has to do something when nothing gets out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from taper_app.clinical.escalation.notices import Notice, NoticePolicy, Said
from taper_app.clinical.people import Actor, Role
from taper_app.store.interface import Reading, Writing
from taper_app.use_cases.context import App, change, look, permitted
from taper_app.use_cases.rights import UseCase

_NEWEST_DELIVERED = 10


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """One notice as it may be shown: ``bed`` is None for an administrator, who sees no patient."""

    notice: Notice
    bed: str | None


@dataclass(frozen=True, slots=True)
class OutboxView:
    """Everything that waits, oldest first, and what was delivered last, newest first."""

    policy: NoticePolicy
    waiting: Sequence[ShownNotice]
    delivered: Sequence[ShownNotice]
    wards: int

    @property
    def failing_since(self) -> datetime | None:
        """Since when something that was tried has not got out; None while nothing has failed."""
        return min((shown.notice.queued_at for shown in self.waiting if shown.notice.tries), default=None)

    @property
    def leaves_the_ward_unsaid(self) -> bool:
        """With several wards a bed alone does not say where to go."""
        return bool(self.policy.channels) and self.wards > 1 and Said.UNIT not in self.policy.says


def see_outbox(app: App, actor: Actor) -> OutboxView:
    """A nurse in charge sees those of the own unit, an administrator all of them without a bed."""

    def work(reading: Reading) -> OutboxView:
        permitted(actor, UseCase.SEE_OUTBOX, None)
        return OutboxView(
            policy=app.notices,
            waiting=list(_shown(reading, actor, reading.notices_waiting())),
            delivered=list(_shown(reading, actor, reading.notices_delivered(_NEWEST_DELIVERED))),
            wards=len(reading.units()),
        )

    return look(app, actor, UseCase.SEE_OUTBOX, None, work)


def try_now(app: App, actor: Actor) -> int:
    """Let what waits for a later try be tried at the sender's next look; returns how many notices that are."""

    def work(writing: Writing) -> int:
        permitted(actor, UseCase.SEE_OUTBOX, None)
        return writing.make_notices_due(app.clock())

    return change(app, actor, UseCase.SEE_OUTBOX, None, work, detail="try now")


def _shown(reading: Reading, actor: Actor, notices: Sequence[Notice]) -> Iterator[ShownNotice]:
    for notice in notices:
        if actor.role is Role.ADMIN:
            yield ShownNotice(notice, bed=None)
            continue
        row = reading.latest_row(notice.episode_id)
        if row is not None and row.unit_id == actor.unit_id:
            yield ShownNotice(notice, bed=row.bed)
