"""The scores of a stay's sets for its plot, read without the sets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from taper_app.clinical.errors import NotAllowed
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId
from taper_app.store.interface import Reading, SetScores
from taper_app.use_cases.context import App, look, opened
from taper_app.use_cases.rights import Grant, UseCase, grant_of


def set_scores(app: App, actor: Actor, episode_id: EpisodeId, since: datetime) -> Sequence[SetScores]:
    """From ``since`` on, for a chart that was opened and noted already. Raises NotAllowed, NotFound."""

    def work(reading: Reading) -> Sequence[SetScores]:
        opened(reading, actor, UseCase.OPEN_CHART, episode_id, closed_too=True)
        if grant_of(UseCase.OPEN_CHART, actor.role) is Grant.SUMMARY:
            raise NotAllowed(f"A {actor.role.in_words} sees the handoff of a patient, not the whole chart.")
        return reading.set_scores(episode_id, since)

    return look(app, actor, UseCase.OPEN_CHART, episode_id, work)
