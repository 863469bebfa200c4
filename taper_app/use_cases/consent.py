"""Consent to a disclosure, and its revocation, which works at once and after release too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taper_app.clinical.errors import Fault, InputRefused, NotFound
from taper_app.clinical.handoff.consent import missing_elements
from taper_app.clinical.handoff.entries import ConsentBody, ConsentRevocationBody, is_over
from taper_app.clinical.handoff.kept import handoff_records
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId, RecordId, RecordKind
from taper_app.store.interface import Writing
from taper_app.use_cases.aftercare import parsed
from taper_app.use_cases.chart import read_chart
from taper_app.use_cases.context import App, change, opened, record
from taper_app.use_cases.rights import UseCase


def record_consent(app: App, actor: Actor, episode_id: EpisodeId, written: Mapping[str, Any], *, entry_id: str) -> None:
    """Keep the patient's consent with every element of 42 CFR 2.31. Raises InputRefused naming what is missing."""

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.RECORD_CONSENT, episode_id, closed_too=True)
        body = parsed(ConsentBody, written)
        chart = read_chart(writing, episode, app.clock())
        faults = [Fault(field, message) for field, message in missing_elements(body, chart.now)]
        if is_over(body, chart.today):
            faults.append(Fault("ends_on", "The consent would have ended already; check the day."))
        if faults:
            raise InputRefused(faults)
        writing.add_record(record(app, actor, episode_id, RecordKind.CONSENT, body, record_id=entry_id))

    change(app, actor, UseCase.RECORD_CONSENT, episode_id, work)


def revoke_consent(
    app: App, actor: Actor, episode_id: EpisodeId, consent: RecordId, *, entry_id: str, how: str = ""
) -> None:
    """From now on nothing more is handed over under this consent."""

    def work(writing: Writing) -> None:
        opened(writing, actor, UseCase.RECORD_CONSENT, episode_id, closed_too=True)
        kept = handoff_records(writing.records(episode_id))
        found = next((given for given in kept.consents if given.id == consent), None)
        if found is None:
            raise NotFound("There is no such consent for this patient.")
        if found.revoked_at is None:
            body = ConsentRevocationBody(consent=consent, how=how.strip())
            writing.add_record(record(app, actor, episode_id, RecordKind.CONSENT_REVOCATION, body, record_id=entry_id))

    change(app, actor, UseCase.RECORD_CONSENT, episode_id, work)
