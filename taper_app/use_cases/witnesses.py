"""The second person: who can be one, and what only they may say. Two different accounts, never one twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taper_app.clinical.charting.bedside import BedsideEntry
from taper_app.clinical.charting.bedside_standing import Witnessed, witnessed_by_id
from taper_app.clinical.charting.bedside_witnessed import DifferenceSettled, SecondSignature
from taper_app.clinical.errors import Fault, NotAllowed, NotFound, StateConflict
from taper_app.clinical.people import Actor
from taper_app.clinical.records import RecordId
from taper_app.store.interface import Account, Reading
from taper_app.use_cases.chart import Chart
from taper_app.use_cases.context import App, look, permitted
from taper_app.use_cases.rights import Grant, UseCase, grant_of

_WITNESS = "witness"
_WITNESSED = ("controlled_drug_count", "double_check")


def possible_witnesses(app: App, actor: Actor, right: UseCase = UseCase.CHART_OBSERVATION) -> Sequence[Account]:
    """Everybody else on the actor's unit who has the right to chart what is witnessed, by name."""

    def work(reading: Reading) -> Sequence[Account]:
        permitted(actor, right, actor.unit_id)
        return [account for account in reading.accounts() if may_witness(account, actor, actor.unit_id, right)]

    return look(app, actor, right, None, work)


def may_witness(
    account: Account, actor: Actor, unit_id: str | None, right: UseCase = UseCase.CHART_OBSERVATION
) -> bool:
    """Charts such things on this unit, may still sign in, and is not the person who is witnessed."""
    charts_here = grant_of(right, account.role) is not Grant.NO and account.unit_id == unit_id
    return charts_here and account.disabled_at is None and account.id != actor.user_id


def with_witness(
    reading: Reading, chart: Chart, actor: Actor, written: Mapping[str, Any], faults: list[Fault]
) -> dict[str, Any]:
    """The entry with the named witness's name beside the id; a fault when it is oneself or nobody who charts here."""
    if written.get("kind") not in _WITNESSED:
        return dict(written)
    account = reading.account(str(written.get(_WITNESS) or ""))
    if account is None or not may_witness(account, actor, chart.episode.unit_id):
        faults.append(Fault(_WITNESS, "Choose the second person: somebody else than yourself who charts on this unit."))
        return {**written, _WITNESS: {"user_id": actor.user_id, "name": actor.display_name}}
    return {**written, _WITNESS: {"user_id": account.id, "name": account.display_name}}


def require_second_word(chart: Chart, actor: Actor, entry: BedsideEntry, corrects: RecordId | None) -> None:
    """Raises when a signature or a settlement is not this person's to give, or was given already."""
    if isinstance(entry, SecondSignature):
        work = _work(chart, entry.of)
        if work.work.witness.user_id != actor.user_id:
            raise NotAllowed("Only the second person who is named signs this, under their own name.")
        if work.signed and work.signed.id != corrects:
            raise StateConflict("You have signed this already; correct your own entry instead.")
    if isinstance(entry, DifferenceSettled):
        work = _work(chart, entry.of)
        if not work.differs:
            raise StateConflict("Nothing differs here that has to be settled.")
        if work.charted.record.author.user_id == actor.user_id:
            raise NotAllowed("A difference is settled by somebody else than who counted.")
        if work.settled and work.settled.id != corrects:
            raise StateConflict("This difference is settled already.")


def _work(chart: Chart, record_id: RecordId) -> Witnessed:
    found = witnessed_by_id(chart.bedside, record_id)
    if found is None:
        raise NotFound("There is no such count or check for this patient, or it was corrected; open the newer one.")
    return found
