"""Striking an entry that was made on the wrong patient: proposed, then signed or declined; moved when it can be.

The entry stays readable where it was written. Nothing crosses from one unit to another: whoever acts needs the right
on both charts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from taper_app.clinical.charting.struck import (
    MOVABLE,
    STRIKABLE,
    OpenProposal,
    StrikeBody,
    StrikeDeclinedBody,
    StrikeProposalBody,
    made_from,
    open_proposals,
    set_made_from,
    with_replaced,
)
from taper_app.clinical.errors import Fault, InputRefused, NotAllowed, NotFound, StateConflict
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.records import EpisodeId, Record, RecordId, RecordKind
from taper_app.store.interface import Writing
from taper_app.use_cases.announce import announce
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, audit_entry, change, latest, opened, record
from taper_app.use_cases.move_entry import move_entry
from taper_app.use_cases.observe import time_faults
from taper_app.use_cases.rejudge import Rejudged, rejudged
from taper_app.use_cases.rights import Grant, UseCase, grant_of


def propose_strike(
    app: App, actor: Actor, episode_id: EpisodeId, written: Mapping[str, Any], *, entry_id: str
) -> RecordId:
    """Say that an entry belongs to another patient. It goes on counting until somebody signs.

    ``written`` is a ``StrikeProposalBody``. Raises InputRefused with every fault, NotFound, StateConflict, NotAllowed.
    """

    def work(writing: Writing) -> RecordId:
        chart = _wrong_chart(app, actor, writing, episode_id)
        if any(known.id == entry_id for known in chart.records):
            return RecordId(entry_id)
        body = _parsed(written)
        _require_strikable(chart, body)
        _right_chart(app, actor, writing, chart, body)
        kept = record(app, actor, episode_id, RecordKind.STRIKE_PROPOSAL, body, record_id=entry_id)
        writing.add_record(kept)
        _refresh(app, writing, chart)
        return kept.id

    return change(app, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, work, detail="proposed")


def sign_strike(app: App, actor: Actor, episode_id: EpisodeId, proposal: RecordId, *, entry_id: str) -> RecordId:
    """Strike the entry, and move it when the proposal says where to. The same ``entry_id`` again adds nothing.

    Both charts are judged anew in the same transaction. Raises NotAllowed for whoever may only propose, StateConflict
    when somebody decided before or the entry changed meanwhile.
    """

    def work(writing: Writing) -> RecordId:
        chart = _wrong_chart(app, actor, writing, episode_id)
        if any(known.id == entry_id for known in chart.records):
            return RecordId(entry_id)
        _require_signer(actor)
        found = _open_proposal(chart, proposal)
        _require_strikable(chart, found.body, proposed=True)
        right = _right_chart(app, actor, writing, chart, found.body)
        moved_as = move_entry(app, actor, writing, right, found, strike_id=entry_id) if right else None
        _strike(app, actor, writing, chart, found, RecordId(entry_id), moved_as)
        if right:
            writing.add_audit(
                audit_entry(app, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, right.episode_id, "done", "moved here")
            )
        return RecordId(entry_id)

    return change(app, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, work, detail="signed")


def decline_strike(
    app: App, actor: Actor, episode_id: EpisodeId, proposal: RecordId, reason: str, *, entry_id: str
) -> None:
    """Leave the entry where it is, with a reason. Raises as ``sign_strike``, and InputRefused without a reason."""

    def work(writing: Writing) -> None:
        chart = _wrong_chart(app, actor, writing, episode_id)
        if any(known.id == entry_id for known in chart.records):
            return
        _require_signer(actor)
        found = _open_proposal(chart, proposal)
        try:
            body = StrikeDeclinedBody(proposal=found.record.id, reason=reason.strip())
        except ValidationError as error:
            raise InputRefused(faults_of(error, {"reason": reason})) from None
        writing.add_record(record(app, actor, episode_id, RecordKind.STRIKE_DECLINED, body, record_id=entry_id))
        _refresh(app, writing, chart)

    change(app, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, work, detail="declined")


def _wrong_chart(app: App, actor: Actor, writing: Writing, episode_id: EpisodeId) -> Chart:
    """The chart on which the entry stands; also after release, because what is wrong there goes on being read."""
    episode = opened(writing, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, closed_too=True)
    return read_chart(writing, episode, app.clock())


def _right_chart(app: App, actor: Actor, writing: Writing, wrong: Chart, body: StrikeProposalBody) -> Chart | None:
    """The chart that the entry belongs to, or None when it is only struck. The right is asked for there too."""
    if body.moves_to is None:
        return None
    episode = opened(writing, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, body.moves_to)
    right = read_chart(writing, episode, app.clock())
    entry = _entry(wrong, body.entry)
    faults = []
    if right.patient.id == wrong.patient.id:
        faults.append(Fault("moves_to", "Choose another patient; the entry stands on this patient's chart already."))
    if entry.kind not in MOVABLE:
        sentence = "Allergies and facts are struck and asked anew; choose to strike this entry without moving it."
        faults.append(Fault("moves_to", sentence))
    if time_faults(right, entry.happened_at):
        sentence = "The other patient was not here at that time; strike the entry without moving it."
        faults.append(Fault("moves_to", sentence))
    if faults:
        raise InputRefused(faults)
    return right


def _parsed(written: Mapping[str, Any]) -> StrikeProposalBody:
    try:
        return StrikeProposalBody.model_validate(dict(written))
    except ValidationError as error:
        raise InputRefused(faults_of(error, written)) from None


def _entry(chart: Chart, entry: RecordId) -> Record:
    found = next((kept for kept in chart.records if kept.id == entry and kept.kind in STRIKABLE), None)
    if found is None:
        raise NotFound("There is no such entry on this chart.")
    return found


def _require_strikable(chart: Chart, body: StrikeProposalBody, *, proposed: bool = False) -> None:
    entry = _entry(chart, body.entry)
    if any(kept.corrects == entry.id for kept in chart.records):
        raise StateConflict("This entry was corrected already; strike the newer one.")
    if any(set_made_from(kept.id) == entry.id for kept in chart.records):
        raise StateConflict("This set only asks the rules about a dose or another entry; strike that entry itself.")
    if not proposed and any(waiting.body.entry == entry.id for waiting in open_proposals(chart.records)):
        raise StateConflict("Somebody has proposed to strike this entry already; it waits for a signature.")


def _require_signer(actor: Actor) -> None:
    if grant_of(UseCase.STRIKE_WRONG_PATIENT_ENTRY, actor.role) is not Grant.SIGN:
        raise NotAllowed(f"A {actor.role.in_words} proposes to strike an entry; a charge nurse or physician signs.")


def _open_proposal(chart: Chart, proposal: RecordId) -> OpenProposal:
    found = next((waiting for waiting in open_proposals(chart.records) if waiting.record.id == proposal), None)
    if found is None:
        raise StateConflict("This proposal is not open any more: somebody signed or declined it.")
    return found


def _strike(
    app: App,
    actor: Actor,
    writing: Writing,
    chart: Chart,
    found: OpenProposal,
    strike_id: RecordId,
    moved_as: RecordId | None,
) -> None:
    entries = with_replaced(found.entry, chart.records) if found.body.with_earlier else [found.entry]
    struck = [kept.id for entry in entries for kept in made_from(entry, chart.records)]
    judged_anew = rejudged(app, actor, chart, struck, because=strike_id) if _decides(found.entry) else Rejudged()
    body = StrikeBody(
        proposal=found.record.id,
        entry=found.entry.id,
        struck=tuple(dict.fromkeys([*struck, *judged_anew.withdrawn])),
        reason=found.body.reason,
        moved_to=found.body.moves_to,
        moved_as=moved_as,
    )
    writing.add_record(record(app, actor, chart.episode_id, RecordKind.STRIKE, body, record_id=strike_id))
    for added in judged_anew.added:
        writing.add_record(added)
    announce(app, writing, judged_anew.added)
    _refresh(app, writing, chart)


def _decides(entry: Record) -> bool:
    """Whether the rules look at it; no rule reads a weight, an allergy or a scale of the stay."""
    return entry.kind not in (RecordKind.WEIGHT, RecordKind.ALLERGIES, RecordKind.SCALE)


def _refresh(app: App, writing: Writing, chart: Chart) -> None:
    now: datetime = app.clock()
    refresh_latest(writing, chart.episode, now, status=latest(writing, chart.episode_id).status)
