"""Records that were read before, so that a long stay is not read and parsed anew for every tap.

A record never changes and is never taken away (the tables refuse it), so one that was read once is right for ever.
Which records a stay has, and in which order, is asked of the database each time; only their contents come from here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from taper_app.clinical.records import EpisodeId, Record, RecordId

#: About the stays of a full ward; the stay that was longest not looked at goes first.
_MOST_RECORDS = 10_000


class KeptRecords:
    """Shared by the readers of one store; every method may be called from any thread."""

    def __init__(self, most: int = _MOST_RECORDS) -> None:
        self._most = most
        self._stays: OrderedDict[EpisodeId, dict[RecordId, Record]] = OrderedDict()
        self._number = 0
        self._turn = threading.Lock()

    def of(self, episode_id: EpisodeId) -> Mapping[RecordId, Record]:
        """What is known of a stay; others may add to it meanwhile, and nobody takes anything out of it."""
        with self._turn:
            known = self._stays.get(episode_id)
            if known is None:
                return {}
            self._stays.move_to_end(episode_id)
            return known

    def add(self, episode_id: EpisodeId, records: Iterable[Record]) -> None:
        """Only what a committed transaction has written: a record that was undone would stay here."""
        with self._turn:
            known = self._stays.setdefault(episode_id, {})
            before = len(known)
            known.update((record.id, record) for record in records)
            self._number += len(known) - before
            self._stays.move_to_end(episode_id)
            while self._number > self._most and len(self._stays) > 1:
                _, forgotten = self._stays.popitem(last=False)
                self._number -= len(forgotten)
