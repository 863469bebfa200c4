"""Reading the audit."""

from __future__ import annotations

from collections.abc import Sequence

from taper_app.clinical.people import Actor
from taper_app.store.interface import AuditEntry, Reading
from taper_app.use_cases.context import App, look, permitted
from taper_app.use_cases.rights import Grant, UseCase


def read_audit(app: App, actor: Actor, limit: int = 200) -> Sequence[AuditEntry]:
    """Newest first; whoever is not an auditor sees only what they did themselves."""

    def work(reading: Reading) -> Sequence[AuditEntry]:
        grant = permitted(actor, UseCase.READ_AUDIT, None)
        found = reading.audit_entries(limit)
        return found if grant is Grant.YES else [entry for entry in found if entry.account_id == actor.user_id]

    return look(app, actor, UseCase.READ_AUDIT, None, work)
