"""Has the chart changed since it was drawn: one cheap number, for pages that look again every few seconds."""

from __future__ import annotations

from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId
from taper_app.store.interface import Reading
from taper_app.use_cases.context import App, look, opened
from taper_app.use_cases.rights import UseCase


def change_number(app: App, actor: Actor, episode_id: EpisodeId) -> int:
    """How many records the episode has: it grows with each change. Raises NotAllowed, NotFound."""

    def work(reading: Reading) -> int:
        opened(reading, actor, UseCase.OPEN_CHART, episode_id, closed_too=True)
        return reading.count_records(episode_id)

    return look(app, actor, UseCase.OPEN_CHART, episode_id, work)
