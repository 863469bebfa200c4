"""What a dose left over is wasted before a witness: one writes it down, another says under their own name: seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, ValidationError

from taper_app.clinical.charting.doses import ChartedDose
from taper_app.clinical.charting.waste import Leftover, Waste, WasteBody, WasteWitnessedBody, leftovers
from taper_app.clinical.errors import Fault, InputRefused, NotAllowed, NotFound, StateConflict
from taper_app.clinical.faults import faults_of
from taper_app.clinical.people import Actor
from taper_app.clinical.protocol.medicines import Form
from taper_app.clinical.quantities import Milligrams, PlainNumber, mg_of, mg_text, tenth_mcg_of
from taper_app.clinical.records import EpisodeId, Frozen, RecordId, RecordKind
from taper_app.clinical.typed_text import ONE_LINE
from taper_app.store.interface import Account, Writing
from taper_app.use_cases.chart import Chart, read_chart
from taper_app.use_cases.context import App, change, opened, record
from taper_app.use_cases.dose_entry import refuse
from taper_app.use_cases.observe import SHORTEST_REASON
from taper_app.use_cases.rights import UseCase
from taper_app.use_cases.witnesses import may_witness


class WasteEntry(Frozen):
    """What is written down. ``count`` for a listed product, ``mg`` for anything else (an ampoule, a syringe)."""

    dose: RecordId
    product: Annotated[str, Field(min_length=2, max_length=120), ONE_LINE]
    count: PlainNumber | None = None
    mg: Milligrams | None = None
    witness_id: str = ""
    note: Annotated[str, Field(max_length=200), ONE_LINE] = ""


def left_over(app: App, chart: Chart) -> Sequence[Leftover]:
    """Parts of tablets that nobody has written down as wasted, oldest first."""
    return leftovers([*chart.doses, *chart.comfort_doses], chart.wastes, app.protocols)


def waste(app: App, actor: Actor, episode_id: EpisodeId, written: Mapping[str, Any], *, entry_id: str) -> None:
    """Keep what was wasted; it waits for its witness. The same ``entry_id`` again adds nothing.

    ``written`` is a ``WasteEntry``. Raises InputRefused with every fault, NotAllowed.
    """

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.CHART_DOSE, episode_id)
        chart = read_chart(writing, episode, app.clock())
        if any(kept.id == entry_id for kept in chart.records):
            return
        try:
            entry = WasteEntry.model_validate(dict(written))
        except ValidationError as error:
            raise InputRefused(faults_of(error, written)) from None
        witness = writing.account(entry.witness_id) if entry.witness_id else None
        refuse([*_witness_faults(witness, actor, episode.unit_id), *_amount_faults(app, chart, entry)])
        assert witness is not None, "a missing witness is a fault"
        body = WasteBody(
            dose=entry.dose,
            product=entry.product.strip(),
            tenth_mcg=_tenth_mcg(app, entry),
            count=entry.count,
            witness_id=witness.id,
            witness_name=witness.display_name,
            note=entry.note.strip(),
        )
        writing.add_record(record(app, actor, episode_id, RecordKind.WASTE, body, record_id=entry_id))

    change(app, actor, UseCase.CHART_DOSE, episode_id, work, detail="waste")


def witness_waste(
    app: App, actor: Actor, episode_id: EpisodeId, waste_id: RecordId, *, seen: bool, note: str = "", entry_id: str
) -> None:
    """The named witness says that it was seen as written, or that it was not, and then why."""

    def work(writing: Writing) -> None:
        episode = opened(writing, actor, UseCase.CHART_DOSE, episode_id)
        chart = read_chart(writing, episode, app.clock())
        if any(kept.id == entry_id for kept in chart.records):
            return
        _require_named_witness(_waste(chart, waste_id), actor)
        if not seen and len(note.strip()) < SHORTEST_REASON:
            raise InputRefused([Fault("note", "Say in a few words what was not as written.")])
        try:
            body = WasteWitnessedBody(waste=waste_id, seen=seen, note=note.strip())
        except ValidationError as error:
            raise InputRefused(faults_of(error)) from None
        writing.add_record(record(app, actor, episode_id, RecordKind.WASTE_WITNESSED, body, record_id=entry_id))

    change(app, actor, UseCase.CHART_DOSE, episode_id, work, detail="waste witnessed" if seen else "waste not seen")


def _waste(chart: Chart, waste_id: RecordId) -> Waste:
    found = next((wasted for wasted in chart.wastes if wasted.record.id == waste_id), None)
    if found is None:
        raise NotFound("There is no such entry for this patient.")
    return found


def _require_named_witness(wasted: Waste, actor: Actor) -> None:
    if wasted.record.author.user_id == actor.user_id:
        raise NotAllowed("Nobody witnesses their own wasting: another person has to have seen it.")
    if wasted.body.witness_id != actor.user_id:
        raise NotAllowed(f"{wasted.body.witness_name} is named as the witness and answers under their own name.")
    if wasted.answer is not None:
        raise StateConflict("This wasting was answered already.")


def _witness_faults(witness: Account | None, actor: Actor, unit_id: str) -> list[Fault]:
    if witness is None:
        return [Fault("witness_id", "Choose the colleague who sees it wasted.")]
    if witness.id == actor.user_id:
        return [Fault("witness_id", "Two different people: choose a colleague as the witness, not yourself.")]
    if not may_witness(witness, actor, unit_id, UseCase.CHART_DOSE):
        return [Fault("witness_id", "This colleague charts no doses on this unit; choose another witness.")]
    return []


def _amount_faults(app: App, chart: Chart, entry: WasteEntry) -> list[Fault]:
    dose = next((found for found in (*chart.doses, *chart.comfort_doses) if found.record.id == entry.dose), None)
    if dose is None:
        return [Fault("dose", "Choose the dose that it is left over from.")]
    stocked = app.protocols.product(entry.product)
    if stocked and entry.count and entry.count * 4 % 1 and stocked.product.form is not Form.LIQUID:
        return [Fault("count", "Write halves or quarters, such as 0.5.")]
    if not _tenth_mcg(app, entry):
        return [Fault("mg", "Nothing is wasted yet; write how much.")]
    return _more_than_left(app, chart, entry, dose)


def _more_than_left(app: App, chart: Chart, entry: WasteEntry, dose: ChartedDose) -> list[Fault]:
    """Of a tablet that the dose was cut from no more is wasted than was left of it; a dose not taken is left whole."""
    if not dose.body.was_taken or entry.product not in {piece.product for piece in dose.body.pieces}:
        return []
    left = [
        rest for rest in left_over(app, chart) if (rest.dose.record.id, rest.product) == (entry.dose, entry.product)
    ]
    most = left[0].tenth_mcg if left else 0
    if _tenth_mcg(app, entry) <= most:
        return []
    return [Fault("count", f"The dose left {mg_text(mg_of(most))} of it to waste; check the amount.")]


def _tenth_mcg(app: App, entry: WasteEntry) -> int:
    stocked = app.protocols.product(entry.product)
    if stocked is not None and entry.count is not None:
        return int(entry.count * stocked.product.strength_mg * 10_000)
    return tenth_mcg_of(entry.mg) if entry.mg else 0
