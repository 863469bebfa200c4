"""No order of alerts, failures, hanging answers, crashes and restarts loses a notice or says one under two ids."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from charting_ward import NURSE, PROTOCOLS, admitted
from outside import OutWard, ward_on
from taper_app.clinical.escalation.notices import Message, Notice, notice_id, notices_due
from taper_app.outbox.channel import NotDelivered
from taper_app.outbox.sender import Sender
from taper_app.store.sql import open_store
from taper_app.use_cases.alerts import acknowledge_alert
from taper_app.use_cases.announce import queue_what_climbed

RUNGS = len(PROTOCOLS.rules.ladder.roles)
SEIZURE = {"kind": "seizure", "duration_minutes": 2, "recovered": True}
HALLUCINATION = {"kind": "hallucination", "insight": True, "modality": "visual"}


class Crash(BaseException):
    """The power fails: nothing that follows in this server happens."""


@dataclass
class Outside:
    """The other end, and what happens to each try: in order, and ``arrives`` when the list is used up."""

    name: str = "webhook"
    plan: list[str] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)

    def send(self, message: Message, at: int) -> None:
        what = self.plan.pop(0) if self.plan else "arrives"
        if what == "crash before":
            raise Crash
        if what in ("arrives", "answer lost", "crash after"):
            self.heard[message.id] += 1
        if what == "crash after":
            raise Crash
        if what in ("fails", "answer lost"):
            raise NotDelivered("There was no answer.")


TRIES = st.lists(st.sampled_from(["arrives", "fails", "answer lost", "crash before", "crash after"]), max_size=4)


class Outbox(RuleBasedStateMachine):
    """One ward on a database file, two servers that send, and everything that may go wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.outside = Outside()
        self.raised: list[str] = []

    @initialize()
    def open_the_ward(self) -> None:
        self.ward: OutWard = ward_on(self._store())
        self.episode = admitted(self.ward)
        self._new_senders()

    def _store(self):
        return open_store(f"sqlite:///{self.folder / 'ward.sqlite3'}")

    def _new_senders(self) -> None:
        self.senders = [Sender(self.ward.store, self.ward.clock, self.ward.notices, self.outside) for _ in range(2)]

    @rule(event=st.sampled_from([SEIZURE, HALLUCINATION]))
    def an_alert_is_raised(self, event: dict[str, object]) -> None:
        self.raised.append(self.ward.raise_alert(self.episode, {"events": [event]}))

    @rule(tries=TRIES, which=st.integers(0, 1))
    def a_server_sends(self, tries: list[str], which: int) -> None:
        self.outside.plan = tries
        try:
            self.senders[which].send_due()
        except Crash:
            self.senders[which] = Sender(self.ward.store, self.ward.clock, self.ward.notices, self.outside)
        self.outside.plan = []

    @rule()
    def everything_is_started_anew(self) -> None:
        self.ward.store.close()
        self.ward.store = self._store()
        self._new_senders()

    @rule(minutes=st.sampled_from([0.1, 1, 3, 20, 90]))
    def time_passes(self, minutes: float) -> None:
        self.ward.pass_time(minutes=minutes)

    @rule()
    def what_climbed_is_queued(self) -> None:
        queue_what_climbed(self.ward)

    @precondition(lambda self: self.raised)
    @rule(data=st.data())
    def somebody_acknowledges(self, data: st.DataObject) -> None:
        alert = data.draw(st.sampled_from(self.raised))
        acknowledge_alert(self.ward, NURSE, self.episode, alert, entry_id=self.ward.next_entry())

    @invariant()
    def every_alert_waits_or_was_heard(self) -> None:
        waiting, delivered = {found.id for found in self.ward.waiting()}, {found.id for found in self.ward.delivered()}
        assert {notice_id(alert, 0) for alert in self.raised} <= waiting | delivered
        assert not waiting & delivered
        assert delivered <= set(self.outside.heard), "called delivered, and nobody heard it"

    @invariant()
    def nothing_is_said_under_two_ids(self) -> None:
        assert set(self.outside.heard) <= {notice_id(alert, rung) for alert in self.raised for rung in range(RUNGS)}

    def teardown(self) -> None:
        """In the end the other side answers: everything arrives, the whole ladder of what nobody acknowledged too."""
        self.ward.pass_time(days=1)
        queue_what_climbed(self.ward)
        self.senders[0].send_due()
        assert self.ward.waiting() == []
        for alert in self.raised:
            assert self.outside.heard[notice_id(alert, 0)] >= 1
        heard = set(self.outside.heard)
        assert {found.id for found in self._all_that_was_due()} <= heard, "each rung that nobody prevented"
        self.ward.store.close()
        shutil.rmtree(self.folder)

    def _all_that_was_due(self) -> list[Notice]:
        with self.ward.store.reading() as reading:
            row = reading.latest_row(self.episode)
        unacknowledged = [alert for alert in row.alerts if alert.acknowledged_at is None]
        rules, policy = PROTOCOLS.rules, self.ward.notices
        return [due for alert in unacknowledged for due in notices_due(alert, "", self.ward.now, rules, policy)]


TestNothingIsLost = Outbox.TestCase
TestNothingIsLost.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
