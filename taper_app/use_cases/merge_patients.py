"""Making one of two records of the same person: one person proposes, another one confirms.

Nothing is lost: both patient rows stay, both numbers find the patient, every stay keeps its records. It is done under
the right to strike an entry of the wrong patient, which asks for the same two people; who acts needs it on a unit of
each of the two records.
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ValidationError

from taper_app.clinical.charting.allergies import AllergiesBody, AllergyStatus, joined
from taper_app.clinical.charting.merging import (
    MergeBody,
    MergeDeclinedBody,
    MergeProposalBody,
    OpenMerge,
    open_merges,
)
from taper_app.clinical.errors import InputRefused, NotAllowed, StateConflict
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.records import (
    EpisodeId,
    LatestRow,
    Patient,
    PatientId,
    PatientMerge,
    RecordId,
    RecordKind,
)
from taper_app.store.interface import Writing
from taper_app.use_cases.allergies import known_of_earlier_stays
from taper_app.use_cases.board import refresh_latest
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, latest, opened, record
from taper_app.use_cases.merge_pairs import MergePair, pair_of
from taper_app.use_cases.rights import Grant, UseCase, grant_of


def propose_merge(
    app: App, actor: Actor, episode_id: EpisodeId, other: PatientId, reason: str, *, entry_id: str
) -> RecordId:
    """Say that ``other`` is the same person as the patient of this stay. Nothing changes until another confirms."""

    def work(writing: Writing, chart: Chart) -> None:
        pair = pair_of(writing, actor, chart.patient.id, other)
        if any(waiting.body.merged == other for waiting in open_merges(chart.records)):
            raise StateConflict("Somebody has proposed this already; it waits for a second person.")
        body = _said(lambda: MergeProposalBody(kept=pair.kept.id, merged=pair.merged.id, reason=reason.strip()))
        _add(app, actor, writing, chart, RecordKind.MERGE_PROPOSAL, body, entry_id)

    return _change(app, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, entry_id, work, "merge proposed")


def confirm_merge(app: App, actor: Actor, episode_id: EpisodeId, proposal: RecordId, *, entry_id: str) -> RecordId:
    """Make one record of the two. Raises NotAllowed for who proposed it and for who may only propose."""

    def work(writing: Writing, chart: Chart) -> None:
        found = _open(chart, proposal)
        _require_second_person(actor, found)
        pair = pair_of(writing, actor, chart.patient.id, found.body.merged)
        _merge(app, actor, writing, chart, found, pair, RecordId(entry_id))

    return _change(app, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, entry_id, work, "merge confirmed")


def decline_merge(
    app: App, actor: Actor, episode_id: EpisodeId, proposal: RecordId, reason: str, *, entry_id: str
) -> RecordId:
    """Leave them two records, with a reason; also the one who proposed it may take it back."""

    def work(writing: Writing, chart: Chart) -> None:
        found = _open(chart, proposal)
        if found.record.author.user_id != actor.user_id:
            _require_signer(actor)
        body = _said(lambda: MergeDeclinedBody(proposal=found.record.id, reason=reason.strip()))
        _add(app, actor, writing, chart, RecordKind.MERGE_DECLINED, body, entry_id)

    return _change(app, actor, UseCase.STRIKE_WRONG_PATIENT_ENTRY, episode_id, entry_id, work, "merge declined")


def _change(
    app: App,
    actor: Actor,
    use_case: UseCase,
    episode_id: EpisodeId,
    entry_id: str,
    work: Callable[[Writing, Chart], None],
    detail: str,
) -> RecordId:
    """One transaction on the chart of the stay; the same ``entry_id`` again does nothing."""

    def once(writing: Writing) -> RecordId:
        episode = opened(writing, actor, use_case, episode_id, closed_too=True)
        chart = read_chart(writing, episode, app.clock())
        if not any(known.id == entry_id for known in chart.records):
            work(writing, chart)
        return RecordId(entry_id)

    return change(app, actor, use_case, episode_id, once, detail=detail)


def _said(make: Callable[[], BaseModel]) -> BaseModel:
    try:
        return make()
    except ValidationError as error:
        raise InputRefused(faults_of(error)) from None


def _add(
    app: App, actor: Actor, writing: Writing, chart: Chart, kind: RecordKind, body: BaseModel, entry_id: str
) -> None:
    writing.add_record(record(app, actor, chart.episode_id, kind, body, record_id=entry_id))
    refresh_latest(writing, chart.episode, app.clock(), status=latest(writing, chart.episode_id).status)


def _open(chart: Chart, proposal: RecordId) -> OpenMerge:
    found = next((waiting for waiting in open_merges(chart.records) if waiting.record.id == proposal), None)
    if found is None:
        raise StateConflict("This proposal is not open any more: somebody confirmed or declined it.")
    return found


def _require_signer(actor: Actor) -> None:
    if grant_of(UseCase.STRIKE_WRONG_PATIENT_ENTRY, actor.role) is not Grant.SIGN:
        raise NotAllowed(f"A {actor.role.in_words} proposes a merge; a charge nurse or physician decides.")


def _require_second_person(actor: Actor, found: OpenMerge) -> None:
    _require_signer(actor)
    if found.record.author.user_id == actor.user_id:
        raise NotAllowed("You proposed this merge; another person confirms it.")


def _merge(
    app: App, actor: Actor, writing: Writing, chart: Chart, found: OpenMerge, pair: MergePair, entry_id: RecordId
) -> None:
    stays_of_merged = writing.episodes_of(pair.merged.id)
    body = MergeBody(
        proposal=found.record.id,
        kept=pair.kept.id,
        merged=pair.merged.id,
        kept_number=pair.kept.record_number,
        merged_number=pair.merged.record_number,
        proposed_by=found.record.author,
        proposed_at=found.record.recorded_at,
        reason=found.body.reason,
    )
    for number, stay in enumerate([chart.episode, *stays_of_merged]):
        kept_as = entry_id if number == 0 else f"{entry_id}-{number}"
        writing.add_record(record(app, actor, stay.id, RecordKind.MERGE, body, record_id=kept_as))
    listed = [known_of_earlier_stays(writing, patient.id) for patient in (pair.kept, pair.merged)]
    writing.add_merge(
        PatientMerge(merged_id=pair.merged.id, kept_id=pair.kept.id, record_id=entry_id, merged_at=app.clock())
    )
    for stay in stays_of_merged:
        writing.put_latest(_row_of(latest(writing, stay.id), pair.kept))
    _keep_allergies_of_both(app, actor, writing, pair.kept.id, joined(listed, asked=False), entry_id)


def _row_of(row: LatestRow, kept: Patient) -> LatestRow:
    """The stay's row under the kept patient; what is charted in it stands as it was."""
    who = {"patient_id": kept.id, "label": kept.label, "sex": kept.sex, "born_on": kept.born_on}
    return LatestRow.model_validate(row.model_dump() | who | {"record_number": kept.record_number})


def _keep_allergies_of_both(
    app: App, actor: Actor, writing: Writing, kept: PatientId, both: AllergiesBody, entry_id: RecordId
) -> None:
    """On the stay that goes on, or the newest, stands what either record listed; nobody was asked anew."""
    if both.status is AllergyStatus.NOT_ASSESSED:
        return
    stay = writing.open_episode_of(kept) or writing.episodes_of(kept)[0]
    if read_chart(writing, stay, app.clock()).allergies.in_words == both.in_words:
        return
    said = record(app, actor, stay.id, RecordKind.ALLERGIES, both, record_id=f"{entry_id}-allergies")
    writing.add_record(said)
