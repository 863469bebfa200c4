"""What is written down of one dose: its fields, what is wrong with their wording, and the record's body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, Field, ValidationError

from taper_app.clinical.answers import Answer
from taper_app.clinical.charting.doses import DoseBody, DosePurpose, DoseStatus, Route
from taper_app.clinical.charting.pieces_used import piece_faults
from taper_app.clinical.charting.values import Asked, WholeNumber
from taper_app.clinical.errors import Fault, InputRefused, StateConflict
from taper_app.clinical.faults import faults_of
from taper_app.clinical.planning.answer import Pieces
from taper_app.clinical.quantities import Milligrams, plain, tenth_mcg_of
from taper_app.clinical.records import Frozen, RecordId
from taper_app.clinical.typed_text import ONE_LINE
from taper_app.use_cases.context import App
from taper_app.use_cases.observe import SHORTEST_REASON

GIVING = (DoseStatus.GIVEN, DoseStatus.PARTLY_GIVEN)


class NotFromThePlan(StateConflict):
    """A dose that no signed plan covers. ``offered``: what was written, for a dose outside the plan."""

    next_step: ClassVar[str] = (
        "Nothing was stored. When a prescriber orders it, chart it as a dose outside the plan: what was typed is kept "
        "there."
    )

    def __init__(self, sentence: str, entry: DoseEntry) -> None:
        self.offered: Mapping[str, str] = {
            "medicine": entry.medicine,
            "mg": plain(entry.mg),
            "route": entry.route.value,
            "ordered_by": entry.ordered_by,
            "reason": " ".join(part for part in (entry.reason, entry.override_reason) if part),
        }
        super().__init__(sentence)


class DoseEntry(Frozen):
    """What is charted of one dose. ``mg`` is the planned or ordered amount unless only a part was given.

    ``pieces``: what it was really made of; None for a planned dose means the plan's own pieces.
    ``override_reason``: why it is given although the gate says to assess first or to withhold.
    ``vomited_after_minutes``: 0 when at once; not needed for a dose that was charted as given before.
    ``order``: the standing order of a dose as needed or a comfort medicine. ``repeats``: the vomited dose that is
    given once more. ``vomited_dose``: the given dose, not of the plan, that was vomited.
    """

    status: DoseStatus
    purpose: DosePurpose = DosePurpose.PLANNED
    medicine: Annotated[str, Field(min_length=2, max_length=80), ONE_LINE]
    mg: Milligrams
    pieces: tuple[Pieces, ...] | None = None
    route: Route = Route.MOUTH
    planned_for: AwareDatetime | None = None
    ordered_by: Annotated[str, Field(max_length=120), ONE_LINE] = ""
    reason: Annotated[str, Field(max_length=400), ONE_LINE] = ""
    override_reason: Annotated[str, Field(max_length=300), ONE_LINE] = ""
    vomited_after_minutes: WholeNumber | None = None
    tablet_seen: Asked = Answer.NOT_ASSESSED
    order: RecordId | None = None
    repeats: RecordId | None = None
    vomited_dose: RecordId | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The body that will be kept, and the record that it takes the place of, if any."""

    body: DoseBody
    replaced: RecordId | None


def parsed_dose(written: Mapping[str, Any]) -> DoseEntry:
    """Raises InputRefused with every fault of the fields."""
    try:
        return DoseEntry.model_validate(dict(written))
    except ValidationError as error:
        raise InputRefused(faults_of(error, written)) from None


def wording_faults(entry: DoseEntry, corrects: RecordId | None) -> list[Fault]:
    """What is missing in words: the amount, why it was not given or is corrected, who ordered it."""
    faults = []
    if not entry.mg:
        faults.append(Fault("mg", "The dose is 0 mg; write how many milligrams."))
    needs_reason = entry.status is not DoseStatus.GIVEN or corrects
    if needs_reason and len(entry.reason.strip()) < SHORTEST_REASON:
        said = "the entry is corrected" if corrects else f"the dose was {entry.status.in_words}"
        faults.append(Fault("reason", f"Say in a few words why {said}."))
    if entry.purpose is not DosePurpose.PLANNED and len(entry.ordered_by.strip()) < SHORTEST_REASON:
        faults.append(Fault("ordered_by", "A dose outside the plan needs an order: write who ordered it."))
    return faults


def piece_faults_of(app: App, entry: DoseEntry, medicine: str) -> list[Fault]:
    """Faults of the pieces that were named; none when nobody named any."""
    return piece_faults(entry.pieces, medicine, entry.mg, app.protocols) if entry.pieces else []


def body_of(entry: DoseEntry, *, medicine: str, pieces: tuple[Pieces, ...], **more: Any) -> DoseBody:
    """The record's body; ``more`` are fields of it that the entry does not decide."""
    reason = entry.reason.strip()
    if entry.override_reason.strip():
        reason = f"{reason} Given all the same: {entry.override_reason.strip()}".strip()
    written: dict[str, Any] = {
        "status": entry.status,
        "purpose": entry.purpose,
        "medicine": medicine,
        "tenth_mcg": tenth_mcg_of(entry.mg),
        "pieces": pieces,
        "route": entry.route,
        "ordered_by": entry.ordered_by.strip(),
        "reason": reason,
        "order": entry.order,
        "repeats": entry.repeats,
        "vomited_after_minutes": entry.vomited_after_minutes,
        "tablet_seen": entry.tablet_seen,
    }
    return DoseBody(**(written | more))


def refuse(faults: list[Fault]) -> None:
    """Raises InputRefused when there are any."""
    if faults:
        raise InputRefused(faults)
