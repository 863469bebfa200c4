"""A scale that is asked once a stay and has no place in an observation set (SDS): an entry of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from taper_app.clinical.charting.scores import ItemScore, items_score
from taper_app.clinical.charting.set_scales import PLACES
from taper_app.clinical.charting.values import Note
from taper_app.clinical.errors import Fault
from taper_app.clinical.protocol.scales import Scale
from taper_app.clinical.records import Frozen


class ScaleBody(Frozen):
    """Body of a SCALE record: the answers, by which edition and wording they were asked, and their score of that day.

    ``refused``: the patient answered none of it.
    """

    scale: str
    short: str
    edition: str
    form: str | None
    answers: dict[str, int]
    refused: bool = False
    score: ItemScore
    correction_reason: Note = ""

    @property
    def in_words(self) -> str:
        """``SDS 8, positive``, ``SDS 3 to 9``, ``SDS refused``."""
        if self.refused:
            return f"{self.short} refused"
        if not self.score.complete:
            return f"{self.short} incomplete: {self.score.least} to {self.score.most}"
        return f"{self.short} {self.score.total}" + (f", {self.score.band}" if self.score.band else "")


def stay_scales(scales: Mapping[str, Scale]) -> tuple[Scale, ...]:
    """Those of the files that no observation set holds."""
    return tuple(scale for name, scale in scales.items() if name not in PLACES)


def answer_faults(scale: Scale, answers: Mapping[str, Any], *, refused: bool) -> Iterator[Fault]:
    """Every answer that the scale does not have, and an entry that says nothing."""
    items = {item.id: item for item in scale.scored_items}
    for item_id, answer in answers.items():
        item = items.get(item_id)
        if item is None:
            yield Fault(f"answers.{item_id}", f"{scale.short} has no question {item_id}; leave it out.")
        elif isinstance(answer, bool) or not isinstance(answer, int) or not item.lowest <= answer <= item.highest:
            span = f"{item.lowest} to {item.highest}"
            yield Fault(f"answers.{item_id}", f"{scale.short} {item_id} is not one of {span}; choose one of them.")
    if not answers and not refused:
        yield Fault("answers", f"Nothing of {scale.short} is answered yet; answer it, or say that it was refused.")


def scale_body(scale: Scale, answers: Mapping[str, int], *, refused: bool, reason: str = "") -> ScaleBody:
    """The body of answers without faults; of a refused scale there are none."""
    kept = {} if refused else dict(answers)
    return ScaleBody(
        scale=scale.id,
        short=scale.short,
        edition=scale.version,
        form=scale.form,
        answers=kept,
        refused=refused,
        score=items_score(scale, kept),
        correction_reason=reason,
    )
