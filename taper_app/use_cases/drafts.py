"""What somebody typed and has not submitted: kept in the database, so that it survives a crash or a lost line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from taper_app.clinical.errors import StateConflict
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId, RecordId
from taper_app.store.interface import Draft, Writing
from taper_app.use_cases.context import App, new_id, opened, permitted
from taper_app.use_cases.rights import UseCase

_ADMISSION = "admission"


class AlreadyCharted(StateConflict):
    """The entry was charted from another page, and something else is written here now."""

    next_step = "What you typed stays here as a set of its own: read it and save it again."


def open_draft(app: App, actor: Actor, use_case: UseCase, episode_id: EpisodeId, form: str) -> Draft:
    """One's own draft of a form, or an empty one with the id that its record will have.

    ``use_case`` is what submitting the form will need: who may not submit it has no draft of it either.
    """
    with app.store.reading() as reading:
        opened(reading, actor, use_case, episode_id)
        found = reading.draft(actor.user_id, episode_id, form)
    return found or Draft(
        account_id=actor.user_id,
        episode_id=episode_id,
        form=form,
        entry_id=RecordId(new_id()),
        body={},
        saved_at=app.clock(),
    )


def open_admission_draft(app: App, actor: Actor, unit_id: str) -> Draft:
    """One's own half-written admission of the unit; there is no episode yet, so the draft has a place of its own."""
    place = EpisodeId(f"admission-{unit_id}")
    with app.store.reading() as reading:
        permitted(actor, UseCase.ADMIT_PATIENT, unit_id)
        found = reading.draft(actor.user_id, place, _ADMISSION)
    return found or Draft(
        account_id=actor.user_id,
        episode_id=place,
        form=_ADMISSION,
        entry_id=RecordId(new_id()),
        body={},
        saved_at=app.clock(),
    )


def save_admission_draft(app: App, actor: Actor, unit_id: str, draft: Draft, body: dict[str, Any]) -> None:
    """Keep what is typed now."""

    def work(writing: Writing) -> None:
        permitted(actor, UseCase.ADMIT_PATIENT, unit_id)
        writing.save_draft(Draft.model_validate(draft.model_dump() | {"body": body, "saved_at": app.clock()}))

    app.store.transact(work)


def save_draft(app: App, actor: Actor, use_case: UseCase, draft: Draft, body: dict[str, Any]) -> datetime:
    """Keep what is typed now; answers when it was saved."""
    saved = Draft(
        account_id=actor.user_id,
        episode_id=draft.episode_id,
        form=draft.form,
        entry_id=draft.entry_id,
        body=body,
        saved_at=app.clock(),
    )

    def work(writing: Writing) -> None:
        opened(writing, actor, use_case, draft.episode_id)
        writing.save_draft(saved)

    app.store.transact(work)
    return saved.saved_at


def keep_field(
    app: App,
    actor: Actor,
    use_case: UseCase,
    draft: Draft,
    name: str,
    value: Any,
    *,
    begin: Mapping[str, Any] | None = None,
) -> datetime:
    """Keep one field beside what is kept of the entry already; None or blank lets it go. Answers when it was saved.

    The draft is read in the same transaction, so that two fields that are kept at once are both kept. ``begin``: what
    the fields of a new draft begin with. Raises AlreadyCharted when the entry is no draft any more.
    """
    now = app.clock()

    def work(writing: Writing) -> None:
        opened(writing, actor, use_case, draft.episode_id)
        if writing.record(draft.entry_id) is not None:
            raise AlreadyCharted("This set was charted already from another page.")
        found = writing.draft(actor.user_id, draft.episode_id, draft.form)
        is_same = found is not None and found.entry_id == draft.entry_id
        body = dict(found.body) if found is not None and is_same else dict(begin or {})
        body.pop(name, None)
        if value is not None:
            body[name] = value
        writing.save_draft(
            Draft(
                account_id=actor.user_id,
                episode_id=draft.episode_id,
                form=draft.form,
                entry_id=draft.entry_id,
                body=body,
                saved_at=now,
            )
        )

    app.store.transact(work)
    return now


def drop_draft(app: App, actor: Actor, draft: Draft) -> None:
    """The form was submitted or cleared."""
    app.store.transact(lambda writing: writing.drop_draft(actor.user_id, draft.episode_id, draft.form))
